package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.ChainRules;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.Origin;
import io.brickwork.core.structure.StructureInfo;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What has been seen of the whole cluster since the run began: what every {@link Promise} is checked against. Written
 * by the {@link Overseer}; promises look at it before it takes in the event in question.
 */
final class Sightings {
    private final List<SimBrick> bricks;
    private final TreeMap<Integer, Watched> structures = new TreeMap<>();
    private final TreeMap<PartitionId, PartitionSeen> partitions = new TreeMap<>();
    /** The life in which each brick was registered last. */
    private final TreeMap<BrickId, Incarnation> lives = new TreeMap<>();
    /** Disks that are gone, or hold less than what their bricks have told. */
    private final TreeSet<DiskId> gone = new TreeSet<>();

    private boolean hasPowerBeenLost;
    private boolean hasChains;

    /** A structure whose commits are checked. */
    record Watched(Durability durability, GroupRules rules) {
        boolean mustBeSynced() {
            return durability == Durability.SYNC;
        }
    }

    Sightings(List<SimBrick> bricks) {
        this.bricks = bricks;
    }

    List<SimBrick> bricks() {
        return bricks;
    }

    SimBrick brick(BrickId id) {
        for (SimBrick brick : bricks) {
            if (brick.id().equals(id)) {
                return brick;
            }
        }
        throw new Check.InvariantBroken("there is no " + id);
    }

    /** Whether some structure that is watched is replicated by chains. */
    boolean hasChains() {
        return hasChains;
    }

    /** The structure of the partition; null if nobody watches it. */
    @Nullable
    Watched structure(PartitionId partition) {
        return structures.get(partition.structure());
    }

    PartitionSeen partition(PartitionId partition) {
        return partitions.computeIfAbsent(partition, p -> new PartitionSeen());
    }

    /** The epoch of the newest view that was opened anywhere; 0 if there is none. */
    long newestEpoch(PartitionId partition) {
        PartitionSeen seen = partitions.get(partition);
        return seen == null || seen.views.isEmpty() ? 0 : seen.views.lastKey();
    }

    /** The view that the brick opened last; null if it opened none. */
    @Nullable
    GroupView openView(BrickId brick, PartitionId partition) {
        PartitionSeen seen = partition(partition);
        Long epoch = seen.openEpochs.get(brick);
        return epoch == null ? null : seen.views.get(epoch);
    }

    /**
     * Whether some machine has lost power: without a sync that may take away what a member has acknowledged, which is
     * what {@link Durability#REPLICATED} says.
     */
    boolean hasPowerBeenLost() {
        return hasPowerBeenLost;
    }

    /**
     * The members of the partition's view whose disks hold what they have told: a disk may have been replaced, and a
     * brick lets its replica go when the group goes on without it or is merged.
     */
    List<SimBrick> intactMembers(PartitionId partition, @Nullable GroupView view) {
        PartitionSeen seen = partition(partition);
        return bricks.stream()
                .filter(brick -> {
                    Member member = view == null ? null : view.member(brick.id());
                    return member != null
                            && !gone.contains(member.incarnation().disk())
                            && !seen.left.contains(brick.id())
                            && !brick.disk().isAbandoned(partition);
                })
                .toList();
    }

    /** Whether the brick's table of the partition may hold traces of entries above the version that it says. */
    boolean isMixed(BrickId brick, PartitionId partition, Version applied) {
        return applied.seq() < partition(partition).reached.getOrDefault(brick, 0L);
    }

    // ---- what happens

    void watch(StructureInfo structure) {
        Watched watched = new Watched(
                structure.spec().durability(), GroupRules.of(structure.spec().replication()));
        structures.put(structure.id(), watched);
        hasChains |= watched.rules() == ChainRules.INSTANCE;
    }

    void onPowerLoss() {
        hasPowerBeenLost = true;
    }

    void onRegistered(BrickId brick, Incarnation incarnation) {
        lives.put(brick, incarnation);
    }

    void onCommitted(PartitionId partition, Version version) {
        partition(partition).committed.put(version.seq(), version);
    }

    void onOpened(BrickId brick, Event.ViewOpened opened) {
        PartitionSeen seen = partition(opened.partition());
        if (opened.commits()) {
            seen.level = Math.max(seen.level, opened.levelSeq());
        }
        seen.views.put(opened.view().epoch(), opened.view());
        seen.openEpochs.put(brick, opened.view().epoch());
        seen.left.remove(brick);
    }

    /** The brick has removed what it had of the partition. */
    void onDropped(BrickId brick, PartitionId partition) {
        PartitionSeen seen = partition(partition);
        seen.forgetTable(brick);
        seen.left.add(brick);
    }

    /** Its disk holds something older, or nothing. */
    void onDiskReplaced(BrickId brick) {
        Incarnation life = lives.get(brick);
        if (life != null) {
            gone.add(life.disk());
        }
        for (PartitionSeen seen : partitions.values()) {
            seen.forgetTable(brick);
            seen.openEpochs.remove(brick);
        }
    }

    /** What a partition has of its parent is as committed as it was there. */
    void inherit(SimBrick brick, PartitionId partition) {
        BrickMachine machine = brick.machine();
        Group group = machine == null ? null : machine.metadata().group(partition);
        Origin origin = group == null ? null : group.origin();
        if (origin != null) {
            PartitionSeen seen = partition(partition);
            seen.parent = partition(origin.parent());
            seen.level = Math.max(seen.level, origin.version().seq());
            seen.committed.putIfAbsent(origin.version().seq(), origin.version());
            Version committed = seen.parent.committed.get(origin.version().seq());
            Promise.require(
                    committed == null || committed.equals(origin.version()),
                    "one-history",
                    "partition %s comes of %s of partition %s, where %s was committed",
                    partition,
                    origin.version(),
                    origin.parent(),
                    committed);
        }
    }
}
