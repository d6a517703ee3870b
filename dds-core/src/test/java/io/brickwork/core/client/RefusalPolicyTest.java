package io.brickwork.core.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.client.RefusalPolicy.Known;
import io.brickwork.core.client.RefusalPolicy.Verdict;
import io.brickwork.core.message.CallMessage.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reason of a refusal × every kind of call. */
class RefusalPolicyTest {
    private static final Known CERTAIN = new Known(true, false, false, false, false);
    private static final Known OPEN = new Known(false, false, false, false, false);
    private static final Known UNTRIED = new Known(true, false, false, true, false);
    private static final Known CORRUPT = new Known(true, false, false, false, true);

    /** A call that was refused, and what is known besides. The order is that of the table's columns. */
    private enum Case {
        READ(CERTAIN, ClientParts::read),
        READ_UNTRIED(UNTRIED, ClientParts::read),
        READ_CORRUPT(CORRUPT, ClientParts::read),
        VALIDATION(CERTAIN, ClientParts::validation),
        WRITE(CERTAIN, ClientParts::write),
        WRITE_OPEN(OPEN, ClientParts::write),
        ASKING(CERTAIN, parts -> asking(parts.write())),
        ASKING_OPEN(OPEN, parts -> asking(parts.write())),
        WHOLE(CERTAIN, ClientParts::whole),
        WHOLE_OPEN(OPEN, ClientParts::whole),
        VOTE(CERTAIN, ClientParts::vote),
        VOTE_OPEN(OPEN, ClientParts::vote),
        RESOLVE_OPEN(OPEN, parts -> asking(parts.vote())),
        DECISION(CERTAIN, parts -> parts.decision(true)),
        INQUIRY(CERTAIN, parts -> parts.inquiry(new Session(ScriptedClient.SESSION)));

        private final Known known;
        private final Function<ClientParts, PartitionCall> call;

        Case(Known known, Function<ClientParts, PartitionCall> call) {
            this.known = known;
            this.call = call;
        }

        Verdict verdict(Reason reason) {
            return verdict(reason, known);
        }

        Verdict verdict(Reason reason, Known known) {
            return RefusalPolicy.verdict(call.apply(new ClientParts()), reason, known);
        }

        /** As this one, but a newer view is known. */
        Known repaired() {
            return new Known(
                    known.isCertainlyNotDone(), false, true, known.hasUntriedMember(), known.isCorruptEverywhere());
        }

        private static PartitionCall asking(PartitionCall call) {
            call.account.onlyAsk();
            return call;
        }
    }

    /**
     * The key lies where it was thought to lie, and no newer view is known. "Open": an attempt may have been taken.
     * "Asking": only the outcome is asked for.
     */
    private static final String TABLE = """
                            read              vali-  write        asking       whole        vote         re-    de-    in-
                            |     untr. corr. dation |     open   |     open   |     open   |     open   solve  cision quiry
            NOT_OPEN        later next  fail  later  later later  fail  later  later later  later later  later  later  later
            NOT_PRIMARY     later next  fail  later  later later  fail  later  later later  later later  later  later  later
            WRONG_EPOCH     later next  fail  later  later later  fail  later  later later  later later  later  later  later
            OVERLOADED      later next  fail  later  later later  fail  later  later later  later later  later  later  later
            HALTED          later next  fail  later  later later  fail  later  later later  later later  later  later  later
            REPAIRING       later next  fail  later  later later  fail  later  later later  later later  later  later  later
            SESSION_UNKNOWN later next  fail  later  later later  fail  later  later later  later later  later  later  later
            SPLITTING       later next  fail  later  later later  fail  later  later later  later later  later  later  later
            LOCKED          later next  fail  later  later later  fail  later  later later  later later  later  later  later
            WRONG_PARTITION later next  fail  trans  later later  fail  later  trans later  trans later  later  later  later
            NOT_YET         later next  fail  trans  later later  fail  later  trans later  trans later  later  later  later
            CORRUPT         later next  fail  later  fail  ask    fail  later  fail  ask    fail  ask    later  later  unkn.
            NO_SPACE        fail  fail  fail  fail   fail  ask    fail  later  fail  ask    fail  ask    later  later  unkn.
            WINDOW          fail  fail  fail  fail   fail  ask    fail  later  fail  ask    fail  ask    later  later  unkn.
            MALFORMED       fail  fail  fail  fail   fail  ask    fail  later  fail  ask    fail  ask    later  later  unkn.
            FAILED          fail  fail  fail  fail   fail  ask    fail  later  fail  ask    fail  ask    later  later  unkn.
            NEVER_SEEN      fail  fail  fail  fail   fail  ask    fail  later  fail  ask    fail  ask    later  later  unkn.
            TOO_LARGE       fail  fail  fail  fail   fail  ask    fail  later  fail  ask    fail  ask    later  later  unkn.
            CONFLICT        fail  fail  fail  fail   fail  ask    fail  later  fail  ask    fail  ask    later  later  unkn.
            FORBIDDEN       fail  fail  fail  fail   fail  ask    fail  unkn.  fail  ask    fail  ask    unkn.  unkn.  unkn.
            FORGOTTEN       fail  fail  fail  fail   fail  fail   fail  fail   fail  fail   fail  fail   fail   fail   fail
            EXPIRED         fail  fail  fail  trans  sess. unkn.  unkn. unkn.  trans unkn.  trans unkn.  unkn.  unkn.  unkn.
            """;

    private static final TreeMap<String, Verdict> WORDS = new TreeMap<>();

    static {
        WORDS.put("fail", Verdict.FAIL);
        WORDS.put("unkn.", Verdict.FAIL_AS_UNKNOWN);
        WORDS.put("ask", Verdict.ASK_FOR_OUTCOME);
        WORDS.put("next", Verdict.NEXT_MEMBER);
        WORDS.put("later", Verdict.AGAIN_LATER);
        WORDS.put("sess.", Verdict.NEW_SESSION);
        WORDS.put("trans", Verdict.NEW_TRANSACTION);
    }

    private static Stream<Arguments> cells() {
        List<Arguments> cells = new ArrayList<>();
        TABLE.lines().skip(2).forEach(row -> {
            String[] words = row.trim().split(" +");
            assertThat(words).as(row).hasSize(1 + Case.values().length);
            for (Case refused : Case.values()) {
                cells.add(Arguments.of(Reason.valueOf(words[0]), refused, WORDS.get(words[1 + refused.ordinal()])));
            }
        });
        return cells.stream();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void followsTheTable(Reason reason, Case refused, Verdict verdict) {
        assertThat(refused.verdict(reason)).isEqualTo(verdict);
    }

    @Test
    void theTableHasEveryReasonOnce() {
        assertThat(TABLE.lines().skip(2).map(row -> Reason.valueOf(row.substring(0, row.indexOf(' ')))))
                .containsExactlyInAnyOrder(Reason.values());
    }

    /**
     * A newer view is known than the attempt was sent with, so nothing speaks against trying at once what is tried
     * again at all.
     */
    @ParameterizedTest
    @EnumSource(value = Case.class, mode = EnumSource.Mode.EXCLUDE, names = "READ_CORRUPT")
    void aRepairedMapMakesThePauseNeedless(Case refused) {
        boolean isQuestion = EnumSet.range(Case.ASKING, Case.ASKING_OPEN).contains(refused)
                || EnumSet.range(Case.RESOLVE_OPEN, Case.INQUIRY).contains(refused);
        for (Reason reason : Reason.values()) {
            Verdict before = refused.verdict(reason);
            boolean isRepeated = before == Verdict.AGAIN_LATER || before == Verdict.NEXT_MEMBER;
            assertThat(refused.verdict(reason, refused.repaired()))
                    .as("%s", reason)
                    .isEqualTo(isRepeated && !isQuestion ? Verdict.AGAIN_NOW : before);
        }
    }

    /** The members of a newer view may be others. */
    @Test
    void aRecordThatWasCorruptEverywhereIsAskedForAgainInANewerView() {
        assertThat(Case.READ_CORRUPT.verdict(Reason.CORRUPT, Case.READ_CORRUPT.repaired()))
                .isEqualTo(Verdict.AGAIN_NOW);
    }

    /** Another partition has the key: whatever the reason was, it is not that partition's. */
    @ParameterizedTest
    @EnumSource(Case.class)
    void aMovedKeyIsAskedForWhereItIs(Case refused) {
        Verdict verdict = switch (refused) {
            case VALIDATION, WHOLE, VOTE -> Verdict.NEW_TRANSACTION;
            case VOTE_OPEN, RESOLVE_OPEN -> Verdict.ASK_ELSEWHERE;
            default -> Verdict.ELSEWHERE;
        };
        Known moved = new Known(refused.known.isCertainlyNotDone(), true, true, false, false);
        assertThat(Arrays.stream(Reason.values())
                        .map(reason -> refused.verdict(reason, moved))
                        .distinct())
                .containsExactly(verdict);
    }
}
