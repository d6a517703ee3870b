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
import io.brickwork.core.group.MetadataCommand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the metadata log decides about partitions that are split and merged. A part of {@link MetadataState}. */
final class Reshaping {
    private final MetadataState state;

    Reshaping(MetadataState state) {
        this.state = state;
    }

    MetadataAnswer split(MetadataCommand.SplitPartition command) {
        PartitionId partition = command.partition();
        Group group = state.groups.get(partition);
        if (group == null) {
            return MetadataState.refused("there is no partition %s", partition);
        }
        Bytes key = command.key();
        if (!group.range().contains(key) || key.equals(group.range().low())) {
            return MetadataState.refused("key %s does not lie within partition %s, %s", key, partition, group.range());
        }
        MetadataAnswer.Refused unfit = whyNotReshaped(group);
        if (unfit != null) {
            return unfit;
        }
        int given = state.partitionsGiven(partition.structure());
        if (given >= Limits.PARTITION_NUMBERS) {
            return MetadataState.refused(
                    "structure %d has had %d partitions, the most there may be; partition %s is not split",
                    partition.structure(), given, partition);
        }
        state.partitions.put(partition.structure(), given + 1);
        PartitionId child = new PartitionId(partition.structure(), given);
        state.groups.put(
                partition, group.splitting(Split.of(group.range(), key.compact(), command.givesLower(), child)));
        return new MetadataAnswer.Done();
    }

    MetadataAnswer finish(MetadataCommand.FinishSplit finish) {
        Group group = state.groups.get(finish.partition());
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
        Placement placement = new Placement(List.of(), state.groups.values());
        GroupView first =
                new GroupView(parent.epoch() + 1, placement.primary(members), members, List.of(), parent.lineage());
        state.groups.put(group.partition(), group.keeping(split));
        state.groups.put(split.child(), group.child(split, finish.version(), first, state.slot));
        return new MetadataAnswer.Done();
    }

    /** Why the group cannot be split or merged just now; null if it can. */
    private static MetadataAnswer.@Nullable Refused whyNotReshaped(Group group) {
        if (group.isReshaping()) {
            return MetadataState.refused(
                    "partition %s is being %s already", group.partition(), group.split() != null ? "split" : "merged");
        }
        if (!group.isSettled()) {
            return MetadataState.refused(
                    "partition %s is neither split nor merged while its group changes: %s; try again when its view is open and has no learners",
                    group.partition(), group.newest());
        }
        return null;
    }

    MetadataAnswer merge(MetadataCommand.MergePartitions merge) {
        Group into = state.groups.get(merge.into());
        Group from = state.groups.get(merge.from());
        if (into == null
                || from == null
                || merge.into().structure() != merge.from().structure()) {
            return MetadataState.refused(
                    "partitions %s and %s are not both of one structure", merge.into(), merge.from());
        }
        if (!into.range().meets(from.range())) {
            return MetadataState.refused("partitions %s and %s are not neighbours", merge.into(), merge.from());
        }
        for (Group each : List.of(into, from)) {
            MetadataAnswer.Refused unfit = whyNotReshaped(each);
            if (unfit != null) {
                return unfit;
            }
        }
        GroupView before = into.newest();
        long epoch = Math.max(before.epoch(), from.newest().epoch()) + 1;
        GroupView next = new GroupView(epoch, before.primary(), before.members(), before.learners(), before.lineage());
        state.groups.put(
                merge.into(), into.merging(new Merge(merge.from(), true)).withNewest(next, state.slot));
        state.groups.put(merge.from(), from.merging(new Merge(merge.into(), false)));
        return new MetadataAnswer.Done();
    }

    MetadataAnswer finish(MetadataCommand.FinishMerge finish) {
        Group into = state.groups.get(finish.into());
        Group from = state.groups.get(finish.from());
        if (into != null && from != null && new Merge(finish.from(), true).equals(into.merge())) {
            state.groups.put(finish.into(), into.absorbing(from.range()));
            state.groups.remove(finish.from());
            state.absorbed.put(
                    finish.from(),
                    new Absorbed(finish.into(), finish.version(), from.range(), state.slot, from.origin()));
        }
        return new MetadataAnswer.Done();
    }

    MetadataAnswer cancel(MetadataCommand.CancelMerge cancel) {
        Group into = state.groups.get(cancel.into());
        Group from = state.groups.get(cancel.from());
        if (into != null
                && from != null
                && from.newest().epoch() == cancel.epoch()
                && new Merge(cancel.from(), true).equals(into.merge())) {
            state.groups.put(cancel.into(), into.merging(null));
            state.groups.put(cancel.from(), from.merging(null));
        }
        return new MetadataAnswer.Done();
    }
}
