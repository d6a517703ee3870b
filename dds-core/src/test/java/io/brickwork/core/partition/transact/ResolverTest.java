package io.brickwork.core.partition.transact;

import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResolverTest {
    private static final long EPOCH = 1;
    private static final PartitionId OTHER = OnePrimary.OTHER;
    private static final PartitionId THIRD = new PartitionId(2, 1);

    private final OnePrimary primary = new OnePrimary();
    private final OneReplica replica = primary.replica;
    private final List<State> settled = new ArrayList<>();
    private final Resolver resolver = new Resolver(
            PARTITION,
            EPOCH,
            replica.log.locks(),
            replica.commitPoint,
            primary.drain,
            (prepared, outcome, nowNanos) -> settled.add(outcome),
            replica.ports);

    // ---- the outcome

    /** What two other participants have answered; "-" for nothing yet, "none" for a vote that will never come. */
    static Stream<Arguments> answers() {
        return Stream.of(
                arguments("-", "-", null),
                arguments("PREPARED", "-", null),
                arguments("-", "PREPARED", null),
                arguments("PREPARED", "PREPARED", State.COMMITTED),
                arguments("COMMITTED", "-", State.COMMITTED),
                arguments("-", "COMMITTED", State.COMMITTED),
                arguments("COMMITTED", "PREPARED", State.COMMITTED),
                arguments("PREPARED", "COMMITTED", State.COMMITTED),
                arguments("COMMITTED", "COMMITTED", State.COMMITTED),
                arguments("REFUSED", "-", State.ABORTED),
                arguments("-", "REFUSED", State.ABORTED),
                arguments("REFUSED", "PREPARED", State.ABORTED),
                arguments("PREPARED", "REFUSED", State.ABORTED),
                arguments("REFUSED", "REFUSED", State.ABORTED),
                arguments("ABORTED", "-", State.ABORTED),
                arguments("-", "ABORTED", State.ABORTED),
                arguments("ABORTED", "PREPARED", State.ABORTED),
                arguments("PREPARED", "ABORTED", State.ABORTED),
                arguments("ABORTED", "ABORTED", State.ABORTED),
                arguments("ABORTED", "REFUSED", State.ABORTED),
                arguments("REFUSED", "ABORTED", State.ABORTED),
                arguments("none", "-", State.ABORTED),
                arguments("-", "none", State.ABORTED),
                arguments("none", "PREPARED", State.ABORTED),
                arguments("PREPARED", "none", State.ABORTED),
                arguments("none", "none", State.ABORTED),
                arguments("none", "REFUSED", State.ABORTED),
                arguments("REFUSED", "none", State.ABORTED),
                arguments("none", "ABORTED", State.ABORTED),
                arguments("ABORTED", "none", State.ABORTED));
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @MethodSource("answers")
    void theOutcomeFollowsFromTheAnswersOfTheOthers(String second, String third, @Nullable State outcome) {
        Map<PartitionId, Inquiry.Told> told = new LinkedHashMap<>();
        put(told, OTHER, second);
        put(told, THIRD, third);
        assertThat(Resolver.outcome(yesOf(PARTITION, OTHER, THIRD), told)).isEqualTo(outcome);
    }

    private static void put(Map<PartitionId, Inquiry.Told> told, PartitionId partition, String answer) {
        if (!answer.equals("-")) {
            told.put(partition, new Inquiry.Told(answer.equals("none") ? null : State.valueOf(answer)));
        }
    }

    @Test
    void theOwnRecordIsNoAnswerOfAnother() {
        Map<PartitionId, Inquiry.Told> told = Map.of(PARTITION, new Inquiry.Told(State.PREPARED));
        assertThat(Resolver.outcome(yesOf(PARTITION, OTHER), told)).isNull();
    }

    private TransactionRecord yesOf(PartitionId... participants) {
        List<Participant> all = Stream.of(participants)
                .map(one -> new Participant(one, Bytes.utf8("k")))
                .toList();
        return TransactionRecord.prepared(primary.operation(1), PARTITION, 0, all, Part.NOTHING);
    }

    // ---- when it asks whom

    private BrickId primaryOfOther() {
        return Objects.requireNonNull(replica.metadata.group(OTHER)).newest().primary();
    }

    private List<ReplicaMessage> asked() {
        return replica.takeSentTo(primaryOfOther()).stream()
                .filter(ReplicaMessage.AskStand.class::isInstance)
                .toList();
    }

    private void vote() {
        primary.request(primary.prepare(1, 1, 0, "a"));
    }

    private void tell(@Nullable State state, long nowNanos) {
        resolver.onTold(new ReplicaMessage.TellStand(PARTITION, EPOCH, primary.operation(1), OTHER, state), nowNanos);
    }

    @Test
    void theOthersAreAskedOnceTheOutcomeWasWaitedFor() {
        vote();
        primary.commit();
        resolver.onTick(0);
        resolver.onTick(Resolver.PATIENCE_NANOS - 1);
        assertThat(asked()).isEmpty();
        resolver.onTick(Resolver.PATIENCE_NANOS);
        assertThat(asked())
                .containsExactly(new ReplicaMessage.AskStand(OTHER, EPOCH, primary.operation(1), OTHER, PARTITION));
    }

    @Test
    void theyAreAskedAgainUntilTheyAnswerAndNotOftener() {
        vote();
        primary.commit();
        resolver.onTick(0);
        resolver.onTick(Resolver.PATIENCE_NANOS);
        resolver.onTick(Resolver.PATIENCE_NANOS + Resolver.ASK_NANOS - 1);
        assertThat(asked()).hasSize(1);
        resolver.onTick(Resolver.PATIENCE_NANOS + Resolver.ASK_NANOS);
        assertThat(asked()).hasSize(1);
    }

    @Test
    void aSplitThatWaitsHasThemAskedSoon() {
        vote();
        primary.commit();
        primary.drain.isDrained(0);
        resolver.onTick(0);
        resolver.onTick(Resolver.ASK_NANOS);
        assertThat(asked()).hasSize(1);
    }

    @Test
    void aVoteThatMayYetBeCutIsNotAskedAbout() {
        vote();
        resolver.onTick(0);
        resolver.onTick(Resolver.PATIENCE_NANOS);
        assertThat(asked()).isEmpty();
    }

    @Test
    void anAnswerThatDecidesSettlesTheYes() {
        vote();
        primary.commit();
        resolver.onTick(0);
        tell(State.PREPARED, 1);
        assertThat(settled).containsExactly(State.COMMITTED);
        assertThat(replica.events.toString()).contains("TransactionResolved");
    }

    @Test
    void nothingIsSettledThatTheClientHasDecided() {
        vote();
        primary.commit();
        resolver.onTick(0);
        primary.request(primary.decide(2, 1, true));
        tell(State.COMMITTED, 1);
        assertThat(settled).isEmpty();
    }

    @Test
    void answersOfOtherTransactionsCountForNothing() {
        vote();
        primary.commit();
        resolver.onTick(0);
        resolver.onTold(new ReplicaMessage.TellStand(PARTITION, EPOCH, primary.operation(2), OTHER, State.REFUSED), 1);
        assertThat(settled).isEmpty();
    }
}
