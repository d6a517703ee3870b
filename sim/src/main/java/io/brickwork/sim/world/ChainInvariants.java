package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.group.ChainRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.sim.disk.SimDisk;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The two invariants of chain replication, over every pair of neighbours for which the same view is open (van Renesse
 * and Schneider 2004 §3).
 *
 * <ul>
 *   <li><b>Update Propagation.</b> The history of a member is a prefix of the history of its predecessor: each entry
 *       that a member has received, its predecessor has stored, under the same sequence number and version, as durably
 *       as the structure asks.
 *   <li><b>In-process Requests.</b> What a member has stored and its successor has not is in process: it is kept in the
 *       member's log, so that it can be sent again, and no member takes it for committed. In other words, what is
 *       committed anywhere is in the history of the tail.
 * </ul>
 *
 * <p>Both are looked at whenever a member has taken a step, and only for what the step has changed. That is enough:
 * between two steps of a member nothing in it changes, and in an open view its history only grows. An entry is known by
 * its version, since an epoch has one primary that uses each sequence number once. The history of a member is what its
 * disk has: the entries of its log that no later cut voids, and its table, which may come from a copy.
 *
 * <p>A member that is down, or for which another view is open, belongs to no pair: after a loss of power it may have
 * less than its successor, if the structure asks for no sync.
 */
final class ChainInvariants {
    private static final ChainRules RULES = ChainRules.INSTANCE;

    private final Function<BrickId, SimDisk> disks;
    private final TreeMap<PartitionId, TreeMap<BrickId, Place>> places = new TreeMap<>();
    private long looks;

    /**
     * Where a member stands in a chain that is open for it.
     *
     * @param mustBeSynced whether an entry counts as stored only when it is synced
     * @param storedSeq last entry that it has received; all of them are written
     * @param committedSeq last entry that it takes for committed
     */
    record Place(GroupView view, boolean mustBeSynced, long storedSeq, long committedSeq) {}

    ChainInvariants(Function<BrickId, SimDisk> disks) {
        this.disks = disks;
    }

    /** How often there was something new to look at. */
    long looks() {
        return looks;
    }

    /** The view is not open for the member any more, whether another follows or its replica is let go. */
    void onClosed(PartitionId partition, BrickId member) {
        TreeMap<BrickId, Place> chain = places.get(partition);
        if (chain != null) {
            chain.remove(member);
        }
    }

    /** The member's process has ended. */
    void onEnded(BrickId member) {
        places.values().forEach(chain -> chain.remove(member));
    }

    /** The member has taken a step, after which it stands there. */
    void onStep(PartitionId partition, BrickId member, Place place) {
        TreeMap<BrickId, Place> chain = places.computeIfAbsent(partition, p -> new TreeMap<>());
        Place before = chain.put(member, place);
        Place earlier = before != null && before.view.epoch() == place.view.epoch() ? before : null;
        if (earlier != null && earlier.storedSeq == place.storedSeq && earlier.committedSeq == place.committedSeq) {
            return;
        }
        looks++;
        Promise.require(
                earlier == null || (earlier.storedSeq <= place.storedSeq && earlier.committedSeq <= place.committedSeq),
                "update-propagation",
                "partition %s: %s goes back from %s to %s while its view is open",
                partition,
                member,
                earlier,
                place);
        BrickId predecessor = RULES.before(place.view, member);
        BrickId successor = RULES.after(place.view, member);
        Place ahead = neighbour(chain, place, predecessor);
        Place behind = neighbour(chain, place, successor);
        if (predecessor != null && ahead != null) {
            requirePrefix(
                    partition, predecessor, member, place, earlier == null ? place.storedSeq : earlier.storedSeq + 1);
            requireKept(partition, predecessor, ahead, place);
        }
        if (successor != null && behind != null) {
            if (earlier == null) {
                requirePrefix(partition, member, successor, behind, behind.storedSeq);
            }
            requireKept(partition, member, place, behind);
        }
        BrickId tail = RULES.witness(place.view);
        if (neighbour(chain, place, tail) != null) {
            requireAtTail(partition, member, tail, place);
        }
    }

    /** Where another member of the same view stands; null if the view is not open for it. */
    private static @Nullable Place neighbour(TreeMap<BrickId, Place> chain, Place place, @Nullable BrickId other) {
        Place found = other == null ? null : chain.get(other);
        return found != null && found.view.epoch() == place.view.epoch() ? found : null;
    }

    /** Update Propagation: the predecessor has stored what the member has received, from one entry on. */
    private void requirePrefix(PartitionId partition, BrickId predecessor, BrickId member, Place place, long fromSeq) {
        for (long seq = fromSeq; seq <= place.storedSeq; seq++) {
            Version version = disk(member).version(partition, seq);
            Promise.require(
                    version == null || disk(predecessor).holds(partition, version, place.mustBeSynced),
                    "update-propagation",
                    "partition %s: %s has %s, which %s before it in the chain of epoch %d has not stored",
                    partition,
                    member,
                    version,
                    predecessor,
                    place.view.epoch());
        }
    }

    /** In-process Requests: what the successor lacks can be sent again. */
    private void requireKept(PartitionId partition, BrickId member, Place place, Place behind) {
        Promise.require(
                behind.storedSeq >= place.storedSeq || disk(member).isLogged(partition, behind.storedSeq + 1),
                "in-process-requests",
                "partition %s: %s has stored up to %d, and has not kept entry %d, which its successor lacks",
                partition,
                member,
                place.storedSeq,
                behind.storedSeq + 1);
    }

    /** In-process Requests: what is committed is in the history of the tail. */
    private void requireAtTail(PartitionId partition, BrickId member, BrickId tail, Place place) {
        Version version = disk(member).version(partition, place.committedSeq);
        Promise.require(
                version == null || disk(tail).holds(partition, version, place.mustBeSynced),
                "in-process-requests",
                "partition %s: %s takes %s for committed, which the tail %s of epoch %d has not stored",
                partition,
                member,
                version,
                tail,
                place.view.epoch());
    }

    private SimDisk disk(BrickId member) {
        return disks.apply(member);
    }
}
