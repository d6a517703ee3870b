package io.brickwork.client.spi;

import io.brickwork.core.Check;

/**
 * What an embedded brick is told.
 *
 * @param capacityBytes how much log and table may take together; 0 for as much as the disk has
 */
public record EmbeddedOptions(long capacityBytes) {
    /** Two segments of the log, of which one is made ahead, and a table. */
    public static final long LEAST_CAPACITY_BYTES = 48L << 20;

    public static final EmbeddedOptions DEFAULT = new EmbeddedOptions(0);

    public EmbeddedOptions {
        checkCapacity(capacityBytes);
    }

    /** Refuses a capacity in which not even an empty log has room. */
    public static void checkCapacity(long bytes) {
        Check.argument(
                bytes == 0 || bytes >= LEAST_CAPACITY_BYTES,
                "a capacity of %d bytes; it must be at least %d, or 0 for all that the disk has",
                bytes,
                LEAST_CAPACITY_BYTES);
    }
}
