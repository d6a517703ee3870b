package io.brickwork.core.partition.store;

import io.brickwork.core.Check;
import java.util.Arrays;

/**
 * Where in the brick's log the entries of one partition lie: one position for each number, without gaps. Rebuilt by
 * every replay.
 */
final class EntryPositions {
    private long[] positions = new long[16];
    /** Entry {@code firstSeq} lies at {@code positions[head]}. */
    private int head;

    private int size;
    private long firstSeq;

    EntryPositions(long nextSeq) {
        firstSeq = nextSeq;
    }

    void add(long seq, long position) {
        Check.invariant(seq == nextSeq(), "position of entry %d after %d entries from %d", seq, size, firstSeq);
        if (head + size == positions.length) {
            if (head > positions.length / 2) {
                System.arraycopy(positions, head, positions, 0, size);
            } else {
                positions = Arrays.copyOfRange(positions, head, head + Math.max(16, size * 2));
            }
            head = 0;
        }
        positions[head + size++] = position;
    }

    /** Whether the log still has the entry. */
    boolean has(long seq) {
        return seq >= firstSeq && seq < firstSeq + size;
    }

    long position(long seq) {
        Check.invariant(has(seq), "entry %d is not among the %d from %d in the log", seq, size, firstSeq);
        return positions[head + (int) (seq - firstSeq)];
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The number that follows the last one here. */
    long nextSeq() {
        return firstSeq + size;
    }

    long firstSeq() {
        return firstSeq;
    }

    /** Entries above {@code seq} are no more. */
    void cut(long seq) {
        size = (int) Math.max(0, Math.min(size, seq - firstSeq + 1));
    }

    /** Records below {@code headPosition} are no more. */
    void trim(long headPosition) {
        while (size > 0 && positions[head] < headPosition) {
            head++;
            size--;
            firstSeq++;
        }
    }

    /** Forgets everything; the next entry will be {@code nextSeq}. */
    void restart(long nextSeq) {
        head = 0;
        size = 0;
        firstSeq = nextSeq;
    }
}
