package io.brickwork.bricks.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file that says that the table was closed in order, after which transaction, and how long its file was. Removed
 * when the table is opened.
 *
 * <pre>fixed64 magic "BWTBLEND" · fixed64 transaction · fixed64 bytes · fixed32 crc</pre>
 */
record CloseMark(long transaction, long bytes) {
    private static final String NAME = "clean";
    private static final long MAGIC = 0x425754424C454E44L;
    private static final int MARK_BYTES = 28;

    /** Takes the mark away. Null if there is none, or one that cannot be read, which is as good as none. */
    static @Nullable CloseMark take(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        sync(directory);
        if (bytes.length != MARK_BYTES) {
            return null;
        }
        ByteBuffer mark = ByteBuffer.wrap(bytes);
        boolean isWhole = mark.getLong(0) == MAGIC && mark.getInt(MARK_BYTES - 4) == crc(bytes);
        return isWhole ? new CloseMark(mark.getLong(8), mark.getLong(16)) : null;
    }

    void write(Path directory) throws IOException {
        ByteBuffer mark = ByteBuffer.allocate(MARK_BYTES)
                .putLong(MAGIC)
                .putLong(transaction)
                .putLong(bytes);
        mark.putInt(crc(mark.array())).flip();
        try (FileChannel channel = FileChannel.open(
                directory.resolve(NAME),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            channel.write(mark);
            channel.force(true);
        }
        sync(directory);
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static int crc(byte[] mark) {
        CRC32C crc = new CRC32C();
        crc.update(mark, 0, MARK_BYTES - 4);
        return (int) crc.getValue();
    }
}
