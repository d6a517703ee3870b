package io.brickwork.sim.workload;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.StructureInfo;

/** One of the structures that callers of transactions use: keys of text, values of text. */
public record TransactionPlace(String name, StructureInfo structure, CallCodec codec) {
    /** Keys that begin with this have lists. */
    static final String LIST = "x";

    Bytes recordKey(String key) {
        return codec.recordKey(structure, key);
    }

    /** How the key is called in histories. */
    String called(String key) {
        return name + "." + key;
    }
}
