package io.brickwork.core.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.ballot.Replicated;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.Lineage;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataAnswer.Refused;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.group.Origin;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that the cluster has agreed on, as of a slot of the metadata log. A deterministic state machine: equal logs make
 * equal states, to the byte. Bricks, structures, groups and sessions are parts of their own; here is what concerns
 * several of them.
 *
 * <p>Every brick has one, brought up to date as it learns the log; what it reads here may be old, never wrong for its
 * slot. Ids are never given twice.
 */
public final class MetadataState implements Replicated, Lineage {
    /** Sessions that are open at a time. */
    public static final int MAX_SESSIONS = 1 << 16;

    /** What leases last unless somebody changes it. */
    public static final long LEASE_TERM_NANOS = 2_000_000_000L;

    private static final int CLUSTER_ID_BYTES = 64;

    private Bytes clusterId;
    private long slot;
    private long leaseTermNanos;
    private long longestTermNanos;
    private final RegisteredBricks bricks = new RegisteredBricks();
    private final NamedStructures structures = new NamedStructures();
    private final ReplicaGroups groups;
    private final Reshaping reshaping;
    private final OpenSessions sessions = new OpenSessions();

    /**
     * The state of slot 0.
     *
     * @param clusterId drawn at random by the shell; the one of the founder counts, and comes to all others with the
     *     first snapshot
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
        this.groups = new ReplicaGroups(bricks, structures, defences);
        this.reshaping = new Reshaping(structures, groups);
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
            case MetadataCommand.RegisterBrick register -> bricks.register(register, isEmpty(register.brick()));
            case MetadataCommand.SetLeaving leaving -> bricks.setLeaving(leaving);
            case MetadataCommand.ForgetBrick forget -> bricks.forget(forget.brick(), isEmpty(forget.brick()));
            case MetadataCommand.CreateStructure create -> create(create);
            case MetadataCommand.DropStructure drop -> drop(drop.structure());
            case MetadataCommand.ChangeView change -> groups.changeView(change, slot);
            case MetadataCommand.OpenView open -> groups.open(open);
            case MetadataCommand.FoundLineage found -> groups.found(found, slot);
            case MetadataCommand.SplitPartition split -> reshaping.split(split);
            case MetadataCommand.FinishSplit finish -> reshaping.finish(finish, slot);
            case MetadataCommand.MergePartitions merge -> reshaping.merge(merge, slot);
            case MetadataCommand.FinishMerge finish -> reshaping.finish(finish, slot);
            case MetadataCommand.CancelMerge cancel -> reshaping.cancel(cancel);
            case MetadataCommand.OpenSession open -> sessions.open(open.drawn(), slot);
            case MetadataCommand.ExpireSession expire -> sessions.expire(expire.session(), slot);
            case MetadataCommand.SetLeaseTerm set -> setLeaseTerm(set.termNanos());
        };
    }

    private MetadataAnswer create(MetadataCommand.CreateStructure create) {
        StructureInfo existing = structures.get(create.name());
        if (existing != null) {
            return new MetadataAnswer.Structure(existing);
        }
        List<BrickInfo> hosts = bricks.hosts();
        if (hosts.isEmpty()) {
            return Refused.because("no brick is registered that could hold '%s'", create.name());
        }
        StructureInfo info = structures.create(create.name(), create.spec());
        groups.create(info, create.lows(), hosts, slot);
        return new MetadataAnswer.Structure(info);
    }

    private MetadataAnswer drop(int structure) {
        structures.drop(structure);
        groups.drop(structure);
        return new MetadataAnswer.Done();
    }

    private MetadataAnswer setLeaseTerm(long termNanos) {
        leaseTermNanos = termNanos;
        longestTermNanos = Math.max(longestTermNanos, termNanos);
        return new MetadataAnswer.Done();
    }

    // ---- snapshots

    /**
     * {@inheritDoc}
     *
     * <pre>
     * u8 format = 1 · cluster id · varint slot · varint lease term · varint longest term · varint last structure
     * varint slot of the last expiry · bricks, structures, groups, sessions: each varint count, then the entries in order
     * of each structure how many partitions it has ever had · those that were merged: varint count, then the entries in order
     * </pre>
     */
    @Override
    public Bytes snapshot() {
        ByteWriter writer = new ByteWriter(4096).u8(MetadataCodec.FORMAT).bytes(clusterId);
        writer.varint(slot).varint(leaseTermNanos).varint(longestTermNanos);
        structures.writeLastId(writer);
        sessions.writeLastExpiry(writer);
        bricks.write(writer);
        structures.write(writer);
        groups.write(writer);
        sessions.write(writer);
        structures.writePartitionsGiven(writer);
        groups.writeAbsorbed(writer);
        return writer.toBytes();
    }

    private void read(Bytes snapshot) {
        ByteReader reader = MetadataCodec.begin(snapshot, "metadata snapshot");
        clusterId = reader.bytes("cluster id", CLUSTER_ID_BYTES).compact();
        slot = MetadataCodec.readLong(reader, "slot");
        leaseTermNanos = MetadataCodec.readLong(reader, "lease term");
        longestTermNanos = MetadataCodec.readLong(reader, "longest term");
        structures.readLastId(reader);
        sessions.readLastExpiry(reader);
        bricks.read(reader);
        structures.read(reader);
        groups.read(reader);
        sessions.read(reader);
        structures.readPartitionsGiven(reader);
        groups.readAbsorbed(reader);
    }

    /** The same for whoever must not learn which sessions others have: who knows a session's name may use it. */
    public Bytes snapshotWithoutSessions() {
        MetadataState shown = new MetadataState(clusterId);
        shown.read(snapshot());
        shown.sessions.hide();
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
            new MetadataState(clusterId).read(snapshot);
        } catch (IllegalArgumentException | Check.InvariantBroken unreadable) {
            throw new MalformedException("not a snapshot of the metadata: " + unreadable.getMessage(), unreadable);
        }
        read(snapshot);
    }

    // ---- the cluster

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

    // ---- bricks

    /** All registered bricks, in order. */
    public Collection<BrickInfo> bricks() {
        return bricks.all();
    }

    public @Nullable BrickInfo brick(BrickId brick) {
        return bricks.get(brick);
    }

    /** Whether no group has the brick, nor may need what it holds. */
    public boolean isEmpty(BrickId brick) {
        return !groups.mayNeed(brick);
    }

    // ---- structures

    /** All structures, in the order of their ids. */
    public Collection<StructureInfo> structures() {
        return structures.all();
    }

    public @Nullable StructureInfo structure(String name) {
        return structures.get(name);
    }

    public @Nullable StructureInfo structure(int id) {
        return structures.get(id);
    }

    /** The rules by which the partition's structure replicates; the structure must be there. */
    public GroupRules rules(PartitionId partition) {
        return structures.rules(partition);
    }

    /** Whether a partition has been given this number, whatever has become of it. */
    public boolean hasHad(PartitionId partition) {
        return partition.number() < structures.partitionsGiven(partition.structure());
    }

    // ---- groups

    /** All groups, in the order of their partitions. */
    public Collection<Group> groups() {
        return groups.all();
    }

    /** The groups of a structure, in the order of their partitions. */
    public Collection<Group> groupsOf(int structure) {
        return groups.of(structure);
    }

    @Override
    public @Nullable Group group(PartitionId partition) {
        return groups.get(partition);
    }

    /** The group that has the record key; null if the structure is not known. */
    public @Nullable Group locate(int structure, Bytes recordKey) {
        return groups.locate(structure, recordKey);
    }

    /** Whether the group's next view may be founded on these members. */
    public boolean mayFound(Group group, List<Member> members) {
        return groups.mayFound(group, members);
    }

    /** The version of the last entry that has split the partition; {@link Version#NONE} if none has. */
    public Version lastSplit(PartitionId partition) {
        return groups.lastSplit(partition);
    }

    @Override
    public Stream<Absorbed> absorbedInto(PartitionId partition) {
        return groups.absorbedInto(partition);
    }

    @Override
    public Stream<Origin> origins(int structure) {
        return groups.origins(structure);
    }

    @Override
    public @Nullable Absorbed absorbed(PartitionId partition) {
        return groups.absorbed(partition);
    }

    /** Whether any partition was ever merged into another one. */
    public boolean hasAbsorbed() {
        return groups.hasAbsorbed();
    }

    /** Whether another partition was merged into this one after a slot. */
    public boolean hasAbsorbedSince(PartitionId partition, long afterSlot) {
        return groups.hasAbsorbedSince(partition, afterSlot);
    }

    /**
     * What a replica of the partition has of its keys that is applied so far: not what it has yet to take in. Null if
     * it has nothing of what the partition has now.
     */
    public @Nullable KeyRange settledRange(Group group, Version applied) {
        return groups.settledRange(group, applied);
    }

    // ---- sessions

    /** The sessions that are open, in the order in which they were opened. */
    public SortedSet<SessionId> sessions() {
        return sessions.all();
    }

    /** Whether the session is open as of {@link #slot}. One that was opened in a later slot is not known yet. */
    public boolean isOpen(SessionId session) {
        return sessions.isOpen(session);
    }

    /** Whether the session is over. One that was opened in a later slot than {@link #slot} is not known yet. */
    public boolean isExpired(SessionId session) {
        return session.slot() <= slot && !isOpen(session);
    }

    /** In which slot a session ended last; 0 if none has. */
    public long lastExpirySlot() {
        return sessions.lastExpirySlot();
    }
}
