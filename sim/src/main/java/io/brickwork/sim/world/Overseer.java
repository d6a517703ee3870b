package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.Origin;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.table.Snapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sees all bricks from above, and checks at every commit and every opened view what no brick can see alone.
 *
 * <ul>
 *   <li>What is counted as committed is stored at every member of the view at that moment, on the disk itself, as durably as the structure asks; and there are enough members.
 *   <li>Under one sequence number of a partition one version is committed, for ever.
 *   <li>A view opens at a level that covers everything ever committed.
 *   <li>What a log gives up is synced at every member.
 *   <li>An epoch has one view, and opened epochs rise at each member.
 * </ul>
 *
 * <p>Now and then it looks at everything:
 * <ul>
 *   <li>What each machine holds in memory fits together.
 *   <li>No member takes more for committed than has been committed or opened anywhere, and no table ends in a version that was not.
 *   <li>What a table has applied, and the low-water marks in it, never go back; an operation has one version, wherever its record is.
 *   <li>Of all members for which one epoch is open, one is primary.
 * </ul>
 */
public final class Overseer {
    private static final Comparator<OperationId> OPERATIONS =
            Comparator.comparing(OperationId::session).thenComparingLong(OperationId::number);

    private final List<SimBrick> bricks;
    private final TreeMap<Integer, Watched> watched = new TreeMap<>();
    private final TreeMap<PartitionId, Seen> partitions = new TreeMap<>();
    private boolean hasPowerBeenLost;
    /** The life in which each brick was registered last. */
    private final TreeMap<BrickId, Incarnation> lives = new TreeMap<>();
    /** Disks that are gone, or hold less than what their bricks have told. */
    private final TreeSet<DiskId> gone = new TreeSet<>();

    private long commits;
    private long views;
    private long sweeps;

    /** What the metadata log comes to, by slot: the first brick that was seen to have got there says so. */
    private final TreeMap<Long, Bytes> decided = new TreeMap<>();

    private final TreeMap<BrickId, Long> decidedSlots = new TreeMap<>();

    private record Watched(Durability durability, int replicas, GroupRules rules) {}

    /** What has been seen of a partition. */
    private static final class Seen {
        final TreeMap<Long, Version> committed = new TreeMap<>();
        final TreeMap<Long, GroupView> views = new TreeMap<>();
        /** By brick, up to where entries may have left traces in a table that counts for less: after a copy. */
        final TreeMap<BrickId, Long> reached = new TreeMap<>();

        final TreeMap<BrickId, Long> openEpochs = new TreeMap<>();
        /** How often an operator has given up what was lost. */
        long lineage;
        /**
         * The last entry that was committed in an epoch before this one; null if there is none. A primary may learn so late that its view was recorded as open that a later one has committed entries meanwhile:
         * it has no lease by then, and commits nothing.
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

        /** The highest level at which a view has opened: what lies below is committed, also if nobody counted it. */
        long level;
        /** What each brick's table was seen to have. */
        final TreeMap<BrickId, Long> applied = new TreeMap<>();

        final TreeMap<BrickId, TreeMap<SessionId, Long>> lowWaters = new TreeMap<>();
        final TreeMap<OperationId, Version> versions = new TreeMap<>(OPERATIONS);
        /** What it was split off; null if it was there from the beginning, or nobody has said so yet. */
        @Nullable
        Seen parent;

        /** The version that the operation has here, or had before the partition was one of its own. */
        @Nullable
        Version version(OperationId operation) {
            Version here = versions.get(operation);
            return here != null || parent == null ? here : parent.version(operation);
        }
    }

    Overseer(List<SimBrick> bricks) {
        this.bricks = bricks;
    }

    void watch(StructureInfo structure) {
        StructureSpec spec = structure.spec();
        watched.put(
                structure.id(),
                new Watched(
                        spec.durability(),
                        Math.min(spec.replicas(), bricks.size()),
                        GroupRules.of(spec.replication())));
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
            case Event.WasCut cut -> onCut(brick, cut);
            case Event.LogTrimmed trimmed -> onTrimmed(brick, trimmed);
            case Event.CopyBegan began -> forget(seen(began.partition()), brick);
            case Event.CopyEnded ended ->
                seen(ended.partition()).reached.put(brick.id(), ended.reached().seq());
            case Event.Dropped dropped -> forget(seen(dropped.partition()), brick);
            case Event.Registered registered -> lives.put(brick.id(), registered.incarnation());
            case Event.ReplicasDiffer differ -> onDifference(brick, differ);
            case Event.OfBrick ofBrick -> {}
            case Event.OfPartition other -> {}
        }
    }

    /** The brick's table begins anew. */
    private static void forget(Seen seen, SimBrick brick) {
        seen.applied.remove(brick.id());
        seen.lowWaters.remove(brick.id());
        seen.reached.remove(brick.id());
    }

    /** Whether the brick's table of the partition may hold traces of entries above the version that it says. */
    public boolean isMixed(SimBrick brick, PartitionId partition, Version applied) {
        return applied.seq() < seen(partition).reached.getOrDefault(brick.id(), 0L);
    }

    /** What primaries find by scrubbing must be so: nothing that is right in both tables differs. */
    private void onDifference(SimBrick primary, Event.ReplicasDiffer differ) {
        List<SimBrick> both = bricks.stream()
                .filter(brick -> brick == primary || brick.id().equals(differ.member()))
                .toList();
        for (SimBrick one : both) {
            try (Snapshot snapshot = one.disk().look()) {
                Version applied = snapshot.applied(differ.partition()).version();
                if (isMixed(one, differ.partition(), applied)) {
                    return; // a copy from a later state, which its entries have not caught up with
                }
            }
        }
        require(
                false,
                "equal-replicas",
                "partition %s: %s finds that %s holds something else of %s",
                differ.partition(),
                primary.name(),
                differ.member(),
                differ.range());
    }

    private Seen seen(PartitionId partition) {
        return partitions.computeIfAbsent(partition, p -> new Seen());
    }

    /** What a partition has of its parent is as committed as it was there. */
    private void inherit(SimBrick brick, PartitionId partition) {
        BrickMachine machine = brick.machine();
        Group group = machine == null ? null : machine.metadata().group(partition);
        Origin origin = group == null ? null : group.origin();
        if (origin != null) {
            Seen seen = seen(partition);
            seen.parent = seen(origin.parent());
            seen.level = Math.max(seen.level, origin.version().seq());
            seen.committed.putIfAbsent(origin.version().seq(), origin.version());
            Version committed = seen.parent.committed.get(origin.version().seq());
            require(
                    committed == null || committed.equals(origin.version()),
                    "one-history",
                    "partition %s comes of %s of partition %s, where %s was committed",
                    partition,
                    origin.version(),
                    origin.parent(),
                    committed);
        }
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
        GroupView view = seen(partition).views.get(version.epoch());
        require(
                view != null && structure.rules.witness(view).equals(brick.id()),
                "stored-by-all",
                "partition %s: %s counts %s as committed, but epoch %d is %s",
                partition,
                brick.name(),
                version,
                version.epoch(),
                view);
        List<SimBrick> lacking = intactMembers(view).stream()
                .filter(member -> !member.disk().holds(partition, version, mustBeSynced))
                .toList();
        List<BrickId> stored = bricks.stream()
                .filter(one -> !lacking.contains(one))
                .map(SimBrick::id)
                .toList();
        require(
                view != null && structure.rules.isWriteQuorum(view, stored),
                "stored-by-all",
                "partition %s: %s counts %s as committed, but it is not stored at %s",
                partition,
                brick.name(),
                version,
                lacking.stream().map(SimBrick::name).toList());
    }

    /** The members of the view whose disks hold what they have told. */
    private List<SimBrick> intactMembers(@Nullable GroupView view) {
        return bricks.stream()
                .filter(brick -> {
                    Member member = view == null ? null : view.member(brick.id());
                    return member != null && !gone.contains(member.incarnation().disk());
                })
                .toList();
    }

    private void onOpened(SimBrick brick, Event.ViewOpened opened) {
        views++;
        inherit(brick, opened.partition());
        Seen seen = seen(opened.partition());
        if (opened.view().lineage() > seen.lineage) {
            giveUp(seen, opened);
        }
        if (opened.commits()) {
            seen.level = Math.max(seen.level, opened.levelSeq());
        }
        long epoch = opened.view().epoch();
        GroupView other = seen.views.put(epoch, opened.view());
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
        Version committed = seen.lastCommittedBefore(epoch);
        if (brick.id().equals(opened.view().primary()) && committed != null) {
            require(
                    opened.levelSeq() >= committed.seq(),
                    "acked-never-lost",
                    "partition %s: epoch %d opens at level %d, but %s was committed",
                    opened.partition(),
                    epoch,
                    opened.levelSeq(),
                    committed);
        }
    }

    /** An operator has accepted that what lies above the founder's level is lost: it was never committed from here on. */
    private static void giveUp(Seen seen, Event.ViewOpened opened) {
        seen.lineage = opened.view().lineage();
        seen.level = opened.levelSeq();
        seen.committed.tailMap(opened.levelSeq(), false).clear();
        seen.versions.values().removeIf(version -> version.seq() > opened.levelSeq());
    }

    /** Whoever lacks an entry must be able to get it from any log, so nobody gives it up before all have it for good. */
    private void onTrimmed(SimBrick brick, Event.LogTrimmed trimmed) {
        Watched structure = watched.get(trimmed.partition().structure());
        Map.Entry<Long, Version> newest = seen(trimmed.partition()).committed.floorEntry(trimmed.seq());
        if (structure == null || newest == null) {
            return;
        }
        Long epoch = seen(trimmed.partition()).openEpochs.get(brick.id());
        GroupView view = epoch == null ? null : seen(trimmed.partition()).views.get(epoch);
        for (SimBrick member : intactMembers(view)) {
            require(
                    member.disk().holds(trimmed.partition(), newest.getValue(), true),
                    "trims-what-all-have",
                    "partition %s: %s gives up its log up to %d, but %s is not synced at %s",
                    trimmed.partition(),
                    brick.name(),
                    trimmed.seq(),
                    newest.getValue(),
                    member.name());
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

    // ---- everything, now and then

    /** Its disk holds something older, or nothing. */
    void onDiskReplaced(SimBrick brick) {
        Incarnation life = lives.get(brick.id());
        if (life != null) {
            gone.add(life.disk());
        }
        for (Seen seen : partitions.values()) {
            seen.applied.remove(brick.id());
            seen.lowWaters.remove(brick.id());
            seen.reached.remove(brick.id());
            seen.openEpochs.remove(brick.id());
        }
    }

    /** How often it has looked at everything. */
    public long sweeps() {
        return sweeps;
    }

    void sweep() {
        sweeps++;
        TreeMap<PartitionId, TreeMap<Long, String>> primaries = new TreeMap<>();
        for (SimBrick brick : bricks) {
            BrickMachine machine = brick.machine();
            if (machine != null) {
                machine.audit();
                machine.statuses().forEach(status -> sweepMember(brick, status, primaries));
                sweepMetadata(brick, machine.metadata());
            }
            try (Snapshot snapshot = brick.disk().look()) {
                snapshot.partitions().forEach(applied -> sweepTable(brick, applied.partition(), snapshot));
            }
        }
    }

    /** Whoever has carried out the metadata log up to a slot has come to the same. */
    private void sweepMetadata(SimBrick brick, MetadataState state) {
        Long seen = decidedSlots.put(brick.id(), state.slot());
        if (state.slot() > 0 && (seen == null || seen != state.slot())) {
            Bytes snapshot = state.snapshot();
            Bytes first = decided.putIfAbsent(state.slot(), snapshot);
            require(
                    first == null || first.equals(snapshot),
                    "one-log",
                    "%s has carried out another metadata log up to slot %d than another brick",
                    brick.name(),
                    state.slot());
        }
    }

    private void sweepMember(
            SimBrick brick, CallMessage.ReplicaStatus status, TreeMap<PartitionId, TreeMap<Long, String>> primaries) {
        inherit(brick, status.partition());
        Seen seen = seen(status.partition());
        long committed = Math.max(seen.level, seen.committed.isEmpty() ? 0 : seen.committed.lastKey());
        boolean isOfThisLineage = seen.lineage == 0 || status.isOpen();
        require(
                status.committedSeq() <= committed || !isOfThisLineage,
                "committed-by-all",
                "partition %s: %s takes everything up to %d for committed, but nothing above %d is",
                status.partition(),
                brick.name(),
                status.committedSeq(),
                committed);
        if (status.isOpen() && status.view().primary().equals(brick.id())) {
            String other = primaries
                    .computeIfAbsent(status.partition(), p -> new TreeMap<>())
                    .putIfAbsent(status.view().epoch(), brick.name());
            require(
                    other == null,
                    "one-primary",
                    "partition %s: %s and %s are both primary in epoch %d",
                    status.partition(),
                    other,
                    brick.name(),
                    status.view().epoch());
        }
    }

    private void sweepTable(SimBrick brick, PartitionId partition, Snapshot snapshot) {
        Seen seen = seen(partition);
        Version applied = snapshot.applied(partition).version();
        Version committed = seen.committed.get(applied.seq());
        require(
                committed == null || committed.equals(applied),
                "committed-only",
                "partition %s: the table of %s ends in %s, but %s was committed",
                partition,
                brick.name(),
                applied,
                committed);
        Long before = seen.applied.put(brick.id(), applied.seq());
        require(
                before == null || before <= applied.seq(),
                "never-back",
                "partition %s: the table of %s ends in %s after %s",
                partition,
                brick.name(),
                applied,
                before);
        TreeMap<SessionId, Long> lowWaters = seen.lowWaters.computeIfAbsent(brick.id(), b -> new TreeMap<>());
        for (SessionRow row : snapshot.sessions(partition)) {
            Long lowWater = lowWaters.put(row.session(), row.lowWater());
            require(
                    lowWater == null || lowWater <= row.lowWater(),
                    "never-back",
                    "partition %s: the low-water mark of session %s at %s is %d after %d",
                    partition,
                    row.session(),
                    brick.name(),
                    row.lowWater(),
                    lowWater);
            for (Completion completion : row.completions().values()) {
                Version version = seen.version(completion.operation());
                seen.versions.put(completion.operation(), completion.version());
                require(
                        version == null || version.equals(completion.version()),
                        "exactly-once",
                        "partition %s: %s is %s at %s, and was %s",
                        partition,
                        completion.operation(),
                        completion.version(),
                        brick.name(),
                        version);
            }
        }
    }

    private static void require(boolean holds, String promise, String text, @Nullable Object... values) {
        if (!holds) {
            throw new SimFailure(SimFailure.Kind.SAFETY, promise + ": " + String.format(text, values));
        }
    }
}
