package io.brickwork.bricks.log;

import io.brickwork.bricks.log.LogFiles.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * The file that says that the log was closed in order, and where it ends: everything below is synced. It is written
 * last at a close and removed, synced, before the log takes anything new.
 *
 * <pre>fixed64 magic "BWLOGEND" · fixed64 end position · fixed32 crc</pre>
 */
final class CleanMark {
    static final String NAME = "clean";

    private static final long MAGIC = 0x42574C4F47454E44L;
    private static final int BYTES = 20;

    private CleanMark() {}

    /** The position in the mark. Empty if there is none, or one that cannot be read, which is as good as none. */
    static OptionalLong read(LogFiles files) throws IOException {
        if (!files.names().contains(NAME)) {
            return OptionalLong.empty();
        }
        ByteBuffer mark = ByteBuffer.allocate(BYTES);
        try (LogFile file = files.open(NAME)) {
            file.read(mark, 0);
        }
        if (mark.hasRemaining()) {
            return OptionalLong.empty();
        }
        mark.flip();
        long magic = mark.getLong();
        long position = mark.getLong();
        return magic == MAGIC && mark.getInt() == crc(mark) ? OptionalLong.of(position) : OptionalLong.empty();
    }

    static void write(LogFiles files, long position) throws IOException {
        ByteBuffer mark = ByteBuffer.allocate(BYTES).putLong(MAGIC).putLong(position);
        mark.putInt(crc(mark)).flip();
        String making = NAME + SegmentSupply.MAKING_SUFFIX;
        try (LogFile file = files.create(making)) {
            file.write(mark, 0);
            file.force();
        }
        files.rename(making, NAME);
        files.syncDirectory();
    }

    static void remove(LogFiles files) throws IOException {
        if (files.names().contains(NAME)) {
            files.delete(NAME);
            files.syncDirectory();
        }
    }

    private static int crc(ByteBuffer mark) {
        CRC32C crc = new CRC32C();
        crc.update(mark.duplicate().position(0).limit(BYTES - 4));
        return (int) crc.getValue();
    }
}
