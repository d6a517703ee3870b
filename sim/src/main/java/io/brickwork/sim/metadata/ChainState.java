package io.brickwork.sim.metadata;

import io.brickwork.core.Bytes;
import io.brickwork.core.ballot.Replicated;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.metadata.MetadataState;

/**
 * The metadata of one node, with a fingerprint of all commands so far; it answers with the number of the command, and
 * then as the metadata does.
 */
final class ChainState implements Replicated {
    private static final long PRIME = 0x9e3779b97f4a7c15L;
    /** So that a snapshot takes several messages. */
    private static final int PADDING_BYTES = 3000;

    private final String node;
    private final CommandHistory history;
    private final MetadataState metadata = new MetadataState(Bytes.utf8("cluster"));
    private long count;
    private long chain;

    ChainState(String node, CommandHistory history) {
        this.node = node;
        this.history = history;
    }

    long count() {
        return count;
    }

    MetadataState metadata() {
        return metadata;
    }

    long chain() {
        return chain;
    }

    @Override
    public Bytes apply(long slot, Bytes command) {
        chain = (chain ^ slot) * PRIME;
        for (int i = 0; i < command.length(); i++) {
            chain = (chain ^ command.at(i)) * PRIME;
        }
        chain ^= chain >>> 31;
        history.applied(node, count, slot, command.compact(), chain);
        Bytes answer = metadata.apply(slot, command);
        history.carriedOut(metadata, command);
        return new ByteWriter(64).fixed64(count++).raw(answer).toBytes();
    }

    @Override
    public Bytes snapshot() {
        return new ByteWriter(16)
                .fixed64(count)
                .fixed64(chain)
                .bytes(Bytes.wrap(new byte[PADDING_BYTES]))
                .bytes(metadata.snapshot())
                .toBytes();
    }

    @Override
    public void restore(Bytes snapshot) {
        ByteReader reader = new ByteReader(snapshot);
        count = reader.fixed64();
        chain = reader.fixed64();
        reader.bytes("padding", PADDING_BYTES);
        metadata.restore(reader.bytes("metadata", 1 << 20));
    }
}
