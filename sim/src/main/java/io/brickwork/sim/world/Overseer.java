package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.view.View;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sees all bricks from above, and checks at every commit and every opened view what no brick can see alone.
 *
 * <ul>
 *   <li>What is counted as committed is stored at every member at that moment, on the disk itself, as durably as the structure asks.
 *   <li>Under one sequence number of a partition one version is committed, for ever.
 *   <li>A view opens at a level that covers everything ever committed.
 *   <li>An epoch has one view, and opened epochs rise at each member.
 * </ul>
 */
public final class Overseer {
    private final List<SimBrick> bricks;
    private final TreeMap<Integer, Watched> watched = new TreeMap<>();
    private final TreeMap<PartitionId, Seen> partitions = new TreeMap<>();
    private boolean hasPowerBeenLost;
    private long commits;
    private long views;

    private record Watched(Durability durability, int replicas) {}

    /** What has been seen of a partition. */
    private static final class Seen {
        final TreeMap<Long, Version> committed = new TreeMap<>();
        final TreeMap<Long, View> views = new TreeMap<>();
        final TreeMap<BrickId, Long> openEpochs = new TreeMap<>();
    }

    Overseer(List<SimBrick> bricks) {
        this.bricks = bricks;
    }

    void watch(int structure, Durability durability, int replicas) {
        watched.put(structure, new Watched(durability, replicas));
    }

    void onPowerLoss() {
        hasPowerBeenLost = true;
    }

    /** How many entries have been committed. */
    public long commits() {
        return commits;
    }

    /** How many times a member opened a view. */
    public long views() {
        return views;
    }

    /** The epoch of the newest view of a partition that has been opened anywhere; 0 if there is none. */
    public long newestEpoch(PartitionId partition) {
        Seen seen = partitions.get(partition);
        return seen == null || seen.views.isEmpty() ? 0 : seen.views.lastKey();
    }

    void onEvent(SimBrick brick, Event event) {
        switch (event) {
            case Event.EntryCommitted committed -> onCommitted(brick, committed.partition(), committed.version());
            case Event.ViewOpened opened -> onOpened(brick, opened);
            case Event.Fenced fenced -> {}
            case Event.LevelChosen chosen -> {}
            case Event.WasCut cut -> onCut(brick, cut);
            case Event.ViewAbandoned abandoned -> {}
            case Event.ViewBlocked blocked -> {}
            case Event.RecordCorrupt corrupt -> {}
        }
    }

    private Seen seen(PartitionId partition) {
        return partitions.computeIfAbsent(partition, p -> new Seen());
    }

    private void onCommitted(SimBrick brick, PartitionId partition, Version version) {
        commits++;
        Version other = seen(partition).committed.put(version.seq(), version);
        require(
                other == null || other.equals(version),
                "one-history",
                "partition %s: %s commits %s, but %s was committed before",
                partition,
                brick.name(),
                version,
                other);
        Watched structure = watched.get(partition.structure());
        if (structure == null) {
            return;
        }
        // Without a sync, losing power may take away what a member has acknowledged; that is what REPLICATED says.
        boolean mustBeSynced = structure.durability == Durability.SYNC;
        if (!mustBeSynced && hasPowerBeenLost) {
            return;
        }
        for (int i = 0; i < structure.replicas; i++) {
            SimBrick member = bricks.get((partition.number() + i) % bricks.size());
            require(
                    member.disk().holds(partition, version, mustBeSynced),
                    "stored-by-all",
                    "partition %s: %s counts %s as committed, but it is not stored at %s",
                    partition,
                    brick.name(),
                    version,
                    member.name());
        }
    }

    private void onOpened(SimBrick brick, Event.ViewOpened opened) {
        views++;
        Seen seen = seen(opened.partition());
        long epoch = opened.view().epoch();
        View other = seen.views.put(epoch, opened.view());
        require(
                other == null || other.equals(opened.view()),
                "one-view",
                "partition %s: %s opens %s, but epoch %d is %s",
                opened.partition(),
                brick.name(),
                opened.view(),
                epoch,
                other);
        Long before = seen.openEpochs.put(brick.id(), epoch);
        require(
                before == null || before < epoch,
                "rising-epochs",
                "partition %s: %s opens epoch %d after %s",
                opened.partition(),
                brick.name(),
                epoch,
                before);
        if (brick.id().equals(opened.view().primary()) && !seen.committed.isEmpty()) {
            require(
                    opened.levelSeq() >= seen.committed.lastKey(),
                    "acked-never-lost",
                    "partition %s: epoch %d opens at level %d, but %s was committed",
                    opened.partition(),
                    epoch,
                    opened.levelSeq(),
                    seen.committed.lastEntry().getValue());
        }
    }

    private void onCut(SimBrick brick, Event.WasCut cut) {
        Seen seen = seen(cut.partition());
        Version committed = seen.committed.get(cut.seq() + 1);
        // Cutting an older entry under a committed number is right; cutting the committed one never is.
        if (committed != null && cut.was().seq() == cut.seq() + 1) {
            require(
                    !committed.equals(cut.was()),
                    "acked-never-lost",
                    "partition %s: %s cuts above %d, but %s was committed",
                    cut.partition(),
                    brick.name(),
                    cut.seq(),
                    committed);
        }
    }

    private static void require(boolean holds, String promise, String text, @Nullable Object... values) {
        if (!holds) {
            throw new SimFailure(SimFailure.Kind.SAFETY, promise + ": " + String.format(text, values));
        }
    }
}
