package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Copies that this brick takes of partitions whose log cannot bring it level: one {@link CopyTarget} for each. While a
 * copy is under way, and after, another machine has the place of the one that asked for it.
 */
final class Copies {
    /** What copies need of the registry. */
    interface Registry {
        @Nullable
        PartitionMachine find(PartitionId partition);

        /** Where the table may have records of the partition. */
        KeyRange occupied(PartitionMachine machine);

        /** Whether the table has, or is about to have, records of other partitions within the range that are to go. */
        boolean isTaken(PartitionId partition, KeyRange range);

        /** Has another machine take the place of this one. */
        PartitionMachine replace(PartitionMachine old, Applied applied, boolean isIncomplete);
    }

    private final Replicas.Host host;
    private final ApplyPump pump;
    private final Registry registry;
    private final TreeMap<PartitionId, CopyTarget> targets = new TreeMap<>();

    Copies(Replicas.Host host, ApplyPump pump, Registry registry) {
        this.host = host;
        this.pump = pump;
        this.registry = registry;
    }

    /**
     * The machine's log is of no use: an empty one takes its place, until a copy is here. Does nothing if that must
     * wait; the offer comes again.
     */
    void begin(PartitionMachine machine, BrickId source) {
        PartitionId partition = machine.partition();
        CopyTarget before = targets.get(partition);
        boolean isUnderWay = before != null && before.epoch() == machine.viewEpoch();
        if (isUnderWay || pump.isSplitting(machine)) {
            return;
        }
        KeyRange range = registry.occupied(machine);
        if (registry.isTaken(partition, range)) {
            return;
        }
        abandon(partition);
        long voidPosition = machine.abandonLog();
        PartitionMachine empty = registry.replace(machine, Applied.nothing(partition), true);
        host.outbox().note(new Event.CopyBegan(partition, empty.viewEpoch(), source));
        targets.put(
                partition, new CopyTarget(partition, range, source, empty.viewEpoch(), voidPosition, new TargetHost()));
    }

    /** Ends the copy of the partition, if one is under way: nothing comes of it. */
    void abandon(PartitionId partition) {
        CopyTarget target = targets.remove(partition);
        if (target != null) {
            target.abandon();
        }
    }

    /** The machine may have promised another epoch, in which the copy has to begin anew. */
    void abandonIfOutdated(PartitionId partition, @Nullable PartitionMachine machine) {
        CopyTarget target = targets.get(partition);
        if (target != null && (machine == null || machine.viewEpoch() != target.epoch())) {
            abandon(partition);
        }
    }

    /** What copies do to the brick. */
    private final class TargetHost implements CopyTarget.Host {
        @Override
        public void send(BrickId to, ReplicaMessage message) {
            host.send(to, message);
        }

        @Override
        public void step(CopyStep step, Runnable done) {
            pump.add(step, done, host.nowNanos());
        }

        @Override
        public Snapshot turnSnapshot() {
            return host.turnSnapshot();
        }

        @Override
        public boolean defends(Defence defence) {
            return host.defends(defence);
        }

        @Override
        public void copied(CopyTarget target, Version version, Version reached) {
            PartitionId partition = target.partition();
            targets.remove(partition);
            PartitionMachine empty = registry.find(partition);
            if (empty != null && empty.viewEpoch() == target.epoch()) {
                PartitionMachine whole =
                        registry.replace(empty, host.turnSnapshot().applied(partition), false);
                host.outbox().note(new Event.CopyEnded(partition, target.epoch(), version, reached));
                host.touch(whole);
                whole.report();
            }
        }
    }

    // ---- inputs

    void onPart(BrickId from, ReplicaMessage.CopyPart part, long nowNanos) {
        CopyTarget target = targets.get(part.partition());
        if (target != null) {
            target.onPart(from, part, nowNanos);
        }
    }

    void onSynced(long position, long nowNanos) {
        targets.values().forEach(target -> target.onSynced(position, nowNanos));
    }

    void onTick(long nowNanos) {
        targets.values().forEach(target -> target.onTick(nowNanos));
    }

    // ---- questions

    /** Which records the copy of the partition takes the place of; null if none is under way. */
    @Nullable
    KeyRange range(PartitionId partition) {
        CopyTarget target = targets.get(partition);
        return target == null ? null : target.range();
    }

    /** How much of a copy has come so far, in bytes; -1 if none is under way. */
    long copiedBytes(PartitionId partition) {
        CopyTarget target = targets.get(partition);
        return target == null ? -1 : target.copiedBytes();
    }

    /** Whether records of another partition within the range are being replaced by a copy. */
    boolean isTaken(PartitionId partition, KeyRange range) {
        return targets.values().stream()
                .anyMatch(target -> Territory.overlaps(target.partition(), target.range(), partition, range));
    }
}
