package io.brickwork.bricks.log;

import io.brickwork.bricks.log.LogFiles.LogFile;
import io.brickwork.core.log.LogCorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One file of the log, named after the first position in it; position p stands at byte p − first + 4,096. That it is
 * there says that everything below its first position is synced.
 *
 * <pre>
 * fixed64 magic "BWLOGSEG" · u8 format = 1 · fixed64 first position · 2 × fixed64 log id · fixed64 salt · fixed32 crc
 * zeros up to byte 4,096, then batches back to back, then zeros or whatever the file held in an earlier life
 * </pre>
 *
 * @param first the position of its first batch
 * @param logId the same in all segments of one log
 * @param salt drawn for each segment; see {@link Batches}
 * @param capacityBytes room for batches
 */
record Segment(String name, LogFile file, long first, UUID logId, long salt, long capacityBytes) {
    static final int HEADER_BYTES = 4096;
    static final String SUFFIX = ".log";

    private static final long MAGIC = 0x42574C4F47534547L;
    private static final int FORMAT = 1;
    private static final int USED_HEADER_BYTES = 45;

    static String nameOf(long first) {
        return "%016x%s".formatted(first, SUFFIX);
    }

    static boolean isName(String name) {
        return name.length() == 16 + SUFFIX.length() && name.endsWith(SUFFIX);
    }

    /** The first position beyond its room. */
    long limit() {
        return first + capacityBytes;
    }

    /** The byte in the file at which a position stands. */
    long offset(long position) {
        return position - first + HEADER_BYTES;
    }

    /** Makes a prepared file a segment. Its content follows; it is neither synced nor renamed here. */
    static Segment begin(LogFile file, long first, UUID logId, long salt) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(USED_HEADER_BYTES);
        header.putLong(MAGIC).put((byte) FORMAT).putLong(first);
        header.putLong(logId.getMostSignificantBits())
                .putLong(logId.getLeastSignificantBits())
                .putLong(salt);
        header.putInt(crc(header));
        file.write(header.flip(), 0);
        return new Segment(nameOf(first), file, first, logId, salt, file.size() - HEADER_BYTES);
    }

    /**
     * Opens a segment.
     *
     * @throws LogCorruptException if its header is not what was synced before the file got its name
     */
    static Segment open(LogFiles files, String name) throws IOException {
        LogFile file = files.open(name);
        try {
            return open(files, name, file);
        } catch (IOException | RuntimeException e) {
            SegmentedLog.closeQuietly(file);
            throw e;
        }
    }

    private static Segment open(LogFiles files, String name, LogFile file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(USED_HEADER_BYTES);
        file.read(header, 0);
        if (header.hasRemaining() || file.size() < HEADER_BYTES) {
            throw bad(files, name, "a header of " + HEADER_BYTES + " bytes", "a file of " + file.size() + " bytes");
        }
        header.flip();
        long magic = header.getLong();
        int format = header.get() & 0xFF;
        if (magic != MAGIC) {
            throw bad(files, name, "magic %016x".formatted(MAGIC), "%016x".formatted(magic));
        }
        if (format != FORMAT) {
            throw bad(files, name, "segment format " + FORMAT + ", which this version reads", "format " + format);
        }
        long first = header.getLong();
        UUID logId = new UUID(header.getLong(), header.getLong());
        long salt = header.getLong();
        int expected = crc(header);
        int found = header.getInt();
        if (expected != found) {
            throw bad(files, name, "header checksum %08x".formatted(expected), "%08x".formatted(found));
        }
        if (!nameOf(first).equals(name)) {
            throw bad(files, name, "the name " + nameOf(first) + " that its header gives", "the name " + name);
        }
        return new Segment(name, file, first, logId, salt, file.size() - HEADER_BYTES);
    }

    private static LogCorruptException bad(LogFiles files, String name, String expected, String found) {
        return Damage.corrupt(files.describe(name), 0, expected, found);
    }

    private static int crc(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(USED_HEADER_BYTES - 4));
        return (int) crc.getValue();
    }
}
