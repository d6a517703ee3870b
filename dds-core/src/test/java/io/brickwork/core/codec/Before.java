package io.brickwork.core.codec;

import org.jspecify.annotations.Nullable;

/** Types as they were when a structure was created; {@link After} has what became of them. */
interface Before {
    enum Colour {
        RED,
        GREEN
    }

    record Order(long id, String note) {}

    record Sized(int size, float weight) {}

    record Boxed(String name, @Nullable Integer size) {}

    record Address(String street, int number) {}

    record Person(String name, Address address) {}

    record Painted(Colour colour, int number) {}

    record Parcel(int qty, String to, int weight) {}
}
