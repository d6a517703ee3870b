package io.brickwork.core.brick;

import io.brickwork.core.PartitionId;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.partition.machine.WriteSample;
import io.brickwork.core.structure.StructureInfo;
import java.util.TreeMap;

/**
 * Has small partitions that this brick leads, and that nobody writes to, merged into a neighbour: what a time series
 * has left behind where it was deleted, and what was split for a load that is over. Never fewer than the structure was
 * created with.
 *
 * <p>How large the neighbour is this brick knows if it has a replica of it too; else nothing is merged.
 */
final class Merger {
    private static final long CHECK_NANOS = 1_000_000_000;
    /** A partition is small that has no more than this part of what it is split above. */
    private static final int SMALL_PART = 16;
    /** Both together must have no more than this part of it, or they would soon be split again. */
    private static final int BOTH_PART = 2;

    private final GrowthLimits limits;
    private final Replicas replicas;
    private final Replicas.Host host;
    private final TreeMap<PartitionId, Quiet> quiet = new TreeMap<>();
    private long checkedNanos;

    /** Since when nobody has written to a partition that this brick leads. */
    private record Quiet(WriteSample sample, long writes, long sinceNanos) {}

    Merger(GrowthLimits limits, Replicas replicas, Replicas.Host host) {
        this.limits = limits;
        this.replicas = replicas;
        this.host = host;
    }

    void begin(long nowNanos) {
        checkedNanos = nowNanos;
    }

    void onTick(long nowNanos) {
        if (nowNanos - checkedNanos < Math.min(CHECK_NANOS, limits.mergeAfterNanos())) {
            return;
        }
        checkedNanos = nowNanos;
        quiet.keySet().removeIf(partition -> replicas.find(partition) == null);
        for (PartitionMachine machine : replicas.all()) {
            if (isQuiet(machine, nowNanos) && merge(machine)) {
                return; // one at a time
            }
        }
    }

    private boolean isQuiet(PartitionMachine machine, long nowNanos) {
        WriteSample sample = machine.writeSample();
        if (sample == null) {
            quiet.remove(machine.partition());
            return false;
        }
        Quiet before = quiet.get(machine.partition());
        if (before == null || before.sample != sample || before.writes != sample.writes()) {
            quiet.put(machine.partition(), new Quiet(sample, sample.writes(), nowNanos));
            return false;
        }
        return nowNanos - before.sinceNanos >= limits.mergeAfterNanos();
    }

    /** Whether it was asked for. */
    private boolean merge(PartitionMachine machine) {
        MetadataState state = host.metadata();
        PartitionId partition = machine.partition();
        Group group = state.group(partition);
        StructureInfo structure = state.structure(partition.structure());
        if (group == null
                || structure == null
                || !mayBeMerged(group)
                || state.groupsOf(partition.structure()).size()
                        <= structure.spec().partitions()) {
            return false;
        }
        long records = records(partition);
        if (records > limits.records() / SMALL_PART) {
            return false;
        }
        for (Group other : state.groupsOf(partition.structure())) {
            PartitionMachine neighbour = replicas.find(other.partition());
            if (neighbour != null
                    && !neighbour.isEmpty()
                    && !neighbour.isIncomplete()
                    && mayBeMerged(other)
                    && other.range().meets(group.range())
                    && records + records(other.partition()) <= limits.records() / BOTH_PART) {
                host.propose(new MetadataCommand.MergePartitions(other.partition(), partition));
                return true;
            }
        }
        return false;
    }

    private static boolean mayBeMerged(Group group) {
        return group.isSettled() && !group.isReshaping();
    }

    private long records(PartitionId partition) {
        return host.turnSnapshot().applied(partition).liveRecords();
    }
}
