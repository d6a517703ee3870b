package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteWriter;
import org.jspecify.annotations.Nullable;

/** Finds where to cut a range of record keys of which only the ends are known. */
public final class Midpoint {
    /** Bytes that are looked at after those that both ends begin with. */
    private static final int DIGITS = Long.BYTES;

    private Midpoint() {}

    /**
     * A key about halfway between two, as if keys were fractions.
     *
     * @param low less than {@code high}
     * @param high null for "above all"
     * @return greater than {@code low}, less than {@code high}; null if the two are too close
     */
    public static @Nullable Bytes between(Bytes low, @Nullable Bytes high) {
        int same = high == null ? 0 : commonLength(low, high);
        if (same + DIGITS > Limits.RECORD_KEY_BYTES) {
            return null;
        }
        long from = digits(low, same);
        long to = high == null ? -1 : digits(high, same);
        long half = (to - from) >>> 1; // unsigned: to is not below from
        return half == 0
                ? null
                : low.slice(0, Math.min(same, low.length()))
                        .concat(new ByteWriter(DIGITS).fixed64(from + half).toBytes())
                        .compact();
    }

    private static int commonLength(Bytes one, Bytes other) {
        int length = Math.min(one.length(), other.length());
        int same = 0;
        while (same < length && one.at(same) == other.at(same)) {
            same++;
        }
        return same;
    }

    /** The bytes from an index on as an unsigned number; zeros follow a key. */
    private static long digits(Bytes key, int from) {
        long digits = 0;
        for (int i = from; i < from + DIGITS; i++) {
            digits = digits << 8 | (i < key.length() ? key.at(i) & 0xFF : 0);
        }
        return digits;
    }
}
