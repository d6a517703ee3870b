package io.brickwork.core.metadata;

import io.brickwork.core.Bytes;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.structure.StructureSpec;
import java.util.List;
import java.util.stream.IntStream;

/** Structures for tests of the metadata, where it does not matter where partitions begin. */
public final class Creations {
    private Creations() {}

    public static MetadataCommand.CreateStructure create(String name, StructureSpec spec) {
        return new MetadataCommand.CreateStructure(name, spec, lows(spec.partitions()));
    }

    private static List<Bytes> lows(int partitions) {
        return IntStream.range(0, partitions)
                .mapToObj(i -> i == 0 ? Bytes.EMPTY : Bytes.wrap(new byte[] {(byte) (i >> 8), (byte) i}))
                .toList();
    }
}
