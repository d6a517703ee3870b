package io.brickwork.core.brick;

import io.brickwork.core.PartitionId;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.Group;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.CopyStep;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Partitions that this brick holds no longer: those that it was left out of, that were merged into others, or whose
 * structure is gone. Decides which ones may go, and has the table remove their records slice by slice.
 *
 * <p>The log's part is made void, and that is synced, before the table begins to remove anything: otherwise a restart
 * would take what is left for a whole partition.
 */
final class Departures {
    /** What departures need of the registry. */
    interface Registry {
        /** Where the table has records of the partition, and of no other. */
        KeyRange present(PartitionMachine machine);

        /** Takes the machine out of the registry. */
        void remove(PartitionMachine machine);

        /** What was in the way of some partition is gone: has the registry look at all groups once more. */
        void reconsider();
    }

    /**
     * A partition whose records are being removed.
     *
     * @param voidPosition position in the log of the record that must be synced before the table begins to remove
     */
    private record Leaving(PartitionId partition, KeyRange range, long voidPosition) {}

    private final Replicas.Host host;
    private final MetadataState state;
    private final ApplyPump pump;
    private final Registry registry;
    /** In the order in which the removals began. */
    private final LinkedHashMap<PartitionId, Leaving> leaving = new LinkedHashMap<>();

    private long syncedPosition;

    Departures(Replicas.Host host, MetadataState state, ApplyPump pump, Registry registry) {
        this.host = host;
        this.state = state;
        this.pump = pump;
        this.registry = registry;
    }

    /** Lets go those of the machines that are not needed here any more. */
    void check(Collection<PartitionMachine> machines) {
        if (host.member() == null) {
            return;
        }
        for (PartitionMachine machine : List.copyOf(machines)) {
            PartitionId partition = machine.partition();
            boolean isGone = isGone(partition);
            boolean isMerged = state.absorbed(partition) != null;
            if (!isGone && !isMerged && !isLeftOut(machine)) {
                continue;
            }
            if (machine.owesSplit() || pump.isApplying(machine.tableSource())) {
                registry.reconsider(); // until it is applied
            } else if (!machine.isIncomplete() && !host.turnSnapshot().has(partition)) {
                machine.abandonLog(); // only the log has something of it: what lies in its range is another partition's
                registry.remove(machine);
            } else if (machine.isAttached() || isGone || isMerged) { // otherwise nobody knows its range
                KeyRange range = isGone ? KeyRange.ALL : registry.present(machine);
                leaving.put(partition, new Leaving(partition, range, machine.abandonLog()));
                registry.remove(machine);
            }
        }
    }

    /** Whether the partition's structure is gone. */
    private boolean isGone(PartitionId partition) {
        return state.group(partition) == null && state.structure(partition.structure()) == null && state.slot() > 0;
    }

    /**
     * Whether the group goes on without this brick. A member of the base stays until another view is the base, since it
     * has all that was acknowledged. A machine that has promised more than this brick knows of stays, too: what is
     * known here is old then.
     */
    private boolean isLeftOut(PartitionMachine machine) {
        Group group = state.group(machine.partition());
        return group != null
                && machine.promisedEpoch() <= group.newest().epoch()
                && group.isOpen()
                && group.newest().equals(group.base())
                && !group.newest().holds(host.self());
    }

    /** The log is synced up to the position. */
    void onSynced(long position) {
        for (Leaving one : leaving.values()) {
            if (one.voidPosition < position && one.voidPosition >= syncedPosition) {
                removeSlice(one);
            }
        }
        syncedPosition = position;
    }

    private void removeSlice(Leaving one) {
        pump.add(
                new CopyStep.Drop(one.partition, one.range),
                () -> {
                    if (host.turnSnapshot().isIncomplete(one.partition)) {
                        removeSlice(one);
                    } else {
                        leaving.remove(one.partition);
                        host.outbox().note(new Event.Dropped(one.partition));
                        registry.reconsider(); // it may have been given back meanwhile, or waited for
                    }
                },
                host.nowNanos());
    }

    // ---- questions

    boolean isLeaving(PartitionId partition) {
        return leaving.containsKey(partition);
    }

    /** Whether records of another partition within the range are being removed. */
    boolean isTaken(PartitionId partition, KeyRange range) {
        return leaving.values().stream()
                .anyMatch(one -> Territory.overlaps(one.partition, one.range, partition, range));
    }

    /**
     * Position of the oldest record that says that a partition is void: it must stay in the log until the table has
     * removed the partition. {@link Long#MAX_VALUE} if there is none.
     */
    long neededPosition() {
        long needed = Long.MAX_VALUE;
        for (Leaving one : leaving.values()) {
            needed = Math.min(needed, one.voidPosition);
        }
        return needed;
    }
}
