package io.brickwork.core.partition.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitersTest {
    private static final Endpoint CALLER = new Endpoint.Caller(1);
    private static final SessionId SESSION = new SessionId(1, 1);

    private final Waiters waiters = new Waiters();
    private final List<Long> answered = new ArrayList<>();
    private final Outbox outbox = new Outbox() {
        @Override
        public void send(Endpoint to, Message message) {
            answered.add(((CallMessage.Answer) message).ticket());
        }

        @Override
        public void replyBefore(Endpoint to, long deadlineNanos, Message answer, Message otherwise) {
            throw new AssertionError("an answer to a write has no deadline");
        }

        @Override
        public void note(Event event) {}
    };

    private static Entry entry(long seq) {
        Version version = new Version(1, seq);
        Completion completion =
                new Completion(new OperationId(SESSION, seq), version, Completion.Status.DONE, Bytes.utf8("r" + seq));
        return EntryCodec.encode(Entry.Kind.WRITE, OneReplica.PARTITION, version, completion, 0, List.of());
    }

    private List<Long> answeredUpTo(long seq) {
        answered.clear();
        waiters.answerUpTo(seq, outbox);
        return answered;
    }

    @Test
    void nobodyIsAnsweredBeforeItsEntryIsCommitted() {
        waiters.add(entry(1), CALLER, 11);
        waiters.add(entry(2), CALLER, 12);
        assertThat(answeredUpTo(0)).isEmpty();
        assertThat(answeredUpTo(1)).containsExactly(11L);
        assertThat(answeredUpTo(2)).containsExactly(12L);
        assertThat(answeredUpTo(2)).as("once").isEmpty();
    }

    @Test
    void allAttemptsOfAnOperationAreAnswered() {
        waiters.add(entry(1), CALLER, 11);
        waiters.join(entry(1), CALLER, 12);
        waiters.join(entry(1), CALLER, 13);
        assertThat(answeredUpTo(1)).containsExactly(11L, 12L, 13L);
    }

    @Test
    void anAttemptMayJoinAnEntryThatNobodyHereHasAskedFor() {
        waiters.add(entry(3), CALLER, 13);
        waiters.join(entry(2), CALLER, 12);
        waiters.add(entry(4), CALLER, 14);
        assertThat(answeredUpTo(2)).containsExactly(12L);
        assertThat(answeredUpTo(4)).containsExactly(13L, 14L);
    }

    @Test
    void whoeverWaitsForAnEntryThatWasCutIsNotAnswered() {
        waiters.add(entry(1), CALLER, 11);
        waiters.add(entry(2), CALLER, 12);
        waiters.drop(1);
        assertThat(answeredUpTo(2)).containsExactly(11L);
    }

    @Test
    void entriesComeInOrder() {
        waiters.add(entry(2), CALLER, 12);
        Entry earlier = entry(1);
        assertThatThrownBy(() -> waiters.add(earlier, CALLER, 11)).isInstanceOf(Check.InvariantBroken.class);
    }

    @Test
    void aRefusalToVoteIsToldAsARejectionWithItsReason() {
        OperationId transaction = new OperationId(SESSION, 1);
        TransactionRecord no = TransactionRecord.refused(transaction, OneReplica.PARTITION, "why");
        CallMessage.Answer answer = Waiters.answerOf(1, OneReplica.PARTITION, Version.NONE, no);
        assertThat(answer.status()).isEqualTo(Completion.Status.REJECTED);
        assertThat(answer.result()).isEqualTo(Bytes.utf8("why"));
    }

    @Test
    void anyOtherRecordIsToldByTheNumberOfItsState() {
        OperationId transaction = new OperationId(SESSION, 1);
        TransactionRecord aborted = TransactionRecord.prepared(
                        transaction, OneReplica.PARTITION, 0, List.of(), Part.NOTHING)
                .become(State.ABORTED);
        CallMessage.Answer answer = Waiters.answerOf(1, OneReplica.PARTITION, Version.NONE, aborted);
        assertThat(answer.status()).isEqualTo(Completion.Status.DONE);
        assertThat(answer.result()).isEqualTo(Bytes.wrap(new byte[] {(byte) State.ABORTED.code()}));
    }
}
