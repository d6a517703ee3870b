package io.brickwork.core.bytes;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes numbers and bytes into a growing array, big-endian. One thread at a time. */
public final class ByteWriter {
    /** How far a writer of a user's value may go beyond its limit, since numbers ask for more room than they take. */
    private static final int SLACK_BYTES = 16;

    private final long limitBytes;
    /** What is written, for the failure of a writer with a limit. */
    private final String what;

    private byte[] array;
    private int length;

    public ByteWriter(int capacityBytes) {
        this(capacityBytes, Integer.MAX_VALUE, "what is written");
    }

    private ByteWriter(int capacityBytes, long limitBytes, String what) {
        array = new byte[Math.max(capacityBytes, 16)];
        this.limitBytes = limitBytes;
        this.what = what;
    }

    /**
     * A writer that throws {@link DdsException.TooLarge} once more than the limit is written, before memory for it is
     * taken. It may take up to 16 bytes more than the limit.
     *
     * @param what is written, for the message
     */
    public static ByteWriter bounded(int capacityBytes, int limitBytes, String what) {
        return new ByteWriter(capacityBytes, (long) limitBytes + SLACK_BYTES, what);
    }

    public int length() {
        return length;
    }

    public ByteWriter u8(int value) {
        ensure(1);
        array[length++] = (byte) value;
        return this;
    }

    public ByteWriter fixed32(int value) {
        ensure(4);
        putFixed32(length, value);
        length += 4;
        return this;
    }

    public ByteWriter fixed64(long value) {
        return fixed32((int) (value >>> 32)).fixed32((int) value);
    }

    /**
     * An unsigned number in groups of seven bits, the lowest first: small numbers are short, negative ones take ten
     * bytes.
     */
    public ByteWriter varint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            array[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[length++] = (byte) rest;
        return this;
    }

    /** How many bytes {@link #varint} takes for the number. */
    public static int varintBytes(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    /**
     * Begins a run of bytes that is preceded by its length as a varint; what is written until {@link #endSized} is the
     * run.
     *
     * @param expectedBytes about how long it will be: a guess of the wrong magnitude costs a move of the run, no more
     * @return where the run begins, for {@link #endSized}
     */
    public int beginSized(int expectedBytes) {
        int room = varintBytes(expectedBytes);
        ensure(room);
        length += room;
        return length;
    }

    /** Ends the run that {@link #beginSized} began with the same expectation. */
    public void endSized(int begin, int expectedBytes) {
        int room = varintBytes(expectedBytes);
        int runBytes = length - begin;
        int needed = varintBytes(runBytes);
        if (needed != room) {
            ensure(Math.max(needed - room, 0));
            System.arraycopy(array, begin, array, begin + needed - room, runBytes);
        }
        length = begin - room;
        varint(runBytes);
        length += runBytes;
    }

    public ByteWriter raw(Bytes bytes) {
        ensure(bytes.length());
        bytes.copyTo(array, length);
        length += bytes.length();
        return this;
    }

    /** The length as a varint, then the bytes. */
    public ByteWriter bytes(Bytes bytes) {
        return varint(bytes.length()).raw(bytes);
    }

    /** UTF-8, preceded by its length in bytes. */
    public ByteWriter string(String text) {
        return bytes(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    public ByteWriter bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    /** Overwrites four bytes written earlier, such as a length that was not known then. */
    public void patchFixed32(int position, int value) {
        if (position < 0 || position + 4 > length) {
            throw new IndexOutOfBoundsException("patch at " + position + " of " + length + " bytes");
        }
        putFixed32(position, value);
    }

    /** Forgets what was written, keeps the array. */
    public void clear() {
        length = 0;
    }

    /** Takes back what was written after the given length. */
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > length) {
            throw new IndexOutOfBoundsException("truncate to " + newLength + " of " + length + " bytes");
        }
        length = newLength;
    }

    /** The array written to; valid up to {@link #length} and until the next write. */
    public byte[] array() {
        return array;
    }

    /** A copy of what was written. */
    public Bytes toBytes() {
        return Bytes.wrap(Arrays.copyOf(array, length));
    }

    private void ensure(int more) {
        if (more > array.length - length) {
            grow(more);
        }
    }

    private void grow(int more) {
        long needed = (long) length + more;
        if (needed > limitBytes) {
            if (limitBytes == Integer.MAX_VALUE) {
                throw new ArithmeticException("an array of " + needed + " bytes");
            }
            throw DdsException.TooLarge.atLeast(what, needed, limitBytes - SLACK_BYTES);
        }
        array = Arrays.copyOf(array, (int) Math.min(limitBytes, Math.max(2L * array.length, needed)));
    }

    private void putFixed32(int at, int value) {
        array[at] = (byte) (value >>> 24);
        array[at + 1] = (byte) (value >>> 16);
        array[at + 2] = (byte) (value >>> 8);
        array[at + 3] = (byte) value;
    }
}
