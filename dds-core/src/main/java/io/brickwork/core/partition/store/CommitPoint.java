package io.brickwork.core.partition.store;

import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Entry;

/**
 * How far the entries of one replica are known to be committed. The only owner of that number: whoever wants to know
 * when an entry counts finds it here, and who says so in {@code replicate}.
 *
 * <p>Rebuilt after a start: from the table at first, then from what the primary of the view tells.
 */
public final class CommitPoint {
    /** Hears that everything up to a sequence number is committed. */
    @FunctionalInterface
    public interface Listener {
        void onCommitted(long seq);
    }

    private final PartitionLog log;
    private final Listener listener;
    private long seq;

    /** @param appliedSeq what the table has is committed */
    public CommitPoint(PartitionLog log, long appliedSeq, Listener listener) {
        this.log = log;
        this.seq = appliedSeq;
        this.listener = listener;
    }

    /** Everything up to it is known to be committed. */
    public long seq() {
        return seq;
    }

    /**
     * Everything up to {@code storedSeq} is stored by all members, and so committed from here on. Only for the witness
     * of the view, who counts; all others are told, and {@linkplain #advance advance}.
     *
     * @param outbox told of each entry
     */
    public void count(long storedSeq, Outbox outbox) {
        for (long next = seq + 1; next <= storedSeq; next++) {
            Entry entry = log.entryHere(next);
            outbox.note(new Event.EntryCommitted(entry.partition(), entry.version()));
        }
        advance(storedSeq);
    }

    /** Everything up to {@code committedSeq} is committed, as far as it is stored here. Never goes back. */
    public void advance(long committedSeq) {
        long reached = Math.min(committedSeq, log.lastSeq());
        if (reached > seq) {
            seq = reached;
            listener.onCommitted(reached);
        }
    }
}
