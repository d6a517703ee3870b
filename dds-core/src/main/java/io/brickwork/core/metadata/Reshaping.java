package io.brickwork.core.metadata;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.Merge;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataAnswer.Refused;
import io.brickwork.core.group.MetadataCommand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the metadata log decides about partitions that are split and merged. A part of {@link MetadataState}. */
final class Reshaping {
    private final NamedStructures structures;
    private final ReplicaGroups groups;

    Reshaping(NamedStructures structures, ReplicaGroups groups) {
        this.structures = structures;
        this.groups = groups;
    }

    MetadataAnswer split(MetadataCommand.SplitPartition command) {
        PartitionId partition = command.partition();
        Group group = groups.get(partition);
        if (group == null) {
            return Refused.because("there is no partition %s", partition);
        }
        Bytes key = command.key();
        if (!group.range().contains(key) || key.equals(group.range().low())) {
            return Refused.because("key %s does not lie within partition %s, %s", key, partition, group.range());
        }
        Refused unfit = whyNotReshaped(group);
        if (unfit != null) {
            return unfit;
        }
        int given = structures.partitionsGiven(partition.structure());
        if (given >= Limits.PARTITION_NUMBERS) {
            return Refused.because(
                    "structure %d has had %d partitions, the most there may be; partition %s is not split",
                    partition.structure(), given, partition);
        }
        PartitionId child = structures.addPartition(partition.structure());
        groups.put(group.splitting(Split.of(group.range(), key.compact(), command.givesLower(), child)));
        return new MetadataAnswer.Done();
    }

    MetadataAnswer finish(MetadataCommand.FinishSplit finish, long slot) {
        Group group = groups.get(finish.partition());
        Split split = group == null ? null : group.split();
        if (group == null || split == null || !split.child().equals(finish.child())) {
            return new MetadataAnswer.Done(); // it is done, or the structure is gone
        }
        // Only they can have carried out the split, or will.
        GroupView parent = group.newest();
        List<Member> members = new ArrayList<>(parent.members());
        members.removeIf(member -> !group.isInBase(member));
        if (members.isEmpty()) {
            members.addAll(Check.present(group.base(), "partition %s was never open", group.partition())
                    .members());
        }
        Placement placement = new Placement(List.of(), groups.all());
        GroupView first =
                new GroupView(parent.epoch() + 1, placement.primary(members), members, List.of(), parent.lineage());
        groups.put(group.keeping(split));
        groups.put(group.child(split, finish.version(), first, slot));
        return new MetadataAnswer.Done();
    }

    /** Why the group cannot be split or merged just now; null if it can. */
    private static @Nullable Refused whyNotReshaped(Group group) {
        if (group.isReshaping()) {
            return Refused.because(
                    "partition %s is being %s already", group.partition(), group.split() != null ? "split" : "merged");
        }
        if (!group.isSettled()) {
            return Refused.because(
                    "partition %s is neither split nor merged while its group changes: %s; try again when its view is open and has no learners",
                    group.partition(), group.newest());
        }
        return null;
    }

    MetadataAnswer merge(MetadataCommand.MergePartitions merge, long slot) {
        Group into = groups.get(merge.into());
        Group from = groups.get(merge.from());
        if (into == null
                || from == null
                || merge.into().structure() != merge.from().structure()) {
            return Refused.because("partitions %s and %s are not both of one structure", merge.into(), merge.from());
        }
        if (!into.range().meets(from.range())) {
            return Refused.because("partitions %s and %s are not neighbours", merge.into(), merge.from());
        }
        for (Group each : List.of(into, from)) {
            Refused unfit = whyNotReshaped(each);
            if (unfit != null) {
                return unfit;
            }
        }
        GroupView before = into.newest();
        long epoch = Math.max(before.epoch(), from.newest().epoch()) + 1;
        GroupView next = new GroupView(epoch, before.primary(), before.members(), before.learners(), before.lineage());
        groups.put(into.merging(new Merge(merge.from(), true)).withNewest(next, slot));
        groups.put(from.merging(new Merge(merge.into(), false)));
        return new MetadataAnswer.Done();
    }

    MetadataAnswer finish(MetadataCommand.FinishMerge finish, long slot) {
        Group into = groups.get(finish.into());
        Group from = groups.get(finish.from());
        if (into != null && from != null && new Merge(finish.from(), true).equals(into.merge())) {
            groups.put(into.absorbing(from.range()));
            groups.absorb(
                    finish.from(), new Absorbed(finish.into(), finish.version(), from.range(), slot, from.origin()));
        }
        return new MetadataAnswer.Done();
    }

    MetadataAnswer cancel(MetadataCommand.CancelMerge cancel) {
        Group into = groups.get(cancel.into());
        Group from = groups.get(cancel.from());
        if (into != null
                && from != null
                && from.newest().epoch() == cancel.epoch()
                && new Merge(cancel.from(), true).equals(into.merge())) {
            groups.put(into.merging(null));
            groups.put(from.merging(null));
        }
        return new MetadataAnswer.Done();
    }
}
