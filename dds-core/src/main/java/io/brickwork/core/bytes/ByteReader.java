package io.brickwork.core.bytes;

import io.brickwork.core.Bytes;

/**
 * Reads what a {@link ByteWriter} wrote, trusting nothing: every length is compared with what is left, and with its
 * limit, before anything is allocated.
 *
 * <p>All methods throw {@link MalformedException}. One thread at a time.
 */
public final class ByteReader {
    private final byte[] array;
    private int position;
    private final int end;

    public ByteReader(Bytes bytes) {
        this(bytes.backingArray(), bytes.backingOffset(), bytes.backingOffset() + bytes.length());
    }

    private ByteReader(byte[] array, int position, int end) {
        this.array = array;
        this.position = position;
        this.end = end;
    }

    public int remaining() {
        return end - position;
    }

    public int u8() {
        need(1);
        return array[position++] & 0xFF;
    }

    /** The next byte, which stays to be read. */
    public int peekU8() {
        need(1);
        return array[position] & 0xFF;
    }

    public int fixed32() {
        need(4);
        int value = (array[position] & 0xFF) << 24
                | (array[position + 1] & 0xFF) << 16
                | (array[position + 2] & 0xFF) << 8
                | (array[position + 3] & 0xFF);
        position += 4;
        return value;
    }

    public long fixed64() {
        need(8);
        return ((long) fixed32() << 32) | (fixed32() & 0xFFFF_FFFFL);
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = u8();
            if (shift == 63 && b > 1) {
                break;
            }
            value |= (long) (b & 0x7F) << shift;
            if ((b & 0x80) == 0) {
                return value;
            }
        }
        throw new MalformedException("a number is longer than 64 bits");
    }

    /** A number from {@code min} to {@code max}, both inclusive. */
    public long varint(String what, long min, long max) {
        long value = varint();
        if (value < min || value > max) {
            throw new MalformedException(what + " is " + value + ", not from " + min + " to " + max);
        }
        return value;
    }

    /** A number from {@code min} to {@code max}, both inclusive. */
    public int varint32(String what, int min, int max) {
        return (int) varint(what, min, max);
    }

    /** A slice of the input, at most {@code limitBytes} long. */
    public Bytes bytes(String what, int limitBytes) {
        return raw(length(what, limitBytes));
    }

    /** The next {@code length} bytes as a slice of the input. */
    public Bytes raw(int length) {
        need(length);
        Bytes slice = Bytes.wrap(array, position, length);
        position += length;
        return slice;
    }

    /**
     * A reader of its own for what a {@linkplain ByteWriter#beginSized sized run} holds, at most {@code limitBytes};
     * this reader goes on behind it, however much of it is read.
     */
    public ByteReader sized(String what, int limitBytes) {
        int length = length(what, limitBytes);
        need(length);
        ByteReader run = new ByteReader(array, position, position + length);
        position += length;
        return run;
    }

    /** How many things follow, of which each takes at least {@code leastBytes}: no more than can be there. */
    public int count(String what, int leastBytes) {
        return varint32(what, 0, remaining() / leastBytes);
    }

    /** UTF-8 text of at most {@code limitChars} characters. */
    public String string(String what, int limitChars) {
        String text = bytes(what, 4 * limitChars).toUtf8();
        if (text.length() > limitChars) {
            throw new MalformedException(what + " has " + text.length() + " characters; the limit is " + limitChars);
        }
        return text;
    }

    public boolean bool(String what) {
        int value = u8();
        if (value > 1) {
            throw new MalformedException(what + " is " + value + ", neither 0 nor 1");
        }
        return value == 1;
    }

    private int length(String what, int limitBytes) {
        long length = varint();
        if (length < 0 || length > limitBytes) {
            throw new MalformedException(
                    what + " claims " + Long.toUnsignedString(length) + " bytes; the limit is " + limitBytes);
        }
        return (int) length;
    }

    private void need(int length) {
        if (length < 0 || length > end - position) {
            throw new MalformedException("needs " + length + " more bytes, " + (end - position) + " are left");
        }
    }
}
