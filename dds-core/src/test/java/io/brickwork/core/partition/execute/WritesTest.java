package io.brickwork.core.partition.execute;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.RecordAccess;
import java.util.List;
import org.junit.jupiter.api.Test;

class WritesTest {
    private final OnePrimary primary = new OnePrimary();

    private void write(long ticket, long number, String body) {
        primary.request(primary.write(ticket, number, body));
    }

    private static Effect put(String key, String value) {
        return new Effect(Bytes.utf8(key), Bytes.utf8(value));
    }

    /** A transaction within this partition, as one write. */
    private CallMessage.Write whole(long ticket, long number, int age, Part part) {
        return new CallMessage.Write(
                ticket,
                OneReplica.PARTITION,
                0,
                primary.operation(number),
                1,
                0,
                Bytes.utf8("a"),
                RecordAccess.commit(new RecordAccess.Whole(part, age, 0)));
    }

    // ---- once, and answered when committed

    @Test
    void aWriteIsAnsweredWhenItIsCommitted() {
        write(1, 1, "put a b");
        assertThat(primary.takeAnswers()).isEmpty();
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 DONE");
    }

    @Test
    void anotherAttemptDoesNotExecuteAgain() {
        write(1, 1, "add a x");
        write(2, 1, "add a x");
        primary.commit();
        write(3, 1, "add a x");
        assertThat(primary.takeAnswers()).containsExactly("1 DONE", "2 DONE", "3 DONE");
        assertThat(primary.lastSeq()).isEqualTo(1);
    }

    @Test
    void withoutTheRuleAnotherAttemptWouldExecuteAgain() {
        primary.leaveOut(Defence.REMEMBER_COMPLETIONS);
        write(1, 1, "add a x");
        write(2, 1, "add a x");
        assertThat(primary.lastSeq()).isEqualTo(2);
    }

    @Test
    void aWriteSeesWhatIsStoredAndNotCommitted() {
        write(1, 1, "add a x");
        write(2, 2, "add a y");
        assertThat(primary.last().effects()).containsExactly(put("a", "xy"));
    }

    @Test
    void aWriteSeesWhatIsInTheTable() {
        write(1, 1, "add a x");
        primary.commit();
        primary.apply();
        write(2, 2, "add a y");
        assertThat(primary.last().effects()).containsExactly(put("a", "xy"));
    }

    @Test
    void withoutTheRuleAWriteWouldSeeWhatIsCommittedAlone() {
        primary.leaveOut(Defence.EVALUATE_AGAINST_NEWEST);
        write(1, 1, "add a x");
        write(2, 2, "add a y");
        assertThat(primary.last().effects()).containsExactly(put("a", "y"));
    }

    @Test
    void anOperationThatFailsIsRejectedForGood() {
        write(1, 1, "boom a");
        primary.commit();
        write(2, 1, "boom a");
        assertThat(primary.takeAnswers()).containsExactly("1 REJECTED", "2 REJECTED");
        assertThat(primary.lastSeq()).isEqualTo(1);
        assertThat(primary.last().effects()).isEmpty();
    }

    @Test
    void anOperationThatFailsAfterAPutIsRejectedOnAFullDiskToo() {
        primary.replica.fillPermille = 950;
        write(1, 1, "putboom a");
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 REJECTED");
        assertThat(primary.last().effects()).isEmpty();
    }

    @Test
    void aKeyThatIsWrittenManyTimesCountsOnce() {
        write(1, 1, "putmany a");
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 DONE");
        assertThat(primary.last().effects()).hasSize(1);
    }

    @Test
    void aWriteWithoutEffectIsStoredSoThatALateDuplicateFindsIt() {
        write(1, 1, "del a");
        primary.commit();
        write(2, 2, "put a b");
        write(3, 1, "del a");
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 DONE", "3 DONE", "2 DONE");
        assertThat(primary.lastSeq()).isEqualTo(2);
    }

    // ---- what is refused

    @Test
    void aReadThatIsSentAsAWriteIsRefused() {
        write(1, 1, "get a");
        assertThat(primary.takeAnswers()).containsExactly("1 MALFORMED");
        assertThat(primary.lastSeq()).isZero();
    }

    @Test
    void aFullDiskTakesNoPutsAndStillTakesDeletes() {
        primary.replica.fillPermille = 950;
        write(1, 1, "put a b");
        write(2, 2, "del a");
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 NO_SPACE", "2 DONE");
    }

    @Test
    void aKeyOutsideThePartitionIsNotWritten() {
        primary.replica.serve("b", "z");
        write(1, 1, "put a b");
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 REJECTED");
        assertThat(primary.last().effects()).isEmpty();
    }

    // ---- beside transactions

    @Test
    void aWriteWaitsForTheOutcomeOfATransactionThatHasLockedItsKey() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        write(2, 2, "add a x");
        assertThat(primary.lastSeq()).isEqualTo(1);
        primary.request(primary.decide(3, 1, true));
        assertThat(primary.last().effects()).as("after the transaction").containsExactly(put("a", "newx"));
    }

    @Test
    void aWriteDoesNotWaitForOtherKeys() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        write(2, 2, "put b x");
        assertThat(primary.last().effects()).containsExactly(put("b", "x"));
    }

    @Test
    void whatATransactionHasComparedIsNotWrittenBeforeItsOutcome() {
        primary.request(primary.prepare(1, 1, 0, List.of(new Compare.Absent(Bytes.utf8("b"))), "a"));
        write(2, 2, "put b x");
        assertThat(primary.lastSeq()).isEqualTo(1);
    }

    @Test
    void withoutTheRuleAWriteWouldNotWait() {
        primary.leaveOut(Defence.WRITE_WHAT_IS_FREE);
        primary.request(primary.prepare(1, 1, 0, "a"));
        write(2, 2, "add a x");
        assertThat(primary.lastSeq()).isEqualTo(2);
    }

    @Test
    void aTransactionWithinThePartitionIsOneEntry() {
        primary.request(whole(1, 1, 0, new Part(List.of(), List.of(put("a", "x"), put("b", "y")))));
        assertThat(primary.last().effects()).containsExactly(put("a", "x"), put("b", "y"));
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 DONE");
    }

    @Test
    void aTransactionWithinThePartitionWritesNothingIfACompareFails() {
        List<Compare> compares = List.of(new Compare.HasValue(Bytes.utf8("b"), Bytes.utf8("old")));
        primary.request(whole(1, 1, 0, new Part(compares, List.of(put("a", "x")))));
        assertThat(primary.last().effects()).isEmpty();
    }

    @Test
    void aTransactionThatFailedOftenFindsItsKeysReserved() {
        List<Compare> compares = List.of(new Compare.HasValue(Bytes.utf8("a"), Bytes.utf8("old")));
        primary.request(whole(1, 1, 5, new Part(compares, List.of(put("a", "x")))));
        long before = primary.lastSeq();
        write(2, 2, "put a b");
        primary.request(whole(3, 3, 0, new Part(List.of(), List.of(put("a", "y")))));
        assertThat(primary.lastSeq()).isEqualTo(before);
        assertThat(primary.takeAnswers()).as("the single write waits").containsExactly("3 NOT_YET");

        primary.request(whole(4, 4, 6, new Part(List.of(), List.of(put("a", "z")))));
        assertThat(primary.lastSeq()).isEqualTo(before + 1);
    }

    @Test
    void operationsAreThoseOfTheirSession() {
        OperationId other = new OperationId(primary.openSession(), 1);
        write(1, 1, "add a x");
        primary.request(OnePrimary.write(2, other, 0, "add a x"));
        assertThat(primary.lastSeq()).isEqualTo(2);
    }
}
