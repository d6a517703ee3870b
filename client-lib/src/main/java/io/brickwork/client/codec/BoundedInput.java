package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.io.Input;
import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import java.util.Arrays;

/**
 * What Kryo reads from, made safe against lengths that are not true: Kryo allocates what the bytes claim before it
 * reads on, so that five of them can ask for 2 GB.
 *
 * <p>Kryo reads every length of a collection, map, array or string as an unsigned variable-length number, and almost
 * nothing else (class ids come through {@link #readClassId}, data through the other methods). An element takes a byte
 * of its own, with few exceptions; so all lengths together cannot exceed the bytes there are and {@link #SLACK}.
 * {@link BoundedOutput} counts the same way and refuses what could not be read back. One thread.
 */
final class BoundedInput extends Input {
    /** Elements that may take no bytes, such as nulls in a list of nothing else. */
    static final int SLACK = 4096;

    private static final byte[] NO_BYTES = {};

    /** Elements that may still be claimed. */
    private long budget;

    /** Begins to read these bytes. */
    void begin(Bytes bytes) {
        setBuffer(bytes.backingArray(), bytes.backingOffset(), bytes.length());
        budget = (long) bytes.length() + SLACK;
    }

    /** Lets go of the bytes; says whether no more than so many are kept. */
    boolean rest(int keptBytes) {
        setBuffer(NO_BYTES);
        return chars.length * Character.BYTES <= keptBytes;
    }

    int remaining() {
        return limit - position;
    }

    /**
     * Where a part ends that begins here.
     *
     * @throws MalformedException if so many bytes are not there
     */
    int end(int length) {
        need(length, 1);
        return position + length;
    }

    /** Whether the next bytes are these. */
    boolean holds(byte[] bytes, int length) {
        return bytes.length == length
                && length <= remaining()
                && Arrays.equals(buffer, position, position + length, bytes, 0, length);
    }

    /** A copy of the next bytes, which are not passed. */
    byte[] ahead(int length) {
        return Arrays.copyOfRange(buffer, position, position + length);
    }

    /** The next byte, which is not passed; -1 if there is none. */
    int peek() {
        return remaining() == 0 ? -1 : buffer[position] & 0xFF;
    }

    /** Notes elements that are about to be allocated, where Kryo does not read their number as a length. */
    int claim(int elements) {
        if (elements < 0) {
            throw new MalformedException(elements + " elements are claimed");
        }
        return claimed(elements + 1) - 1;
    }

    int readClassId() {
        return super.readVarInt(true);
    }

    @Override
    public int readVarInt(boolean optimizePositive) {
        int value = super.readVarInt(optimizePositive);
        return optimizePositive ? claimed(value) : value;
    }

    @Override
    public int readVarIntFlag(boolean optimizePositive) {
        int value = super.readVarIntFlag(optimizePositive);
        return optimizePositive ? claimed(value) : value;
    }

    /** Data, not a length. */
    @Override
    public int readInt(boolean optimizePositive) {
        return super.readVarInt(optimizePositive);
    }

    @Override
    public byte[] readBytes(int length) {
        need(length, Byte.BYTES);
        return super.readBytes(length);
    }

    @Override
    public int[] readInts(int length) {
        need(length, Integer.BYTES);
        return super.readInts(length);
    }

    @Override
    public int[] readInts(int length, boolean optimizePositive) {
        need(length, 1);
        int[] values = new int[length];
        for (int i = 0; i < length; i++) {
            values[i] = readInt(optimizePositive);
        }
        return values;
    }

    @Override
    public long[] readLongs(int length) {
        need(length, Long.BYTES);
        return super.readLongs(length);
    }

    @Override
    public long[] readLongs(int length, boolean optimizePositive) {
        need(length, 1);
        return super.readLongs(length, optimizePositive);
    }

    @Override
    public float[] readFloats(int length) {
        need(length, Float.BYTES);
        return super.readFloats(length);
    }

    @Override
    public double[] readDoubles(int length) {
        need(length, Double.BYTES);
        return super.readDoubles(length);
    }

    @Override
    public short[] readShorts(int length) {
        need(length, Short.BYTES);
        return super.readShorts(length);
    }

    @Override
    public char[] readChars(int length) {
        need(length, Character.BYTES);
        return super.readChars(length);
    }

    @Override
    public boolean[] readBooleans(int length) {
        need(length, 1);
        return super.readBooleans(length);
    }

    /** Kryo writes lengths plus one, because 0 is null. */
    private int claimed(int lengthPlusOne) {
        budget -= Math.max(0, (lengthPlusOne & 0xFFFF_FFFFL) - 1);
        if (lengthPlusOne < 0 || budget < 0) {
            throw new MalformedException("a length of " + (Integer.toUnsignedLong(lengthPlusOne) - 1)
                    + " is claimed, which these bytes cannot hold");
        }
        return lengthPlusOne;
    }

    private void need(int elements, int bytesEach) {
        if (elements < 0 || (long) elements * bytesEach > remaining()) {
            throw new MalformedException(
                    elements + " elements of " + bytesEach + " bytes are claimed, " + remaining() + " bytes are left");
        }
    }
}
