package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.io.Output;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;

/**
 * What Kryo writes to; counts the lengths that {@link BoundedInput} will count, so that nothing is stored which could
 * not be read back; ends encoding at the limit of a value, whatever the object would come to. One thread.
 */
final class BoundedOutput extends Output {
    private static final int INITIAL_BYTES = 512;
    /** Room that Kryo asks for before it knows how long a number or a character is. */
    private static final int SLACK_BYTES = 16;

    /** The elements that all lengths claim. */
    private long claimed;
    /** Whether something was written that the first format does not have. */
    private boolean isSecondFormat;
    /** Whether something was written by a serializer that is not trusted. */
    private boolean needsProof;

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
        isSecondFormat = false;
        needsProof = false;
    }

    /** Says that what is written must be read back before it is stored. */
    void needProof() {
        needsProof = true;
    }

    boolean needsProof() {
        return needsProof;
    }

    /** Says that what is written is of the second format. */
    void needSecondFormat() {
        isSecondFormat = true;
    }

    boolean isSecondFormat() {
        return isSecondFormat;
    }

    /** Begins a part that is preceded by its length; to be given to {@link #endSized}. */
    int beginSized() {
        int start = position;
        writeByte(0);
        return start;
    }

    /** Ends a part: moves it if its length takes more than the one byte that was left for it. */
    void endSized(int start) {
        int length = position - start - 1;
        int lengthBytes = varIntLength(length, true);
        if (lengthBytes > 1) {
            require(lengthBytes - 1);
            System.arraycopy(buffer, start + 1, buffer, start + lengthBytes, length);
        }
        position = start;
        super.writeVarInt(length, true);
        position += length;
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
