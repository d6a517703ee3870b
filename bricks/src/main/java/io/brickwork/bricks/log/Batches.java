package io.brickwork.bricks.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The format of a batch: what one turn appended to one segment.
 *
 * <pre>
 * u8 format = 0xB1 · fixed32 bytes of all records · fixed64 position of this batch · fixed64 synced · fixed32 crc
 * [ fixed32 bytes · record ]…
 * </pre>
 *
 * {@code synced} is the position below which everything was synced when the batch was written. The CRC32C covers the
 * segment's salt, then all of the batch but itself. Position and salt make a batch valid in one place only: what an
 * earlier life of the file, or a client's value, happens to hold is never taken for one.
 */
final class Batches {
    static final int FORMAT = 0xB1;
    static final int HEADER_BYTES = 25;
    /** The length that stands before every record. */
    static final int RECORD_PREFIX_BYTES = 4;
    /** No batch is longer; the longest record is well below it. */
    static final int MAX_BYTES = 8 << 20;

    private static final int LENGTH_AT = 1;
    private static final int POSITION_AT = 5;
    private static final int SYNCED_AT = 13;
    private static final int CRC_AT = 21;

    private Batches() {}

    /** Fills in the header of the batch that stands in the array from {@code start} to {@code end}. */
    static void seal(byte[] array, int start, int end, long position, long synced, long salt) {
        ByteBuffer header = ByteBuffer.wrap(array);
        header.put(start, (byte) FORMAT);
        header.putInt(start + LENGTH_AT, end - start - HEADER_BYTES);
        header.putLong(start + POSITION_AT, position);
        header.putLong(start + SYNCED_AT, synced);
        header.putInt(start + CRC_AT, crc(array, start, end, salt));
    }

    /** Whether the array holds, at this index, the beginning of a batch for this position. */
    static boolean beginsAt(ByteBuffer array, int index, long position) {
        return (array.get(index) & 0xFF) == FORMAT && array.getLong(index + POSITION_AT) == position;
    }

    static int recordsBytes(ByteBuffer array, int index) {
        return array.getInt(index + LENGTH_AT);
    }

    static long synced(ByteBuffer array, int index) {
        return array.getLong(index + SYNCED_AT);
    }

    static long position(ByteBuffer array, int index) {
        return array.getLong(index + POSITION_AT);
    }

    static int storedCrc(ByteBuffer array, int index) {
        return array.getInt(index + CRC_AT);
    }

    static int crc(byte[] array, int start, int end, long salt) {
        CRC32C crc = new CRC32C();
        for (int shift = 56; shift >= 0; shift -= 8) {
            crc.update((int) (salt >>> shift));
        }
        crc.update(array, start, CRC_AT);
        crc.update(array, start + HEADER_BYTES, end - start - HEADER_BYTES);
        return (int) crc.getValue();
    }
}
