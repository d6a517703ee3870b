package io.brickwork.core.brick;

import io.brickwork.core.Check;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.log.Log;
import io.brickwork.core.replica.Replica;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Table;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves committed entries into the table, many at a time, one batch after the other; and has the log synced often enough for that, since the table never gets ahead of what is synced. Steps of
 * copies go the same way, each in a batch of its own: their partitions have no entries to apply meanwhile.
 */
final class ApplyPump {
    /** How long a committed entry may wait for others to be applied with. */
    private static final long LINGER_NANOS = 50_000_000;
    /** How many entries make a batch that does not wait. */
    private static final int FULL_BATCH = 1000;

    private static final int MAX_BATCH = 4096;
    /** How long what is written may stay unsynced. */
    private static final long SYNC_NANOS = 50_000_000;

    private record Handed(Replica replica, long lastSeq) {}

    private record Step(CopyStep step, Runnable done) {}

    private final Table table;
    private final Log log;
    /** Replicas with committed entries that are not handed over yet, oldest first. */
    private final ArrayDeque<Replica> candidates = new ArrayDeque<>();
    /** What is being applied; empty if nothing is. */
    private List<Handed> handed = List.of();
    /** Steps of copies that wait, and the one that is being carried out. */
    private final ArrayDeque<Step> steps = new ArrayDeque<>();

    private @Nullable Step stepping;

    private long batch;
    private long appliedNanos;
    private long syncedNanos;
    private long syncAskedPosition;

    ApplyPump(Table table, Log log) {
        this.table = table;
        this.log = log;
    }

    void begin(long nowNanos) {
        appliedNanos = nowNanos;
        syncedNanos = nowNanos;
        syncAskedPosition = log.syncedPosition();
    }

    /** The replica has committed entries to apply. */
    void add(Replica replica) {
        if (!replica.isQueuedForApply()) {
            replica.queueForApply(true);
            candidates.addLast(replica);
        }
    }

    /** The replica is gone. */
    void forget(Replica replica) {
        candidates.remove(replica);
    }

    /** Carries a step out, after what is under way, and says so. */
    void add(CopyStep step, Runnable done, long nowNanos) {
        steps.addLast(new Step(step, done));
        next(nowNanos);
    }

    private void next(long nowNanos) {
        if (handed.isEmpty() && stepping == null && !steps.isEmpty()) {
            Step step = steps.removeFirst();
            stepping = step;
            table.apply(new Table.Batch(++batch, List.of(step.step), List.of()));
        } else if (applicable() >= FULL_BATCH) {
            apply(nowNanos);
        }
    }

    void onTick(long nowNanos) {
        if (nowNanos - syncedNanos >= SYNC_NANOS) {
            syncedNanos = nowNanos;
            if (log.writtenPosition() > syncAskedPosition) {
                syncAskedPosition = log.writtenPosition();
                log.requestSync();
            }
        }
        if (nowNanos - appliedNanos >= LINGER_NANOS || applicable() >= FULL_BATCH) {
            apply(nowNanos);
        }
    }

    void onApplied(long number, long nowNanos) {
        Step step = stepping;
        Check.invariant(
                number == batch && (step != null || !handed.isEmpty()),
                "batch %d is applied, %d was handed over",
                number,
                batch);
        stepping = null;
        List<Handed> done = handed;
        handed = List.of();
        for (Handed part : done) {
            part.replica.onApplied(part.lastSeq);
            if (part.replica.hasUnappliedCommits()) {
                add(part.replica);
            }
        }
        if (step != null) {
            step.done.run();
            apply(nowNanos); // entries and steps take turns
        }
        next(nowNanos);
    }

    private long applicable() {
        long entries = 0;
        for (Replica replica : candidates) {
            entries += Math.max(0, replica.applicableSeq() - replica.appliedSeq());
        }
        return entries;
    }

    private void apply(long nowNanos) {
        if (!handed.isEmpty() || stepping != null) {
            return;
        }
        appliedNanos = nowNanos;
        List<Table.Part> parts = new ArrayList<>();
        List<Handed> handing = new ArrayList<>();
        int room = MAX_BATCH;
        for (int i = candidates.size(); i > 0 && room > 0; i--) {
            Replica replica = candidates.removeFirst();
            long from = replica.appliedSeq() + 1;
            long to = Math.min(replica.applicableSeq(), from + room - 1);
            if (to >= from) {
                List<Entry> entries = replica.entries(from, to);
                parts.add(new Table.Part(replica.partition(), entries));
                handing.add(new Handed(replica, to));
                room -= entries.size();
                replica.queueForApply(false);
            } else {
                candidates.addLast(replica); // not synced yet
            }
        }
        if (!parts.isEmpty()) {
            handed = List.copyOf(handing);
            table.apply(new Table.Batch(++batch, parts));
        }
    }
}
