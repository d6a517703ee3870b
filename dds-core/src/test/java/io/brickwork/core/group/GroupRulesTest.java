package io.brickwork.core.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.DiskId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.Version;
import io.brickwork.core.structure.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each way of replication says to each question, and that majorities would need nothing else. A brick has one
 * letter: {@code a} in its first life, {@code A} in a later one on the same disk; a view is its members, of whom the
 * first is the primary.
 */
class GroupRulesTest {
    private static final GroupRules TWO_PHASE = GroupRules.of(Replication.TWO_PHASE);
    private static final GroupRules CHAIN = GroupRules.of(Replication.CHAIN);
    private static final GroupRules MAJORITY = new MajorityRules();
    private static final PartitionId PARTITION = new PartitionId(1, 0);

    private static BrickId brick(char letter) {
        return new BrickId(String.valueOf(letter).toLowerCase(Locale.ROOT));
    }

    private static List<BrickId> bricks(@Nullable String letters) {
        return letters == null
                ? List.of()
                : letters.chars().mapToObj(letter -> brick((char) letter)).toList();
    }

    private static Member member(char letter) {
        BrickId brick = brick(letter);
        DiskId disk = new DiskId(brick.name().charAt(0), 0);
        return new Member(brick, new Incarnation(disk, Character.isUpperCase(letter) ? 2 : 1));
    }

    private static List<Member> members(@Nullable String letters) {
        return letters == null
                ? List.of()
                : letters.chars().mapToObj(letter -> member((char) letter)).toList();
    }

    private static GroupView view(String letters) {
        return new GroupView(5, brick(letters.charAt(0)), members(letters), List.of(), 0);
    }

    // ---- quorums

    @ParameterizedTest
    @CsvSource({
        "abc, abc, true,  true",
        "abc, ab,  false, true",
        "abc, bc,  false, true",
        "abc, a,   false, false",
        "abc, ,    false, false",
        "abc, abd, false, true",
        "abc, ade, false, false",
        "ab,  ab,  true,  true",
        "ab,  a,   false, false",
        "a,   a,   true,  true",
        "a,   ab,  true,  true",
        "abcd, abc, false, true",
        "abcd, ab,  false, false",
    })
    void isWriteQuorum(String view, @Nullable String stored, boolean ofAll, boolean ofMajority) {
        assertThat(TWO_PHASE.isWriteQuorum(view(view), bricks(stored))).isEqualTo(ofAll);
        assertThat(CHAIN.isWriteQuorum(view(view), bricks(stored))).isEqualTo(ofAll);
        assertThat(MAJORITY.isWriteQuorum(view(view), bricks(stored))).isEqualTo(ofMajority);
    }

    @ParameterizedTest
    @CsvSource({
        "abc, abc, true,  true",
        "abc, ab,  true,  true",
        "abc, c,   true,  false",
        "abc, cd,  true,  false",
        "abc, ,    false, false",
        "abc, de,  false, false",
        "a,   a,   true,  true",
        "abcd, cd, true,  false",
    })
    void isReadQuorum(String view, @Nullable String heard, boolean ofAll, boolean ofMajority) {
        assertThat(TWO_PHASE.isReadQuorum(view(view), bricks(heard))).isEqualTo(ofAll);
        assertThat(CHAIN.isReadQuorum(view(view), bricks(heard))).isEqualTo(ofAll);
        assertThat(MAJORITY.isReadQuorum(view(view), bricks(heard))).isEqualTo(ofMajority);
    }

    /** What all that follows from quorums rests on. */
    @Test
    void eachReadQuorumSharesAMemberWithEachWriteQuorum() {
        for (GroupRules rules : List.of(TWO_PHASE, CHAIN, MAJORITY)) {
            for (String letters : List.of("a", "ab", "abc", "abcd", "abcde")) {
                GroupView view = view(letters);
                for (List<BrickId> stored : subsets(bricks(letters))) {
                    List<BrickId> others = new ArrayList<>(bricks(letters));
                    others.removeAll(stored);
                    assertThat(rules.isWriteQuorum(view, stored) && rules.isReadQuorum(view, others))
                            .as("%s of %s have stored, %s are heard", stored, letters, others)
                            .isFalse();
                }
                assertThat(rules.isWriteQuorum(view, bricks(letters))).isTrue();
                assertThat(rules.isReadQuorum(view, bricks(letters))).isTrue();
            }
        }
    }

    private static List<List<BrickId>> subsets(List<BrickId> of) {
        List<List<BrickId>> subsets = new ArrayList<>();
        for (int bits = 0; bits < 1 << of.size(); bits++) {
            List<BrickId> subset = new ArrayList<>();
            for (int i = 0; i < of.size(); i++) {
                if ((bits >> i & 1) == 1) {
                    subset.add(of.get(i));
                }
            }
            subsets.add(subset);
        }
        return subsets;
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 1, 2", "3, 2, 2", "4, 2, 3", "5, 2, 3", "7, 2, 4"})
    void minInSync(int members, int ofAll, int ofMajority) {
        assertThat(TWO_PHASE.minInSync(members)).isEqualTo(ofAll);
        assertThat(CHAIN.minInSync(members)).isEqualTo(ofAll);
        assertThat(MAJORITY.minInSync(members)).isEqualTo(ofMajority);
    }

    @Test
    void groupIsAskedForAsManyMembersAsTheRulesSay() {
        GroupView three = view("abc");
        Group decided = new Group(PARTITION, KeyRange.ALL, 5, 1, view("abcde"), 1, three, three, null, null, null);

        assertThat(decided.open(TWO_PHASE).minInSync()).isEqualTo(2);
        assertThat(decided.open(CHAIN).minInSync()).isEqualTo(2);
        assertThat(decided.open(MAJORITY).minInSync()).isEqualTo(3);
    }

    // ---- places

    @ParameterizedTest
    @CsvSource({
        "readers, abc, abc, abc, a",
        "readers, bac, bac, bac, b",
        "readers, a,   a,   a,   a",
        "witness, abc, a,   c,   a",
        "witness, bac, b,   c,   b",
        "witness, ab,  a,   b,   a",
        "witness, a,   a,   a,   a",
    })
    void readersAndWitness(String question, String view, String twoPhase, String chain, String majority) {
        assertThat(whoIs(question, TWO_PHASE, view(view))).isEqualTo(bricks(twoPhase));
        assertThat(whoIs(question, CHAIN, view(view))).isEqualTo(bricks(chain));
        assertThat(whoIs(question, MAJORITY, view(view))).isEqualTo(bricks(majority));
    }

    private static List<BrickId> whoIs(String question, GroupRules rules, GroupView view) {
        return question.equals("readers") ? rules.readers(view.toView()) : List.of(rules.witness(view));
    }

    /** Nobody sends to the primary. */
    @ParameterizedTest
    @CsvSource({
        "abc, a,  ,  ,  ",
        "abc, b, a, a, a",
        "abc, c, a, b, a",
        "bac, a, b, b, b",
        "bac, c, b, a, b",
        "a,   a,  ,  ,  ",
    })
    void before(
            String view,
            char member,
            @Nullable Character twoPhase,
            @Nullable Character chain,
            @Nullable Character majority) {
        assertThat(TWO_PHASE.before(view(view), brick(member))).isEqualTo(orNull(twoPhase));
        assertThat(CHAIN.before(view(view), brick(member))).isEqualTo(orNull(chain));
        assertThat(MAJORITY.before(view(view), brick(member))).isEqualTo(orNull(majority));
    }

    private static @Nullable BrickId orNull(@Nullable Character letter) {
        return letter == null ? null : brick(letter);
    }

    // ---- the next view

    @ParameterizedTest
    @CsvSource({
        // base, there, intact: of all, of a majority
        "abc, abc, abc, true,  true",
        "abc, ab,  abc, true,  true",
        "abc, c,   abc, true,  false",
        "abc, cde, abc, true,  false",
        "abc, de,  abc, false, false",
        "abc, AB,  abc, true,  true",
        // Power was lost: what is intact must be a quorum, or all must be there.
        "abc, ab,  a,   true,  false",
        "abc, ab,  c,   false, false",
        "abc, abC, c,   true,  true",
        "abc, ABC, ,    true,  true",
        "abc, AB,  ,    false, false",
        "a,   a,   ,    true,  true",
    })
    void mayFound(String base, @Nullable String there, @Nullable String intact, boolean ofAll, boolean ofMajority) {
        List<Member> kept = members(intact);
        assertThat(TWO_PHASE.mayFound(view(base), members(there), kept::contains))
                .isEqualTo(ofAll);
        assertThat(CHAIN.mayFound(view(base), members(there), kept::contains)).isEqualTo(ofAll);
        assertThat(MAJORITY.mayFound(view(base), members(there), kept::contains))
                .isEqualTo(ofMajority);
    }

    @Test
    void brickOnAnotherDiskStandsForNobody() {
        Member replaced = new Member(brick('a'), new Incarnation(new DiskId(99, 9), 3));

        assertThat(TWO_PHASE.mayFound(view("ab"), List.of(replaced), old -> true))
                .isFalse();
    }

    static Stream<Arguments> levels() {
        return Stream.of(
                Arguments.of("all have the same: the primary fetches nothing", "bac", "b(3,9) a(3,9) c(3,9)", 'b'),
                Arguments.of("more entries of an epoch", "abc", "a(3,7) b(3,9) c(3,8)", 'b'),
                Arguments.of("a later epoch, and fewer entries", "abc", "a(3,9) b(3,9) c(4,8)", 'c'),
                Arguments.of("the first in the view among equals", "acb", "a(3,7) b(3,9) c(3,9)", 'c'),
                Arguments.of("who is not of the base has not reported", "abc", "a(3,7) c(3,8)", 'c'),
                Arguments.of("nobody has anything", "abc", "a(0,0) b(0,0) c(0,0)", 'a'));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("levels")
    void fullest(String name, String view, String reports, char fullest) {
        TreeMap<BrickId, Version> ends = new TreeMap<>();
        for (String report : reports.split(" ")) {
            String[] version = report.substring(2, report.length() - 1).split(",");
            ends.put(brick(report.charAt(0)), new Version(Long.parseLong(version[0]), Long.parseLong(version[1])));
        }
        for (GroupRules rules : List.of(TWO_PHASE, CHAIN, MAJORITY)) {
            assertThat(rules.fullest(view(view), ends)).as(name).isEqualTo(brick(fullest));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // last view, who may still serve in it: of all, of a majority
        "abc, ,    true,  true",
        "abc, a,   false, false",
        "abc, c,   false, true",
        "abc, bc,  false, true",
        "abc, abc, false, false",
        "bac, a,   false, true",
    })
    void isOver(String last, @Nullable String serving, boolean ofAll, boolean ofMajority) {
        assertThat(TWO_PHASE.isOver(view(last), bricks(serving))).isEqualTo(ofAll);
        assertThat(CHAIN.isOver(view(last), bricks(serving))).isEqualTo(ofAll);
        assertThat(MAJORITY.isOver(view(last), bricks(serving))).isEqualTo(ofMajority);
    }

    @ParameterizedTest
    @CsvSource({
        "a, true,  true", // of the base
        "A, true,  true", // the same, started again
        "c, true,  false", // of the last opened view, which was too small to be the base
        "d, true,  false", // learned in it
        "D, false, false", // learned in it, in another life
        "e, false, false",
    })
    void mayBeMemberAndMayLead(char letter, boolean mayBeMember, boolean mayLead) {
        GroupView opened = new GroupView(6, brick('c'), members("c"), members("d"), 0);
        Group group = new Group(PARTITION, KeyRange.ALL, 3, 2, opened, 1, opened, view("ab"), null, null, null);
        for (GroupRules rules : List.of(TWO_PHASE, CHAIN, MAJORITY)) {
            assertThat(rules.mayBeMember(group, member(letter))).isEqualTo(mayBeMember);
            assertThat(rules.mayLead(group, member(letter))).isEqualTo(mayLead);
        }
    }

    @Test
    void whereNothingWasEverOpenedAnybodyMayLead() {
        Group group = new Group(PARTITION, KeyRange.ALL, 3, 2, view("abc"), 1, null, null, null, null, null);
        for (GroupRules rules : List.of(TWO_PHASE, CHAIN, MAJORITY)) {
            assertThat(rules.mayBeMember(group, member('e'))).isTrue();
            assertThat(rules.mayLead(group, member('e'))).isTrue();
        }
    }
}
