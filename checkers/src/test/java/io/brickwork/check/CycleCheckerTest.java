package io.brickwork.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.TransactionHistory.Append;
import io.brickwork.check.TransactionHistory.Ending;
import io.brickwork.check.TransactionHistory.Read;
import io.brickwork.check.TransactionHistory.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each anomaly is named, in a history that has it and no other; and what looks like one and is none passes. */
class CycleCheckerTest {
    private final TransactionHistory history = new TransactionHistory();

    private static Read read(String key, String... values) {
        return new Read(key, List.of(values));
    }

    private static Append append(String key, String value) {
        return new Append(key, value);
    }

    /** Concurrent with all others of this kind. */
    private void committed(Step... steps) {
        history.end(history.begin("c", 0), Ending.COMMITTED, List.of(steps), 1_000);
    }

    private void ended(Ending ending, Step... steps) {
        history.end(history.begin("c", 0), ending, List.of(steps), 1_000);
    }

    private void between(long from, long to, Step... steps) {
        history.end(history.begin("c", from), Ending.COMMITTED, List.of(steps), to);
    }

    private void finds(String anomaly) {
        assertThat(CycleChecker.check(history))
                .isNotEmpty()
                .first()
                .satisfies(finding -> assertThat(finding.text()).startsWith(anomaly));
    }

    private void findsNothing() {
        assertThat(CycleChecker.check(history)).isEmpty();
    }

    @Test
    void serialHistoryIsFine() {
        between(0, 1, append("x", "1"), append("y", "2"));
        between(2, 3, read("x", "1"), append("x", "3"));
        between(4, 5, read("x", "1", "3"), read("y", "2"));
        findsNothing();
    }

    @Test
    void concurrentOnesMayGoInAnyOrder() {
        committed(read("x"), append("y", "1"));
        committed(append("x", "2"), read("y"));
        committed(read("x", "2"), read("y", "1"));
        finds("G2 (write skew)"); // each of the first two went before the other
    }

    @Test
    void oneOfTwoMayHaveGoneFirst() {
        committed(read("x"), append("y", "1"));
        committed(append("x", "2"), read("y", "1"));
        committed(read("x", "2"), read("y", "1"));
        findsNothing();
    }

    @Test
    void writesInTwoOrdersAreG0() {
        committed(append("x", "1"), append("y", "1y"));
        committed(append("x", "2"), append("y", "2y"));
        committed(read("x", "1", "2"), read("y", "2y", "1y"));
        finds("G0:");
    }

    @Test
    void readOfWhatWasAbortedIsG1a() {
        ended(Ending.ABORTED, append("x", "1"));
        committed(read("x", "1"));
        finds("G1a:");
    }

    @Test
    void whatIsUnknownMayHaveBeenCommitted() {
        ended(Ending.UNKNOWN, append("x", "1"));
        ended(Ending.UNKNOWN, append("x", "2"));
        committed(read("x", "1"));
        findsNothing();
    }

    @Test
    void readInTheMiddleOfATransactionIsG1b() {
        committed(append("x", "1"), append("x", "2"));
        committed(read("x", "1"));
        finds("G1b:");
    }

    @Test
    void twoThatReadWhatTheOtherWroteAreG1c() {
        committed(append("x", "1"), read("y", "2"));
        committed(append("y", "2"), read("x", "1"));
        finds("G1c:");
    }

    @Test
    void halfATransactionSeenIsGSingle() {
        committed(append("x", "1"), append("y", "2"));
        committed(read("x", "1"), read("y"));
        committed(read("x", "1"), read("y", "2"));
        finds("G-single:");
    }

    @Test
    void lostUpdateIsNamed() {
        committed(read("x"), append("x", "1"));
        committed(read("x"), append("x", "2"));
        committed(read("x", "1", "2"));
        finds("G-single (lost update)");
    }

    @Test
    void longForkIsG2() {
        committed(append("x", "1"));
        committed(append("y", "2"));
        committed(read("x", "1"), read("y"));
        committed(read("x"), read("y", "2"));
        finds("G2:");
    }

    @Test
    void whatEndedBeforeMustBeSeen() {
        between(0, 1, append("x", "1"));
        between(2, 3, read("x"));
        between(4, 5, read("x", "1"));
        finds("G-single-realtime:");
    }

    @Test
    void whatIsConcurrentNeedNotBeSeen() {
        between(0, 3, append("x", "1"));
        between(2, 3, read("x"));
        between(4, 5, read("x", "1"));
        findsNothing();
    }

    @Test
    void orderOfWritesFollowsTheClock() {
        between(0, 1, append("x", "1"));
        between(2, 3, append("x", "2"));
        between(4, 5, read("x", "2", "1"));
        finds("G0-realtime:");
    }

    @Test
    void clockReachesOverOthers() {
        between(0, 1, append("x", "1"));
        between(2, 3, append("z", "9"));
        between(4, 5, read("x"));
        between(6, 7, read("x", "1"));
        finds("G-single-realtime:");
    }

    @Test
    void listsGrowInOneWay() {
        committed(append("x", "1"));
        committed(append("x", "2"));
        committed(read("x", "1", "2"));
        committed(read("x", "2"));
        finds("incompatible-order:");
    }

    @Test
    void valueIsThereOnce() {
        committed(append("x", "1"));
        committed(read("x", "1", "1"));
        finds("duplicate:");
    }

    @Test
    void valueComesFromSomebody() {
        committed(read("x", "1"));
        finds("garbage:");
    }

    @Test
    void ownWritesAreSeen() {
        committed(append("x", "1"), read("x"));
        finds("internal:");
    }

    @Test
    void cycleIsToldAsASentence() {
        committed(read("x"), append("x", "1"));
        committed(read("x"), append("x", "2"));
        committed(read("x", "1", "2"));
        assertThat(CycleChecker.check(history))
                .singleElement()
                .satisfies(finding -> assertThat(finding.text())
                        .contains("T0 comes before T1", "2 was appended to x behind 1", "x was read without 1"));
    }
}
