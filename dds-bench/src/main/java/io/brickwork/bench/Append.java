package io.brickwork.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that was filled before, written from its beginning to its end over and over: what a log does at least. One
 * thread.
 */
final class Append implements AutoCloseable {
    private static final int FILE_BYTES = 64 << 20;

    private final FileChannel file;
    private final ByteBuffer batch;
    private final boolean syncs;
    private long position;

    /** @param syncs whether each append is followed by an {@code fdatasync} */
    Append(Path path, int batchBytes, boolean syncs) throws IOException {
        this.syncs = syncs;
        batch = ByteBuffer.allocateDirect(batchBytes);
        file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        for (int at = 0; at < FILE_BYTES; at += zeros.capacity()) {
            file.write(zeros.clear(), at);
        }
        file.force(true);
    }

    void run() throws IOException {
        if (position + batch.capacity() > FILE_BYTES) {
            position = 0;
        }
        position += file.write(batch.clear(), position);
        if (syncs) {
            file.force(false);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
