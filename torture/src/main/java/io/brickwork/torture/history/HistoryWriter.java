package io.brickwork.torture.history;

import io.brickwork.check.Call;
import io.brickwork.core.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what one process asks and is told, a line for each, in the words of {@link HistoryFormat}. Each line is
 * with the operating system before the method returns, so the invocation of whatever was sent survives the death of the
 * process, and what a killed process was not told stays open. Any thread.
 *
 * <p>Times are those of {@link System#nanoTime}, which on Linux is CLOCK_MONOTONIC: one clock for all processes of a
 * machine, so that times of several files can be compared.
 */
public final class HistoryWriter implements AutoCloseable {
    private final FileChannel file;
    private long last;

    public HistoryWriter(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** To be called before the operation is sent; the number names it from here on. */
    public synchronized long invoke(String client, String partition, Call call) {
        long number = ++last;
        write(HistoryFormat.invoke(number, System.nanoTime(), client, partition, call));
        return number;
    }

    /** To be called when the answer is there. */
    public void done(long number, @Nullable String result, Version version) {
        write(HistoryFormat.done(number, System.nanoTime(), result, version));
    }

    public void didNotHappen(long number) {
        write(HistoryFormat.didNotHappen(number, System.nanoTime()));
    }

    public void unknown(long number) {
        write(HistoryFormat.unknown(number, System.nanoTime()));
    }

    private synchronized void write(String line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the history", failure);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
