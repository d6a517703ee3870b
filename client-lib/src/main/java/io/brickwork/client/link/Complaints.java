package io.brickwork.client.link;

import java.util.regex.Pattern;
import org.slf4j.Logger;

/**
 * Warnings about strangers: one a second at most, so that nobody can fill a disk by knocking. The others are counted,
 * and seen at debug level. One thread at a time.
 */
public final class Complaints {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{gc=Cc}\\p{gc=Cf}\\p{gc=Zl}\\p{gc=Zp}]");
    private static final long INTERVAL_NANOS = 1_000_000_000;

    private final Logger log;
    private long lastNanos = System.nanoTime() - INTERVAL_NANOS;
    private long unsaid;

    public Complaints(Logger log) {
        this.log = log;
    }

    /**
     * Takes a text with two gaps. What a stranger said is in the second, and may neither break a line nor steer a
     * terminal.
     */
    public void log(String text, Object first, Object said) {
        String second = printable(String.valueOf(said));
        long nowNanos = System.nanoTime();
        if (nowNanos - lastNanos < INTERVAL_NANOS) {
            unsaid++;
            log.debug(text, first, second);
            return;
        }
        if (unsaid > 0) {
            log.warn("({} warnings like the next one were left out)", unsaid);
        }
        lastNanos = nowNanos;
        unsaid = 0;
        log.warn(text, first, second);
    }

    /**
     * The text with a question mark for each control character, line separator and mark of the direction of writing.
     */
    public static String printable(String said) {
        return UNPRINTABLE.matcher(said).replaceAll("?");
    }
}
