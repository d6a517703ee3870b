package io.brickwork.core.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.ballot.Replicated;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Lineage;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.group.Origin;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that the cluster has agreed on, as of a slot of the metadata log. A deterministic state machine: equal logs make equal states, to the byte.
 *
 * <p>Every brick has one, brought up to date as it learns the log; what it reads here may be old, never wrong for its slot. Ids are never given twice.
 */
public final class MetadataState implements Replicated, Lineage {
    /** Sessions that are open at a time. */
    public static final int MAX_SESSIONS = 1 << 16;

    /** What leases last unless somebody changes it. */
    public static final long LEASE_TERM_NANOS = 2_000_000_000L;

    Bytes clusterId;
    long slot;
    long leaseTermNanos;
    long longestTermNanos;
    int lastStructure;
    private final Defences defences;
    private final Reshaping reshaping = new Reshaping(this);
    final TreeMap<BrickId, BrickInfo> bricks = new TreeMap<>();
    final TreeMap<Integer, StructureInfo> structures = new TreeMap<>();
    final TreeMap<String, Integer> names = new TreeMap<>();
    final TreeMap<PartitionId, Group> groups = new TreeMap<>();
    /** How many partitions each structure has had: the next one's number. */
    final TreeMap<Integer, Integer> partitions = new TreeMap<>();
    /** What has become of partitions that were merged into others. */
    final TreeMap<PartitionId, Absorbed> absorbed = new TreeMap<>();
    /** Those that are open. */
    final TreeSet<SessionId> sessions = new TreeSet<>();
    /** In which slot a session was closed last. */
    long lastExpirySlot;

    /**
     * The state of slot 0.
     *
     * @param clusterId drawn at random by the shell; the one of the founder counts, and comes to all others with the first snapshot
     */
    public MetadataState(Bytes clusterId) {
        this(clusterId, LEASE_TERM_NANOS, Defences.ALL);
    }

    /**
     * The state of slot 0, where leases last as long as the founder says.
     *
     * @param defences the same at all bricks, as the state is
     */
    public MetadataState(Bytes clusterId, long leaseTermNanos, Defences defences) {
        this.clusterId = clusterId;
        this.defences = defences;
        this.leaseTermNanos = leaseTermNanos;
        this.longestTermNanos = leaseTermNanos;
    }

    @Override
    public Bytes apply(long atSlot, Bytes command) {
        slot = atSlot;
        MetadataAnswer answer;
        try {
            answer = apply(MetadataCodec.decodeCommand(command));
        } catch (MalformedException e) {
            answer = new MetadataAnswer.Refused("not a command: " + e.getMessage());
        }
        return MetadataCodec.encode(answer);
    }

    private MetadataAnswer apply(MetadataCommand command) {
        return switch (command) {
            case MetadataCommand.RegisterBrick register -> register(register);
            case MetadataCommand.SetLeaving leaving -> {
                BrickInfo info = bricks.get(leaving.brick());
                if (info == null) {
                    yield refused("there is no brick %s", leaving.brick());
                }
                bricks.put(
                        info.brick(),
                        new BrickInfo(
                                info.brick(),
                                info.incarnation(),
                                info.host(),
                                info.port(),
                                leaving.isLeaving(),
                                info.intactSince()));
                yield new MetadataAnswer.Done();
            }
            case MetadataCommand.ForgetBrick forget -> forget(forget.brick());
            case MetadataCommand.CreateStructure create -> create(create);
            case MetadataCommand.DropStructure drop -> {
                StructureInfo info = structures.remove(drop.structure());
                if (info != null) {
                    names.remove(info.name());
                    partitions.remove(info.id());
                    absorbed.keySet().removeIf(partition -> partition.structure() == info.id());
                    groups.keySet().removeIf(partition -> partition.structure() == info.id());
                }
                yield new MetadataAnswer.Done();
            }
            case MetadataCommand.ChangeView change -> changeView(change);
            case MetadataCommand.OpenView open -> open(open);
            case MetadataCommand.FoundLineage found -> found(found);
            case MetadataCommand.SplitPartition split -> reshaping.split(split);
            case MetadataCommand.FinishSplit finish -> reshaping.finish(finish);
            case MetadataCommand.MergePartitions merge -> reshaping.merge(merge);
            case MetadataCommand.FinishMerge finish -> reshaping.finish(finish);
            case MetadataCommand.CancelMerge cancel -> reshaping.cancel(cancel);
            case MetadataCommand.OpenSession open -> {
                if (sessions.size() >= MAX_SESSIONS) {
                    yield refused("%d sessions are open, the most there may be; close some", MAX_SESSIONS);
                }
                SessionId session = new SessionId(slot, open.drawn());
                sessions.add(session);
                yield new MetadataAnswer.Session(session);
            }
            case MetadataCommand.ExpireSession expire -> {
                if (sessions.remove(expire.session())) {
                    lastExpirySlot = slot;
                }
                yield new MetadataAnswer.Done();
            }
            case MetadataCommand.SetLeaseTerm set -> {
                leaseTermNanos = set.termNanos();
                longestTermNanos = Math.max(longestTermNanos, leaseTermNanos);
                yield new MetadataAnswer.Done();
            }
        };
    }

    private MetadataAnswer register(MetadataCommand.RegisterBrick register) {
        BrickInfo info = bricks.get(register.brick());
        Incarnation registered = info == null ? null : info.incarnation();
        Incarnation next = register.next();
        boolean isExpected = Objects.equals(registered, register.expected());
        boolean isNext = registered != null && registered.disk().equals(next.disk())
                ? next.equals(registered.next())
                : next.start() == 1;
        if (isExpected && isNext) {
            // A brick that was emptied and is started again is wanted again; one that still holds something goes on
            // leaving.
            boolean isLeaving = info != null && info.isLeaving() && !isEmpty(register.brick());
            long intactSince = info != null
                            && register.isIntact()
                            && info.incarnation().disk().equals(next.disk())
                    ? info.intactSince()
                    : next.start();
            bricks.put(
                    register.brick(),
                    new BrickInfo(register.brick(), next, register.host(), register.port(), isLeaving, intactSince));
            return new MetadataAnswer.Registered(next);
        }
        return new MetadataAnswer.Registered(registered);
    }

    private MetadataAnswer forget(BrickId brick) {
        BrickInfo info = bricks.get(brick);
        if (info != null && !(info.isLeaving() && isEmpty(brick))) {
            return refused("brick %s is not leaving, or not empty", brick);
        }
        bricks.remove(brick);
        return new MetadataAnswer.Done();
    }

    /** Whether no group has the brick, nor may need what it holds. */
    public boolean isEmpty(BrickId brick) {
        return groups.values().stream().noneMatch(group -> group.mayNeed(brick));
    }

    private MetadataAnswer create(MetadataCommand.CreateStructure create) {
        Integer existing = names.get(create.name());
        if (existing != null) {
            return new MetadataAnswer.Structure(Check.present(structures.get(existing), "structure %d", existing));
        }
        List<BrickInfo> hosts = new ArrayList<>();
        for (BrickInfo brick : bricks.values()) {
            if (!brick.isLeaving()) {
                hosts.add(brick);
            }
        }
        if (hosts.isEmpty()) {
            return refused("no brick is registered that could hold '%s'", create.name());
        }
        StructureInfo info = new StructureInfo(++lastStructure, create.name(), create.spec());
        structures.put(info.id(), info);
        names.put(info.name(), info.id());
        partitions.put(info.id(), info.spec().partitions());
        Placement placement = new Placement(hosts, groups.values());
        TreeSet<Bytes> fences = new TreeSet<>(create.lows());
        for (int number = 0; number < create.spec().partitions(); number++) {
            PartitionId partition = new PartitionId(info.id(), number);
            Bytes low = create.lows().get(number);
            KeyRange range = new KeyRange(low, fences.higher(low));
            GroupView view = placement.first(create.spec().replicas());
            int least = GroupRules.of(create.spec().replication())
                    .minInSync(view.members().size());
            groups.put(
                    partition,
                    new Group(
                            partition,
                            range,
                            create.spec().replicas(),
                            least,
                            view,
                            slot,
                            null,
                            null,
                            null,
                            null,
                            null));
        }
        return new MetadataAnswer.Structure(info);
    }

    private MetadataAnswer changeView(MetadataCommand.ChangeView change) {
        Group group = groups.get(change.partition());
        if (group == null) {
            return refused("there is no partition %s", change.partition());
        }
        if (group.newest().epoch() != change.newestEpoch() || group.openedEpoch() != change.openedEpoch()) {
            return refused(
                    "partition %s: computed from epoch %d, opened %d; it is at %d, opened %d",
                    change.partition(),
                    change.newestEpoch(),
                    change.openedEpoch(),
                    group.newest().epoch(),
                    group.openedEpoch());
        }
        GroupView view;
        try {
            view = new GroupView(
                    group.newest().epoch() + 1,
                    change.primary(),
                    change.members(),
                    change.learners(),
                    group.newest().lineage());
        } catch (IllegalArgumentException e) {
            return refused("partition %s: %s", change.partition(), String.valueOf(e.getMessage()));
        }
        GroupRules rules = rules(group.partition());
        for (Member member : view.members()) {
            if (!isRegistered(member) || !rules.mayBeMember(group, member)) {
                return refused("partition %s: %s may not be a member", change.partition(), member);
            }
        }
        for (Member learner : view.learners()) {
            if (!isRegistered(learner)) {
                return refused("partition %s: %s is not registered", change.partition(), learner);
            }
        }
        Member primary = view.member(view.primary());
        if (primary == null || !rules.mayLead(group, primary)) {
            return refused("partition %s: primary %s is not of the base", change.partition(), view.primary());
        }
        if (!group.mayHave(view.members().size(), view.learners().size())) {
            return refused("partition %s takes no learners while it is being split or merged", group.partition());
        }
        if (!mayFound(group, view.members())) {
            return refused("partition %s: %s may lack what they had not synced", change.partition(), view.members());
        }
        Group decided = group.withNewest(view, slot);
        groups.put(group.partition(), defences.has(Defence.BASE_WAS_OPENED) ? decided : decided.takenForBase());
        return new MetadataAnswer.Done();
    }

    private MetadataAnswer open(MetadataCommand.OpenView open) {
        Group group = groups.get(open.partition());
        if (group == null || group.newest().epoch() != open.epoch()) {
            return refused("partition %s: epoch %d is not the newest", open.partition(), open.epoch());
        }
        if (!group.isOpen()) {
            groups.put(group.partition(), group.open(rules(group.partition())));
        }
        return new MetadataAnswer.Done();
    }

    private MetadataAnswer found(MetadataCommand.FoundLineage found) {
        Group group = groups.get(found.partition());
        if (group == null
                || group.newest().epoch() != found.newestEpoch()
                || group.openedEpoch() != found.openedEpoch()
                || !isRegistered(found.founder())) {
            return refused("partition %s: it is not as it was, or %s is gone", found.partition(), found.founder());
        }
        GroupView newest = group.newest();
        GroupView view = new GroupView(
                newest.epoch() + 1, found.founder().brick(), List.of(found.founder()), List.of(), newest.lineage() + 1);
        groups.put(group.partition(), group.founded(view, slot));
        return new MetadataAnswer.Done();
    }

    /** Whether a partition has been given this number, whatever has become of it. */
    public boolean hasHad(PartitionId partition) {
        return partition.number() < partitionsGiven(partition.structure());
    }

    /** How many partitions the structure has had so far. */
    int partitionsGiven(int structure) {
        return partitions.getOrDefault(structure, 0);
    }

    private boolean isRegistered(Member member) {
        BrickInfo info = bricks.get(member.brick());
        return info != null && info.incarnation().equals(member.incarnation());
    }

    /** The rules by which the partition's structure replicates; the partition must have a group. */
    public GroupRules rules(PartitionId partition) {
        return GroupRules.of(spec(partition).replication());
    }

    private StructureSpec spec(PartitionId partition) {
        return Check.present(structures.get(partition.structure()), "partition %s has no structure", partition)
                .spec();
    }

    /**
     * Whether the group's next view may be founded on these members. Whoever has stored an entry of a structure that is acknowledged without a sync has kept it only if its machine has not gone down since.
     */
    public boolean mayFound(Group group, List<Member> members) {
        GroupView base = group.base();
        boolean isSynced = spec(group.partition()).durability() == Durability.SYNC;
        return base == null || rules(group.partition()).mayFound(base, members, old -> isSynced || isIntact(old));
    }

    /** Whether the member's disk has kept all that was written to it, synced or not. */
    private boolean isIntact(Member member) {
        BrickInfo info = bricks.get(member.brick());
        return info != null && member.incarnation().start() >= info.intactSince();
    }

    /** The group that has the record key; null if the structure is not known. */
    public @Nullable Group locate(int structure, Bytes recordKey) {
        for (Group group : groupsOf(structure)) {
            if (group.range().contains(recordKey)) {
                return group;
            }
        }
        return null;
    }

    /** The version of the last entry that has split the partition; {@link Version#NONE} if none has. */
    public Version lastSplit(PartitionId partition) {
        Version last = Version.NONE;
        for (Origin origin : origins(partition.structure())
                .filter(one -> one.parent().equals(partition))
                .toList()) {
            if (origin.version().compareTo(last) > 0) {
                last = origin.version();
            }
        }
        return last;
    }

    @Override
    public Stream<Origin> origins(int structure) {
        return Stream.concat(
                        groupsOf(structure).stream().map(Group::origin),
                        absorbed.values().stream().map(Absorbed::origin))
                .filter(origin -> origin != null && origin.parent().structure() == structure);
    }

    /** What has become of the partition, if it was merged into another one; else null. */
    @Override
    public @Nullable Absorbed absorbed(PartitionId partition) {
        return absorbed.get(partition);
    }

    /** Whether any partition was ever merged into another one. */
    public boolean hasAbsorbed() {
        return !absorbed.isEmpty();
    }

    /** Whether another partition was merged into this one after a slot. */
    public boolean hasAbsorbedSince(PartitionId partition, long afterSlot) {
        return absorbed.values().stream().anyMatch(one -> one.into().equals(partition) && one.slot() > afterSlot);
    }

    /**
     * What a replica of the partition has of its keys that is applied so far: not what it has yet to take in. Null if it has nothing of what the partition has now.
     */
    public @Nullable KeyRange settledRange(Group group, Version applied) {
        KeyRange range = group.range();
        List<Absorbed> missing = absorbed.values().stream()
                .filter(one -> one.into().equals(group.partition()) && applied.compareTo(one.version()) < 0)
                .sorted(Comparator.comparing(Absorbed::version).reversed())
                .toList();
        for (Absorbed one : missing) {
            range = range == null ? null : range.minus(one.range());
        }
        return range;
    }

    /** The groups of a structure, in the order of their partitions. */
    public Collection<Group> groupsOf(int structure) {
        return Collections.unmodifiableCollection(
                groups.subMap(new PartitionId(structure, 0), true, new PartitionId(structure, Integer.MAX_VALUE), true)
                        .values());
    }

    static MetadataAnswer.Refused refused(String text, Object... values) {
        return new MetadataAnswer.Refused(String.format(Locale.ROOT, text, values));
    }

    // ---- snapshots

    @Override
    public Bytes snapshot() {
        return StateSnapshot.write(this);
    }

    /** The same for whoever must not learn which sessions others have: who knows a session's name may use it. */
    public Bytes snapshotWithoutSessions() {
        MetadataState shown = new MetadataState(clusterId);
        shown.restore(snapshot());
        shown.sessions.clear();
        return shown.snapshot();
    }

    /**
     * Takes the place of everything that is here, or of nothing.
     *
     * @throws MalformedException if the bytes are no snapshot
     */
    @Override
    public void restore(Bytes snapshot) {
        try {
            StateSnapshot.read(new MetadataState(clusterId), snapshot);
        } catch (IllegalArgumentException | Check.InvariantBroken unreadable) {
            throw new MalformedException("not a snapshot of the metadata: " + unreadable.getMessage(), unreadable);
        }
        StateSnapshot.read(this, snapshot);
    }

    // ---- what is agreed on

    public Bytes clusterId() {
        return clusterId;
    }

    /** The slot of the last command that was carried out. */
    public long slot() {
        return slot;
    }

    public long leaseTermNanos() {
        return leaseTermNanos;
    }

    /** No lease was ever given for longer: what a new leader waits out. */
    public long longestTermNanos() {
        return longestTermNanos;
    }

    /** All registered bricks, in order. */
    public Collection<BrickInfo> bricks() {
        return Collections.unmodifiableCollection(bricks.values());
    }

    public @Nullable BrickInfo brick(BrickId brick) {
        return bricks.get(brick);
    }

    /** All structures, in the order of their ids. */
    public Collection<StructureInfo> structures() {
        return Collections.unmodifiableCollection(structures.values());
    }

    public @Nullable StructureInfo structure(String name) {
        Integer id = names.get(name);
        return id == null ? null : structures.get(id);
    }

    public @Nullable StructureInfo structure(int id) {
        return structures.get(id);
    }

    /** All groups, in the order of their partitions. */
    public Collection<Group> groups() {
        return Collections.unmodifiableCollection(groups.values());
    }

    @Override
    public @Nullable Group group(PartitionId partition) {
        return groups.get(partition);
    }

    /** The sessions that are open, in the order in which they were opened. */
    public SortedSet<SessionId> sessions() {
        return Collections.unmodifiableSortedSet(sessions);
    }

    /** Whether the session is open as of {@link #slot}. One that was opened in a later slot is not known yet. */
    public boolean isOpen(SessionId session) {
        return sessions.contains(session);
    }

    /** Whether the session is over. One that was opened in a later slot than {@link #slot} is not known yet. */
    public boolean isExpired(SessionId session) {
        return session.slot() <= slot && !isOpen(session);
    }

    /** In which slot a session ended last; 0 if none has. */
    public long lastExpirySlot() {
        return lastExpirySlot;
    }
}
