package io.brickwork.core.client;

import static io.brickwork.core.client.ClientParts.NOW;
import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One attempt of a transaction, with a host that notes what it is asked for. */
class CoordinatorTest implements Coordinator.Host {
    private final ClientParts parts = new ClientParts();
    private final List<PartitionCall> begun = new ArrayList<>();
    private final List<PartitionCall> insisted = new ArrayList<>();
    private final List<Outcome> told = new ArrayList<>();
    private final Coordinator coordinator = parts.coordinator(this);
    private int again;
    private int settled;
    private long lastCall;

    @Override
    public void begin(PartitionCall call) {
        begun.add(call);
    }

    @Override
    public void drop(PartitionCall call) {
        call.markOver();
    }

    @Override
    public void insist(PartitionCall call) {
        insisted.add(call);
    }

    @Override
    public void tell(Coordinator attempt, Outcome outcome) {
        told.add(outcome);
    }

    @Override
    public void again(Coordinator attempt) {
        again++;
    }

    @Override
    public void settled(Coordinator attempt) {
        settled++;
    }

    @Override
    public long nextCall() {
        return --lastCall;
    }

    private static PartitionId partition(int number) {
        return new PartitionId(TABLE.id(), number);
    }

    /** Each of so many partitions is to write a record. */
    private void askForVotes(int partitions) {
        TreeMap<PartitionId, Part> wanted = new TreeMap<>();
        for (int i = 0; i < partitions; i++) {
            wanted.put(partition(i), new Part(List.of(), List.of(new Effect(ScriptedClient.key(i), Bytes.utf8("x")))));
        }
        coordinator.begin(wanted);
    }

    /** The vote was asked for; it is not answered. */
    private VoteCall asked(int index) {
        VoteCall vote = (VoteCall) begun.get(index);
        vote.onSent(parts.attempt(vote, new CreditLink(A, 1)), NOW);
        return vote;
    }

    private void answer(PartitionCall call, Outcome outcome) {
        call.markOver();
        coordinator.onAnswered(call, outcome);
    }

    private static Outcome.Done yes() {
        return new Outcome.Done(partition(0), Version.NONE, Bytes.utf8("yes"));
    }

    private static Outcome.Failed no() {
        return new Outcome.Failed(Failures.conflict(ClientParts.SUBJECT, "it was aborted"));
    }

    private List<Boolean> decisions() {
        return begun.stream()
                .filter(DecisionCall.class::isInstance)
                .map(call -> ((CallMessage.Decide) call.request(1, 0)).isCommit())
                .toList();
    }

    @Test
    void commitsWhenAllHaveVotedYesAndIsSettledWhenAllKnow() {
        askForVotes(2);
        answer(asked(0), yes());
        assertThat(told).isEmpty();
        answer(asked(1), yes());
        assertThat(told).singleElement().isInstanceOf(Outcome.Done.class);
        assertThat(decisions()).containsExactly(true, true);
        answer(begun.get(2), yes());
        assertThat(settled).isZero();
        answer(begun.get(3), yes());
        assertThat(settled).isOne();
    }

    @Test
    void abortsAtTheFirstNoAndTellsThoseThatMayHaveVotedYes() {
        askForVotes(3);
        asked(0);
        Outcome no = no();
        answer(asked(1), no);
        assertThat(told).containsExactly(no);
        assertThat(decisions())
                .as("the one that was never asked need not be told")
                .containsExactly(false);
        assertThat(begun.get(3).partition()).isEqualTo(partition(0));
    }

    @Test
    void beginsAnewWithoutAWordToTheCallerIfNothingCameOfAQuestion() {
        askForVotes(2);
        asked(0);
        coordinator.onSentAway(asked(1));
        assertThat(again).isOne();
        assertThat(told).isEmpty();
        assertThat(decisions()).containsExactly(false);
    }

    @Test
    void isCertainlyNotDoneAsLongAsOneParticipantCannotHaveVotedYes() {
        askForVotes(2);
        asked(0);
        assertThat(coordinator.isCertainlyNotDone()).isTrue();
        VoteCall second = asked(1);
        assertThat(coordinator.isCertainlyNotDone()).isFalse();
        answer(second, yes());
        assertThat(coordinator.isCertainlyNotDone()).isFalse();
    }

    @Test
    void goesOnWithoutItsCallerUntilTheOutcomeIsKnown() {
        askForVotes(2);
        answer(asked(0), yes());
        VoteCall second = asked(1);
        Session.Unsettled left =
                new Session.Unsettled(second.operation(), partition(0), Bytes.EMPTY, ClientParts.SUBJECT);
        coordinator.goOnAlone(left);
        assertThat(insisted).containsExactly(second);
        answer(second, no());
        assertThat(told).singleElement().isInstanceOf(Outcome.Failed.class);
        assertThat(decisions()).containsExactly(false);
    }

    @Test
    void aVoteThatNobodyCanTellEndsItAsUnknown() {
        askForVotes(2);
        VoteCall vote = asked(0);
        DdsException unknown = Failures.unknown(ClientParts.SUBJECT, vote.operation(), "its session expired", 0);
        answer(vote, new Outcome.Failed(unknown));
        assertThat(told).containsExactly(new Outcome.Failed(unknown));
        assertThat(begun).allMatch(PartitionCall::isOver);
    }

    @Test
    void whatConcernsOnePartitionIsAWriteAndNeedsNoDecision() {
        askForVotes(1);
        assertThat(begun).singleElement().isInstanceOf(WriteCall.class);
        assertThat(coordinator.whole()).isSameAs(begun.getFirst());
        parts.refused(begun.getFirst(), A, Reason.OVERLOADED);
        answer(begun.getFirst(), yes());
        assertThat(told).singleElement().isInstanceOf(Outcome.Done.class);
        assertThat(decisions()).isEmpty();
        assertThat(settled).isOne();
    }

    @Test
    void whatWritesNothingNeedsNoLocksUnlessItCannotBeValidatedOrHasLostOften() {
        Part unchanged = new Part(List.of(new Compare.Unchanged(ScriptedClient.key(0), Version.NONE)), List.of());
        Part absent = new Part(List.of(new Compare.Absent(ScriptedClient.key(1))), List.of());
        TreeMap<PartitionId, Part> one = new TreeMap<>(Map.of(partition(0), absent));
        TreeMap<PartitionId, Part> versions = new TreeMap<>();
        versions.put(partition(0), unchanged);
        versions.put(partition(1), unchanged);
        TreeMap<PartitionId, Part> mixed = new TreeMap<>(versions);
        mixed.put(partition(1), absent);
        assertThat(Coordinator.needsNoLocks(one, 0)).isTrue();
        assertThat(Coordinator.needsNoLocks(versions, 2)).isTrue();
        assertThat(Coordinator.needsNoLocks(versions, 3)).isFalse();
        assertThat(Coordinator.needsNoLocks(mixed, 0)).isFalse();
    }
}
