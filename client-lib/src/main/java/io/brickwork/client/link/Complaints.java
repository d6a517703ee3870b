package io.brickwork.client.link;

import org.slf4j.Logger;

/**
 * Warnings about strangers: one a second at most, so that nobody can fill a disk by knocking. The others are counted, and seen at debug level. One thread at a time.
 */
public final class Complaints {
    private static final long INTERVAL_NANOS = 1_000_000_000;

    private final Logger log;
    private long lastNanos = System.nanoTime() - INTERVAL_NANOS;
    private long unsaid;

    public Complaints(Logger log) {
        this.log = log;
    }

    /** Takes a text with two gaps. What a stranger said is in the second, and may not break a line. */
    public void log(String text, Object first, Object said) {
        String second = String.valueOf(said).replaceAll("\\p{Cntrl}", "?");
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
}
