package io.brickwork.core.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Lineage;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.Origin;
import io.brickwork.core.structure.KeyRange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Territory against a model: a table that knows for each key whose record it is, at a brick that carries splits and
 * merges out later than the metadata log decides them, each partition at its own pace.
 */
class TerritoryTest {
    private static final int KEYS = 24;
    private static final GroupView VIEW = view();

    private static GroupView view() {
        Member member = new Member(new BrickId("a"), new Incarnation(new DiskId(1, 1), 1));
        return new GroupView(1, member.brick(), List.of(member), List.of(), 0);
    }

    private static PartitionId partition(int number) {
        return new PartitionId(1, number);
    }

    private static Bytes key(int index) {
        return Bytes.wrap(new byte[] {(byte) (index + 1)});
    }

    private static KeyRange range(int low, int high) {
        return new KeyRange(low == 0 ? Bytes.EMPTY : key(low), high == KEYS ? null : key(high));
    }

    /** Something that an entry does to its partition. */
    private record Step(
            Version version,
            @Nullable Split split,
            @Nullable PartitionId absorbs) {}

    /** What the metadata log has decided, and what the brick's table has. */
    private static final class Model implements Lineage {
        private final Random random;
        private final TreeMap<PartitionId, Group> groups = new TreeMap<>();
        private final TreeMap<PartitionId, Absorbed> absorbed = new TreeMap<>();
        /** By partition, what its log has and the brick's table has not. */
        private final TreeMap<PartitionId, ArrayDeque<Step>> unapplied = new TreeMap<>();
        /** What the brick's table has: by partition, its version. */
        private final TreeMap<PartitionId, Version> applied = new TreeMap<>();
        /** By key, whose record lies there. */
        private final @Nullable PartitionId[] owners = new PartitionId[KEYS];

        private final List<PartitionId> pending = new ArrayList<>();
        private int partitions = 1;
        private long seq = 1;

        Model(long seed) {
            random = new Random(seed);
            PartitionId first = partition(0);
            groups.put(first, group(first, KeyRange.ALL, null, null));
            applied.put(first, version());
            unapplied.put(first, new ArrayDeque<>());
            Arrays.fill(owners, first);
        }

        private static Group group(PartitionId partition, KeyRange range, @Nullable Split split, @Nullable Origin of) {
            return new Group(partition, range, 1, 1, VIEW, 1, VIEW, VIEW, split, null, of);
        }

        private Version version() {
            return new Version(1, seq++);
        }

        @Override
        public @Nullable Group group(PartitionId partition) {
            return groups.get(partition);
        }

        @Override
        public @Nullable Absorbed absorbed(PartitionId partition) {
            return absorbed.get(partition);
        }

        @Override
        public Stream<Origin> origins(int structure) {
            return Stream.concat(
                            groups.values().stream().map(Group::origin),
                            absorbed.values().stream().map(Absorbed::origin))
                    .filter(Objects::nonNull);
        }

        @Override
        public Stream<Absorbed> absorbedInto(PartitionId partition) {
            return absorbed.values().stream().filter(one -> one.into().equals(partition));
        }

        void step() {
            Group group = List.copyOf(groups.values()).get(random.nextInt(groups.size()));
            switch (random.nextInt(8)) {
                case 0 -> decideSplit(group);
                case 1 -> recordSplit();
                case 2 -> merge(group);
                case 3 -> removeMerged();
                case 4 -> leave(group.partition());
                case 5 -> copy(group);
                default -> apply();
            }
        }

        private void decideSplit(Group group) {
            int at = 1 + random.nextInt(KEYS - 1);
            boolean isInside = group.range().contains(key(at))
                    && !key(at).equals(group.range().low());
            if (group.split() == null && isInside) {
                Split split = Split.of(group.range(), key(at), random.nextBoolean(), partition(partitions++));
                groups.put(group.partition(), group(group.partition(), group.range(), split, group.origin()));
                Objects.requireNonNull(unapplied.get(group.partition())).add(new Step(version(), split, null));
                pending.add(group.partition());
            }
        }

        /** The entry that splits the partition is stored at all members: the metadata log learns of it. */
        private void recordSplit() {
            if (pending.isEmpty()) {
                return;
            }
            PartitionId parent = pending.removeFirst();
            Group group = Objects.requireNonNull(groups.get(parent));
            Split split = Objects.requireNonNull(group.split());
            Origin origin = new Origin(parent, splitVersion(parent, split), split.given(), 1);
            groups.put(parent, group(parent, split.kept(), null, group.origin()));
            groups.put(split.child(), group(split.child(), split.given(), null, origin));
            unapplied.computeIfAbsent(split.child(), none -> new ArrayDeque<>());
        }

        private final TreeMap<PartitionId, Version> splitVersions = new TreeMap<>();

        private Version splitVersion(PartitionId parent, Split split) {
            for (Step step : Objects.requireNonNull(unapplied.get(parent))) {
                if (split.equals(step.split)) {
                    return step.version;
                }
            }
            return Objects.requireNonNull(splitVersions.get(split.child()));
        }

        private void merge(Group goes) {
            Group takes = groups.values().stream()
                    .filter(one -> one.range().meets(goes.range()))
                    .findFirst()
                    .orElse(null);
            if (takes == null || goes.split() != null || takes.split() != null) {
                return;
            }
            Version version = version();
            groups.remove(goes.partition());
            absorbed.put(goes.partition(), new Absorbed(takes.partition(), version, goes.range(), seq, goes.origin()));
            groups.put(
                    takes.partition(),
                    group(takes.partition(), takes.range().hull(goes.range()), null, takes.origin()));
            Objects.requireNonNull(unapplied.get(takes.partition())).add(new Step(version, null, goes.partition()));
        }

        /** The brick removes what it has of a partition that was merged, once its table is as far as its log. */
        private void removeMerged() {
            for (PartitionId merged : absorbed.keySet()) {
                if (applied.containsKey(merged)
                        && Objects.requireNonNull(unapplied.get(merged)).isEmpty()) {
                    applied.remove(merged);
                    forEachOwned(merged, key -> owners[key] = null);
                    return;
                }
            }
        }

        /** The brick is left out of the group, and has removed what it had of the partition. */
        private void leave(PartitionId partition) {
            if (unapplied.get(partition) == null || unapplied.get(partition).isEmpty()) {
                applied.remove(partition);
                forEachOwned(partition, key -> owners[key] = null);
            }
        }

        private void apply() {
            List<PartitionId> behind = applied.keySet().stream()
                    .filter(one -> !Objects.requireNonNull(unapplied.get(one)).isEmpty())
                    .toList();
            if (behind.isEmpty()) {
                return;
            }
            PartitionId partition = behind.get(random.nextInt(behind.size()));
            ArrayDeque<Step> steps = Objects.requireNonNull(unapplied.get(partition));
            Step step = steps.getFirst();
            if (step.absorbs != null && !isGone(step.absorbs)) {
                return;
            }
            steps.removeFirst();
            applied.put(partition, step.version);
            Split split = step.split;
            PartitionId absorbs = step.absorbs;
            if (split != null) {
                splitVersions.put(split.child(), step.version);
                unapplied.computeIfAbsent(split.child(), none -> new ArrayDeque<>());
                applied.put(split.child(), step.version);
                give(split.given(), partition, split.child());
            } else if (absorbs != null) {
                give(Objects.requireNonNull(absorbed.get(absorbs)).range(), null, partition);
            }
        }

        /**
         * As the brick asks before it lets a partition take in another: nothing of that one is here or can still come.
         */
        private boolean isGone(PartitionId partition) {
            Absorbed merged = Objects.requireNonNull(absorbed.get(partition));
            return !applied.containsKey(partition) && !isTaken(merged.into(), merged.range(), merged.version());
        }

        boolean isTaken(PartitionId partition, KeyRange range, @Nullable Version version) {
            Territory territory = new Territory(this);
            return territory.isBeforeSplit(partition, range, version, this::held)
                    || applied.keySet().stream()
                            .anyMatch(one -> territory.isMergedWithin(one, partition, range, version));
        }

        /**
         * The brick gets a copy of a partition whose log it does not have, or cannot follow: as of all that the
         * metadata log knows of.
         */
        private void copy(Group group) {
            PartitionId partition = group.partition();
            Territory.Held before = held(partition);
            KeyRange occupied = new Territory(this)
                    .occupied(
                            before != null ? before : new Territory.Held(partition, Version.NONE, true, false),
                            applied::containsKey,
                            null);
            if (isTaken(partition, occupied, null)) {
                return;
            }
            ArrayDeque<Step> steps = Objects.requireNonNull(unapplied.get(partition));
            Split split = group.split();
            boolean isToSplit = split != null && !steps.isEmpty() && split.equals(steps.getLast().split);
            forEachOwned(partition, key -> owners[key] = null);
            give(occupied, null, partition);
            forEachOwned(partition, key -> owners[key] = null);
            give(split != null && !isToSplit ? split.kept() : group.range(), null, partition);
            while (steps.size() > (isToSplit ? 1 : 0)) {
                steps.removeFirst();
            }
            applied.put(
                    partition,
                    isToSplit ? new Version(1, steps.getFirst().version.seq() - 1) : version());
        }

        private void give(KeyRange range, @Nullable PartitionId from, PartitionId to) {
            for (int i = 0; i < KEYS; i++) {
                if (range.contains(key(i))) {
                    assertEquals(from, owners[i], "key " + i + " is given to " + to);
                    owners[i] = to;
                }
            }
        }

        private void forEachOwned(PartitionId partition, IntConsumer consumer) {
            for (int i = 0; i < KEYS; i++) {
                if (partition.equals(owners[i])) {
                    consumer.accept(i);
                }
            }
        }

        Territory.@Nullable Held held(PartitionId partition) {
            Version version = applied.get(partition);
            return version == null ? null : new Territory.Held(partition, version, false, false);
        }
    }

    /** Runs the model for a while, and looks at every step. */
    private interface Look {
        void at(Model model, Territory territory, String where);
    }

    private static void run(Look look) {
        for (long seed = 1; seed <= 400; seed++) {
            Model model = new Model(seed);
            Territory territory = new Territory(model);
            for (int step = 0; step < 120; step++) {
                model.step();
                look.at(model, territory, "seed " + seed + " step " + step);
            }
        }
    }

    @Test
    void everyRecordOfAPartitionLiesInItsTerritory() {
        run((model, territory, where) -> {
            for (PartitionId partition : model.applied.keySet()) {
                KeyRange occupied = occupied(model, territory, partition);
                model.forEachOwned(
                        partition,
                        key -> assertTrue(
                                occupied.contains(key(key)),
                                () -> where + ": key " + key + " of " + partition + " is outside of " + occupied));
            }
        });
    }

    /** What is removed of a partition that goes is all of its own, and nothing of another's. */
    @Test
    void whatIsPresentOfAPartitionIsWhatTheTableHasOfIt() {
        run((model, territory, where) -> {
            for (PartitionId partition : model.applied.keySet()) {
                if (model.group(partition) == null && model.absorbed(partition) == null) {
                    continue; // a child that the metadata log does not know yet: nobody removes it
                }
                KeyRange present = territory.present(
                        Objects.requireNonNull(model.held(partition)), model.applied::containsKey, null);
                for (int i = 0; i < KEYS; i++) {
                    assertEquals(
                            partition.equals(model.owners[i]),
                            present.contains(key(i)),
                            where + ": key " + i + " of " + model.owners[i] + ", and present of " + partition + " is "
                                    + present);
                }
            }
        });
    }

    /**
     * No partition waits for ever for another to give up its records: also where one is split again before it has taken
     * another in.
     */
    @Test
    void everythingIsAppliedInTheEnd() {
        for (long seed = 1; seed <= 400; seed++) {
            Model model = new Model(seed);
            for (int step = 0; step < 120; step++) {
                model.step();
            }
            for (int step = 0; step < 2_000; step++) {
                model.recordSplit();
                model.removeMerged();
                model.apply();
            }
            for (PartitionId partition : model.applied.keySet()) {
                assertThat(model.unapplied.get(partition))
                        .as("seed %d: partition %s", seed, partition)
                        .isEmpty();
            }
        }
    }

    /** Whoever removes or replaces all records in a partition's territory asks first whether it is taken. */
    @Test
    void territoryWithRecordsOfOthersIsTaken() {
        TreeSet<Boolean> seen = new TreeSet<>();
        run((model, territory, where) -> {
            for (PartitionId partition : model.applied.keySet()) {
                if (model.group(partition) == null && model.absorbed(partition) == null) {
                    continue; // a child that the metadata log does not know yet: nobody copies or removes it
                }
                seen.add(checkTaken(model, partition, occupied(model, territory, partition), where));
            }
        });
        assertEquals(2, seen.size(), "both answers occur");
    }

    /** A partition of which nothing is here begins with a copy, which removes all records in its territory first. */
    @Test
    void territoryOfANewPartitionWithRecordsOfOthersIsTaken() {
        TreeSet<Boolean> seen = new TreeSet<>();
        run((model, territory, where) -> {
            for (Group group : model.groups.values()) {
                if (!model.applied.containsKey(group.partition())) {
                    Territory.Held nothing = new Territory.Held(group.partition(), Version.NONE, true, false);
                    KeyRange occupied = territory.occupied(nothing, model.applied::containsKey, null);
                    seen.add(checkTaken(model, group.partition(), occupied, where));
                }
            }
        });
        assertEquals(2, seen.size(), "both answers occur");
    }

    private static boolean checkTaken(Model model, PartitionId partition, KeyRange range, String where) {
        boolean isTaken = model.isTaken(partition, range, null);
        for (int i = 0; i < KEYS; i++) {
            PartitionId owner = model.owners[i];
            if (owner != null && !owner.equals(partition) && range.contains(key(i))) {
                assertTrue(isTaken, where + ": key " + i + " of " + owner + " is within " + range + " of " + partition);
            }
        }
        return isTaken;
    }

    private static KeyRange occupied(Model model, Territory territory, PartitionId partition) {
        return territory.occupied(Objects.requireNonNull(model.held(partition)), model.applied::containsKey, null);
    }

    @Test
    void copyUnderWayOccupiesWhatItHasCleared() {
        Model model = new Model(1);
        model.groups.put(partition(0), Model.group(partition(0), range(4, 8), null, null));
        KeyRange occupied = new Territory(model)
                .occupied(Objects.requireNonNull(model.held(partition(0))), any -> false, range(2, 6));
        assertEquals(range(2, 8), occupied);
    }

    @Test
    void halfACopyIsOfNoSplit() {
        Model model = new Model(1);
        Origin origin = new Origin(partition(0), new Version(1, 100), range(8, 12), 1);
        model.groups.put(partition(1), Model.group(partition(1), range(8, 12), null, origin));
        model.groups.put(partition(0), Model.group(partition(0), range(0, 8), null, null));
        Territory territory = new Territory(model);
        Version old = new Version(1, 1);
        Territory.Held whole = new Territory.Held(partition(0), old, false, false);
        Territory.Held half = new Territory.Held(partition(0), old, false, true);
        assertEquals(range(0, 12), territory.occupied(whole, any -> false, null));
        assertEquals(range(0, 8), territory.occupied(half, any -> false, null));
        assertTrue(territory.isBeforeSplit(partition(1), range(8, 12), null, any -> whole));
        assertFalse(territory.isBeforeSplit(partition(1), range(8, 12), null, any -> half));
    }

    /**
     * The chain of splits from the partition to the one that has the records leads through one that was merged away.
     */
    @Test
    void splitIsAwaitedWhoeverHasTheKeysSince() {
        Model model = new Model(1);
        model.groups.put(partition(0), Model.group(partition(0), range(0, 8), null, null));
        Origin ofMerged = new Origin(partition(0), new Version(1, 100), range(8, 16), 1);
        model.absorbed.put(partition(1), new Absorbed(partition(3), new Version(1, 102), range(8, 12), 1, ofMerged));
        Origin ofSplit = new Origin(partition(1), new Version(1, 101), range(12, 16), 1);
        model.groups.put(partition(2), Model.group(partition(2), range(12, 16), null, ofSplit));
        Territory territory = new Territory(model);
        assertTrue(territory.isBeforeSplit(partition(2), range(12, 16), null, model::held));
        model.applied.put(partition(0), new Version(1, 100));
        assertFalse(territory.isBeforeSplit(partition(2), range(12, 16), null, model::held));
    }

    /**
     * A parent that has yet to take in the keys that it then gives to its child will put older records of them into the
     * table: the child waits for that, and so does whoever gets the keys later, but no one who had them before.
     */
    @Test
    void splitIsAwaitedWhereTheParentHasYetToTakeTheKeysIn() {
        Model model = new Model(1);
        PartitionId parent = partition(0);
        model.groups.put(parent, Model.group(parent, range(0, 8), null, null));
        model.absorbed.put(partition(1), new Absorbed(parent, new Version(1, 100), range(8, 12), 1, null));
        Origin origin = new Origin(parent, new Version(1, 101), range(8, 12), 1);
        model.groups.put(partition(2), Model.group(partition(2), range(8, 12), null, origin));
        Territory territory = new Territory(model);
        assertTrue(territory.isBeforeSplit(partition(2), range(8, 12), null, model::held));
        assertTrue(territory.isBeforeSplit(partition(3), range(8, 12), new Version(1, 102), model::held));
        assertFalse(territory.isBeforeSplit(partition(3), range(8, 12), new Version(1, 99), model::held));
        model.applied.put(parent, new Version(1, 101));
        assertFalse(territory.isBeforeSplit(partition(2), range(8, 12), null, model::held));
    }

    @Test
    void partitionIsInTheWayOfThoseThatGetItsKeysAfterItsMerge() {
        Model model = new Model(1);
        model.absorbed.put(partition(1), new Absorbed(partition(0), new Version(1, 100), range(8, 12), 1, null));
        Territory territory = new Territory(model);
        assertTrue(territory.isMergedWithin(partition(1), partition(2), range(8, 12), null));
        assertTrue(territory.isMergedWithin(partition(1), partition(0), range(8, 12), new Version(1, 100)));
        assertFalse(territory.isMergedWithin(partition(1), partition(2), range(8, 12), new Version(1, 99)));
        assertFalse(territory.isMergedWithin(partition(1), partition(2), range(12, 16), null));
    }

    @Test
    void partitionsOfDifferentStructuresNeverOverlap() {
        assertFalse(Territory.overlaps(partition(1), KeyRange.ALL, new PartitionId(2, 1), KeyRange.ALL));
        assertFalse(Territory.overlaps(partition(1), KeyRange.ALL, partition(1), KeyRange.ALL));
        assertFalse(Territory.overlaps(partition(1), range(0, 4), partition(2), range(4, 8)));
        assertTrue(Territory.overlaps(partition(1), range(0, 5), partition(2), range(4, 8)));
    }
}
