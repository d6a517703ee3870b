package io.brickwork.core.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataAnswer.Refused;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.group.Origin;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The replica group of each partition, and what has become of partitions that were merged into others. A part of
 * {@link MetadataState}; {@link Reshaping} changes how keys are shared among the groups.
 *
 * <p>Every partition's structure is one of the {@link NamedStructures}.
 */
final class ReplicaGroups {
    private final RegisteredBricks bricks;
    private final NamedStructures structures;
    private final Defences defences;
    private final TreeMap<PartitionId, Group> groups = new TreeMap<>();
    private final TreeMap<PartitionId, Absorbed> absorbed = new TreeMap<>();

    ReplicaGroups(RegisteredBricks bricks, NamedStructures structures, Defences defences) {
        this.bricks = bricks;
        this.structures = structures;
        this.defences = defences;
    }

    // ---- commands

    /**
     * Founds the groups of a new structure.
     *
     * @param lows where each partition's range begins, by number
     * @param hosts who may be given replicas
     */
    void create(StructureInfo structure, List<Bytes> lows, List<BrickInfo> hosts, long slot) {
        Placement placement = new Placement(hosts, groups.values());
        TreeSet<Bytes> fences = new TreeSet<>(lows);
        int replicas = structure.spec().replicas();
        for (int number = 0; number < structure.spec().partitions(); number++) {
            PartitionId partition = new PartitionId(structure.id(), number);
            Bytes low = lows.get(number);
            KeyRange range = new KeyRange(low, fences.higher(low));
            GroupView view = placement.first(replicas);
            int least = structures.rules(partition).minInSync(view.members().size());
            put(new Group(partition, range, replicas, least, view, slot, null, null, null, null, null));
        }
    }

    void drop(int structure) {
        absorbed.keySet().removeIf(partition -> partition.structure() == structure);
        groups.keySet().removeIf(partition -> partition.structure() == structure);
    }

    /** Decides a group's next view. */
    MetadataAnswer changeView(MetadataCommand.ChangeView change, long slot) {
        Group group = groups.get(change.partition());
        if (group == null) {
            return Refused.because("there is no partition %s", change.partition());
        }
        if (group.newest().epoch() != change.newestEpoch() || group.openedEpoch() != change.openedEpoch()) {
            return Refused.because(
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
            return Refused.because("partition %s: %s", change.partition(), String.valueOf(e.getMessage()));
        }
        Refused unfit = whyNot(group, view);
        if (unfit != null) {
            return unfit;
        }
        Group decided = group.withNewest(view, slot);
        put(defences.has(Defence.BASE_WAS_OPENED) ? decided : decided.takenForBase());
        return new MetadataAnswer.Done();
    }

    /** Why the view may not be the group's next one; null if it may. */
    private @Nullable Refused whyNot(Group group, GroupView view) {
        PartitionId partition = group.partition();
        GroupRules rules = structures.rules(partition);
        for (Member member : view.members()) {
            if (!bricks.isRegistered(member) || !rules.mayBeMember(group, member)) {
                return Refused.because("partition %s: %s may not be a member", partition, member);
            }
        }
        for (Member learner : view.learners()) {
            if (!bricks.isRegistered(learner)) {
                return Refused.because("partition %s: %s is not registered", partition, learner);
            }
        }
        Member primary = view.member(view.primary());
        if (primary == null || !rules.mayLead(group, primary)) {
            return Refused.because("partition %s: primary %s is not of the base", partition, view.primary());
        }
        if (!group.mayHave(view.members().size(), view.learners().size())) {
            return Refused.because("partition %s takes no learners while it is being split or merged", partition);
        }
        if (!mayFound(group, view.members())) {
            return Refused.because("partition %s: %s may lack what was committed", partition, view.members());
        }
        return null;
    }

    /** The newest view of a group is open. */
    MetadataAnswer open(MetadataCommand.OpenView open) {
        Group group = groups.get(open.partition());
        if (group == null || group.newest().epoch() != open.epoch()) {
            return Refused.because("partition %s: epoch %d is not the newest", open.partition(), open.epoch());
        }
        if (!group.isOpen()) {
            put(group.open(structures.rules(group.partition())));
        }
        return new MetadataAnswer.Done();
    }

    /** An operator gives up what a group has lost: a brick goes on with what it has. */
    MetadataAnswer found(MetadataCommand.FoundLineage found, long slot) {
        Group group = groups.get(found.partition());
        if (group == null
                || group.newest().epoch() != found.newestEpoch()
                || group.openedEpoch() != found.openedEpoch()
                || !bricks.isRegistered(found.founder())) {
            return Refused.because(
                    "partition %s: it is not as it was, or %s is gone", found.partition(), found.founder());
        }
        GroupView newest = group.newest();
        GroupView view = new GroupView(
                newest.epoch() + 1, found.founder().brick(), List.of(found.founder()), List.of(), newest.lineage() + 1);
        put(group.founded(view, slot));
        return new MetadataAnswer.Done();
    }

    // ---- reshaping

    void put(Group group) {
        groups.put(group.partition(), group);
    }

    /** The partition is a part of another one from here on. */
    void absorb(PartitionId partition, Absorbed into) {
        groups.remove(partition);
        absorbed.put(partition, into);
    }

    // ---- questions

    /** All of them, in the order of their partitions. */
    Collection<Group> all() {
        return Collections.unmodifiableCollection(groups.values());
    }

    @Nullable
    Group get(PartitionId partition) {
        return groups.get(partition);
    }

    /** Whether a group has the brick, or may need what it holds. */
    boolean mayNeed(BrickId brick) {
        return groups.values().stream().anyMatch(group -> group.mayNeed(brick));
    }

    /**
     * Whether the group's next view may be founded on these members. Whoever has stored an entry of a structure that is
     * acknowledged without a sync has kept it only if its machine has not gone down since.
     */
    boolean mayFound(Group group, List<Member> members) {
        GroupView base = group.base();
        boolean isSynced = structures.spec(group.partition()).durability() == Durability.SYNC;
        return base == null
                || structures.rules(group.partition()).mayFound(base, members, old -> isSynced || bricks.isIntact(old));
    }

    /** The group that has the record key; null if the structure is not known. */
    @Nullable
    Group locate(int structure, Bytes recordKey) {
        for (Group group : of(structure)) {
            if (group.range().contains(recordKey)) {
                return group;
            }
        }
        return null;
    }

    /** The version of the last entry that has split the partition; {@link Version#NONE} if none has. */
    Version lastSplit(PartitionId partition) {
        return origins(partition.structure())
                .filter(origin -> origin.parent().equals(partition))
                .map(Origin::version)
                .max(Comparator.naturalOrder())
                .orElse(Version.NONE);
    }

    /** The partitions that were merged into this one. */
    Stream<Absorbed> absorbedInto(PartitionId partition) {
        return absorbed.values().stream().filter(one -> one.into().equals(partition));
    }

    /** The splits that partitions of a structure came of, also of those partitions that were merged since. */
    Stream<Origin> origins(int structure) {
        return Stream.concat(
                        of(structure).stream().map(Group::origin),
                        absorbed.values().stream().map(Absorbed::origin))
                .filter(origin -> origin != null && origin.parent().structure() == structure);
    }

    /** What has become of the partition, if it was merged into another one; else null. */
    @Nullable
    Absorbed absorbed(PartitionId partition) {
        return absorbed.get(partition);
    }

    /** Whether any partition was ever merged into another one. */
    boolean hasAbsorbed() {
        return !absorbed.isEmpty();
    }

    /** Whether another partition was merged into this one after a slot. */
    boolean hasAbsorbedSince(PartitionId partition, long afterSlot) {
        return absorbedInto(partition).anyMatch(one -> one.slot() > afterSlot);
    }

    /**
     * What a replica of the partition has of its keys that is applied so far: not what it has yet to take in. Null if
     * it has nothing of what the partition has now.
     */
    @Nullable
    KeyRange settledRange(Group group, Version applied) {
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
    Collection<Group> of(int structure) {
        return Collections.unmodifiableCollection(
                groups.subMap(new PartitionId(structure, 0), true, new PartitionId(structure, Integer.MAX_VALUE), true)
                        .values());
    }

    // ---- snapshots

    /** Appends varint count · the groups. */
    void write(ByteWriter writer) {
        writer.varint(groups.size());
        groups.values().forEach(group -> GroupCodec.write(writer, group));
    }

    /** Takes in what {@link #write} wrote, in place of all groups that are here. */
    void read(ByteReader reader) {
        groups.clear();
        for (int left = reader.count("groups", 8); left > 0; left--) {
            put(GroupCodec.readGroup(reader));
        }
    }

    /** Appends varint count · the partitions that were merged into others. */
    void writeAbsorbed(ByteWriter writer) {
        writer.varint(absorbed.size());
        absorbed.forEach((partition, into) -> GroupCodec.write(writer, partition, into));
    }

    /** Takes in what {@link #writeAbsorbed} wrote, in place of all that is known of such partitions here. */
    void readAbsorbed(ByteReader reader) {
        absorbed.clear();
        for (int left = reader.count("merged partitions", 8); left > 0; left--) {
            PartitionId partition = MetadataCodec.readPartition(reader);
            absorbed.put(partition, GroupCodec.readAbsorbed(reader, partition.structure()));
        }
    }
}
