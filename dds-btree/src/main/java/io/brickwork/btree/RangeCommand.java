package io.brickwork.btree;

import io.brickwork.core.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of a tree beyond what every map can do. The code is the first byte of an operation's body; it is in
 * logs, so it keeps its meaning for ever. Each concerns a range of keys, does its part in one partition, and says what
 * is left of the range.
 */
enum RangeCommand {
    /** range, backward, keys only, limit → rest?, rows */
    PAGE(32, true),
    /** range → rest?, live records */
    COUNT(33, true),
    /** range → rest?, records removed */
    REMOVE(34, false),
    /** range, backward → rest?, the first record, which is removed */
    POLL(35, false),
    /** rows, ascending → how many of them were put: those that lie in the partition of the first */
    PUT_ROWS(36, false);

    /** By code, from that of the first on: there are no gaps. */
    private static final RangeCommand[] BY_CODE = values();

    private final int code;
    private final boolean isRead;

    RangeCommand(int code, boolean isRead) {
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

    /** The command of an operation's body; null if it is none of these. */
    static @Nullable RangeCommand find(Bytes body) {
        int place = body.isEmpty() ? -1 : (body.at(0) & 0xFF) - PAGE.code;
        return place >= 0 && place < BY_CODE.length ? BY_CODE[place] : null;
    }
}
