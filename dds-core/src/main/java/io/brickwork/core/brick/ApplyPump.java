package io.brickwork.core.brick;

import io.brickwork.core.Check;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.log.Log;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.partition.machine.TableSource;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Table;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Moves committed entries into the table, many at a time, one batch after the other; and has the log synced often
 * enough for that, since the table never gets ahead of what is synced. Steps of copies go the same way, a few with each
 * batch: each batch is a synced transaction, so together they cost little more than one alone. Their partitions have no
 * entries to apply meanwhile.
 */
final class ApplyPump {
    /** How long a committed entry may wait for others to be applied with. */
    private static final long LINGER_NANOS = 50_000_000;
    /** How many entries make a batch that does not wait. */
    private static final int FULL_BATCH = 1000;

    private static final int MAX_BATCH = 4096;
    /** How many steps of copies go with a batch: some hundred KiB, so that no entry waits for long. */
    private static final int MAX_STEPS = 8;
    /** How long what is written may stay unsynced. */
    private static final long SYNC_NANOS = 50_000_000;

    private record Handed(TableSource source, long lastSeq) {}

    private record Step(CopyStep step, Runnable done) {}

    private final Table table;
    private final Log log;
    /** Partitions with committed entries that are not handed over yet, each once, oldest first. */
    private final LinkedHashSet<TableSource> candidates = new LinkedHashSet<>();
    /** What is being applied; empty if nothing is. */
    private List<Handed> handed = List.of();
    /** Steps of copies that wait, oldest first. */
    private final ArrayDeque<Step> waiting = new ArrayDeque<>();
    /** Those that are being carried out; empty if none is. */
    private List<Step> stepping = List.of();

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

    /** The partition has committed entries to apply. */
    void add(TableSource source) {
        candidates.add(source);
    }

    /** What is committed is applied without waiting for more: somebody waits for it. */
    void hurry(long nowNanos) {
        apply(nowNanos);
    }

    /** Memory is short: what is committed is synced and applied without waiting for more. */
    void hurryWithSync(long nowNanos) {
        if (log.writtenPosition() > syncAskedPosition) {
            syncedNanos = nowNanos;
            syncAskedPosition = log.writtenPosition();
            log.requestSync();
        }
        apply(nowNanos);
    }

    /**
     * Whether entries of the partition are on their way into the table: where it ends is not known until they are
     * there.
     */
    boolean isApplying(TableSource source) {
        return handed.stream().anyMatch(part -> part.source.equals(source));
    }

    /** Whether a split that this brick owes, or is carrying out, would be lost if the machine went now. */
    boolean isSplitting(PartitionMachine machine) {
        return machine.owesSplit() || (machine.isSplitting() && isApplying(machine.tableSource()));
    }

    /** The partition is gone from the brick, or another machine is in its place. */
    void forget(TableSource source) {
        candidates.remove(source);
    }

    /** Carries a step out, after what is under way, and says so. */
    void add(CopyStep step, Runnable done, long nowNanos) {
        waiting.addLast(new Step(step, done));
        next(nowNanos);
    }

    private void next(long nowNanos) {
        if (!waiting.isEmpty() || applicable() >= FULL_BATCH) {
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
        Check.invariant(number == batch && isBusy(), "batch %d is applied, %d was handed over", number, batch);
        List<Step> steps = stepping;
        List<Handed> parts = handed;
        stepping = List.of();
        handed = List.of();
        for (Handed part : parts) {
            part.source.onApplied(part.lastSeq);
            if (part.source.hasUnappliedCommits()) {
                add(part.source);
            }
        }
        steps.forEach(step -> step.done.run());
        next(nowNanos);
    }

    private boolean isBusy() {
        return !handed.isEmpty() || !stepping.isEmpty();
    }

    private long applicable() {
        long entries = 0;
        for (TableSource source : candidates) {
            entries += Math.max(0, source.applicableSeq() - source.applied().seq());
        }
        return entries;
    }

    private void apply(long nowNanos) {
        if (isBusy()) {
            return;
        }
        appliedNanos = nowNanos;
        List<Table.Part> parts = new ArrayList<>();
        List<Handed> handing = new ArrayList<>();
        int room = MAX_BATCH;
        for (int i = candidates.size(); i > 0 && room > 0; i--) {
            TableSource source = candidates.removeFirst();
            long from = source.applied().seq() + 1;
            long to = Math.min(source.applicableSeq(), from + room - 1);
            if (to >= from) {
                List<Entry> entries = source.entries(from, to);
                parts.add(new Table.Part(source.partition(), entries));
                handing.add(new Handed(source, entries.getLast().seq()));
                room -= entries.size();
            } else {
                candidates.add(source); // not synced yet
            }
        }
        handed = List.copyOf(handing);
        stepping = nextSteps();
        if (isBusy()) {
            table.apply(
                    new Table.Batch(++batch, stepping.stream().map(Step::step).toList(), parts));
        }
    }

    /**
     * Takes those that wait: several at a time, but what removes records by itself, since that takes long, and must be
     * all that a batch holds of its partition.
     */
    private List<Step> nextSteps() {
        List<Step> steps = new ArrayList<>();
        while (!waiting.isEmpty() && steps.size() < MAX_STEPS) {
            boolean isAlone = removes(waiting.getFirst().step);
            if (isAlone && !steps.isEmpty()) {
                break;
            }
            steps.add(waiting.removeFirst());
            if (isAlone) {
                break;
            }
        }
        return List.copyOf(steps);
    }

    private static boolean removes(CopyStep step) {
        return step instanceof CopyStep.Begin || step instanceof CopyStep.Drop;
    }
}
