package io.brickwork.core.partition.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.partition.store.Locks.Sight;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.RangeDigest;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is locked from a vote to the commit of its decision, and what whoever reads or writes sees of that. */
class LocksTest {
    private static final PartitionId P = new PartitionId(1, 0);
    private static final long NOW = Long.MAX_VALUE;

    private final Locks locks = new Locks(List.of());

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }

    private static OperationId transaction(long number) {
        return new OperationId(new SessionId(1, 2), number);
    }

    private static TransactionRecord vote(long number, List<Compare> compares, String... writes) {
        List<Effect> effects = List.of(writes).stream()
                .map(key -> new Effect(key(key), key("v")))
                .toList();
        return TransactionRecord.prepared(transaction(number), P, 0, List.of(), new Part(compares, effects));
    }

    private void store(long seq, TransactionRecord record) {
        locks.onStored(EntryCodec.encodeTransaction(P, new Version(1, seq), record, 0, List.of()));
    }

    private boolean isFree(Footprint footprint) {
        return locks.conflictingWith(footprint).isEmpty();
    }

    private static Footprint writing(String key) {
        return new Footprint(List.of(key(key)), List.of(), List.of());
    }

    private static Footprint reading(String key) {
        return new Footprint(List.of(), List.of(key(key)), List.of());
    }

    @Test
    void aReaderWaitsBetweenTheVoteAndTheDecision() {
        TransactionRecord vote = vote(1, List.of(), "a");
        store(5, vote);
        assertThat(locks.sight(key("a"), 4))
                .as("whoever does not know of the vote asks")
                .isEqualTo(Sight.DIRTY);
        assertThat(locks.sight(key("a"), 5)).isEqualTo(Sight.LOCKED);
        assertThat(locks.sight(key("b"), 5)).isEqualTo(Sight.FREE);
        store(9, vote.become(State.COMMITTED));
        assertThat(locks.sight(key("a"), 8)).isEqualTo(Sight.LOCKED);
        assertThat(locks.sight(key("a"), 9)).isEqualTo(Sight.FREE);
        assertThat(locks.onCommitted(8)).isFalse();
        assertThat(locks.onCommitted(9)).isTrue();
        assertThat(locks.isEmpty()).isTrue();
        assertThat(locks.isFreeToRead()).isTrue();
    }

    @Test
    void aWriterNeedNotWaitUntilTheDecisionIsCommitted() {
        TransactionRecord vote = vote(1, List.of(), "a");
        store(5, vote);
        assertThat(isFree(writing("a"))).isFalse();
        store(9, vote.become(State.ABORTED));
        assertThat(isFree(writing("a"))).isTrue();
        store(10, vote(2, List.of(), "a"));
        assertThat(locks.sight(key("a"), 8)).as("of the older one").isEqualTo(Sight.LOCKED);
        assertThat(locks.sight(key("a"), NOW)).as("of the younger").isEqualTo(Sight.LOCKED);
        locks.onCommitted(9);
        assertThat(locks.sight(key("a"), 9)).isEqualTo(Sight.DIRTY);
    }

    @Test
    void whatIsComparedIsSharedByThoseThatCompare() {
        KeyRange range = new KeyRange(key("m"), key("p"));
        store(1, vote(1, List.of(new Compare.Absent(key("a")), new Compare.SameRange(range, new RangeDigest().end()))));
        assertThat(locks.isFreeToRead()).as("readers stop at writes alone").isTrue();
        assertThat(isFree(reading("a"))).isTrue();
        assertThat(isFree(writing("a"))).isFalse();
        assertThat(isFree(writing("n"))).isFalse();
        assertThat(isFree(writing("p"))).isTrue();
        assertThat(isFree(new Footprint(List.of(), List.of(), List.of(range)))).isTrue();
        store(2, vote(2, List.of(), "x"));
        assertThat(isFree(new Footprint(List.of(), List.of(), List.of(new KeyRange(key("w"), null)))))
                .isFalse();
        assertThat(locks.exclusiveIn(new KeyRange(key("a"), key("b")))).isNull();
    }

    @Test
    void aCutTakesVotesAndDecisionsBack() {
        TransactionRecord first = vote(1, List.of(), "a");
        store(1, first);
        store(2, vote(2, List.of(), "b"));
        store(3, first.become(State.COMMITTED));
        locks.cut(1);
        assertThat(isFree(writing("b"))).isTrue();
        assertThat(isFree(writing("a"))).isFalse();
        assertThat(locks.hasUndecided()).isTrue();
        assertThat(locks.sight(key("a"), NOW)).isEqualTo(Sight.LOCKED);
    }

    @Test
    void whatTheTableSaysIsLockedAndAVoteThatComesAgainChangesNothing() {
        TransactionRecord vote = vote(1, List.of(), "a");
        Locks later = new Locks(List.of(new SessionRow.Stand(vote, new Version(1, 5), null)));
        Entry again = EntryCodec.encodeTransaction(P, new Version(1, 5), vote, 0, List.of());
        later.onStored(again); // a copy that is ahead of the entries
        later.onStored(EntryCodec.encodeTransaction(P, new Version(1, 7), vote.become(State.COMMITTED), 0, List.of()));
        assertThat(later.onCommitted(7)).isTrue();
        assertThat(later.isFreeToRead()).isTrue();
    }
}
