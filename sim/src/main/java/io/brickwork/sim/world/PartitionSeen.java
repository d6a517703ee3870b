package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.GroupView;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What has been seen of one partition since the run began. */
final class PartitionSeen {
    private static final Comparator<OperationId> OPERATIONS =
            Comparator.comparing(OperationId::session).thenComparingLong(OperationId::number);

    /** By sequence number. */
    final TreeMap<Long, Version> committed = new TreeMap<>();
    /** Every view that was opened anywhere, by epoch. */
    final TreeMap<Long, GroupView> views = new TreeMap<>();
    /** The epoch that each brick opened last. */
    final TreeMap<BrickId, Long> openEpochs = new TreeMap<>();
    /** Bricks that have removed what they had, since the group goes on without them, and have opened no view since. */
    final TreeSet<BrickId> left = new TreeSet<>();
    /** By brick, the last sequence number of which a copy may have left traces in a table that counts for less. */
    final TreeMap<BrickId, Long> reached = new TreeMap<>();
    /** The last sequence number in each brick's table. */
    final TreeMap<BrickId, Long> applied = new TreeMap<>();

    final TreeMap<BrickId, TreeMap<SessionId, Long>> lowWaters = new TreeMap<>();
    final TreeMap<OperationId, Version> versions = new TreeMap<>(OPERATIONS);
    /** How often an operator has given up what was lost. */
    long lineage;
    /** The highest level at which a view has opened: what lies below is committed, also if nobody counted it. */
    long level;
    /**
     * The partition that this one was split off; null if it was there from the beginning, or nobody has said so yet.
     */
    @Nullable
    PartitionSeen parent;

    /** Everything up to it is committed. */
    long committedSeq() {
        return Math.max(level, committed.isEmpty() ? 0 : committed.lastKey());
    }

    /**
     * The last entry that was committed in an epoch before this one; null if there is none. A primary may learn so late
     * that its view was recorded as open that a later one has committed entries meanwhile: it has no lease by then, and
     * commits nothing.
     */
    @Nullable
    Version lastCommittedBefore(long epoch) {
        for (Version version : committed.descendingMap().values()) {
            if (version.epoch() < epoch) {
                return version;
            }
        }
        return null;
    }

    /** The version that the operation has here, or had before the partition was one of its own. */
    @Nullable
    Version version(OperationId operation) {
        Version here = versions.get(operation);
        return here != null || parent == null ? here : parent.version(operation);
    }

    /**
     * An operator has accepted that what lies above the founder's level is lost: it was never committed from here on.
     */
    void giveUp(Event.ViewOpened opened) {
        lineage = opened.view().lineage();
        level = opened.levelSeq();
        committed.tailMap(opened.levelSeq(), false).clear();
        versions.values().removeIf(version -> version.seq() > opened.levelSeq());
    }

    /** The brick's table begins anew. */
    void forgetTable(BrickId brick) {
        applied.remove(brick);
        lowWaters.remove(brick);
        reached.remove(brick);
    }
}
