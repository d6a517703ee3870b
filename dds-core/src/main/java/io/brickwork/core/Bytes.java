package io.brickwork.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An immutable run of bytes: a slice of an array that nobody writes to any more.
 *
 * <p>Whoever wraps an array gives it away: {@link #wrap} does not copy. A slice keeps its whole array alive, so what
 * outlives the frame it came in is {@linkplain #compact copied out}. Order is unsigned and lexicographic, the order of
 * the table and of partition ranges. Safe for use from any thread.
 */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Wraps the whole array without copying; the caller must not write to it afterwards. */
    public static Bytes wrap(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
    }

    /** Wraps a part of the array without copying; the caller must not write to it afterwards. */
    public static Bytes wrap(byte[] array, int offset, int length) {
        Check.argument(
                offset >= 0 && length >= 0 && length <= array.length - offset,
                "slice [%d, +%d) lies outside an array of %d bytes",
                offset,
                length,
                array.length);
        return length == 0 ? EMPTY : new Bytes(array, offset, length);
    }

    public static Bytes copyOf(byte[] array) {
        return wrap(array.clone());
    }

    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    public byte at(int index) {
        return array[offset + checked(index)];
    }

    public Bytes slice(int from, int to) {
        Check.argument(from >= 0 && from <= to && to <= length, "slice [%d, %d) of %d bytes", from, to, length);
        return wrap(array, offset + from, to - from);
    }

    /** The same bytes in an array of their own; this very object if it has its array for itself. */
    public Bytes compact() {
        return isCompact() ? this : wrap(toArray());
    }

    /** Whether these bytes have their array for themselves. */
    public boolean isCompact() {
        return offset == 0 && length == array.length;
    }

    public Bytes concat(Bytes next) {
        byte[] joined = Arrays.copyOf(toArray(), length + next.length);
        next.copyTo(joined, length);
        return wrap(joined);
    }

    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    public void copyTo(byte[] target, int targetOffset) {
        System.arraycopy(array, offset, target, targetOffset, length);
    }

    /** The array behind this slice, for readers that take (array, offset, length); never to be written to. */
    public byte[] backingArray() {
        return array;
    }

    /** Where this slice begins in {@link #backingArray}. */
    public int backingOffset() {
        return offset;
    }

    public boolean startsWith(Bytes prefix) {
        return length >= prefix.length
                && Arrays.equals(
                        array,
                        offset,
                        offset + prefix.length,
                        prefix.array,
                        prefix.offset,
                        prefix.offset + prefix.length);
    }

    public String toUtf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(
                array, offset, offset + length, other.array, other.offset, other.offset + other.length);
    }

    @Override
    public boolean equals(@Nullable Object object) {
        return object instanceof Bytes other
                && length == other.length
                && Arrays.equals(array, offset, offset + length, other.array, other.offset, other.offset + length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** Hexadecimal, shortened after 32 bytes. */
    @Override
    public String toString() {
        int shown = Math.min(length, 32);
        String hex = HexFormat.of().formatHex(array, offset, offset + shown);
        return shown < length ? hex + "…(" + length + " bytes)" : hex;
    }

    private int checked(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException("index " + index + " of " + length + " bytes");
        }
        return index;
    }
}
