package io.brickwork.core.client;

import static io.brickwork.core.client.ClientParts.NOW;
import static io.brickwork.core.client.ScriptedClient.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Version;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.outcome.Outcome;
import org.junit.jupiter.api.Test;

class CallRunnerTest {
    private static final Outcome DONE = new Outcome.Done(ClientParts.PARTITION, Version.NONE, Bytes.EMPTY);
    private final ClientParts parts = new ClientParts();
    private final CallRunner runner = parts.runner;

    private <C extends Call> C open(C call) {
        runner.open(call);
        return call;
    }

    @Test
    void aCallThatFindsNoLinkWaitsForOneAndForAMoment() {
        ReadCall read = open(parts.read());
        runner.advance(read);
        assertThat(read.waitsForLink).isTrue();
        assertThat(read.actAtNanos).isEqualTo(NOW + RetryPauses.FIRST_NANOS / 2);
        parts.linked(1);
        runner.advance(read);
        assertThat(read.waitsForLink).isFalse();
        assertThat(read.actAtNanos).isEqualTo(Call.NEVER);
        assertThat(parts.sent.remove().message()).isInstanceOf(CallMessage.Read.class);
    }

    @Test
    void aWriteIsSentOnceItHasANumber() {
        parts.linked(100);
        WriteCall write = open(parts.write());
        runner.number(write);
        assertThat(parts.sent.getFirst().message()).isInstanceOf(CallMessage.OpenSession.class);
        parts.inSession();
        runner.admit();
        assertThat(parts.sent.remove().message()).isInstanceOf(CallMessage.Write.class);
    }

    @Test
    void oneWriteTooManyFailsAtOnceButOneThatHadANumberDoesNot() {
        for (int i = 0; i < ClientMachine.WAITING_AT_MOST; i++) {
            runner.number(open(parts.write()));
        }
        WriteCall tooMany = open(parts.write());
        runner.number(tooMany);
        parts.failure(tooMany.id, DdsException.Overloaded.class);
        WriteCall again = open(parts.write());
        runner.renumber(again);
        assertThat(again.isOver()).isFalse();
        assertThat(again.number().isAwaited()).isTrue();
    }

    @Test
    void aTransactionIsHandedOn() {
        TransactionCall lead = open(parts.transaction());
        runner.advance(lead);
        assertThat(parts.advanced).containsExactly(lead);
        assertThat(parts.sent).isEmpty();
    }

    @Test
    void whatHasWaitedForACreditGoesFirstAndWhatEndsWaitsNoLonger() {
        parts.linked(0);
        ReadCall first = open(parts.read());
        runner.advance(first);
        CreditLink link = Check.present(first.waitsAt, "it waits for no credit");
        assertThat(link.waitingCount()).isEqualTo(1);
        runner.finish(first, DONE);
        assertThat(link.waitingCount()).isZero();
        assertThat(first.isOver()).isTrue();
        assertThat(parts.outcomes).containsEntry(first.id, DONE);
        assertThat(parts.calls.size()).isZero();
    }

    @Test
    void theOutcomeOfATransactionsCallIsToldToTheTransaction() {
        WriteCall whole = open(parts.whole());
        runner.finish(whole, DONE);
        assertThat(parts.outcomes).isEmpty();
        assertThat(whole.isOver()).isTrue();
    }

    @Test
    void aCallIsGivenUpWithWhatIsCertain() {
        parts.linked(100).inSession();
        WriteCall never = open(parts.write(Check.present(parts.keeper.session(), "")));
        runner.giveUp(never, GivenUp.DEADLINE);
        parts.failure(never.id, DdsException.Unavailable.class);
        WriteCall sent = open(parts.write(Check.present(parts.keeper.session(), "")));
        runner.advance(sent);
        runner.giveUp(sent, GivenUp.DEADLINE);
        parts.failure(sent.id, DdsException.UnknownOutcome.class);
    }

    @Test
    void anUnansweredCallAsksAnotherBrickUnlessItPauses() {
        parts.linked(100).inSession();
        WriteCall write = open(parts.write(Check.present(parts.keeper.session(), "")));
        runner.advance(write);
        assertThat(parts.sent.remove().to()).isEqualTo(A);
        runner.resend(write);
        assertThat(parts.sent.remove().to()).isNotEqualTo(A);
        parts.refused(write, A, Reason.OVERLOADED);
        runner.advanceLater(write);
        runner.resend(write);
        assertThat(parts.sent).isEmpty();
    }

    @Test
    void thatTheClientWasClosedIsTheLastWord() {
        assertThat(runner.end()).isNull();
        GivenUp ended = GivenUp.ended("all is over");
        runner.end(ended);
        assertThat(runner.end()).isEqualTo(ended);
        runner.end(GivenUp.CLOSE);
        runner.end(ended);
        assertThat(runner.end()).isEqualTo(GivenUp.CLOSE);
    }
}
