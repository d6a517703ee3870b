package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
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
import io.brickwork.core.group.Origin;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.Plausible;
import io.brickwork.core.partition.Replica;
import io.brickwork.core.partition.ReplicaHost;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The replicas that this brick holds: those that the metadata log gives it, and those that it took away and that are not forgotten yet. Tells each what is decided of its group, replaces those that take a
 * copy, and drops what nobody needs here.
 */
final class Replicas {
    /** What it needs of the brick. */
    interface Host extends ReplicaHost {
        /** The replica may have something to acknowledge. */
        void touch(Replica replica);

        long nowNanos();
    }

    /** Fences that wait until this brick has learned of their views. */
    private static final int MAX_HELD = 1 << 17;

    private final StructureTypes types;
    private final MetadataState state;
    private final Table table;
    private final Host host;
    private final ApplyPump pump;
    private final Outbox outbox;
    private final TreeMap<PartitionId, Replica> replicas = new TreeMap<>();
    private final TreeMap<PartitionId, CopyTarget> copies = new TreeMap<>();
    /** Partitions that are being forgotten, in the order in which it began. */
    private final LinkedHashMap<PartitionId, Dropping> dropping = new LinkedHashMap<>();

    /** By partition, the newest fence that came before this brick had learned of its view. */
    private final TreeMap<PartitionId, Held> held = new TreeMap<>();

    private List<BrickInfo> bricks = List.of();
    /** What replicas have been told of. */
    private long seenSlot = -1;

    private long syncedPosition;

    private @Nullable Member seenMember;

    /**
     * @param voidPosition where the record stands in the log that must be synced before the table begins to forget
     */
    private record Dropping(PartitionId partition, KeyRange range, long voidPosition) {}

    private record Held(BrickId from, ReplicaMessage.Fence fence) {}

    Replicas(StructureTypes types, MetadataState state, Table table, Host host, ApplyPump pump, Outbox outbox) {
        this.types = types;
        this.state = state;
        this.table = table;
        this.host = host;
        this.pump = pump;
        this.outbox = outbox;
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

    private Replica recovered(PartitionId partition, Snapshot snapshot) {
        Replica known = replicas.get(partition);
        return known != null
                ? known
                : put(new Replica(snapshot.applied(partition), snapshot.isIncomplete(partition), host, table));
    }

    void endReplay() {
        replicas.values().forEach(Replica::endReplay);
    }

    private Replica put(Replica replica) {
        replicas.put(replica.partition(), replica);
        return replica;
    }

    // ---- what is decided

    /** Tells each replica what is new in the metadata log. Cheap if nothing is. */
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
            Replica replica = replicas.get(group.partition());
            if (replica == null && isGiven(group) && !isOccupied(group)) {
                replica = create(group.partition());
            }
            if (replica != null && (isMemberNews || isNews(replica, group))) {
                attach(replica);
                host.touch(replica);
                replica.onGroup(group, nowNanos);
            }
        }
        dropUnneeded();
        List.copyOf(held.values()).forEach(one -> onMessage(one.from, one.fence, nowNanos));
    }

    /** Whether the replica has not been told of this. Most groups are the same objects as before, and there may be thousands. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isNews(Replica replica, Group group) {
        return group != replica.group() && !group.equals(replica.group());
    }

    /** A replica is split: what has come of it begins its life here. */
    void onSplit(Split split) {
        recovered(split.child(), host.turnSnapshot()).endReplay();
        seenSlot = -1; // its group may have been waiting for it
    }

    /** Whether this brick, in this life, is to hold the partition. */
    private boolean isGiven(Group group) {
        Member member = host.member();
        GroupView newest = group.newest();
        return member != null
                && (member.equals(newest.member(host.self())) || member.equals(newest.learner(host.self())));
    }

    /**
     * Whether the table has, or is about to have, other partitions' records where the group's are: of one that is being forgotten or copied, or of a parent that has yet to carry out the split that the group came
     * of.
     */
    private boolean isOccupied(Group group) {
        PartitionId partition = group.partition();
        if (dropping.containsKey(partition) || isInTheWay(partition, group.range())) {
            return true;
        }
        Origin origin = group.origin();
        while (origin != null && host.defends(Defence.SPLIT_BEFORE_CHILD)) {
            Replica parent = replicas.get(origin.parent());
            if (parent != null && lacks(parent, origin)) {
                return true;
            }
            Group before = state.group(origin.parent());
            origin = before == null ? null : before.origin();
        }
        return false;
    }

    /** Whether records that lie in the range are being removed, or copied, or are of a partition that was merged and has yet to be removed. */
    private boolean isInTheWay(PartitionId partition, KeyRange range) {
        for (Replica replica : state.hasAbsorbed() ? replicas.values() : List.<Replica>of()) {
            Absorbed absorbed = state.absorbed(replica.partition());
            if (absorbed != null && overlaps(replica.partition(), absorbed.range(), partition, range)) {
                return true;
            }
        }
        return dropping.values().stream().anyMatch(one -> overlaps(one.partition, one.range, partition, range))
                || copies.values().stream().anyMatch(one -> overlaps(one.partition(), one.range(), partition, range));
    }

    private static boolean overlaps(PartitionId one, KeyRange oneRange, PartitionId other, KeyRange otherRange) {
        return one.structure() == other.structure() && !one.equals(other) && oneRange.intersection(otherRange) != null;
    }

    /** Whether nothing of the partition is here, nor is being removed. */
    boolean isGone(PartitionId partition) {
        return !replicas.containsKey(partition) && !dropping.containsKey(partition);
    }

    /** Whether what is here of the parent is of before the split. */
    private static boolean lacks(Replica parent, Origin origin) {
        return !parent.isEmpty() && !parent.isIncomplete() && parent.applied().compareTo(origin.version()) < 0;
    }

    /**
     * Where the table may have records of the partition: in all that the partition has by now, whatever of it is served here, but what the table has split off; where others are to have theirs, if this brick has not
     * carried out the splits; in what the partition had, if it was merged into another; and in what a copy that is under way has cleared.
     */
    private KeyRange occupied(Replica replica) {
        PartitionId partition = replica.partition();
        Group group = state.group(partition);
        Absorbed absorbed = state.absorbed(partition);
        KeyRange range = replica.isAttached() ? replica.range() : KeyRange.ALL;
        if (group != null) {
            Split split = group.split();
            range = split != null && host.turnSnapshot().has(split.child()) ? split.kept() : group.range();
        } else if (absorbed != null) {
            range = absorbed.range();
        }
        for (Origin origin : state.splitsOf(partition)) {
            if (lacks(replica, origin)) {
                range = range.hull(origin.range());
            }
        }
        CopyTarget copy = copies.get(partition);
        return copy == null ? range : range.hull(copy.range());
    }

    private Replica create(PartitionId partition) {
        Snapshot snapshot = host.turnSnapshot();
        Replica replica = put(new Replica(snapshot.applied(partition), snapshot.isIncomplete(partition), host, table));
        replica.endReplay();
        return replica;
    }

    private void attach(Replica replica) {
        StructureInfo structure = state.structure(replica.partition().structure());
        StructureType type =
                structure == null ? null : types.find(structure.spec().type());
        Group group = state.group(replica.partition());
        if (structure != null && type != null && group != null && !replica.isAttached()) {
            replica.attach(structure, type, group.range());
        }
    }

    // ---- copies

    /** The replica's log is of no use: an empty one takes its place, until a copy is here. */
    void beginCopy(Replica replica, BrickId source) {
        PartitionId partition = replica.partition();
        CopyTarget before = copies.get(partition);
        if (before != null && before.epoch() == replica.viewEpoch()) {
            return; // it is at it
        }
        if (mustApplyFirst(replica)) {
            return; // the offer comes again
        }
        KeyRange range = occupied(replica);
        if (isInTheWay(partition, range)) {
            return; // the offer comes again
        }
        abandonCopy(partition);
        long voidPosition = replica.abandonLog();
        Replica empty = replace(replica, Applied.nothing(partition), true);
        outbox.note(new Event.CopyBegan(partition, empty.viewEpoch(), source));
        copies.put(
                partition, new CopyTarget(partition, range, source, empty.viewEpoch(), voidPosition, new CopyHost()));
    }

    private void abandonCopy(PartitionId partition) {
        CopyTarget copy = copies.remove(partition);
        if (copy != null) {
            copy.abandon();
        }
    }

    private Replica replace(Replica old, Applied applied, boolean isIncomplete) {
        pump.forget(old);
        Replica replica = new Replica(applied, isIncomplete, old, table);
        old.retire();
        return put(replica);
    }

    /** What copies do to the brick. */
    private final class CopyHost implements CopyTarget.Host {
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
        public void copied(CopyTarget copy, Version version, Version reached) {
            PartitionId partition = copy.partition();
            copies.remove(partition);
            Replica empty = replicas.get(partition);
            if (empty != null && empty.viewEpoch() == copy.epoch()) {
                Replica whole = replace(empty, host.turnSnapshot().applied(partition), false);
                outbox.note(new Event.CopyEnded(partition, copy.epoch(), version, reached));
                host.touch(whole);
                whole.report();
            }
        }
    }

    // ---- what is not needed here any more

    private void dropUnneeded() {
        for (Replica replica : List.copyOf(replicas.values())) {
            PartitionId partition = replica.partition();
            Group group = state.group(partition);
            // Whoever is in the base has all that was told: it stays until another view is the base.
            // And what is known here may be older than what its primary has told it: then it has promised more.
            boolean isLeftOut = group != null
                    && replica.promisedEpoch() <= group.newest().epoch()
                    && group.isOpen()
                    && group.newest().equals(group.base())
                    && !group.newest().holds(host.self());
            boolean isGone = group == null && state.structure(partition.structure()) == null && state.slot() > 0;
            boolean isMerged = state.absorbed(partition) != null;
            if (host.member() != null && (isLeftOut || isGone || isMerged)) {
                if (mustApplyFirst(replica) || (isMerged && pump.isApplying(replica))) {
                    seenSlot = -1; // when it has
                } else if (isMerged && !host.turnSnapshot().has(partition)) {
                    forget(replica); // what lies in its range is another's by now
                } else {
                    drop(replica, isGone);
                }
            }
        }
    }

    /** Whether what it has of a child, or may be giving to one at this moment, would be lost with it. */
    private boolean mustApplyFirst(Replica replica) {
        Extent extent = replica.extent();
        return extent.owesSplit() || (extent.isSplitting() && pump.isApplying(replica));
    }

    private void drop(Replica replica, boolean isGone) {
        PartitionId partition = replica.partition();
        Absorbed absorbed = state.absorbed(partition);
        if (!replica.isAttached() && !isGone && absorbed == null) {
            return; // nobody knows its range
        }
        KeyRange range = isGone ? KeyRange.ALL : occupied(replica);
        dropping.put(partition, new Dropping(partition, range, replica.abandonLog()));
        remove(replica);
    }

    /** Only the log has something of it. */
    private void forget(Replica replica) {
        replica.abandonLog();
        remove(replica);
    }

    private void remove(Replica replica) {
        abandonCopy(replica.partition());
        pump.forget(replica);
        replica.retire();
        replicas.remove(replica.partition());
    }

    private void dropSlice(Dropping one) {
        pump.add(
                new CopyStep.Drop(one.partition, one.range),
                () -> {
                    if (host.turnSnapshot().isIncomplete(one.partition)) {
                        dropSlice(one);
                    } else {
                        dropping.remove(one.partition);
                        outbox.note(new Event.Dropped(one.partition));
                        seenSlot = -1; // it may have been given back meanwhile, or waited for
                    }
                },
                host.nowNanos());
    }

    // ---- inputs

    void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        Replica replica = replicas.get(message.partition());
        if (message instanceof ReplicaMessage.Fence fence) {
            String objection = objection(from, fence);
            if (objection != null) {
                held.values().removeIf(one -> one.fence.equals(fence)); // what it waited for shows that it is not true
                outbox.note(new Event.MessageRefused(new Endpoint.Peer(from), objection));
                return;
            }
            if (isAhead(fence, replica)) {
                hold(from, fence);
                return;
            }
            held.remove(fence.partition());
        }
        if (replica == null) {
            return; // will be sent again
        }
        if (message instanceof ReplicaMessage.CopyPart part) {
            CopyTarget copy = copies.get(part.partition());
            if (copy != null) {
                copy.onPart(from, part, nowNanos);
            }
            return;
        }
        host.touch(replica);
        replica.onMessage(from, message, nowNanos);
        CopyTarget copy = copies.get(message.partition());
        Replica present = replicas.get(message.partition());
        if (copy != null && (present == null || present.viewEpoch() != copy.epoch())) {
            abandonCopy(message.partition()); // a new epoch: it starts over (§4)
        }
    }

    /** Only a view's primary fences for it; and which view an epoch has is the metadata log's to say. */
    private @Nullable String objection(BrickId from, ReplicaMessage.Fence fence) {
        GroupView view = fence.view();
        Group group = state.group(fence.partition());
        long known = group == null ? 0 : group.newest().epoch();
        if (!view.primary().equals(from)) {
            return "partition %s: it fences for epoch %d, whose primary is %s"
                    .formatted(fence.partition(), view.epoch(), view.primary());
        }
        if (view.epoch() - known > Plausible.EPOCHS_AHEAD) {
            return "partition %s: epoch %d cannot be: this brick knows of %d"
                    .formatted(fence.partition(), view.epoch(), known);
        }
        return group != null && view.epoch() == known && !view.equals(group.newest())
                ? "partition %s: epoch %d is %s, not %s".formatted(fence.partition(), known, group.newest(), view)
                : null;
    }

    /** Whether the primary knows of the view before this brick does: with it would come which keys the partition has. */
    private boolean isAhead(ReplicaMessage.Fence fence, @Nullable Replica replica) {
        Group group = state.group(fence.partition());
        return group == null || group.newest().epoch() < fence.view().epoch() || (replica == null && isGiven(group));
    }

    private void hold(BrickId from, ReplicaMessage.Fence fence) {
        Held before = held.get(fence.partition());
        if (before == null && held.size() >= MAX_HELD) {
            return; // it is sent again
        }
        if (before == null || before.fence.view().epoch() <= fence.view().epoch()) {
            held.put(fence.partition(), new Held(from, fence));
        }
    }

    void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        Replica replica = replicas.get(request.partition());
        boolean isHere = replica != null && replica.isAttached();
        Group group = replica == null ? null : replica.group();
        if (replica != null && isHere && replica.range().contains(request.routingKey())) {
            host.touch(replica);
            replica.onRequest(from, request, nowNanos);
        } else if (replica != null && isHere && group != null && group.range().contains(request.routingKey())) {
            replica.refuse(from, request, CallMessage.Reason.SPLITTING, "the partition is being split");
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
        replicas.values().forEach(replica -> replica.onLinkUp(peer, nowNanos));
    }

    void onCallerGone(Endpoint caller) {
        replicas.values().forEach(replica -> replica.onCallerGone(caller));
    }

    void onSynced(long position, long nowNanos) {
        copies.values().forEach(copy -> copy.onSynced(position, nowNanos));
        for (Dropping one : dropping.values()) {
            if (one.voidPosition < position && one.voidPosition >= syncedPosition) {
                dropSlice(one);
            }
        }
        syncedPosition = position;
    }

    /** What says that a partition is void must stay in the log until the table has forgotten it: else it would be taken for whole after a restart. */
    long neededPosition() {
        long needed = Long.MAX_VALUE;
        for (Dropping one : dropping.values()) {
            needed = Math.min(needed, one.voidPosition);
        }
        return needed;
    }

    /**
     * What all replicas hold in memory.
     *
     * @param overlayBytes entries that are not applied, but for those that wait for other members
     * @param uncommittedBytes entries of primaries that wait for other members
     * @param waitingBytes requests that wait for locks
     * @param lagBytes entries that are known to be committed and are not applied: they go whatever others do
     */
    record InMemory(long overlayBytes, long uncommittedBytes, long waitingBytes, long lagBytes) {}

    /** Returns what is held afterwards. */
    InMemory onTick(long nowNanos) {
        long overlayBytes = 0;
        long uncommittedBytes = 0;
        long waitingBytes = 0;
        long lagBytes = 0;
        for (Replica replica : replicas.values()) {
            replica.onTick(nowNanos);
            overlayBytes += replica.committedOverlayBytes();
            uncommittedBytes += replica.uncommittedBytes();
            waitingBytes += replica.waitingBytes();
            lagBytes += replica.lagBytes();
        }
        copies.values().forEach(copy -> copy.onTick(nowNanos));
        return new InMemory(overlayBytes, uncommittedBytes, waitingBytes, lagBytes);
    }

    // ---- for whoever asks

    /** The partition that follows in order, from the first after the last; null if there is none. */
    @Nullable
    PartitionId after(@Nullable PartitionId partition) {
        PartitionId next = partition == null || replicas.isEmpty() ? null : replicas.higherKey(partition);
        return next != null || replicas.isEmpty() ? next : replicas.firstKey();
    }

    @Nullable
    Replica find(PartitionId partition) {
        return replicas.get(partition);
    }

    Collection<Replica> all() {
        return Collections.unmodifiableCollection(replicas.values());
    }

    List<CallMessage.ReplicaStatus> statuses() {
        return replicas.values().stream()
                .filter(replica -> replica.isAttached() && replica.group() != null)
                .map(replica -> replica.status(copiedBytes(replica.partition())))
                .toList();
    }

    private long copiedBytes(PartitionId partition) {
        CopyTarget copy = copies.get(partition);
        return copy == null ? -1 : copy.copiedBytes();
    }

    void audit() {
        replicas.values().forEach(Replica::audit);
    }
}
