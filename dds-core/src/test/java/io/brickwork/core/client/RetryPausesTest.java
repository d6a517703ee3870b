package io.brickwork.core.client;

import static io.brickwork.core.client.RetryPauses.AT_MOST_NANOS;
import static io.brickwork.core.client.RetryPauses.CONFLICT_NANOS;
import static io.brickwork.core.client.RetryPauses.FIRST_NANOS;
import static io.brickwork.core.client.RetryPauses.TRANSACTION_DOUBLINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class RetryPausesTest {
    private static final Refusal SPLITTING = refusal(Reason.SPLITTING);

    private static Refusal refusal(Reason reason) {
        return new Refusal(1, ClientParts.PARTITION, reason, "", null);
    }

    /** The least and the greatest of many. */
    private static void isBetween(long least, long most, ToLongFunction<RetryPauses> pause) {
        RetryPauses pauses = new RetryPauses(new SplittableRandom(5));
        long[] seen = new long[1000];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = pause.applyAsLong(pauses);
            assertThat(seen[i]).isBetween(least, most);
        }
        assertThat(Arrays.stream(seen).min().orElseThrow()).isLessThan(least + (most - least) / 10);
        assertThat(Arrays.stream(seen).max().orElseThrow()).isGreaterThan(most - (most - least) / 10);
    }

    @Test
    void doubleWithEachFailureUpToABoundAndHalfOfThemIsRandom() {
        isBetween(FIRST_NANOS / 2, FIRST_NANOS, pauses -> pauses.beforeNextAttemptNanos(0, null));
        isBetween(2 * FIRST_NANOS, 4 * FIRST_NANOS, pauses -> pauses.beforeNextAttemptNanos(2, null));
        isBetween(AT_MOST_NANOS / 2, AT_MOST_NANOS, pauses -> pauses.beforeNextAttemptNanos(1_000_000, null));
    }

    @Test
    void areShortWhileAPartitionIsSplitHoweverManyFailuresThereWere() {
        isBetween(FIRST_NANOS, 2 * FIRST_NANOS, pauses -> pauses.beforeNextAttemptNanos(0, SPLITTING));
        isBetween(FIRST_NANOS, 2 * FIRST_NANOS, pauses -> pauses.beforeNextAttemptNanos(20, SPLITTING));
        isBetween(
                AT_MOST_NANOS / 2,
                AT_MOST_NANOS,
                pauses -> pauses.beforeNextAttemptNanos(20, refusal(Reason.OVERLOADED)));
    }

    @Test
    void ofATransactionThatIsTriedAgainDoubleAFewTimes() {
        isBetween(FIRST_NANOS / 2, FIRST_NANOS * 3 / 2, pauses -> pauses.beforeNextNumberNanos(0));
        long longest = FIRST_NANOS << TRANSACTION_DOUBLINGS;
        isBetween(longest / 2, longest * 3 / 2, pauses -> pauses.beforeNextNumberNanos(50));
    }

    @Test
    void afterConflictsDoubleUntilParticipantsKeepATurn() {
        isBetween(0, CONFLICT_NANOS, pauses -> pauses.beforeConflictIsToldNanos(0));
        isBetween(0, 4 * CONFLICT_NANOS, pauses -> pauses.beforeConflictIsToldNanos(2));
        isBetween(0, CONFLICT_NANOS / 2, pauses -> pauses.beforeConflictIsToldNanos(TRANSACTION_DOUBLINGS));
    }
}
