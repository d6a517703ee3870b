package io.brickwork.core.structure;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The record keys from {@code low} (inclusive) to {@code high} (exclusive); the fence keys of a partition.
 *
 * @param low the lowest key; empty bytes for "from the beginning"
 * @param high the first key that is not in the range; null for "to the end"
 */
public record KeyRange(Bytes low, @Nullable Bytes high) {
    public static final KeyRange ALL = new KeyRange(Bytes.EMPTY, null);

    public KeyRange {
        Check.argument(high == null || low.compareTo(high) < 0, "range [%s, %s) is empty or inverted", low, high);
    }

    /** What lies in both; null if nothing does. */
    public @Nullable KeyRange intersection(KeyRange other) {
        Bytes from = low.compareTo(other.low) >= 0 ? low : other.low;
        Bytes to = high == null || (other.high != null && other.high.compareTo(high) < 0) ? other.high : high;
        return to != null && from.compareTo(to) >= 0 ? null : new KeyRange(from, to);
    }

    /** What is left without the other, which does not lie in the middle of this one; null if nothing is. */
    public @Nullable KeyRange minus(KeyRange other) {
        KeyRange common = intersection(other);
        if (common == null) {
            return this;
        }
        Bytes commonHigh = common.high;
        if (common.low.equals(low)) {
            return commonHigh == null || commonHigh.equals(high) ? null : new KeyRange(commonHigh, high);
        }
        Check.argument(Objects.equals(commonHigh, high), "%s lies in the middle of %s", other, this);
        return new KeyRange(low, common.low);
    }

    /** Whether one begins where the other ends. */
    public boolean meets(KeyRange other) {
        return low.equals(other.high) || other.low.equals(high);
    }

    /** The least range that has all of both. */
    public KeyRange hull(KeyRange other) {
        Bytes from = low.compareTo(other.low) <= 0 ? low : other.low;
        Bytes to = high == null || other.high == null ? null : high.compareTo(other.high) >= 0 ? high : other.high;
        return new KeyRange(from, to);
    }

    /** Whether all of it lies in the other. */
    public boolean isWithin(KeyRange other) {
        return equals(intersection(other));
    }

    /**
     * Whoever has this key has the beginning of the range; or, of all partitions with some of it, the one that has its
     * end.
     */
    public Bytes routingKey(boolean backward) {
        return backward ? lastBelow(high) : low;
    }

    /** The last of all record keys below this one; null stands for above all. */
    private static Bytes lastBelow(@Nullable Bytes high) {
        byte[] last = new byte[Limits.RECORD_KEY_BYTES];
        Arrays.fill(last, (byte) 0xFF);
        if (high == null) {
            return Bytes.wrap(last);
        }
        int end = high.length() - 1; // a high fence is never empty
        if (high.at(end) == 0) {
            return high.slice(0, end);
        }
        high.copyTo(last, 0);
        last[end]--;
        return Bytes.wrap(last);
    }

    /** As bytes: low · bool high? · (high). */
    public void write(ByteWriter writer) {
        writer.bytes(low).bool(high != null);
        if (high != null) {
            writer.bytes(high);
        }
    }

    /**
     * Reads what {@link #write} wrote; its keys are slices of the input.
     *
     * @throws MalformedException if nothing lies in it
     */
    public static KeyRange read(ByteReader reader) {
        Bytes low = reader.bytes("low key", Limits.RECORD_KEY_BYTES);
        Bytes high = reader.bool("high key") ? reader.bytes("high key", Limits.RECORD_KEY_BYTES) : null;
        if (high != null && low.compareTo(high) >= 0) {
            throw new MalformedException("nothing lies from " + low + " to " + high);
        }
        return new KeyRange(low, high);
    }

    public boolean contains(Bytes key) {
        return key.compareTo(low) >= 0 && (high == null || key.compareTo(high) < 0);
    }
}
