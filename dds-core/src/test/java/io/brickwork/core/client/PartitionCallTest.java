package io.brickwork.core.client;

import static io.brickwork.core.client.ClientParts.DEADLINE;
import static io.brickwork.core.client.ClientParts.NOW;
import static io.brickwork.core.client.ClientParts.OTHER_PARTITION;
import static io.brickwork.core.client.ClientParts.PARTITION;
import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion.Status;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.transaction.TransactionRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of call sends, makes of an answer, and leaves in its session. */
class PartitionCallTest {
    private final ClientParts parts = new ClientParts();
    private final Session session = new Session(ScriptedClient.SESSION);

    private static Outcome outcome(PartitionCall call, Status status, Bytes result) {
        return call.outcome(new CallMessage.Answer(1, PARTITION, status, Version.NONE, result));
    }

    private static Bytes state(TransactionRecord.State state) {
        return Bytes.wrap(new byte[] {(byte) state.code()});
    }

    // ── requests ──

    @Test
    void attemptsOfAWriteAreCountedAndNamedByOneOperation() {
        WriteCall write = parts.write(session);
        CallMessage.Write first = (CallMessage.Write) write.request(5, 9);
        parts.refused(write, A, Reason.OVERLOADED);
        CallMessage.Write second = (CallMessage.Write) write.request(6, 9);
        assertThat(first.operation()).isEqualTo(second.operation()).isEqualTo(new OperationId(session.id(), 1));
        assertThat(first.attempt()).isEqualTo(1);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.epoch()).isEqualTo(9);
        assertThat(second.lowWater()).isEqualTo(1);
        assertThat(write.mayTakeEffect()).isTrue();
    }

    @Test
    void aWriteAndAVoteThatAreOnlyAskedForTakeNoEffect() {
        WriteCall write = parts.write(session);
        write.account.onlyAsk();
        assertThat(write.request(5, 9)).isInstanceOf(CallMessage.Inquire.class);
        assertThat(write.mayTakeEffect()).isFalse();
        VoteCall vote = parts.vote();
        assertThat(vote.request(5, 9)).isInstanceOf(CallMessage.Prepare.class);
        assertThat(vote.mayTakeEffect()).isTrue();
        vote.account.onlyAsk();
        assertThat(vote.request(5, 9)).isInstanceOf(CallMessage.Resolve.class);
        assertThat(vote.mayTakeEffect()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDecisionSaysWhatWasDecidedToTheParticipantAsItWasAskedAndTakesNoCredit(boolean isCommit) {
        DecisionCall decision = parts.decision(isCommit);
        decision.moveTo(OTHER_PARTITION);
        CallMessage.Decide request = (CallMessage.Decide) decision.request(5, 9);
        assertThat(request.isCommit()).isEqualTo(isCommit);
        assertThat(request.partition()).isEqualTo(OTHER_PARTITION);
        assertThat(request.participant()).isEqualTo(PARTITION);
        assertThat(decision.takesCredit()).isFalse();
        assertThat(parts.read().takesCredit()).isTrue();
    }

    // ── answers ──

    @Test
    void aStoredRejectionIsAConflictForEveryKind() {
        Outcome told = outcome(parts.write(session), Status.REJECTED, Bytes.utf8("too poor"));
        assertThat(((Outcome.Failed) told).failure())
                .isInstanceOf(DdsException.Conflict.class)
                .hasMessageContaining("too poor");
    }

    @ParameterizedTest
    @EnumSource(TransactionRecord.State.class)
    void aVoteIsYesIfTheParticipantIsPreparedOrHasCommitted(TransactionRecord.State state) {
        boolean isYes = state == TransactionRecord.State.PREPARED || state == TransactionRecord.State.COMMITTED;
        Outcome told = outcome(parts.vote(), Status.DONE, state(state));
        assertThat(told instanceof Outcome.Done).isEqualTo(isYes);
    }

    @Test
    void aDecisionIsAcknowledgedByAnyStateAndAReadByAnyResult() {
        assertThat(outcome(parts.decision(true), Status.DONE, state(TransactionRecord.State.ABORTED)))
                .isInstanceOf(Outcome.Done.class);
        assertThat(outcome(parts.read(), Status.DONE, Bytes.utf8("found"))).isInstanceOf(Outcome.Done.class);
    }

    // ── the session ──

    @Test
    void theMarkPassesAWriteWhoseOutcomeWasTold() {
        WriteCall write = parts.write(session);
        write.onTold(false);
        assertThat(session.lowWater()).isEqualTo(2);
    }

    @Test
    void anUnknownWriteIsKeptAndALateAnswerIsKeptWithIt() {
        WriteCall write = parts.write(session);
        write.onTold(true);
        assertThat(session.lowWater()).isEqualTo(1);
        Session.Unsettled kept = Check.present(session.unsettled(new OperationId(session.id(), 1)), "not kept");
        Outcome late = new Outcome.Done(PARTITION, Version.NONE, Bytes.utf8("late"));
        write.onAnsweredLate(late);
        assertThat(kept.late).isEqualTo(late);
        new InquiryCall(9, session, kept, NOW, DEADLINE).onTold(false);
        assertThat(session.lowWater()).isEqualTo(2);
    }

    @Test
    void aWriteThatWasNeverBegunLeavesNothing() {
        WriteCall write = parts.write();
        write.onTold(true);
        write.onAnsweredLate(new Outcome.Done(PARTITION, Version.NONE, Bytes.EMPTY));
        assertThat(write.operation()).isNull();
    }

    // ── ways ──

    @Test
    void aCallIsSentOnWithoutAPauseAFewTimes() {
        ReadCall read = parts.read();
        assertThat(read.moveTo(OTHER_PARTITION)).isTrue();
        assertThat(read.subject().partition()).isEqualTo(OTHER_PARTITION);
        assertThat(read.moveTo(PARTITION)).isTrue();
        assertThat(read.moveTo(OTHER_PARTITION)).isTrue();
        assertThat(read.moveTo(PARTITION)).isFalse();
    }

    @Test
    void anInquiryThatMovesTakesTheOperationWithIt() {
        InquiryCall inquiry = parts.inquiry(session);
        inquiry.moveTo(OTHER_PARTITION);
        assertThat(Check.present(session.unsettled(inquiry.operation()), "not kept").partition)
                .isEqualTo(OTHER_PARTITION);
    }

    @Test
    void aReadKnowsInEachRoundWhomItHasAskedAndWhoseRecordIsCorrupt() {
        ReadCall read = parts.read();
        parts.refused(read, A, Reason.CORRUPT);
        parts.refused(read, B, Reason.NOT_OPEN);
        assertThat(read.hasTried(A)).isTrue();
        assertThat(read.corruptMembers()).isEqualTo(1);
        read.beginRound();
        assertThat(read.hasTried(A)).isFalse();
        assertThat(read.corruptMembers()).isZero();
    }

    @Test
    void aThirdRefusalOfAClosedViewAsksAnotherBrickOnce() {
        WriteCall write = parts.write(session);
        for (int i = 0; i < 2; i++) {
            parts.refused(write, A, Reason.NOT_OPEN);
            write.nextFailure();
            assertThat(write.takesDetour()).isFalse();
        }
        parts.refused(write, A, Reason.NOT_OPEN);
        assertThat(write.takesDetour()).isTrue();
        assertThat(write.takesDetour()).isFalse();
    }

    @Test
    void nothingIsSentAgainOnceNoAttemptIsOutstanding() {
        WriteCall write = parts.write(session);
        Attempt first = parts.attempt(write, new CreditLink(A, 1));
        Attempt second = parts.attempt(write, new CreditLink(B, 1));
        write.onSent(first, NOW);
        write.onSent(second, NOW);
        assertThat(write.awaits(second.link, second.epoch, NOW)).isTrue();
        write.drop(first);
        assertThat(write.dueNanos()).isLessThan(DEADLINE);
        write.drop(second);
        assertThat(write.dueNanos()).isEqualTo(DEADLINE);
    }
}
