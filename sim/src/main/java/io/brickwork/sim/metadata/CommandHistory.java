package io.brickwork.sim.metadata;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What all nodes together have carried out: the same commands in the same slots everywhere, or it throws.
 */
final class CommandHistory {
    private record Done(long slot, Bytes command, long chain) {}

    private final List<Done> done = new ArrayList<>();
    /** By slot, how many commands had been carried out behind it. */
    private final TreeMap<Long, Long> counts = new TreeMap<>();

    private long acknowledged;

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

    long acknowledged() {
        return acknowledged;
    }

    long size() {
        return done.size();
    }
}
