package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.Replica;
import io.brickwork.core.partition.ReplicaHost;
import io.brickwork.core.partition.machine.MemoryUse;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The brick's registry of partitions: those that the metadata log gives this brick, and those that it took away and
 * that are not removed yet. Tells each what is decided of its group, and hands it its messages and requests.
 * {@link Copies} and {@link Departures} change who is in the registry; {@link Territory} says whose records lie where.
 */
final class Replicas {
    /** What it needs of the brick. */
    interface Host extends ReplicaHost {
        /** The machine may have something to acknowledge. */
        void touch(PartitionMachine machine);

        long nowNanos();
    }

    private final StructureTypes types;
    private final MetadataState state;
    private final Table table;
    private final Host host;
    private final ApplyPump pump;
    private final Outbox outbox;
    private final TreeMap<PartitionId, PartitionMachine> machines = new TreeMap<>();
    private final Territory territory;
    private final Copies copies;
    private final Departures departures;
    private final HeldFences fences = new HeldFences();

    private List<BrickInfo> bricks = List.of();
    /** Slot of the metadata log that the machines have been told of; -1 if they must be told once more. */
    private long seenSlot = -1;

    private @Nullable Member seenMember;

    Replicas(StructureTypes types, MetadataState state, Table table, Host host, ApplyPump pump, Outbox outbox) {
        this.types = types;
        this.state = state;
        this.table = table;
        this.host = host;
        this.pump = pump;
        this.outbox = outbox;
        Changes changes = new Changes();
        territory = new Territory(state);
        copies = new Copies(host, pump, changes);
        departures = new Departures(host, state, pump, changes);
    }

    /** What copies and departures do to the registry. */
    private final class Changes implements Copies.Registry, Departures.Registry {
        @Override
        public @Nullable PartitionMachine find(PartitionId partition) {
            return machines.get(partition);
        }

        @Override
        public KeyRange occupied(PartitionMachine machine) {
            return Replicas.this.occupied(machine);
        }

        @Override
        public KeyRange present(PartitionMachine machine) {
            return territory.present(held(machine), host.turnSnapshot()::has, copies.range(machine.partition()));
        }

        @Override
        public boolean isTaken(PartitionId partition, KeyRange range) {
            return Replicas.this.isTaken(partition, range, null);
        }

        @Override
        public PartitionMachine replace(PartitionMachine old, Applied applied, boolean isIncomplete) {
            pump.forget(old.tableSource());
            PartitionMachine replacement = old.replacement(applied, isIncomplete);
            old.retire();
            return put(replacement);
        }

        @Override
        public void remove(PartitionMachine machine) {
            copies.abandon(machine.partition());
            pump.forget(machine.tableSource());
            machine.retire();
            machines.remove(machine.partition());
        }

        @Override
        public void reconsider() {
            seenSlot = -1;
        }
    }

    // ---- recovery

    void recover(Snapshot snapshot) {
        for (Applied applied : snapshot.partitions()) {
            recovered(applied.partition(), snapshot);
        }
        for (CopyMark mark : snapshot.incomplete()) {
            recovered(mark.partition(), snapshot);
        }
    }

    void replay(long position, LogRecord.OfPartition record, Snapshot snapshot) {
        recovered(record.partition(), snapshot).replay(position, record);
    }

    void endReplay() {
        machines.values().forEach(PartitionMachine::endReplay);
    }

    private PartitionMachine recovered(PartitionId partition, Snapshot snapshot) {
        PartitionMachine known = machines.get(partition);
        return known != null ? known : create(partition, snapshot);
    }

    /** A machine of what the table has of the partition. */
    private PartitionMachine create(PartitionId partition, Snapshot snapshot) {
        return put(new Replica(snapshot.applied(partition), snapshot.isIncomplete(partition), host, table));
    }

    private PartitionMachine put(PartitionMachine machine) {
        machines.put(machine.partition(), machine);
        return machine;
    }

    // ---- what is decided

    /** Tells each machine what is new in the metadata log. Cheap if nothing is. */
    void onAdvanced(long nowNanos) {
        Member member = host.member();
        boolean isMemberNews = member != null && !member.equals(seenMember);
        if (state.slot() == seenSlot && !isMemberNews) {
            return;
        }
        seenSlot = state.slot();
        seenMember = member;
        List<BrickInfo> known = List.copyOf(state.bricks());
        if (!known.equals(bricks)) {
            bricks = known;
            outbox.note(new Event.BricksKnown(known));
        }
        for (Group group : state.groups()) {
            PartitionMachine machine = machines.get(group.partition());
            if (machine == null && isGiven(group) && !isOccupied(group)) {
                machine = create(group.partition(), host.turnSnapshot());
                machine.endReplay();
            }
            if (machine != null && (isMemberNews || isNews(machine, group))) {
                attach(machine);
                host.touch(machine);
                machine.onGroup(group);
            }
        }
        departures.check(machines.values());
        fences.all().forEach(one -> onMessage(one.from(), one.fence(), nowNanos));
    }

    /**
     * Whether the machine has not been told of this. Most groups are the same objects as before, and there may be
     * thousands.
     */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isNews(PartitionMachine machine, Group group) {
        return group != machine.group() && !group.equals(machine.group());
    }

    private void attach(PartitionMachine machine) {
        StructureInfo structure = state.structure(machine.partition().structure());
        StructureType type =
                structure == null ? null : types.find(structure.spec().type());
        Group group = state.group(machine.partition());
        if (structure != null && type != null && group != null && !machine.isAttached()) {
            machine.attach(structure, type, group.range());
        }
    }

    /** A partition is split: the child's life begins here. */
    void onSplit(Split split) {
        Check.invariant(
                !machines.containsKey(split.child()),
                "partition %s, which has been split off, is here already",
                split.child());
        recovered(split.child(), host.turnSnapshot()).endReplay();
        seenSlot = -1; // its group may have been waiting for it
    }

    /** Whether this brick, in this incarnation, is to hold the partition. */
    private boolean isGiven(Group group) {
        Member member = host.member();
        GroupView newest = group.newest();
        return member != null
                && (member.equals(newest.member(host.self())) || member.equals(newest.learner(host.self())));
    }

    // ---- whose records lie where

    /** Whether the table has records where the group's are to be: older ones of its own, or of other partitions. */
    private boolean isOccupied(Group group) {
        return departures.isLeaving(group.partition()) || isTaken(group.partition(), group.range(), null);
    }

    /**
     * Whether the table has, or is about to have, records of other partitions within the range that are to go: by a
     * split that it has not carried out, by a removal or by a copy.
     *
     * @param version at which the partition gets the keys, by taking in another; null if it has them, as of all that is
     *     known
     */
    private boolean isTaken(PartitionId partition, KeyRange range, @Nullable Version version) {
        boolean isMerged = state.hasAbsorbed()
                && machines.keySet().stream().anyMatch(one -> territory.isMergedWithin(one, partition, range, version));
        return isMerged
                || (territory.isBeforeSplit(partition, range, version, this::held)
                        && host.defends(Defence.SPLIT_BEFORE_CHILD))
                || departures.isTaken(partition, range)
                || copies.isTaken(partition, range);
    }

    private KeyRange occupied(PartitionMachine machine) {
        return territory.occupied(held(machine), host.turnSnapshot()::has, copies.range(machine.partition()));
    }

    private Territory.@Nullable Held held(PartitionId partition) {
        PartitionMachine machine = machines.get(partition);
        return machine == null ? null : held(machine);
    }

    private static Territory.Held held(PartitionMachine machine) {
        return new Territory.Held(
                machine.partition(), machine.tableSource().applied(), machine.isEmpty(), machine.isIncomplete());
    }

    // ---- inputs

    void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        PartitionId partition = message.partition();
        PartitionMachine machine = machines.get(partition);
        if (message instanceof ReplicaMessage.Fence fence) {
            String objection = HeldFences.objection(from, fence, state.group(partition));
            if (objection != null) {
                fences.forget(fence);
                outbox.note(new Event.MessageRefused(new Endpoint.Peer(from), objection));
                return;
            }
            if (isAhead(fence, machine)) {
                fences.hold(from, fence);
                return;
            }
            fences.release(partition);
        }
        if (machine == null) {
            return; // will be sent again
        }
        if (message instanceof ReplicaMessage.CopyPart part) {
            copies.onPart(from, part, nowNanos);
            return;
        }
        host.touch(machine);
        machine.onMessage(from, message, nowNanos);
        copies.abandonIfOutdated(partition, machines.get(partition));
    }

    /**
     * Whether the primary knows of the view before this brick does: with the view would come which keys the partition
     * has.
     */
    private boolean isAhead(ReplicaMessage.Fence fence, @Nullable PartitionMachine machine) {
        Group group = state.group(fence.partition());
        return group == null || group.newest().epoch() < fence.view().epoch() || (machine == null && isGiven(group));
    }

    void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        PartitionMachine machine = machines.get(request.partition());
        boolean isHere = machine != null && machine.isAttached();
        Group group = machine == null ? null : machine.group();
        if (machine != null && isHere && machine.range().contains(request.routingKey())) {
            host.touch(machine);
            machine.onRequest(from, request, nowNanos);
        } else if (machine != null && isHere && group != null && group.range().contains(request.routingKey())) {
            machine.refuse(from, request, CallMessage.Reason.SPLITTING, "the partition is being split");
        } else {
            refuse(from, request);
        }
    }

    /** The partition is not here, or the key not in it: tells who has the key. */
    private void refuse(Endpoint to, CallMessage.Request request) {
        PartitionId asked = request.partition();
        Group group = state.group(asked);
        boolean isRight = group != null && group.range().contains(request.routingKey());
        Group owner = isRight ? group : state.locate(asked.structure(), request.routingKey());
        KeyRange elsewhere = owner == null || owner.partition().equals(asked) ? null : owner.range();
        outbox.send(
                to,
                new CallMessage.Refusal(
                        request.ticket(),
                        owner == null ? asked : owner.partition(),
                        CallMessage.Reason.WRONG_PARTITION,
                        elsewhere == null
                                ? host.self() + " has no replica of partition " + asked
                                : "the key lies outside of partition " + asked,
                        elsewhere,
                        owner == null ? null : owner.newest().toView()));
    }

    void onLinkUp(BrickId peer, long nowNanos) {
        machines.values().forEach(machine -> machine.onLinkUp(peer, nowNanos));
    }

    void onCallerGone(Endpoint caller) {
        machines.values().forEach(machine -> machine.onCallerGone(caller));
    }

    /** The machine's log cannot be brought level. */
    void beginCopy(PartitionMachine machine, BrickId source) {
        copies.begin(machine, source);
    }

    /** The log is synced up to the position. */
    void onSynced(long position, long nowNanos) {
        copies.onSynced(position, nowNanos);
        departures.onSynced(position);
    }

    /** Returns what is held in memory afterwards. */
    MemoryUse onTick(long nowNanos) {
        MemoryUse memory = new MemoryUse();
        for (PartitionMachine machine : machines.values()) {
            machine.onTick(nowNanos);
            machine.addTo(memory);
        }
        copies.onTick(nowNanos);
        return memory;
    }

    // ---- questions

    /**
     * Whether nothing of the partition is here, nor is being removed, nor can come from a third one: whoever it was
     * merged into may put its own records in their place.
     */
    boolean isGone(PartitionId partition) {
        Absorbed absorbed = state.absorbed(partition);
        return !machines.containsKey(partition)
                && !departures.isLeaving(partition)
                && (absorbed == null || !isTaken(absorbed.into(), absorbed.range(), absorbed.version()));
    }

    /** Position of the oldest record of the log that removals need. */
    long neededPosition() {
        return departures.neededPosition();
    }

    /** The partition that follows in order, from the first after the last; null if there is none. */
    @Nullable
    PartitionId after(@Nullable PartitionId partition) {
        PartitionId next = partition == null || machines.isEmpty() ? null : machines.higherKey(partition);
        return next != null || machines.isEmpty() ? next : machines.firstKey();
    }

    @Nullable
    PartitionMachine find(PartitionId partition) {
        return machines.get(partition);
    }

    Collection<PartitionMachine> all() {
        return Collections.unmodifiableCollection(machines.values());
    }

    List<CallMessage.ReplicaStatus> statuses() {
        return machines.values().stream()
                .filter(machine -> machine.isAttached() && machine.group() != null)
                .map(machine -> machine.status(copies.copiedBytes(machine.partition())))
                .toList();
    }

    void audit() {
        machines.values().forEach(PartitionMachine::audit);
    }
}
