package io.brickwork.core.client;

import static io.brickwork.core.client.ClientParts.DEADLINE;
import static io.brickwork.core.client.ClientParts.NOW;
import static io.brickwork.core.client.ClientParts.PARTITION;
import static io.brickwork.core.client.ScriptedClient.TABLE;
import static io.brickwork.core.client.ScriptedClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.Participant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TransactionCallsTest {
    private static final Minitransaction.Item WRITE_0 = write(0);
    private static final Minitransaction.Item WRITE_1 = write(1);
    private static final Minitransaction.Item ABSENT_0 = new Minitransaction.Expect(TABLE, new Compare.Absent(key(0)));

    private final ClientParts parts = new ClientParts().linked(100).inSession();
    private final TransactionCalls transactions =
            new TransactionCalls(parts.router, parts.runner, parts.pauses, parts.reasons, Defences.ALL, parts);
    private final Session session = Check.present(parts.keeper.session(), "no session");
    private long lastCall = 1000;

    private static Minitransaction.Item write(int partition) {
        return new Minitransaction.Write(TABLE, new Effect(key(partition), Bytes.utf8("x")));
    }

    private TransactionCall transact(Minitransaction.Item... items) {
        long id = ++lastCall;
        transactions.onTransact(
                new ClientInput.Transact(id, new Minitransaction(List.of(items)), 0, DEADLINE, "transaction"));
        parts.advanced.forEach(transactions::advance);
        parts.advanced.clear();
        return (TransactionCall) Check.present(parts.calls.get(id), "call %d is over", id);
    }

    private static Coordinator underWay(TransactionCall lead) {
        return Check.present(lead.coordinator(), "no attempt of call %d is under way", lead.id);
    }

    /** The first call that the transaction's attempt has opened and that is not over. */
    private PartitionCall question() {
        return parts.calls.snapshot().stream()
                .filter(PartitionCall.class::isInstance)
                .map(PartitionCall.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private void sendAway(PartitionCall question, Reason reason) {
        transactions.onSentAway(question, parts.refused(question, ScriptedClient.A, reason));
    }

    private static Outcome done() {
        return new Outcome.Done(PARTITION, Version.NONE, Bytes.EMPTY);
    }

    @Test
    void anEmptyOneIsDoneAtOnce() {
        transactions.onTransact(
                new ClientInput.Transact(1, new Minitransaction(List.of()), 0, DEADLINE, "transaction"));
        assertThat(parts.outcomes.get(1L)).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void oneThatComesAfterTheEndIsRefused() {
        parts.runner.end(GivenUp.CLOSE);
        transactions.onTransact(
                new ClientInput.Transact(1, new Minitransaction(List.of(WRITE_0)), 0, DEADLINE, "transaction"));
        parts.failure(1, DdsException.Closed.class);
    }

    @Test
    void twoPartitionsAreAskedForVotesOneForAllOfItAndWhatWritesNothingIsValidated() {
        transact(WRITE_0, WRITE_1);
        assertThat(parts.sent).hasSize(2).allMatch(sent -> sent.message() instanceof CallMessage.Prepare);
        parts.sent.clear();
        transact(WRITE_0, ABSENT_0);
        assertThat(parts.sent).singleElement().matches(sent -> sent.message() instanceof CallMessage.Write);
        parts.sent.clear();
        transact(ABSENT_0);
        assertThat(parts.sent).singleElement().matches(sent -> sent.message() instanceof CallMessage.Read);
    }

    @Test
    void aConflictIsToldAfterAPause() {
        TransactionCall lead = transact(WRITE_0, WRITE_1);
        Outcome conflict = new Outcome.Failed(Failures.conflict(lead.subject(), "others were faster"));
        transactions.tell(underWay(lead), conflict);
        assertThat(parts.outcomes).isEmpty();
        assertThat(lead.actAtNanos).isBetween(NOW, NOW + RetryPauses.CONFLICT_NANOS);
        transactions.advance(lead);
        assertThat(parts.outcomes).containsEntry(lead.id, conflict);
    }

    @Test
    void whatIsSentAwayGrowsOlderAndBeginsAnewUnderAnotherNumber() {
        TransactionCall lead = transact(WRITE_0, WRITE_1);
        sendAway(question(), Reason.EXPIRED);
        assertThat(lead.age()).isEqualTo(1);
        assertThat(lead.coordinator()).isNull();
        assertThat(lead.number().id()).isNull();
        assertThat(lead.actAtNanos).isGreaterThan(NOW);
        transactions.advance(lead);
        parts.advanced.forEach(transactions::advance);
        assertThat(Check.present(lead.number().id(), "no number").number()).isEqualTo(2);
    }

    @Test
    void whoWaitsForTheTurnsOfOthersGrowsNoOlder() {
        TransactionCall lead = transact(WRITE_0, WRITE_1);
        sendAway(question(), Reason.NOT_YET);
        assertThat(lead.age()).isZero();
    }

    @Test
    void theMarkPassesTheNumberOfOneThatBeganAnew() {
        transact(WRITE_0);
        sendAway(question(), Reason.NOT_YET);
        assertThat(session.lowWater()).isEqualTo(2);
    }

    /** Its partitions were merged while it waited for the number. */
    @Test
    void theMarkPassesTheNumberOfOneThatNeedsNoneAnyMore() {
        TransactionCall lead = parts.readOnlyTransaction();
        parts.runner.open(lead);
        lead.number().begin(session);
        parts.router.learn(PARTITION, new KeyRange(key(0), key(2)));
        transactions.advance(lead);
        assertThat(question()).isInstanceOf(ReadCall.class);
        assertThat(session.lowWater()).isEqualTo(2);
    }

    @Test
    void theMarkPassesTheNumberOfOneThatConcernsTooManyPartitions() {
        Minitransaction.Item[] items = IntStream.rangeClosed(0, Participant.AT_MOST)
                .mapToObj(structure -> new Minitransaction.Write(
                        new StructureInfo(100 + structure, "orders", TABLE.spec()),
                        new Effect(key(0), Bytes.utf8("x"))))
                .toArray(Minitransaction.Item[]::new);
        TransactionCall lead = parts.transaction(items);
        parts.runner.open(lead);
        lead.number().begin(session);
        transactions.advance(lead);
        parts.failure(lead.id, DdsException.Overloaded.class);
        assertThat(session.lowWater()).isEqualTo(2);
    }

    @Test
    void oneThatIsGivenUpWhileItMayBeCommittedGoesOnWithoutItsCaller() {
        TransactionCall lead = transact(WRITE_0, WRITE_1);
        Coordinator coordinator = underWay(lead);
        transactions.giveUp(lead, GivenUp.DEADLINE);
        DdsException.UnknownOutcome unknown = parts.failure(lead.id, DdsException.UnknownOutcome.class);
        Session.Unsettled left = Check.present(session.unsettled(unknown.id().orElseThrow()), "not kept");
        assertThat(left.coordinator).isSameAs(coordinator);
        List<Call> votes = parts.calls.snapshot();
        assertThat(votes).hasSize(2).allMatch(call -> ((VoteCall) call).account.onlyAsks());
        votes.forEach(call -> parts.runner.finish(call, done()));
        assertThat(left.late).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void oneOfOnePartitionIsGivenUpAsItsOnlyCall() {
        TransactionCall lead = transact(WRITE_0);
        transactions.giveUp(lead, GivenUp.DEADLINE);
        parts.failure(lead.id, DdsException.UnknownOutcome.class);
        assertThat(parts.calls.size()).isZero();
    }

    @Test
    void theMarkPassesItsNumberWhenAllParticipantsKnowTheOutcome() {
        TransactionCall lead = transact(WRITE_0, WRITE_1);
        for (Call vote : parts.calls.snapshot()) {
            if (vote instanceof VoteCall) {
                parts.runner.finish(vote, done());
            }
        }
        assertThat(parts.outcomes.get(lead.id)).isInstanceOf(Outcome.Done.class);
        assertThat(session.lowWater()).isEqualTo(1);
        parts.calls.snapshot().forEach(decision -> parts.runner.finish(decision, done()));
        assertThat(session.lowWater()).isEqualTo(2);
    }
}
