package io.brickwork.core.invoke;

import io.brickwork.core.Check;
import io.brickwork.core.ReadMode;
import java.time.Duration;
import java.util.Objects;

/**
 * How a call is made.
 *
 * @param timeout from the call to its outcome; positive, at most a day
 */
public record CallOptions(Duration timeout, ReadMode reads) {
    public static final Duration LONGEST = Duration.ofDays(1);
    public static final CallOptions DEFAULT = new CallOptions(Duration.ofSeconds(10), ReadMode.LINEARIZABLE);

    public CallOptions {
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(reads, "reads");
        Check.argument(
                timeout.isPositive() && timeout.compareTo(LONGEST) <= 0,
                "timeout %s is not positive and at most %s",
                timeout,
                LONGEST);
    }

    public CallOptions withTimeout(Duration timeout) {
        return new CallOptions(timeout, reads);
    }

    public CallOptions withReads(ReadMode reads) {
        return new CallOptions(timeout, reads);
    }
}
