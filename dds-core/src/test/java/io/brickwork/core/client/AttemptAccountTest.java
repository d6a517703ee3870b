package io.brickwork.core.client;

import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import org.junit.jupiter.api.Test;

class AttemptAccountTest {
    private final ClientParts parts = new ClientParts();
    private final WriteCall write = parts.write();
    private final AttemptAccount account = write.account;
    private final CreditLink a = new CreditLink(A, 1);
    private final CreditLink b = new CreditLink(B, 1);

    private Attempt sent(CreditLink link) {
        Attempt attempt = parts.attempt(write, link);
        account.onSent(attempt);
        return attempt;
    }

    @Test
    void whatWasNeverSentCertainlyDidNotHappen() {
        assertThat(account.isCertainlyNotDone()).isTrue();
        sent(a);
        assertThat(account.isCertainlyNotDone()).isFalse();
    }

    @Test
    void whatWasRefusedAtEveryAttemptCertainlyDidNotHappen() {
        Attempt first = sent(a);
        Attempt second = sent(b);
        account.onRefused(second);
        assertThat(account.isCertainlyNotDone()).isFalse();
        account.onRefused(first);
        assertThat(account.isCertainlyNotDone()).isTrue();
        assertThat(account.sent()).isEqualTo(2);
        assertThat(account.hasOutstanding()).isFalse();
    }

    /** T57: nobody can say that the attempt does not sit in a buffer. */
    @Test
    void anAttemptThatWasLostCountsForEver() {
        account.drop(sent(a));
        account.onRefused(sent(b));
        assertThat(account.hasOutstanding()).isFalse();
        assertThat(account.isCertainlyNotDone()).isFalse();
        assertThat(account.isCertainlyNotDone(Defences.ALL)).isFalse();
        assertThat(account.isCertainlyNotDone(Defences.without(Defence.COUNT_LOST_ATTEMPTS)))
                .isTrue();
    }

    @Test
    void aQuestionTakesNoEffect() {
        account.onlyAsk();
        sent(a);
        assertThat(account.isCertainlyNotDone()).isTrue();
        assertThat(account.hasOutstanding()).isTrue();
    }

    /** T45: the operation may be what kills its primaries. */
    @Test
    void afterTheSecondLostLinkOnlyTheOutcomeIsAskedFor() {
        account.onLinkLost();
        assertThat(account.onlyAsks()).isFalse();
        account.onLinkLost();
        assertThat(account.onlyAsks()).isTrue();
    }

    @Test
    void aBrickIsAwaitedOverItsLinkInTheEpochOfTheAttempt() {
        Attempt attempt = sent(a);
        assertThat(account.isAwaited(a, attempt.epoch)).isTrue();
        assertThat(account.isAwaited(a, attempt.epoch + 1)).isFalse();
        assertThat(account.isAwaited(new CreditLink(A, 1), attempt.epoch)).isFalse();
        account.drop(attempt);
        assertThat(account.isAwaited(a, attempt.epoch)).isFalse();
    }

    @Test
    void theLastAskedIsNotKnownOnceALinkWasLost() {
        assertThat(account.lastAsked()).isNull();
        sent(a);
        sent(b);
        assertThat(account.lastAsked()).isEqualTo(B);
        account.onLinkLost();
        assertThat(account.lastAsked()).isNull();
    }
}
