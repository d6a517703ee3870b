package io.brickwork.torture.client;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** How the operations of a client process have ended so far. Any thread. */
public final class Counts {
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    void acknowledged() {
        acknowledged.incrementAndGet();
    }

    void unknown() {
        unknown.incrementAndGet();
    }

    void failed() {
        failed.incrementAndGet();
    }

    Totals totals() {
        return new Totals(acknowledged.get(), unknown.get(), failed.get());
    }

    /** As of one moment. */
    public record Totals(long acknowledged, long unknown, long failed) {
        public static final Totals NONE = new Totals(0, 0, 0);
        private static final String WORD = "counts";

        public Totals plus(Totals other) {
            return new Totals(acknowledged + other.acknowledged, unknown + other.unknown, failed + other.failed);
        }

        /** The line by which a client process tells them. */
        String line() {
            return WORD + " " + acknowledged + " " + unknown + " " + failed;
        }

        /** Reads such a line; null if it is another. */
        public static @Nullable Totals parse(String line) {
            String[] words = line.split(" ", -1);
            return words.length == 4 && words[0].equals(WORD)
                    ? new Totals(Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]))
                    : null;
        }
    }
}
