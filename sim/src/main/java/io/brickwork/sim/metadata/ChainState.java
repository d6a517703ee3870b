package io.brickwork.sim.metadata;

import io.brickwork.core.Bytes;
import io.brickwork.core.paxos.Replicated;
import io.brickwork.core.wire.ByteReader;
import io.brickwork.core.wire.ByteWriter;

/** A replicated state that is a fingerprint of all commands so far, and answers with the number of the command. */
final class ChainState implements Replicated {
    private static final long PRIME = 0x9e3779b97f4a7c15L;
    /** So that a snapshot takes several messages. */
    private static final int PADDING_BYTES = 3000;

    private final String node;
    private final CommandHistory history;
    private long count;
    private long chain;

    ChainState(String node, CommandHistory history) {
        this.node = node;
        this.history = history;
    }

    long count() {
        return count;
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
        return new ByteWriter(8).fixed64(count++).toBytes();
    }

    @Override
    public Bytes snapshot() {
        return new ByteWriter(16)
                .fixed64(count)
                .fixed64(chain)
                .raw(Bytes.wrap(new byte[PADDING_BYTES]))
                .toBytes();
    }

    @Override
    public void restore(Bytes snapshot) {
        ByteReader reader = new ByteReader(snapshot);
        count = reader.fixed64();
        chain = reader.fixed64();
    }
}
