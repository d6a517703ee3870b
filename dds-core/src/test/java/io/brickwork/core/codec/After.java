package io.brickwork.core.codec;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What has become of the types of {@link Before}, one change each. */
interface After {
    record Invoice(long id, String note) {}

    record WithReference(long id, String note, @Nullable Integer discount) {}

    record WithFlag(long id, String note, boolean isPaid) {}

    record WithChar(long id, String note, char grade) {}

    record WithNumber(long id, String note, int discount) {}

    record WithRecord(long id, String note, @Nullable Place place) {}

    record Place(String town, int code) {}

    record WithFirst(@Nullable Integer discount, long id, String note) {}

    record Longer(String name, LongAddress address) {}

    record LongAddress(String street, int number, @Nullable String town) {}

    record Swapped(String note, long id) {}

    record WithoutNote(long id) {}

    record Renamed(@Formerly({"id"}) long key, String note) {}

    record RenamedSilently(long key, String note) {}

    @Removed("id")
    record Replaced(String note, @Nullable Long key) {}

    record ReplacedSilently(String note, @Nullable Long key) {}

    record Widened(long size, double weight) {}

    record Narrowed(short size, float weight) {}

    record ToBoxes(@Nullable Integer size, @Nullable Float weight) {}

    record ToPrimitive(String name, int size) {}

    record Retyped(UUID id, String note) {}

    record Unrelated(String text, boolean flag) {}

    enum Appended {
        RED,
        GREEN,
        BLUE
    }

    record Repainted(Appended colour, int number) {}

    enum Inserted {
        RED,
        BLUE,
        GREEN
    }

    enum Moved {
        GREEN,
        RED
    }

    enum RenamedColour {
        @Formerly("RED")
        CRIMSON,
        GREEN
    }

    enum RenamedSilentlyColour {
        CRIMSON,
        GREEN
    }

    enum Fewer {
        RED
    }

    /** The example of the documentation. */
    @Removed("weight")
    record Parcel(
            @Formerly("qty") long quantity,
            String to,
            @Nullable Integer grams) {}
}
