package io.brickwork.sim.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What all nodes together have carried out: the same commands in the same slots everywhere, or it throws. */
final class CommandHistory {
    private record Done(long slot, Bytes command, long chain) {}

    private final List<Done> done = new ArrayList<>();
    /** By slot, how many commands had been carried out behind it. */
    private final TreeMap<Long, Long> counts = new TreeMap<>();

    private final TreeMap<PartitionId, Opened> opened = new TreeMap<>();

    private long acknowledged;
    private long views;

    /**
     * The newest view that was opened anywhere.
     *
     * @param fenced who said, when it was opened, that they serve no more
     */
    private record Opened(GroupView view, List<BrickId> fenced) {}

    /** A node carries out its command number {@code index}, counted from 0. */
    void applied(String node, long index, long slot, Bytes command, long chain) {
        Done mine = new Done(slot, command, chain);
        if (index == done.size()) {
            done.add(mine);
        } else {
            Done first = done.get((int) index);
            Check.invariant(
                    first.equals(mine),
                    "one-value-per-slot: %s carries out %s as command %d, another node %s",
                    node,
                    mine,
                    index,
                    first);
        }
    }

    /** A node's state stands at this slot, after so many commands, with this fingerprint. */
    void reached(String node, long slot, long count, long chain) {
        Long before = counts.putIfAbsent(slot, count);
        Check.invariant(
                before == null || before == count,
                "equal-states: %s has carried out %d commands at slot %d, another node %s",
                node,
                count,
                slot,
                before);
        Check.invariant(
                count == 0 || done.get((int) count - 1).chain() == chain,
                "equal-states: %s has fingerprint %x after %d commands",
                node,
                chain,
                count);
    }

    /** A proposer was told that its command was number {@code index}, in this slot. */
    void acknowledged(String node, Bytes command, long slot, long index) {
        acknowledged++;
        Check.invariant(index < done.size(), "acked-never-lost: command %d was acknowledged at %s", index, node);
        Done there = done.get((int) index);
        Check.invariant(
                there.slot == slot && there.command.equals(command),
                "acked-never-lost: %s was told that %s is command %d in slot %d, where %s stands",
                node,
                command,
                index,
                slot,
                there);
    }

    /** A node has carried out a command; its state is given as it is now. */
    void carriedOut(MetadataState state, Bytes command) {
        if (MetadataCodec.decodeCommand(command) instanceof MetadataCommand.OpenView open) {
            Group group = state.group(open.partition());
            if (group != null && group.isOpen() && group.newest().epoch() == open.epoch()) {
                Opened before = opened.get(open.partition());
                if (before == null || before.view.epoch() < open.epoch()) {
                    views++;
                    opened.put(open.partition(), new Opened(group.newest(), open.fenced()));
                }
            }
        }
    }

    /** A brick whose lease is valid would answer reads of this group by itself, as a member of this view. */
    void serves(Member member, PartitionId partition, GroupView view) {
        Opened newest = opened.get(partition);
        Check.invariant(
                newest == null
                        || newest.view.epoch() <= view.epoch()
                        || newest.view.member(member.brick()) != null
                        || newest.fenced.contains(member.brick()),
                "no-lease-outlives-its-view: %s serves %s in view %d with a valid lease, and view %d is open without it",
                member,
                partition,
                view.epoch(),
                newest == null ? 0 : newest.view.epoch());
    }

    /** How many views were opened. */
    long views() {
        return views;
    }

    long acknowledged() {
        return acknowledged;
    }

    long size() {
        return done.size();
    }
}
