package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.MalformedOperationException;

/**
 * What can be asked of a map's partition. The code is the first byte of an operation's body; it is in logs, so it keeps
 * its meaning for ever.
 */
enum MapCommand {
    /** key → value? */
    GET(1, true),
    /** key → boolean */
    CONTAINS_KEY(2, true),
    /** key, value → nothing */
    SET(3, false),
    /** key, value → old value? */
    PUT(4, false),
    /** key → nothing */
    DELETE(5, false),
    /** key → old value? */
    REMOVE(6, false),
    /** key, value → old value?; changes nothing if there is one */
    PUT_IF_ABSENT(7, false),
    /** key, value → old value?; changes nothing if there is none */
    REPLACE(8, false),
    /** key, expected, value → boolean */
    REPLACE_IF(9, false),
    /** key, expected → boolean */
    REMOVE_IF(10, false),
    /** nothing → live records, low fence, high fence? */
    COUNT(11, true),
    /** from, keys only → next?, rows */
    PAGE(12, true),
    /** from → next?, records removed */
    CLEAR_PAGE(13, false);

    private static final MapCommand[] BY_CODE = new MapCommand[values().length + 1];

    static {
        for (MapCommand command : values()) {
            BY_CODE[command.code] = command;
        }
    }

    private final int code;
    private final boolean isRead;

    MapCommand(int code, boolean isRead) {
        this.code = code;
        this.isRead = isRead;
    }

    int code() {
        return code;
    }

    /** Whether it can never have an effect. */
    boolean isRead() {
        return isRead;
    }

    /** The command of an operation's body. */
    static MapCommand of(KeyPlacement placement, Bytes body) {
        if (body.isEmpty()) {
            throw new MalformedOperationException("an operation on a " + placement.noun() + " is empty");
        }
        int code = body.at(0) & 0xFF;
        if (code == 0 || code >= BY_CODE.length) {
            throw new MalformedOperationException("a " + placement.noun() + " has no operation " + code);
        }
        return BY_CODE[code];
    }
}
