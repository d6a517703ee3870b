package io.brickwork.core.client;

import static io.brickwork.core.client.ClientParts.NOW;
import static io.brickwork.core.client.ClientParts.PARTITION;
import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.B;
import static io.brickwork.core.client.ScriptedClient.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.client.Attempts.Dispatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where an attempt goes, and when it may be sent. */
class AttemptsTest {
    private final ClientParts parts = new ClientParts();
    private final Attempts attempts = parts.attempts;
    private final Session session = new Session(ScriptedClient.SESSION);

    private Dispatch dispatch(PartitionCall call) {
        return attempts.dispatch(call, false, NOW);
    }

    private BrickId lastAsked() {
        return parts.sent.removeLast().to();
    }

    private CreditLink link(BrickId brick) {
        return Check.present(attempts.link(brick), "no link to %s", brick);
    }

    @Test
    void aWriteGoesToThePrimaryAndIsNotSentThereTwice() {
        parts.linked(100);
        WriteCall write = parts.write(session);
        assertThat(dispatch(write)).isEqualTo(Dispatch.SENT);
        assertThat(lastAsked()).isEqualTo(A);
        assertThat(dispatch(write)).isEqualTo(Dispatch.UNDER_WAY);
        write.detour();
        assertThat(dispatch(write)).isEqualTo(Dispatch.SENT);
        assertThat(lastAsked()).isNotEqualTo(A);
    }

    @Test
    void aReadGoesToEachMemberOnceInARound() {
        parts.linked(100);
        ReadCall read = parts.read();
        List<BrickId> asked = new ArrayList<>();
        while (asked.isEmpty() || attempts.hasUntriedMember(read)) {
            assertThat(dispatch(read)).isEqualTo(Dispatch.SENT);
            asked.add(lastAsked());
        }
        assertThat(asked).containsExactlyInAnyOrder(A, B, C);
    }

    @Test
    void withoutALinkNothingIsSent() {
        assertThat(dispatch(parts.read())).isEqualTo(Dispatch.NO_LINK);
        parts.linked(100);
        attempts.onLinkDown(A);
        WriteCall write = parts.write(session);
        assertThat(dispatch(write)).isEqualTo(Dispatch.NO_LINK);
        assertThat(attempts.isWantedBy(A, write)).isTrue();
        assertThat(attempts.isWantedBy(B, write)).isFalse();
        for (int i = 0; i < PartitionCall.FAILURES_BEFORE_DETOUR; i++) {
            write.nextFailure();
        }
        assertThat(dispatch(write))
                .as("of another brick, which may know a new primary")
                .isEqualTo(Dispatch.SENT);
    }

    @Test
    void aRequestHoldsACreditUntilItIsAnsweredByTheBrickThatWasAsked() {
        parts.linked(1);
        WriteCall first = parts.write(session);
        WriteCall second = parts.write(session);
        assertThat(dispatch(first)).isEqualTo(Dispatch.SENT);
        long ticket = parts.sent.removeLast().message().ticket();
        assertThat(dispatch(second)).isEqualTo(Dispatch.WAITS_FOR_CREDIT);
        assertThat(attempts.nextInTurn(link(A))).isNull();
        assertThat(attempts.take(B, ticket)).isNull();
        assertThat(Check.present(attempts.take(A, ticket), "no attempt").call).isSameAs(first);
        assertThat(attempts.take(A, ticket)).as("taken already").isNull();
        assertThat(dispatch(parts.write(session))).as("it has not waited").isEqualTo(Dispatch.WAITS_FOR_CREDIT);
        assertThat(attempts.nextInTurn(link(A))).isSameAs(second);
        assertThat(attempts.dispatch(second, true, NOW)).isEqualTo(Dispatch.SENT);
    }

    /** T76: others wait for what a decision frees. */
    @Test
    void aDecisionNeedsNoCredit() {
        parts.linked(0);
        assertThat(dispatch(parts.decision(true))).isEqualTo(Dispatch.SENT);
        assertThat(dispatch(parts.vote())).isEqualTo(Dispatch.WAITS_FOR_CREDIT);
        long ticket = parts.sent.removeLast().message().ticket();
        attempts.take(A, ticket);
        assertThat(link(A).hasCredit()).isFalse();
    }

    @Test
    void aLinkHasRoomForABoundedNumberThatWait() {
        parts.linked(0);
        for (int i = 0; i < ClientMachine.WAITING_AT_MOST; i++) {
            assertThat(dispatch(parts.write())).isEqualTo(Dispatch.WAITS_FOR_CREDIT);
        }
        assertThat(dispatch(parts.write())).isEqualTo(Dispatch.NO_ROOM);
    }

    @Test
    void whatWasLostWithALinkIsKnownAndNotAnsweredOverTheNextOne() {
        parts.linked(100);
        WriteCall write = parts.write(session);
        dispatch(write);
        long ticket = parts.sent.removeLast().message().ticket();
        CreditLink lost = Check.present(attempts.onLinkDown(A), "no link");
        assertThat(attempts.takeLost(lost)).extracting(attempt -> attempt.call).containsExactly(write);
        attempts.onLinkUp(A, 1);
        assertThat(attempts.isUp(lost)).isFalse();
        assertThat(attempts.take(A, ticket)).isNull();
    }

    @Test
    void aNewerViewIsAskedAtOnceThoughItsPrimaryWasAskedBefore() {
        parts.linked(100);
        WriteCall write = parts.write(session);
        dispatch(write);
        parts.router.learn(PARTITION, ScriptedClient.view(3, A));
        assertThat(dispatch(write)).isEqualTo(Dispatch.SENT);
        assertThat(write.account.sent()).isEqualTo(2);
    }
}
