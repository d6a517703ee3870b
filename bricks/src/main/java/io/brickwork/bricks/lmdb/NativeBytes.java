package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.TableCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Memory outside the heap that LMDB reads a key or a value from; used again for each. What a method returns is valid
 * until the next call. One thread at a time.
 */
final class NativeBytes {
    static final int LONGEST_KEY_BYTES = TableCodec.STRUCTURE_BYTES + Limits.RECORD_KEY_BYTES;

    private UnsafeBuffer memory;
    /** The part of the memory that is in use: LMDB takes a buffer's capacity for the length. */
    private final UnsafeBuffer used = new UnsafeBuffer(0, 0);

    NativeBytes(int capacityBytes) {
        memory = new UnsafeBuffer(ByteBuffer.allocateDirect(capacityBytes));
    }

    /** The same as of {@link TableCodec#dataKey}, without making that key. */
    DirectBuffer dataKey(int structure, Bytes recordKey) {
        Check.argument(
                recordKey.length() <= Limits.RECORD_KEY_BYTES,
                "a record key of %d bytes; the limit is %d",
                recordKey.length(),
                Limits.RECORD_KEY_BYTES);
        memory.putInt(0, structure, ByteOrder.BIG_ENDIAN);
        memory.putBytes(
                TableCodec.STRUCTURE_BYTES, recordKey.backingArray(), recordKey.backingOffset(), recordKey.length());
        return use(TableCodec.STRUCTURE_BYTES + recordKey.length());
    }

    DirectBuffer of(Bytes bytes) {
        return of(bytes.backingArray(), bytes.backingOffset(), bytes.length());
    }

    /** What the writer holds. */
    DirectBuffer of(ByteWriter writer) {
        return of(writer.array(), 0, writer.length());
    }

    private DirectBuffer of(byte[] array, int offset, int length) {
        if (length > memory.capacity()) {
            memory = new UnsafeBuffer(ByteBuffer.allocateDirect(Math.max(length, 2 * memory.capacity())));
        }
        memory.putBytes(0, array, offset, length);
        return use(length);
    }

    private DirectBuffer use(int length) {
        used.wrap(memory.addressOffset(), length);
        return used;
    }

    /** A copy in the heap of what LMDB shows; its memory may change once the transaction has ended. */
    static Bytes copy(DirectBuffer shown, int from) {
        byte[] copy = new byte[shown.capacity() - from];
        shown.getBytes(from, copy);
        return Bytes.wrap(copy);
    }
}
