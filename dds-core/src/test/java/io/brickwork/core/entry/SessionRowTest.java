package io.brickwork.core.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionRowTest {
    private static final SessionId SESSION = new SessionId(1, 2);

    private final SessionRow row = new SessionRow(SESSION);

    @Test
    void completionsAreFoundByNumber() {
        Entry second = entry(SESSION, 2, 1, 0);
        row.fold(second);
        assertThat(row.find(2)).isEqualTo(second.completion());
        assertThat(row.find(1)).isNull();
        assertThat(row.find(3)).isNull();
        assertThat(row.lowWater()).isZero();
        assertThat(row.session()).isEqualTo(SESSION);
    }

    @Test
    void lowWaterForgetsWhatLiesBelowItAndNothingElse() {
        for (int number = 1; number <= 5; number++) {
            row.fold(entry(SESSION, number, number, 0));
        }
        row.fold(entry(SESSION, 6, 6, 4));
        assertThat(row.completions().keySet()).containsExactly(4L, 5L, 6L);
        assertThat(row.lowWater()).isEqualTo(4);
    }

    @Test
    void lowWaterNeverFalls() {
        row.fold(entry(SESSION, 9, 1, 8));
        row.fold(entry(SESSION, 10, 2, 3));
        assertThat(row.lowWater()).isEqualTo(8);
        assertThat(row.completions().keySet()).containsExactly(9L, 10L);
    }

    /** A row copied from a later state takes in once more what led to it. */
    @Test
    void entriesThatTheRowHasAlreadyChangeNothing() {
        List<Entry> entries = List.of(
                entry(SESSION, 1, 1, 0), entry(SESSION, 2, 2, 0), entry(SESSION, 3, 3, 2), entry(SESSION, 4, 4, 3));
        entries.forEach(row::fold);
        SessionRow copy = new SessionRow(row);
        entries.forEach(copy::fold);

        assertThat(copy.completions()).isEqualTo(row.completions()).containsOnlyKeys(3L, 4L);
        assertThat(copy.lowWater()).isEqualTo(3);
        assertThat(copy.resultBytes(0)).isEqualTo(row.resultBytes(0));
    }

    // ---- transactions

    private static final PartitionId P = new PartitionId(1, 0);

    private static TransactionRecord vote(long number) {
        return TransactionRecord.prepared(new OperationId(SESSION, number), P, 0, List.of(), Part.NOTHING);
    }

    private void stand(long seq, long lowWater, TransactionRecord record) {
        row.fold(EntryCodec.encodeTransaction(P, new Version(1, seq), record, lowWater, List.of()));
    }

    private State state(long number) {
        SessionRow.Stand stand = row.stand(number, P);
        return stand == null ? State.FORGOTTEN : stand.record().state();
    }

    @Test
    void whereThePartitionStandsIsForgottenBelowTheMark() {
        stand(1, 0, vote(1));
        assertThat(state(1)).isEqualTo(State.PREPARED);
        stand(2, 0, vote(1).become(State.COMMITTED));
        stand(3, 0, TransactionRecord.refused(new OperationId(SESSION, 2), P, "no"));
        assertThat(state(1)).isEqualTo(State.COMMITTED);
        assertThat(state(2)).isEqualTo(State.REFUSED);
        row.fold(entry(SESSION, 5, 4, 3));
        assertThat(row.stands()).isEmpty();
    }

    @Test
    void aYesStaysUntilItIsSettledWhateverTheMark() {
        stand(1, 0, vote(1));
        row.fold(entry(SESSION, 5, 4, 3));
        assertThat(state(1)).isEqualTo(State.PREPARED);
        stand(5, 3, vote(1).become(State.ABORTED));
        assertThat(row.stands()).isEmpty();
    }

    @Test
    void aCommitOutlivesItsSessionUntilAllAreKnownToHaveIt() {
        stand(1, 0, vote(1));
        row.fold(EntryCodec.encodeExpiry(P, new Version(1, 2), SESSION));
        assertThat(row.isOver()).isFalse();
        stand(3, OperationId.LAST_NUMBER, vote(1).become(State.COMMITTED));
        assertThat(state(1)).isEqualTo(State.COMMITTED);
        assertThat(row.completions()).isEmpty();
        stand(4, OperationId.LAST_NUMBER, vote(1).become(State.FORGOTTEN));
        assertThat(row.isOver()).isTrue();
    }

    @Test
    void anAbortDoesNotOutliveItsSession() {
        stand(1, 0, vote(1));
        row.fold(EntryCodec.encodeExpiry(P, new Version(1, 2), SESSION));
        stand(3, OperationId.LAST_NUMBER, vote(1).become(State.ABORTED));
        assertThat(row.isOver()).isTrue();
    }

    @Test
    void whatWasDecidedNeverChanges() {
        stand(1, 0, vote(1));
        stand(2, 0, vote(1).become(State.ABORTED));
        assertThatThrownBy(() -> stand(3, 0, vote(1).become(State.COMMITTED)))
                .isInstanceOf(Check.InvariantBroken.class);
        stand(1, 0, vote(1)); // once more, in a copy that is ahead
        assertThat(state(1)).isEqualTo(State.ABORTED);
    }

    @Test
    void aPartitionThatTakesInAnotherKeepsBothVotesUnderTheirNames() {
        PartitionId other = new PartitionId(1, 9);
        stand(1, 0, vote(1).become(State.COMMITTED));
        SessionRow absorbed = new SessionRow(SESSION);
        absorbed.fold(EntryCodec.encodeTransaction(
                other,
                new Version(1, 7),
                TransactionRecord.refused(new OperationId(SESSION, 1), other, "no"),
                0,
                List.of()));
        row.absorb(absorbed, other);
        assertThat(state(1)).isEqualTo(State.COMMITTED);
        assertThat(Check.present(row.stand(1, other), "the other's").record().state())
                .isEqualTo(State.REFUSED);
        assertThat(Check.present(row.stand(1, other), "the other's").storedBy()).isEqualTo(other);
    }

    @Test
    void completionsCannotBeChangedFromOutside() {
        row.fold(entry(SESSION, 1, 1, 0));
        assertThatThrownBy(() -> row.completions().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void rowMadeOfWhatAnotherHoldsIsEqualToIt() {
        row.fold(entry(SESSION, 3, 1, 2));
        row.fold(entry(SESSION, 5, 2, 2));
        SessionRow copy = new SessionRow(row);
        assertThat(copy.completions()).isEqualTo(row.completions());
        assertThat(copy.lowWater()).isEqualTo(2);
    }

    @Test
    void entryOfAnotherSessionOrOfNoneIsABrokenInvariant() {
        assertThatThrownBy(() -> row.fold(entry(new SessionId(1, 3), 1, 1, 0)))
                .isInstanceOf(Check.InvariantBroken.class);
        Entry nobodys =
                EntryCodec.encode(Entry.Kind.WRITE, new PartitionId(1, 0), new Version(1, 1), null, 0, List.of());
        assertThatThrownBy(() -> row.fold(nobodys)).isInstanceOf(Check.InvariantBroken.class);
    }

    private static Entry entry(SessionId session, long number, long seq, long lowWater) {
        Version version = new Version(1, seq);
        Completion completion =
                new Completion(new OperationId(session, number), version, Completion.Status.DONE, Bytes.EMPTY);
        return EntryCodec.encode(Entry.Kind.WRITE, new PartitionId(1, 0), version, completion, lowWater, List.of());
    }
}
