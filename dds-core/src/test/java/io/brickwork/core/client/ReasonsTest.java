package io.brickwork.core.client;

import static io.brickwork.core.client.ClientParts.NOW;
import static io.brickwork.core.client.ClientParts.SUBJECT;
import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.B;
import static io.brickwork.core.client.ScriptedClient.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Version;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReasonsTest {
    private static final long LATER = NOW + 3000 * MILLIS;
    private final ClientParts parts = new ClientParts().linked(100);
    private final Reasons reasons = parts.reasons;

    private static void says(DdsException failure, Class<? extends DdsException> type, String... words) {
        assertThat(failure).isInstanceOf(type).hasMessageContainingAll(words);
    }

    private void sent(PartitionCall call) {
        call.onSent(parts.attempt(call, new CreditLink(A, 1)), NOW);
    }

    private Session session() {
        return Check.present(parts.inSession().keeper.session(), "no session");
    }

    @Nested
    class OfCallsThatAreGivenUp {
        @Test
        void aReadIsNeverUnknown() {
            ReadCall read = parts.read();
            says(
                    reasons.givenUp(read, GivenUp.DEADLINE, LATER),
                    DdsException.Unavailable.class,
                    "after 3000 ms",
                    "the deadline passed before any of the bricks [a, b, c] could be asked");
            sent(read);
            says(
                    reasons.givenUp(read, GivenUp.INTERRUPT, LATER),
                    DdsException.Unavailable.class,
                    "the caller was interrupted and brick a has not answered");
        }

        @Test
        void aWriteIsUnknownIfAnAttemptMayHaveBeenTaken() {
            WriteCall write = parts.write(session());
            says(
                    reasons.givenUp(write, GivenUp.DEADLINE, LATER),
                    DdsException.Unavailable.class,
                    "before its primary, brick a, could be asked");
            sent(write);
            says(
                    reasons.givenUp(write, GivenUp.DEADLINE, LATER),
                    DdsException.UnknownOutcome.class,
                    "the deadline passed, and brick a has not answered");
            write.account.onLinkLost();
            says(
                    reasons.givenUp(write, GivenUp.ended("all is over"), LATER),
                    DdsException.UnknownOutcome.class,
                    "all is over, and the link was lost over which it was sent");
        }

        @Test
        void anInquiryLeavesTheOutcomeUnknown() {
            says(
                    reasons.givenUp(parts.inquiry(session()), GivenUp.CLOSE, LATER),
                    DdsException.UnknownOutcome.class,
                    "the client was closed before its primary told");
        }

        @Test
        void theLastRefusalIsToldIfNothingElseIsAwaited() {
            WriteCall write = parts.write(session());
            parts.refused(write, B, Reason.OVERLOADED);
            says(
                    reasons.givenUp(write, GivenUp.DEADLINE, LATER),
                    DdsException.Overloaded.class,
                    "brick b refused it",
                    "so it is");
            says(reasons.givenUp(write, GivenUp.CLOSE, LATER), DdsException.Closed.class, "the client is closed");
        }

        @Test
        void whoWaitsForANumberIsToldWhyThereIsNone() {
            WriteCall write = parts.write();
            write.number().startWaiting();
            says(
                    reasons.givenUp(write, GivenUp.DEADLINE, LATER),
                    DdsException.Unavailable.class,
                    "no brick has opened a session");
            session();
            says(
                    reasons.givenUp(write, GivenUp.DEADLINE, LATER),
                    DdsException.Overloaded.class,
                    "operations of its session are open");
        }

        @Test
        void whoWaitsForACreditIsToldWhichBrickIsBusy() {
            ReadCall read = parts.read();
            read.waitsAt = new CreditLink(B, 0);
            says(
                    reasons.givenUp(read, GivenUp.DEADLINE, LATER),
                    DdsException.Overloaded.class,
                    "brick b has too many unanswered requests");
        }

        @Test
        void whoHasSeenNoBrickIsToldSo() {
            ClientParts alone = new ClientParts();
            says(
                    alone.reasons.givenUp(alone.read(), GivenUp.DEADLINE, LATER),
                    DdsException.Unavailable.class,
                    "before any brick could be reached");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"EXPIRED", "NEVER_SEEN", "MALFORMED"})
    void anOutcomeThatNobodyTellsIsUnknown(Reason reason) {
        InquiryCall inquiry = parts.inquiry(session());
        Refusal refusal = parts.refused(inquiry, A, reason);
        says(
                reasons.untold(inquiry, refusal, LATER),
                DdsException.UnknownOutcome.class,
                switch (reason) {
                    case EXPIRED -> "had expired before its outcome was known";
                    case NEVER_SEEN -> "an attempt may still be on its way";
                    default -> "its primary does not tell (MALFORMED: so it is)";
                });
    }

    @Test
    void aClientThatTakesNoMoreCallsSaysWhy() {
        says(reasons.noMoreCalls(SUBJECT, GivenUp.CLOSE), DdsException.Closed.class, "the client is closed");
        says(
                reasons.noMoreCalls(SUBJECT, GivenUp.ended("another client has its name")),
                DdsException.Unavailable.class,
                "another client has its name");
    }

    @Nested
    class OfTransactions {
        private final TransactionCall lead = parts.transaction();

        @Test
        void oneThatWaitsForANumberIsToldWhyThereIsNone() {
            lead.number().startWaiting();
            says(
                    reasons.notUnderWay(lead, GivenUp.DEADLINE, LATER),
                    DdsException.Unavailable.class,
                    "no brick has opened a session");
            session();
            says(reasons.notUnderWay(lead, GivenUp.DEADLINE, LATER), DdsException.Overloaded.class, "are open");
            says(
                    reasons.notUnderWay(lead, GivenUp.INTERRUPT, LATER),
                    DdsException.Unavailable.class,
                    "the caller was interrupted before its partitions could be asked");
            says(reasons.notUnderWay(lead, GivenUp.CLOSE, LATER), DdsException.Closed.class, "the client is closed");
        }

        @Test
        void oneThatPausesIsToldWhatItsLastAttemptWasTold() {
            lead.noteRefusal(B, new Refusal(1, ClientParts.PARTITION, Reason.NOT_YET, "", null));
            says(
                    reasons.notUnderWay(lead, GivenUp.DEADLINE, LATER),
                    DdsException.Conflict.class,
                    "brick b refused it",
                    "the turn of others");
        }

        @Test
        void anUnknownOutcomeOfOneThatWritesNothingIsNone() {
            DdsException unknown =
                    Failures.unknown(SUBJECT, parts.inquiry(session()).operation(), "for a reason", 0);
            Outcome told = reasons.ofTransaction(parts.readOnlyTransaction(), new Outcome.Failed(unknown), LATER);
            says(((Outcome.Failed) told).failure(), DdsException.Unavailable.class, "it changes nothing");
            assertThat(((Outcome.Failed) told).failure()).hasCause(unknown);
            Outcome asIs = new Outcome.Failed(unknown);
            assertThat(reasons.ofTransaction(lead, asIs, LATER)).isSameAs(asIs);
            Outcome done = new Outcome.Done(ClientParts.PARTITION, Version.NONE, Bytes.EMPTY);
            assertThat(reasons.ofTransaction(parts.readOnlyTransaction(), done, LATER))
                    .isSameAs(done);
        }

        @Test
        void oneThatMayBeCommittedIsUnknownAndOneThatCannotBeIsNot() {
            says(
                    reasons.undecided(lead, parts.inquiry(session()).operation(), GivenUp.DEADLINE, LATER),
                    DdsException.UnknownOutcome.class,
                    "not all of its partitions have told where they stand");
            says(
                    reasons.notCommitted(lead, GivenUp.DEADLINE, LATER),
                    DdsException.Unavailable.class,
                    "before all of its partitions had answered");
            says(reasons.notCommitted(lead, GivenUp.CLOSE, LATER), DdsException.Closed.class, "the client is closed");
        }
    }
}
