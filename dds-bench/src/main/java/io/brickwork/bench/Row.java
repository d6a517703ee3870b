package io.brickwork.bench;

import io.brickwork.core.Durability;
import java.util.ArrayList;
import java.util.List;

/** What a row of the table measures. */
record Row(
        Place place,
        int valueBytes,
        Durability durability,
        Callers.Operation operation,
        int outstanding,
        Callers.Style style) {
    /** How many operations may be under way at once. */
    static final List<Integer> OUTSTANDING = List.of(1, 16, 64);

    static final List<Integer> VALUE_BYTES = List.of(100, 1024);

    /** Where the entries lie. */
    enum Place {
        ONE_BRICK("one brick, in the caller's process"),
        THREE_BRICKS("three bricks, a process each, and the caller's");

        private final String title;

        Place(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** How much is measured. */
    enum Extent {
        QUICK,
        DEFAULT,
        FULL
    }

    /** The rows of that extent, in the table's order. */
    static List<Row> of(Extent extent) {
        List<Row> rows = new ArrayList<>();
        for (Place place : Place.values()) {
            for (int valueBytes : VALUE_BYTES) {
                for (Durability durability : List.of(Durability.REPLICATED, Durability.SYNC)) {
                    for (Callers.Operation operation : Callers.Operation.values()) {
                        for (int outstanding : OUTSTANDING) {
                            for (Callers.Style style : Callers.Style.values()) {
                                Row row = new Row(place, valueBytes, durability, operation, outstanding, style);
                                if (row.isWithin(extent)) {
                                    rows.add(row);
                                }
                            }
                        }
                    }
                }
            }
        }
        return rows;
    }

    private boolean isWithin(Extent extent) {
        boolean isRead = operation == Callers.Operation.GET;
        if (isRead && durability == Durability.SYNC) {
            // A read does not know how durable what it reads is.
            return false;
        }
        boolean isEdge = (outstanding == 1 && style == Callers.Style.BLOCKING)
                || (outstanding == 64 && style == Callers.Style.ASYNC);
        boolean isPlain = valueBytes == 100 && durability == Durability.REPLICATED;
        return switch (extent) {
            case QUICK -> isPlain ? isEdge || isMiddle() && !isPut() : valueBytes == 100 && isSet() && isEdge;
            case DEFAULT ->
                isPlain
                        ? !isPut() || isEdge
                        : valueBytes == 100
                                ? isSet() && (isEdge || isMiddle())
                                : isEdge && !isPut() && durability == Durability.REPLICATED;
            case FULL -> true;
        };
    }

    private boolean isMiddle() {
        return outstanding == 16 && style == Callers.Style.VIRTUAL;
    }

    private boolean isPut() {
        return operation == Callers.Operation.PUT;
    }

    private boolean isSet() {
        return operation == Callers.Operation.SET;
    }

    /** Whether its writes are followed through their stages: one call at a time, so that none waits for another. */
    boolean isFollowed() {
        return outstanding == 1 && style == Callers.Style.BLOCKING && operation != Callers.Operation.GET;
    }
}
