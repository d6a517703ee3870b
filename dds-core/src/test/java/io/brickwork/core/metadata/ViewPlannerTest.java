package io.brickwork.core.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.partition.view.Lineup;
import io.brickwork.core.structure.StructureSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ViewPlannerTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);

    private final MetadataState state = new MetadataState(Bytes.EMPTY);
    private final TreeSet<BrickId> dead = new TreeSet<>();
    private final TreeSet<BrickId> departing = new TreeSet<>();
    private boolean areLearnersLevel;
    private long slot;

    private final ViewPlanner.Health health = new ViewPlanner.Health() {
        @Override
        public boolean isAlive(Member member) {
            return !dead.contains(member.brick());
        }

        @Override
        public boolean isDeparting(Member member) {
            return departing.contains(member.brick());
        }
    };

    private MetadataAnswer apply(MetadataCommand command) {
        return MetadataCodec.decodeAnswer(state.apply(++slot, MetadataCodec.encode(command)));
    }

    private static BrickId brick(int number) {
        return new BrickId("brick-" + number);
    }

    private void register(int... numbers) {
        for (int number : numbers) {
            Incarnation life = new Incarnation(new DiskId(number, number), 1);
            apply(new MetadataCommand.RegisterBrick(brick(number), null, life, "h", 1, true));
        }
    }

    private void restart(int number) {
        restart(number, true);
    }

    private void restart(int number, boolean isIntact) {
        Incarnation life = Objects.requireNonNull(state.brick(brick(number))).incarnation();
        apply(new MetadataCommand.RegisterBrick(brick(number), life, life.next(), "h", 1, isIntact));
    }

    private void create(int partitions, int replicas) {
        create(partitions, replicas, Durability.SYNC);
    }

    private void create(int partitions, int replicas, Durability durability) {
        apply(Creations.create(
                "t",
                new StructureSpec("hashtable", "k", "v", partitions, replicas, durability, Replication.TWO_PHASE)));
        openAll();
    }

    private void openAll() {
        for (Group group : state.groups()) {
            apply(new MetadataCommand.OpenView(group.partition(), group.newest().epoch(), List.of()));
        }
    }

    private List<MetadataCommand.ChangeView> plan() {
        return ViewPlanner.plan(state, health, 100, 2);
    }

    /** Carries out what primaries propose, and the plan; every command of a fresh plan has its effect. */
    private int carryOut() {
        List<MetadataCommand.ChangeView> all = new ArrayList<>(promotions());
        all.forEach(this::applyChange);
        List<MetadataCommand.ChangeView> plan = plan();
        plan.forEach(this::applyChange);
        all.addAll(plan);
        return all.size();
    }

    private void applyChange(MetadataCommand.ChangeView change) {
        assertThat(apply(change)).as("%s", change).isEqualTo(new MetadataAnswer.Done());
    }

    /** What primaries propose whose learners are level. */
    private List<MetadataCommand.ChangeView> promotions() {
        List<MetadataCommand.ChangeView> promotions = new ArrayList<>();
        for (Group group : state.groups()) {
            GroupView newest = group.newest();
            if (areLearnersLevel
                    && group.isOpen()
                    && areAllThere(newest)
                    && !newest.learners().isEmpty()) {
                GroupView next = Lineup.promote(newest, newest.learners().getFirst());
                promotions.add(new MetadataCommand.ChangeView(
                        group.partition(),
                        newest.epoch(),
                        group.openedEpoch(),
                        next.primary(),
                        next.members(),
                        next.learners()));
            }
        }
        return promotions;
    }

    private void settle() {
        for (int round = 0; carryOut() > 0; round++) {
            assertThat(round).as("rounds until there is nothing left to do").isLessThan(100);
            openAll();
        }
    }

    private Group group() {
        return Objects.requireNonNull(state.group(PARTITION));
    }

    /** Whether members and learners live the lives that the view names. */
    private boolean areAllThere(GroupView view) {
        return Stream.concat(view.members().stream(), view.learners().stream())
                .allMatch(member -> !dead.contains(member.brick())
                        && Objects.requireNonNull(state.brick(member.brick()))
                                .member()
                                .equals(member));
    }

    private static List<BrickId> bricks(List<Member> members) {
        return members.stream().map(Member::brick).sorted().toList();
    }

    @Test
    void nothingIsDoneAboutAHealthyGroup() {
        register(1, 2, 3);
        create(1, 3);
        assertThat(plan()).isEmpty();
    }

    @Test
    void deadMemberIsLeftOutAndThenReplacedByALevelLearner() {
        register(1, 2, 3, 4);
        create(1, 3);
        dead.add(brick(2));
        carryOut();
        assertThat(bricks(group().newest().members())).containsExactly(brick(1), brick(3));
        assertThat(plan()).as("while the view is pending").isEmpty();
        openAll();
        carryOut();
        assertThat(bricks(group().newest().learners())).containsExactly(brick(4));
        openAll();
        assertThat(plan()).as("while the learner is not level").isEmpty();
        areLearnersLevel = true;
        carryOut();
        assertThat(bricks(group().newest().members())).containsExactly(brick(1), brick(3), brick(4));
        assertThat(group().newest().learners()).isEmpty();
    }

    @Test
    void pendingViewWithADeadMemberIsReplaced() {
        register(1, 2, 3);
        create(1, 3);
        dead.add(brick(2));
        carryOut();
        dead.add(brick(1));
        carryOut();
        assertThat(group().newest().epoch()).isEqualTo(3);
        assertThat(bricks(group().newest().members())).containsExactly(brick(3));
    }

    private long replicas(int brick) {
        return state.groups().stream()
                .filter(group -> group.newest().holds(brick(brick)))
                .count();
    }

    private long primaries(int brick) {
        return state.groups().stream()
                .filter(group -> group.newest().primary().equals(brick(brick)))
                .count();
    }

    @Test
    void newBrickGetsItsShareOfReplicasAndOfPrimaries() {
        register(1, 2, 3);
        create(16, 3);
        register(4);
        areLearnersLevel = true;
        settle();
        for (int brick = 1; brick <= 4; brick++) {
            assertThat(replicas(brick)).as("replicas of brick %d", brick).isEqualTo(12);
            assertThat(primaries(brick)).as("primaries of brick %d", brick).isBetween(3L, 5L);
        }
    }

    /**
     * Whole groups first: what is copied for the sake of balance must not hold up what is copied because a copy is
     * missing.
     */
    @Test
    void nothingIsMovedWhileAGroupLacksAMember() {
        register(1, 2, 3, 4);
        create(16, 3);
        dead.add(brick(1));
        areLearnersLevel = false;
        for (int round = 0; round < 20; round++) {
            carryOut();
            openAll();
        }
        register(5);
        int learners = 0;
        for (Group group : state.groups()) {
            learners += group.newest().learners().size();
        }
        carryOut();
        int learnersThen = 0;
        for (Group group : state.groups()) {
            learnersThen += group.newest().learners().size();
        }
        assertThat(learnersThen).isEqualTo(learners);
    }

    @Test
    void departingBrickHandsItsGroupsOverAndGetsNothingBackMeanwhile() {
        register(1, 2, 3);
        create(8, 3);
        departing.add(brick(2));
        settle();
        assertThat(replicas(2)).isZero();
        assertThat(state.groups()).allMatch(group -> group.newest().members().size() == 2);
    }

    @Test
    void departingBrickStaysWhereTooFewWouldBeLeft() {
        register(1, 2, 3);
        create(8, 3);
        dead.add(brick(3));
        settle();
        departing.add(brick(2));
        assertThat(plan()).isEmpty();
        assertThat(replicas(2)).isEqualTo(8);
    }

    @Test
    void nothingIsDoneWithoutAMemberOfTheBase() {
        register(1, 2, 3, 4);
        create(1, 3);
        dead.addAll(List.of(brick(1), brick(2), brick(3)));
        assertThat(plan()).isEmpty();
        dead.remove(brick(2));
        carryOut();
        assertThat(bricks(group().newest().members())).containsExactly(brick(2));
    }

    /** The only member of a view too small to commit dies; the two good copies of the base come back. */
    @Test
    void baseComesBackWithoutTheSmallViewAfterIt() {
        register(1, 2, 3);
        create(1, 3);
        dead.addAll(List.of(brick(2), brick(3)));
        carryOut();
        openAll();
        dead.clear();
        dead.add(brick(1));
        restart(2);
        restart(3);
        carryOut();
        assertThat(bricks(group().newest().members())).containsExactly(brick(2), brick(3));
    }

    /**
     * The only member of a pending view loses power with what it had not synced; the other copy of the base is whole.
     */
    @Test
    void baseComesBackWhenThePendingViewHasLostWhatItsMachineHadNotSynced() {
        register(1, 2);
        create(1, 3, Durability.REPLICATED);
        dead.add(brick(1));
        carryOut();
        assertThat(bricks(group().newest().members())).containsExactly(brick(2));
        restart(2, false);
        dead.clear();
        carryOut();
        assertThat(bricks(group().newest().members())).contains(brick(1));
    }

    @Test
    void restartedMembersGoOnAsTheirSuccessors() {
        register(1, 2, 3);
        create(1, 3);
        restart(1);
        restart(2);
        restart(3);
        carryOut();
        assertThat(group().newest().members())
                .allSatisfy(member -> assertThat(member.incarnation().start()).isEqualTo(2));
        assertThat(group().newest().learners()).isEmpty();
    }

    @Test
    void leavingBrickIsEmptiedWithoutAGroupGettingSmaller() {
        register(1, 2, 3, 4);
        create(8, 3);
        areLearnersLevel = true;
        apply(new MetadataCommand.SetLeaving(brick(1), true));
        for (int round = 0; carryOut() > 0 && round < 100; round++) {
            for (Group group : state.groups()) {
                assertThat(group.newest().members()).hasSizeGreaterThanOrEqualTo(3);
            }
            openAll();
        }
        for (Group group : state.groups()) {
            assertThat(group.newest().holds(brick(1))).isFalse();
            assertThat(group.newest().members()).hasSize(3);
        }
    }

    @Test
    void primariesAreSpreadAgainAfterABrickCameBack() {
        register(1, 2, 3);
        create(8, 3);
        areLearnersLevel = true;
        dead.add(brick(1));
        settle();
        dead.clear();
        restart(1);
        settle();
        TreeMap<BrickId, Integer> primaries = new TreeMap<>();
        state.groups().forEach(group -> primaries.merge(group.newest().primary(), 1, Integer::sum));
        assertThat(primaries)
                .hasSize(3)
                .allSatisfy((brick, count) -> assertThat(count).isBetween(2, 4));
    }

    @Test
    void learnersAtATimeAreBounded() {
        register(1, 2, 3);
        create(16, 2);
        dead.add(brick(1));
        carryOut();
        openAll();
        assertThat(ViewPlanner.plan(state, health, 3, 0)).hasSize(3);
    }

    /**
     * Whatever dies, comes back, leaves and joins: every command of a fresh plan is taken, and when all are well again
     * so are all groups.
     */
    @Test
    void planIsAlwaysTakenAndComesToAnEnd() {
        for (int seed = 0; seed < 300; seed++) {
            ViewPlannerTest run = new ViewPlannerTest();
            run.anythingHappens(new Random(seed), seed);
        }
    }

    private void anythingHappens(Random random, int seed) {
        register(1, 2, 3, 4, 5);
        create(4, 1 + random.nextInt(3));
        for (int step = 0; step < 60; step++) {
            int number = 1 + random.nextInt(5);
            areLearnersLevel = random.nextBoolean();
            switch (random.nextInt(5)) {
                case 0 -> dead.add(brick(number));
                case 1 -> {
                    if (dead.remove(brick(number))) {
                        restart(number);
                    }
                }
                case 2 -> apply(new MetadataCommand.SetLeaving(brick(number), random.nextInt(4) == 0));
                case 3 -> openAll();
                default -> carryOut();
            }
        }
        for (int number = 1; number <= 5; number++) {
            apply(new MetadataCommand.SetLeaving(brick(number), false));
        }
        new ArrayList<>(dead)
                .forEach(back -> restart(Integer.parseInt(back.name().substring(6))));
        dead.clear();
        areLearnersLevel = true;
        openAll();
        settle();
        for (Group group : state.groups()) {
            assertThat(group.newest().members()).as("seed %d, %s", seed, group).hasSize(group.replicas());
            assertThat(group.base()).isEqualTo(group.newest());
        }
    }
}
