package io.brickwork.examples.orders;

import java.time.Instant;

/**
 * Somebody wants something.
 *
 * @param place when and by whose order it was placed: where it stands among all orders
 */
public record Order(Place place, String item, int count) {
    /** Orders stand by time, and those of one moment by their names. */
    public record Place(Instant at, String name) {}
}
