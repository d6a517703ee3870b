package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Takes a copy of one partition from the primary: forgets what is here, and asks for one chunk after the other, a few
 * ahead of what the table has taken in.
 *
 * <p>The log's part is made void before the table's: a crash in between leaves a table without its log, which is a
 * state that the replica once had; the other way round would leave entries that follow nothing. From then on, and until
 * the last chunk is in, the table holds a mark that says that what is here counts for nothing. A new epoch ends the
 * copy; the next one begins anew (T64, T65, T73).
 */
final class CopyTarget {
    private static final long RETRY_NANOS = 500_000_000;
    /** How many chunks may wait for the table. */
    private static final int MAX_WAITING = 4;

    /** What the copy needs of the brick. */
    interface Host {
        void send(BrickId to, ReplicaMessage message);

        /** Carries the step out in the table. */
        void step(CopyStep step, Runnable done);

        Snapshot turnSnapshot();

        /** Whether a rule is kept: always, but in simulations that leave it out. */
        boolean defends(Defence defence);

        /** The partition is whole, as of this version, and entries above it may have left traces. */
        void copied(CopyTarget copy, Version version, Version reached);
    }

    private final PartitionId partition;
    private final KeyRange range;
    private final BrickId source;
    private final long epoch;
    private final long voidPosition;
    private final Host host;
    private boolean isAbandoned;
    private boolean isClearing;
    private boolean isCleared;
    /** Where the next chunk begins; null before it may come, and after the last. */
    private TableChunk.@Nullable Cursor next;
    /** Whether it has been asked for: not while too many wait. */
    private boolean isAsked;
    /** Chunks that the table has not taken in yet. */
    private int waiting;
    /** As of the first chunk: from there on the log has to be followed. */
    private @Nullable Version version;

    private long copiedBytes;
    private long nowNanos;
    private long askedNanos;

    /** @param voidPosition where the record stands in the log that makes the partition's entries void */
    CopyTarget(PartitionId partition, KeyRange range, BrickId source, long epoch, long voidPosition, Host host) {
        this.partition = partition;
        this.range = range;
        this.source = source;
        this.epoch = epoch;
        this.voidPosition = voidPosition;
        this.host = host;
    }

    PartitionId partition() {
        return partition;
    }

    /** Where the records lie that the copy takes the place of. */
    KeyRange range() {
        return range;
    }

    long epoch() {
        return epoch;
    }

    /** How much has come so far. */
    long copiedBytes() {
        return copiedBytes;
    }

    /** Nothing comes of it: a step that is under way is the last. */
    void abandon() {
        isAbandoned = true;
    }

    void onSynced(long syncedPosition, long nowNanos) {
        this.nowNanos = nowNanos;
        if (!isAbandoned && !isClearing && !isCleared && syncedPosition > voidPosition) {
            clear();
        }
    }

    private void clear() {
        isClearing = true;
        host.step(new CopyStep.Begin(partition, range), () -> {
            isClearing = false;
            if (isAbandoned) {
                return;
            }
            var mark = host.turnSnapshot().mark(partition);
            if (mark != null && mark.isCleared()) {
                isCleared = true;
                next = TableChunk.Cursor.START;
                ask();
            } else {
                clear();
            }
        });
    }

    private void ask() {
        TableChunk.Cursor from = next;
        isAsked = from != null && waiting < MAX_WAITING;
        if (from != null && isAsked) {
            askedNanos = nowNanos;
            host.send(source, new ReplicaMessage.CopyAsk(partition, epoch, from));
        }
    }

    void onPart(BrickId from, ReplicaMessage.CopyPart part, long nowNanos) {
        this.nowNanos = nowNanos;
        if (isAbandoned
                || !isAsked
                || !from.equals(source)
                || part.epoch() != epoch
                || !part.from().equals(next)) {
            return;
        }
        TableChunk chunk;
        try {
            chunk = CopyCodec.decode(partition, part.chunk());
        } catch (MalformedException damaged) {
            return; // asked for again
        }
        copiedBytes += part.chunk().length();
        Version first = version == null ? chunk.applied() : version;
        version = first;
        next = chunk.next() != null && host.defends(Defence.COPY_COUNTS_WHEN_WHOLE) ? chunk.next() : null;
        waiting++;
        host.step(new CopyStep.Chunk(partition, chunk), () -> {
            waiting--;
            if (!isAbandoned && !isAsked) {
                ask();
            }
        });
        ask();
        if (next == null) {
            boolean followsFromFirst = first.equals(chunk.applied()) || host.defends(Defence.FOLLOW_FROM_FIRST_CHUNK);
            finish(followsFromFirst ? first : chunk.applied(), chunk.applied());
        }
    }

    private void finish(Version first, Version last) {
        host.step(new CopyStep.Finish(partition, first), () -> {
            if (!isAbandoned) {
                host.copied(this, first, last);
            }
        });
    }

    void onTick(long nowNanos) {
        this.nowNanos = nowNanos;
        if (!isAbandoned && isAsked && nowNanos - askedNanos >= RETRY_NANOS) {
            ask();
        }
    }
}
