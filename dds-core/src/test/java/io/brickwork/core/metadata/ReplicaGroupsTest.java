package io.brickwork.core.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.group.Origin;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bricks a to c hold the one partition of a structure, and d none. In a list of members, a brick that was started again
 * is in upper case.
 */
class ReplicaGroupsTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);
    private static final PartitionId CHILD = new PartitionId(1, 1);
    private static final MetadataAnswer DONE = new MetadataAnswer.Done();

    private final RegisteredBricks bricks = new RegisteredBricks();
    private final NamedStructures structures = new NamedStructures();
    private ReplicaGroups groups = new ReplicaGroups(bricks, structures, Defences.ALL);
    private long slot;

    private static BrickId brick(String letter) {
        return new BrickId(letter);
    }

    private static Member member(int letter) {
        String name = Character.toString(Character.toLowerCase(letter));
        return new Member(
                brick(name), new Incarnation(new DiskId(name.charAt(0), 0), Character.isUpperCase(letter) ? 2 : 1));
    }

    private static List<Member> members(String letters) {
        return letters.chars().mapToObj(ReplicaGroupsTest::member).toList();
    }

    private void register(String letters) {
        for (Member member : members(letters)) {
            bricks.register(
                    new MetadataCommand.RegisterBrick(member.brick(), null, member.incarnation(), "host", 7000, true),
                    true);
        }
    }

    /** Starts bricks again whose machines have gone down. */
    private void restart(String letters) {
        for (Member member : members(letters)) {
            Incarnation before = member.incarnation();
            bricks.register(
                    new MetadataCommand.RegisterBrick(member.brick(), before, before.next(), "host", 7000, false),
                    true);
        }
    }

    private void create(int partitions, int replicas, Durability durability, String... lows) {
        StructureInfo structure = structures.create(
                "t" + structures.all().size(),
                new StructureSpec("hashtable", "k", "v", partitions, replicas, durability, Replication.TWO_PHASE));
        groups.create(structure, Stream.of(lows).map(Bytes::utf8).toList(), bricks.hosts(), ++slot);
    }

    /** Three bricks have opened the first view; d is registered too. */
    private void threeOpen(Durability durability) {
        register("abc");
        create(1, 3, durability, "");
        assertThat(open(1)).isEqualTo(DONE);
        register("d");
    }

    private MetadataAnswer open(long epoch) {
        return groups.open(new MetadataCommand.OpenView(PARTITION, epoch, List.of()));
    }

    private MetadataAnswer change(long newest, long opened, String primary, String members, String learners) {
        return groups.changeView(
                new MetadataCommand.ChangeView(
                        PARTITION, newest, opened, brick(primary), members(members), members(learners)),
                ++slot);
    }

    private Group group() {
        return Objects.requireNonNull(groups.get(PARTITION));
    }

    // ---- new groups

    @Test
    void rangesOfANewStructureLieSideBySide() {
        register("abcd");
        create(3, 2, Durability.SYNC, "m", "", "t");

        assertThat(groups.all())
                .extracting(Group::range)
                .containsExactly(
                        new KeyRange(Bytes.utf8("m"), Bytes.utf8("t")),
                        new KeyRange(Bytes.EMPTY, Bytes.utf8("m")),
                        new KeyRange(Bytes.utf8("t"), null));
        assertThat(groups.locate(1, Bytes.utf8("n"))).isEqualTo(groups.get(PARTITION));
        assertThat(groups.locate(1, Bytes.utf8("z"))).isEqualTo(groups.get(new PartitionId(1, 2)));
        assertThat(groups.locate(2, Bytes.utf8("z"))).isNull();
    }

    @Test
    void groupsOfTwoStructuresAreToldApart() {
        register("abc");
        create(2, 3, Durability.SYNC, "", "m");
        create(1, 3, Durability.SYNC, "");
        assertThat(groups.of(1)).hasSize(2);
        assertThat(groups.of(2)).hasSize(1);

        groups.drop(1);
        assertThat(groups.of(1)).isEmpty();
        assertThat(groups.all()).containsExactlyElementsOf(groups.of(2));
    }

    @Test
    void groupWithFewerBricksThanReplicasMayCommitWithThem() {
        register("ab");
        create(1, 3, Durability.SYNC, "");
        assertThat(group().minInSync()).isEqualTo(1);
        register("c");
        open(1);
        change(1, 1, "a", "ab", "c");
        open(2);
        change(2, 2, "a", "abc", "");
        open(3);
        assertThat(group().minInSync()).as("it has had three").isEqualTo(2);
    }

    // ---- views

    @ParameterizedTest
    @CsvSource({
        // newest, opened, primary, members, learners, why not
        "1, 1, a, ab,  '', ",
        "1, 1, b, abc, d,  ",
        "1, 1, a, a,   '', ",
        "2, 1, a, ab,  '', computed from epoch 2",
        "1, 0, a, ab,  '', opened 0",
        "1, 1, d, ab,  '', not a member",
        "1, 1, a, abd, '', may not be a member",
        "1, 1, a, aB,  '', may not be a member",
        "1, 1, a, ab,  D,  is not registered",
    })
    void viewIsDecidedOrRefused(
            long newest, long opened, String primary, String members, String learners, @Nullable String whyNot) {
        threeOpen(Durability.SYNC);
        Group before = group();
        MetadataAnswer answer = change(newest, opened, primary, members, learners);

        if (whyNot == null) {
            assertThat(answer).isEqualTo(DONE);
            assertThat(group().newest())
                    .isEqualTo(new GroupView(2, brick(primary), members(members), members(learners), 0));
            assertThat(group().newestSlot()).isEqualTo(slot);
            assertThat(group().base()).isEqualTo(before.base());
        } else {
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            MetadataAnswer.Refused.class,
                            refused -> assertThat(refused.reason()).contains(whyNot));
            assertThat(group()).isEqualTo(before);
        }
    }

    @Test
    void learnerThatWasPromotedMayNotLeadBeforeItsViewIsOpen() {
        threeOpen(Durability.SYNC);
        change(1, 1, "a", "ab", "d");
        open(2);
        assertThat(change(2, 2, "d", "abd", "")).isInstanceOf(MetadataAnswer.Refused.class);

        assertThat(change(2, 2, "a", "abd", "")).isEqualTo(DONE);
        open(3);
        assertThat(change(3, 3, "d", "abd", "")).isEqualTo(DONE);
    }

    @Test
    void withoutTheRuleAViewThatWasOnlyDecidedIsTheBase() {
        groups = new ReplicaGroups(bricks, structures, Defences.without(Defence.BASE_WAS_OPENED));
        threeOpen(Durability.SYNC);
        change(1, 1, "a", "ab", "");

        assertThat(group().base()).isEqualTo(group().newest());
    }

    @Test
    void whatIsNotTheNewestViewIsNotOpened() {
        threeOpen(Durability.SYNC);
        change(1, 1, "a", "ab", "");
        assertThat(open(1)).isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(groups.open(new MetadataCommand.OpenView(CHILD, 1, List.of())))
                .isInstanceOf(MetadataAnswer.Refused.class);

        assertThat(open(2)).isEqualTo(DONE);
        Group opened = group();
        assertThat(open(2)).isEqualTo(DONE);
        assertThat(group()).isEqualTo(opened);
    }

    @ParameterizedTest
    @CsvSource({
        // whose machines went down, who is there: synced, acknowledged without
        "'',  abc, true,  true",
        "'',  a,   true,  true",
        "'',  d,   false, false",
        "a,   A,   true,  false",
        "a,   Ab,  true,  true",
        "ab,  AB,  true,  false",
        "abc, ABC, true,  true",
        "abc, AB,  true,  false",
    })
    void viewIsFoundedOnWhoHasAllThatWasCommitted(String down, String there, boolean synced, boolean replicated) {
        for (Durability durability : Durability.values()) {
            ReplicaGroupsTest fresh = new ReplicaGroupsTest();
            fresh.threeOpen(durability);
            fresh.restart(down);
            assertThat(fresh.groups.mayFound(fresh.group(), members(there)))
                    .as("%s", durability)
                    .isEqualTo(durability == Durability.SYNC ? synced : replicated);
        }
    }

    @Test
    void viewOfTooFewThatAreIntactIsRefused() {
        threeOpen(Durability.REPLICATED);
        restart("ab");
        assertThat(change(1, 1, "a", "AB", ""))
                .isInstanceOfSatisfying(
                        MetadataAnswer.Refused.class,
                        refused -> assertThat(refused.reason()).contains("may lack what was committed"));
        assertThat(change(1, 1, "a", "ABc", "")).isEqualTo(DONE);
    }

    @Test
    void lineageIsFoundedOnTheGroupAsTheOperatorSawIt() {
        threeOpen(Durability.SYNC);
        MetadataCommand.FoundLineage found = new MetadataCommand.FoundLineage(PARTITION, 1, 1, member('d'));
        assertThat(groups.found(found, ++slot)).isEqualTo(DONE);
        assertThat(group().newest()).isEqualTo(new GroupView(2, brick("d"), members("d"), List.of(), 1));
        assertThat(group().base()).isEqualTo(group().newest());
        assertThat(groups.found(found, ++slot)).as("once").isInstanceOf(MetadataAnswer.Refused.class);
        assertThat(groups.found(new MetadataCommand.FoundLineage(PARTITION, 2, 1, member('D')), ++slot))
                .as("in its present life")
                .isInstanceOf(MetadataAnswer.Refused.class);
    }

    @Test
    void brickIsNeededAsLongAsTheBaseHasIt() {
        threeOpen(Durability.SYNC);
        change(1, 1, "a", "ab", "d");
        assertThat(groups.mayNeed(brick("c"))).as("the new view is not open").isTrue();
        assertThat(groups.mayNeed(brick("d"))).as("it learns").isTrue();
        assertThat(groups.mayNeed(brick("e"))).isFalse();

        open(2);
        assertThat(groups.mayNeed(brick("c"))).isFalse();
    }

    // ---- partitions that were split and merged

    /** The partition was split at m by entry (1,7), and took the child in again by entry (3,9). */
    private Absorbed splitAndMerged() {
        threeOpen(Durability.SYNC);
        KeyRange upper = new KeyRange(Bytes.utf8("m"), null);
        Origin origin = new Origin(PARTITION, new Version(1, 7), upper, 2);
        Absorbed absorbed = new Absorbed(PARTITION, new Version(3, 9), upper, 12, origin);
        groups.absorb(CHILD, absorbed);
        return absorbed;
    }

    @Test
    void whatBecameOfAMergedPartitionIsKnown() {
        assertThat(groups.hasAbsorbed()).isFalse();
        Absorbed absorbed = splitAndMerged();

        assertThat(groups.hasAbsorbed()).isTrue();
        assertThat(groups.absorbed(CHILD)).isEqualTo(absorbed);
        assertThat(groups.absorbed(PARTITION)).isNull();
        assertThat(groups.hasAbsorbedSince(PARTITION, 11)).isTrue();
        assertThat(groups.hasAbsorbedSince(PARTITION, 12)).isFalse();
        assertThat(groups.hasAbsorbedSince(CHILD, 0)).isFalse();
        assertThat(groups.origins(PARTITION.structure())).containsExactly(absorbed.origin());
        assertThat(groups.lastSplit(PARTITION)).isEqualTo(new Version(1, 7));
        assertThat(groups.lastSplit(CHILD)).isEqualTo(Version.NONE);
    }

    @Test
    void replicaThatHasYetToTakeInANeighbourHasTheRest() {
        splitAndMerged();
        assertThat(groups.settledRange(group(), new Version(3, 8)))
                .isEqualTo(new KeyRange(Bytes.EMPTY, Bytes.utf8("m")));
        assertThat(groups.settledRange(group(), new Version(3, 9))).isEqualTo(KeyRange.ALL);
    }

    @Test
    void droppingAStructureForgetsWhatBecameOfItsPartitions() {
        splitAndMerged();
        groups.drop(1);

        assertThat(groups.hasAbsorbed()).isFalse();
        assertThat(groups.all()).isEmpty();
    }

    @Test
    void whatIsReadTakesThePlaceOfWhatWasThere() {
        Absorbed absorbed = splitAndMerged();
        ByteWriter writer = new ByteWriter(64);
        groups.write(writer);
        groups.writeAbsorbed(writer);

        ReplicaGroups read = new ReplicaGroups(bricks, structures, Defences.ALL);
        read.put(group().splitting(Split.of(KeyRange.ALL, Bytes.utf8("x"), true, CHILD)));
        read.absorb(new PartitionId(1, 5), absorbed);
        ByteReader reader = new ByteReader(writer.toBytes());
        read.read(reader);
        read.readAbsorbed(reader);
        assertThat(read.all()).containsExactly(group());
        assertThat(read.absorbed(CHILD)).isEqualTo(absorbed);
        assertThat(read.absorbed(new PartitionId(1, 5))).isNull();
    }
}
