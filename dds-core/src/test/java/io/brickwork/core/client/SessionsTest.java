package io.brickwork.core.client;

import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.B;
import static io.brickwork.core.client.ScriptedClient.C;
import static io.brickwork.core.client.ScriptedClient.SESSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.DdsException;
import io.brickwork.core.SessionId;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import org.junit.jupiter.api.Test;

/** How a client gets, keeps and loses the session that it numbers its writes in. */
class SessionsTest {
    private static final SessionId NEXT = new SessionId(99, 7);
    /** Bricks hear of the client four times in it. */
    private static final long TIMEOUT = 4_000 * ScriptedClient.MILLIS;

    private final ScriptedClient client = new ScriptedClient();

    SessionsTest() {
        client.opensSessions = false;
    }

    @Test
    void whoOnlyReadsNeedsNoSession() {
        client.up(A, B, C);
        client.read(0);
        assertThat(client.sent.remove().message()).isInstanceOf(CallMessage.Read.class);
        client.pass(5_000);
        assertThat(client.sent).allMatch(sent -> sent.message() instanceof CallMessage.Read);
    }

    @Test
    void writesWaitForOneSessionAndGoTogether() {
        client.up(A, B, C);
        client.write(0);
        client.write(0);
        ScriptedClient.Sent opening = client.sent.remove();
        client.nothingSent();
        open(opening, SESSION);
        assertThat(client.nextWrite(A).operation().number()).isEqualTo(1);
        assertThat(client.nextWrite(A).operation().number()).isEqualTo(2);
    }

    @Test
    void anOpeningThatIsNotAnsweredGoesToAnotherBrickAndTheSecondSessionIsClosed() {
        client.up(A, B, C);
        client.write(0);
        ScriptedClient.Sent first = client.sent.remove();
        client.pass(1_000);
        ScriptedClient.Sent second = client.sent.remove();
        assertThat(second.message()).isInstanceOf(CallMessage.OpenSession.class);
        assertThat(second.to()).isNotEqualTo(first.to());
        open(second, SESSION);
        assertThat(client.nextWrite(A).operation().session()).isEqualTo(SESSION);
        open(first, NEXT);
        assertThat(client.next(first.to()))
                .isInstanceOfSatisfying(
                        CallMessage.CloseSession.class,
                        close -> assertThat(close.session()).isEqualTo(NEXT));
    }

    /** Else two openings that are decided in one slot come to one session, whose numbers would be used twice. */
    @Test
    void noTwoOpeningsAreAlike() {
        client.up(A, B, C);
        client.write(0);
        ScriptedClient.Sent first = client.sent.remove();
        client.pass(1_000);
        ScriptedClient.Sent second = client.sent.remove();
        assertThat(((CallMessage.OpenSession) first.message()).drawn())
                .isNotEqualTo(((CallMessage.OpenSession) second.message()).drawn());
    }

    @Test
    void anOpeningGoesAgainWhenItsLinkIsLost() {
        client.up(A, B);
        client.write(0);
        ScriptedClient.Sent first = client.sent.remove();
        client.down(first.to());
        ScriptedClient.Sent second = client.sent.remove();
        assertThat(second.message()).isInstanceOf(CallMessage.OpenSession.class);
        assertThat(second.to()).isNotEqualTo(first.to());
    }

    @Test
    void aCallerIsToldWhyThereIsNoSession() {
        client.up(A);
        long call = client.submit(0, false, 300 * ScriptedClient.MILLIS);
        while (client.isOpen(call)) {
            if (client.sent.isEmpty()) {
                client.pass(10);
            } else {
                refuse(client.sent.remove(), "65536 sessions are open");
            }
        }
        assertThat(client.failure(call, DdsException.Unavailable.class))
                .hasMessageContainingAll("put", "orders", "300 ms", "65536 sessions are open");
    }

    @Test
    void everyBrickHearsOfAnIdleClient() {
        CallMessage.Write write = opened();
        client.answer(A, write, "w");
        client.pass(1_000);
        for (BrickId brick : new BrickId[] {A, B, C}) {
            CallMessage sign = client.next(brick);
            assertThat(sign).isEqualTo(new CallMessage.KeepSession(sign.ticket(), SESSION));
            client.receive(brick, new CallMessage.SessionState(sign.ticket(), SESSION, TIMEOUT, ""));
        }
        client.pass(990);
        client.nothingSent();
        client.pass(10);
        assertThat(client.sent).hasSize(3);
    }

    @Test
    void aWriteOfASessionThatIsOverIsDoneInAnotherIfNobodyTookIt() {
        CallMessage.Write write = opened();
        client.refuse(A, write, Reason.EXPIRED);
        ScriptedClient.Sent opening = client.sent.remove();
        open(opening, NEXT);
        CallMessage.Write again = client.nextWrite(A);
        assertThat(again.operation().session()).isEqualTo(NEXT);
        assertThat(again.body()).isEqualTo(write.body());
        client.answer(A, again, "done");
        assertThat(client.result(1)).isEqualTo("done");
    }

    @Test
    void aWriteOfASessionThatIsOverIsUnknownIfSomebodyMayHaveTakenIt() {
        opened();
        client.down(A);
        client.up(A);
        client.pass(500);
        CallMessage again = client.next(A);
        client.refuse(A, again, Reason.EXPIRED);
        DdsException.UnknownOutcome unknown = client.failure(1, DdsException.UnknownOutcome.class);
        assertThat(unknown).hasMessageContainingAll("put", SESSION + " had expired");
        long asked = client.inquire(unknown.id().orElseThrow());
        client.failure(asked, DdsException.Forgotten.class);
    }

    @Test
    void anIdleClientThatHearsThatItsSessionIsOverOpensAnotherForTheNextWrite() {
        CallMessage.Write write = opened();
        client.answer(A, write, "w");
        client.pass(1_000);
        refuse(client.sent.remove(), "the session has expired");
        client.sent.clear();
        client.nothingSent();
        client.write(0);
        open(client.sent.remove(), NEXT);
        assertThat(client.nextWrite(A).operation().toString()).isEqualTo(NEXT + "#1");
    }

    @Test
    void aClientThatClosesClosesItsSession() {
        client.answer(A, opened(), "w");
        client.step(new ClientInput.Close());
        assertThat(client.sent)
                .singleElement()
                .satisfies(sent -> assertThat(sent.message()).isInstanceOf(CallMessage.CloseSession.class));
    }

    /** A write under way in a session, with links to all. */
    private CallMessage.Write opened() {
        client.up(A, B, C);
        client.write(0);
        open(client.sent.remove(), SESSION);
        return client.nextWrite(A);
    }

    private void open(ScriptedClient.Sent opening, SessionId session) {
        assertThat(opening.message()).isInstanceOf(CallMessage.OpenSession.class);
        client.receive(
                opening.to(), new CallMessage.SessionState(opening.message().ticket(), session, TIMEOUT, ""));
    }

    private void refuse(ScriptedClient.Sent asked, String why) {
        client.receive(asked.to(), new CallMessage.SessionState(asked.message().ticket(), null, TIMEOUT, why));
    }
}
