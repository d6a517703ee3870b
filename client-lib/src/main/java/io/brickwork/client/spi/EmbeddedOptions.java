package io.brickwork.client.spi;

import io.brickwork.core.Check;

/**
 * What an embedded brick is told.
 *
 * @param capacityBytes how much log and table may take together; 0 for as much as the disk has
 */
public record EmbeddedOptions(long capacityBytes) {
    public static final EmbeddedOptions DEFAULT = new EmbeddedOptions(0);

    public EmbeddedOptions {
        Check.argument(capacityBytes >= 0, "capacity of %d bytes is negative", capacityBytes);
    }
}
