package io.brickwork.core.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetadataStateTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);
    private static final MetadataAnswer DONE = new MetadataAnswer.Done();

    private final MetadataState state = new MetadataState(Bytes.utf8("cluster"));
    private final List<Bytes> log = new ArrayList<>();

    private MetadataAnswer apply(MetadataCommand command) {
        Bytes encoded = MetadataCodec.encode(command);
        assertThat(MetadataCodec.decodeCommand(encoded)).isEqualTo(command);
        log.add(encoded);
        return MetadataCodec.decodeAnswer(state.apply(log.size(), encoded));
    }

    private static BrickId brick(int number) {
        return new BrickId("brick-" + number);
    }

    private static Member member(int number) {
        return new Member(brick(number), new Incarnation(new DiskId(number, number), 1));
    }

    private static List<Member> members(int... numbers) {
        return Arrays.stream(numbers).mapToObj(MetadataStateTest::member).toList();
    }

    private void register(int... numbers) {
        for (int number : numbers) {
            assertThat(apply(new MetadataCommand.RegisterBrick(
                            brick(number), null, member(number).incarnation(), "host-" + number, 7000 + number, true)))
                    .isEqualTo(new MetadataAnswer.Registered(member(number).incarnation()));
        }
    }

    private static StructureSpec spec(int partitions, int replicas) {
        return new StructureSpec(
                "hashtable", "string/1", "string/1", partitions, replicas, Durability.SYNC, Replication.TWO_PHASE);
    }

    private Group group() {
        return Objects.requireNonNull(state.group(PARTITION));
    }

    private MetadataAnswer change(long newest, long opened, int primary, List<Member> members, List<Member> learners) {
        return apply(new MetadataCommand.ChangeView(PARTITION, newest, opened, brick(primary), members, learners));
    }

    private MetadataAnswer open(long epoch) {
        return apply(new MetadataCommand.OpenView(PARTITION, epoch, List.of()));
    }

    /** Three bricks, one group, opened in epoch 1. */
    private void threeOpen() {
        register(1, 2, 3);
        apply(Creations.create("t", spec(1, 3)));
        assertThat(open(1)).isEqualTo(DONE);
    }

    @Test
    void structureIsCreatedOnceAndItsIdIsNeverUsedAgain() {
        register(1);
        MetadataAnswer first = apply(Creations.create("t", spec(2, 3)));
        assertThat(first).isEqualTo(new MetadataAnswer.Structure(new StructureInfo(1, "t", spec(2, 3))));
        assertThat(apply(Creations.create("t", spec(4, 1)))).isEqualTo(first);
        apply(new MetadataCommand.DropStructure(1));
        assertThat(state.groups()).isEmpty();
        assertThat(apply(Creations.create("t", spec(4, 1))))
                .isEqualTo(new MetadataAnswer.Structure(new StructureInfo(2, "t", spec(4, 1))));
        assertThat(state.groups()).hasSize(4);
    }

    @Test
    void structureNeedsABrick() {
        assertThat(apply(Creations.create("t", spec(1, 1)))).isInstanceOf(MetadataAnswer.Refused.class);
    }

    @Test
    void replicasAndPrimariesAreSpreadOverTheBricksThatStay() {
        register(1, 2, 3, 4, 5);
        apply(new MetadataCommand.SetLeaving(brick(5), true));
        apply(Creations.create("t", spec(16, 3)));
        TreeMap<BrickId, Integer> replicas = new TreeMap<>();
        TreeMap<BrickId, Integer> primaries = new TreeMap<>();
        for (Group group : state.groups()) {
            group.newest().members().forEach(member -> replicas.merge(member.brick(), 1, Integer::sum));
            primaries.merge(group.newest().primary(), 1, Integer::sum);
        }
        assertThat(replicas)
                .hasSize(4)
                .allSatisfy((brick, count) -> assertThat(count).isEqualTo(12));
        assertThat(primaries)
                .hasSize(4)
                .allSatisfy((brick, count) -> assertThat(count).isEqualTo(4));
    }

    @Test
    void emptiedBrickThatIsStartedAgainIsUsedAgain() {
        register(1, 2, 3);
        apply(new MetadataCommand.SetLeaving(brick(3), true));
        restart(3);
        assertThat(Objects.requireNonNull(state.brick(brick(3))).isLeaving()).isFalse();
        apply(Creations.create("t", spec(6, 3)));
        assertThat(state.groups())
                .allSatisfy(group -> assertThat(group.newest().members()).hasSize(3));
    }

    @Test
    void brickThatStillHoldsSomethingGoesOnLeavingWhenItIsStartedAgain() {
        register(1, 2, 3);
        apply(Creations.create("t", spec(6, 3)));
        apply(new MetadataCommand.SetLeaving(brick(3), true));
        restart(3);
        assertThat(Objects.requireNonNull(state.brick(brick(3))).isLeaving()).isTrue();
    }

    private void restart(int brick) {
        Incarnation before = member(brick).incarnation();
        assertThat(apply(new MetadataCommand.RegisterBrick(brick(brick), before, before.next(), "h", 1, true)))
                .isEqualTo(new MetadataAnswer.Registered(before.next()));
    }

    @Test
    void askingWhatIsRegisteredChangesNothing() {
        MetadataCommand question = MetadataCommand.RegisterBrick.question(
                brick(1), member(1).incarnation().disk());
        assertThat(apply(question)).isEqualTo(new MetadataAnswer.Registered(null));
        assertThat(state.brick(brick(1))).isNull();
        register(1);
        BrickInfo first = state.brick(brick(1));
        assertThat(apply(question))
                .isEqualTo(new MetadataAnswer.Registered(member(1).incarnation()));
        assertThat(state.brick(brick(1))).isEqualTo(first);
        MetadataCommand ofAnotherDisk = MetadataCommand.RegisterBrick.question(brick(1), new DiskId(99, 99));
        assertThat(apply(ofAnotherDisk))
                .isEqualTo(new MetadataAnswer.Registered(member(1).incarnation()));
        assertThat(state.brick(brick(1))).isEqualTo(first);
    }

    /** T68 */
    @Test
    void viewComputedBeforeAnotherWasOpenedHasNoEffect() {
        threeOpen();
        assertThat(change(1, 1, 1, members(1, 2), List.of())).isEqualTo(DONE);
        MetadataCommand late = new MetadataCommand.ChangeView(PARTITION, 2, 1, brick(1), members(1, 3), List.of());
        assertThat(open(2)).isEqualTo(DONE);
        assertThat(apply(late)).isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(group().newest().members()).isEqualTo(members(1, 2));
    }

    @Test
    void onlyTheNewestViewIsOpenedAndThatMayBeRepeated() {
        threeOpen();
        change(1, 1, 1, members(1, 2), List.of());
        change(2, 1, 2, members(2, 3), List.of());
        assertThat(open(2)).isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(group().openedEpoch()).isEqualTo(1);
        assertThat(open(3)).isEqualTo(DONE);
        assertThat(open(3)).isEqualTo(DONE);
        assertThat(group().openedEpoch()).isEqualTo(3);
    }

    /** T77 */
    @Test
    void viewBelowMinInSyncNeverBecomesTheBase() {
        threeOpen();
        change(1, 1, 1, members(1), List.of());
        open(2);
        assertThat(group().isOpen()).isTrue();
        assertThat(Objects.requireNonNull(group().base()).epoch()).isEqualTo(1);
        // The two good copies come back without the first.
        assertThat(change(2, 2, 2, members(2, 3), List.of())).isEqualTo(DONE);
        open(3);
        assertThat(Objects.requireNonNull(group().base()).epoch()).isEqualTo(3);
    }

    /** Its only replica moves to and fro, and for a while there are three. */
    @Test
    void groupThatHasThreeMembersInPassingGoesOnWithOne() {
        register(1, 2, 3);
        apply(Creations.create("t", spec(1, 1)));
        open(1);
        int first = Integer.parseInt(group().newest().primary().name().substring("brick-".length()));
        int second = first % 3 + 1;
        int third = second % 3 + 1;
        change(1, 1, first, members(first), members(second, third));
        open(2);
        assertThat(change(2, 2, first, members(first, second, third), List.of()))
                .isEqualTo(DONE);
        open(3);
        assertThat(change(3, 3, first, members(first), List.of())).isEqualTo(DONE);
        open(4);
        assertThat(group().minInSync()).isEqualTo(1);
        assertThat(Objects.requireNonNull(group().base()).epoch()).isEqualTo(4);
    }

    @Test
    void primaryIsOfTheBaseAndNeverALearner() {
        threeOpen();
        register(4);
        assertThat(change(1, 1, 1, members(1), members(4))).isEqualTo(DONE);
        open(2);
        assertThat(change(2, 2, 4, members(1, 4), List.of())).isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(change(2, 2, 1, members(1, 4), List.of())).isEqualTo(DONE);
    }

    @Test
    void strangersAndFormerLivesAreNoMembers() {
        threeOpen();
        register(4);
        assertThat(change(1, 1, 1, members(1, 4), List.of())).isInstanceOf(MetadataAnswer.Refused.class);
        Incarnation restarted = member(2).incarnation().next();
        apply(new MetadataCommand.RegisterBrick(brick(2), member(2).incarnation(), restarted, "h", 1, true));
        assertThat(change(1, 1, 1, members(1, 2), List.of())).isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(change(1, 1, 1, List.of(member(1), new Member(brick(2), restarted)), List.of()))
                .isEqualTo(DONE);
    }

    @Test
    void brickWithAnotherDiskDoesNotStandForTheOneItLost() {
        threeOpen();
        Incarnation empty = new Incarnation(new DiskId(99, 99), 1);
        apply(new MetadataCommand.RegisterBrick(brick(2), member(2).incarnation(), empty, "h", 1, true));
        Member stranger = new Member(brick(2), empty);
        assertThat(change(1, 1, 1, List.of(member(1), stranger), List.of())).isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(change(1, 1, 1, members(1), List.of(stranger))).isEqualTo(DONE);
    }

    @Test
    void operatorFoundsANewLineageFromWhatIsLeft() {
        threeOpen();
        register(4);
        assertThat(apply(new MetadataCommand.FoundLineage(PARTITION, 1, 1, member(4))))
                .isEqualTo(DONE);
        assertThat(group().newest().lineage()).isEqualTo(1);
        open(2);
        assertThat(change(2, 2, 1, members(1), List.of())).isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(change(2, 2, 4, members(4), members(1))).isEqualTo(DONE);
    }

    @Test
    void splitNarrowsTheParentAndFoundsTheChildOverTheSameBase() {
        threeOpen();
        assertThat(split("m")).isEqualTo(DONE);
        Split pending = Objects.requireNonNull(group().split());
        assertThat(pending).isEqualTo(Split.of(KeyRange.ALL, Bytes.utf8("m"), false, new PartitionId(1, 1)));
        assertThat(group().range()).isEqualTo(KeyRange.ALL);
        assertThat(state.group(pending.child())).isNull();

        MetadataCommand finish = new MetadataCommand.FinishSplit(PARTITION, pending.child(), new Version(1, 7));
        assertThat(apply(finish)).isEqualTo(DONE);
        assertThat(apply(finish)).isEqualTo(DONE);
        Group child = Objects.requireNonNull(state.group(pending.child()));
        assertThat(group().range()).isEqualTo(pending.kept());
        assertThat(group().split()).isNull();
        assertThat(child.range()).isEqualTo(pending.given());
        assertThat(child.base()).isEqualTo(group().base());
        assertThat(child.isOpen()).isFalse();
        assertThat(child.newest().epoch()).isEqualTo(2);
        assertThat(child.newest().primary())
                .as("another than the parent's")
                .isNotEqualTo(group().newest().primary());
        assertThat(child.isBornOnly()).isTrue();
        assertThat(state.lastSplit(PARTITION)).isEqualTo(new Version(1, 7));
        assertThat(state.locate(1, Bytes.utf8("z"))).isEqualTo(child);
        assertThat(state.locate(1, Bytes.utf8("a"))).isEqualTo(group());

        apply(new MetadataCommand.OpenView(child.partition(), 2, List.of()));
        assertThat(Objects.requireNonNull(state.group(child.partition())).isBornOnly())
                .isFalse();
        MetadataState copy = new MetadataState(Bytes.utf8("other"));
        copy.restore(state.snapshot());
        assertThat(copy.snapshot()).isEqualTo(state.snapshot());
        assertThat(split("b")).isEqualTo(DONE);
        assertThat(Objects.requireNonNull(group().split()).child())
                .as("no number twice")
                .isEqualTo(new PartitionId(1, 2));
    }

    @Test
    void splitIsRefusedOutsideOfTheRangeAndWhileTheGroupChanges() {
        threeOpen();
        assertThat(split("")).isInstanceOf(MetadataAnswer.Refused.class);
        change(1, 1, 1, members(1, 2, 3), List.of());
        assertThat(split("m")).as("a view is pending").isInstanceOf(MetadataAnswer.Refused.class);
        open(2);
        assertThat(split("m")).isEqualTo(DONE);
        assertThat(split("b")).as("it is being split").isInstanceOf(MetadataAnswer.Refused.class);
        register(4);
        assertThat(change(2, 2, 1, members(1, 2), members(4)))
                .as("nobody learns meanwhile")
                .isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(change(2, 2, 1, members(1), members(4)))
                .as("but where nothing is committed")
                .isEqualTo(DONE);
    }

    @Test
    void mergeTakesTheNeighbourAwayAndRaisesTheEpoch() {
        PartitionId child = splitAtM();
        MetadataCommand merge = new MetadataCommand.MergePartitions(child, PARTITION);
        assertThat(apply(merge)).isEqualTo(DONE);
        assertThat(apply(merge)).as("it is being merged").isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(split("b")).as("and not split").isInstanceOf(MetadataAnswer.Refused.class);
        Group stays = Objects.requireNonNull(state.group(child));
        assertThat(stays.newest().epoch()).as("above both").isEqualTo(3);
        assertThat(stays.isOpen()).isFalse();
        assertThat(group().isLeaving()).isTrue();

        apply(new MetadataCommand.FinishMerge(child, PARTITION, new Version(3, 9)));
        assertThat(state.group(PARTITION)).isNull();
        stays = Objects.requireNonNull(state.group(child));
        assertThat(stays.range()).isEqualTo(KeyRange.ALL);
        assertThat(stays.isReshaping()).isFalse();
        assertThat(state.settledRange(stays, new Version(3, 8))).isEqualTo(new KeyRange(Bytes.utf8("m"), null));
        assertThat(state.settledRange(stays, new Version(3, 9))).isEqualTo(KeyRange.ALL);
        MetadataState copy = new MetadataState(Bytes.utf8("other"));
        copy.restore(state.snapshot());
        assertThat(copy.snapshot()).isEqualTo(state.snapshot());
    }

    @Test
    void mergeIsCancelledOnlyInTheViewInWhichNothingWasGivenUp() {
        PartitionId child = splitAtM();
        apply(new MetadataCommand.MergePartitions(PARTITION, child));
        apply(new MetadataCommand.CancelMerge(PARTITION, child, 1));
        assertThat(group().isReshaping()).isTrue();
        apply(new MetadataCommand.CancelMerge(PARTITION, child, 2));
        assertThat(group().isReshaping()).isFalse();
        assertThat(Objects.requireNonNull(state.group(child)).isReshaping()).isFalse();
    }

    private PartitionId splitAtM() {
        threeOpen();
        split("m");
        PartitionId child = Objects.requireNonNull(group().split()).child();
        apply(new MetadataCommand.FinishSplit(PARTITION, child, new Version(1, 7)));
        apply(new MetadataCommand.OpenView(child, 2, List.of()));
        return child;
    }

    private MetadataAnswer split(String key) {
        return apply(new MetadataCommand.SplitPartition(PARTITION, Bytes.utf8(key), false));
    }

    @Test
    void sessionIsOpenFromItsCommandToItsExpiry() {
        long slot = state.slot() + 1;
        SessionId session = new SessionId(slot, 2);
        assertThat(state.isOpen(session)).isFalse();
        assertThat(state.isExpired(session)).as("it is not known yet").isFalse();
        assertThat(apply(new MetadataCommand.OpenSession(2))).isEqualTo(new MetadataAnswer.Session(session));
        assertThat(state.isOpen(session)).isTrue();
        apply(new MetadataCommand.ExpireSession(session));
        assertThat(state.isOpen(session)).isFalse();
        assertThat(state.isExpired(session)).isTrue();
        assertThat(state.lastExpirySlot()).isEqualTo(slot + 1);
        apply(new MetadataCommand.ExpireSession(session));
        assertThat(state.lastExpirySlot()).isEqualTo(slot + 1);
        assertThat(apply(new MetadataCommand.OpenSession(2)))
                .as("the same asked again opens another")
                .isEqualTo(new MetadataAnswer.Session(new SessionId(slot + 3, 2)));
    }

    @Test
    void whatIsNotACommandIsRefusedAndChangesNothing() {
        threeOpen();
        Bytes before = state.snapshot();
        Bytes answer = state.apply(state.slot(), Bytes.utf8("nonsense"));
        assertThat(MetadataCodec.decodeAnswer(answer)).isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(state.snapshot()).isEqualTo(before);
    }

    @Test
    void snapshotsAreEqualWhetherReadOrReplayed() {
        threeOpen();
        register(4);
        apply(new MetadataCommand.SetLeaving(brick(3), true));
        apply(new MetadataCommand.SetLeaseTerm(5_000_000_000L));
        apply(new MetadataCommand.OpenSession(7));
        apply(new MetadataCommand.OpenSession(8));
        apply(new MetadataCommand.ExpireSession(state.sessions().first()));
        change(1, 1, 1, members(1, 2), members(4));
        MetadataState replayed = new MetadataState(Bytes.utf8("cluster"));
        for (int i = 0; i < log.size(); i++) {
            replayed.apply(i + 1, log.get(i));
        }
        assertThat(replayed.snapshot()).isEqualTo(state.snapshot());
        MetadataState read = new MetadataState(Bytes.EMPTY);
        read.restore(state.snapshot());
        assertThat(read.snapshot()).isEqualTo(state.snapshot());
        assertThat(read.clusterId()).isEqualTo(Bytes.utf8("cluster"));
        assertThat(open(2)).isEqualTo(DONE);
        read.apply(log.size(), log.getLast());
        assertThat(read.snapshot()).isEqualTo(state.snapshot());
    }
}
