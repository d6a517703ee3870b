package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.io.Output;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;

/** What Kryo writes to; counts the lengths that {@link BoundedInput} will count, so that nothing is stored which could not be read back; ends encoding at the limit of a value, whatever the object would come to. One thread. */
final class BoundedOutput extends Output {
    private static final int INITIAL_BYTES = 512;
    /** Room that Kryo asks for before it knows how long a number or a character is. */
    private static final int SLACK_BYTES = 16;

    /** The elements that all lengths claim. */
    private long claimed;

    BoundedOutput() {
        super(INITIAL_BYTES, Limits.VALUE_BYTES + SLACK_BYTES);
    }

    /** Asked before anything is written that may not fit into the buffer. */
    @Override
    protected boolean require(int required) {
        long needed = (long) position + required;
        if (needed > maxCapacity) {
            throw DdsException.TooLarge.atLeast("the object", needed, Limits.VALUE_BYTES);
        }
        return super.require(required);
    }

    void begin() {
        setPosition(0);
        claimed = 0;
    }

    /** A copy of what was written. */
    Bytes end() {
        if (claimed > (long) position + BoundedInput.SLACK) {
            throw new IllegalArgumentException(
                    "%d elements in %d bytes: more than %d that take no bytes, such as nulls, cannot be encoded"
                            .formatted(claimed, position, BoundedInput.SLACK));
        }
        return Bytes.wrap(toBytes());
    }

    void writeClassId(int id) {
        super.writeVarInt(id, true);
    }

    @Override
    public int writeVarInt(int value, boolean optimizePositive) {
        claim(value, optimizePositive);
        return super.writeVarInt(value, optimizePositive);
    }

    @Override
    public int writeVarIntFlag(boolean flag, int value, boolean optimizePositive) {
        claim(value, optimizePositive);
        return super.writeVarIntFlag(flag, value, optimizePositive);
    }

    /** Data, not a length. */
    @Override
    public int writeInt(int value, boolean optimizePositive) {
        return super.writeVarInt(value, optimizePositive);
    }

    @Override
    public void writeInts(int[] array, int offset, int count, boolean optimizePositive) {
        for (int i = offset; i < offset + count; i++) {
            writeInt(array[i], optimizePositive);
        }
    }

    private void claim(int lengthPlusOne, boolean isLength) {
        if (isLength) {
            claimed += Math.max(0, Integer.toUnsignedLong(lengthPlusOne) - 1);
        }
    }
}
