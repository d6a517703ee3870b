package io.brickwork.torture.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Tells people what happens, each line with the time since the beginning of the load, and keeps the lines in a file.
 * Any thread.
 */
final class Teller implements AutoCloseable {
    private final PrintWriter out;
    private final PrintWriter file;
    private volatile long zeroNanos = System.nanoTime();

    Teller(PrintWriter out, Path file) {
        this.out = out;
        try {
            this.file = new PrintWriter(Files.newBufferedWriter(file));
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write " + file, failure);
        }
    }

    void countFrom(long nanos) {
        zeroNanos = nanos;
    }

    void say(String text, Object... values) {
        plain("[%6.1f s] %s"
                .formatted((System.nanoTime() - zeroNanos) / 1e9, String.format(Locale.ROOT, text, values)));
    }

    /** A line without the time. */
    synchronized void plain(String line) {
        out.println(line);
        out.flush();
        file.println(line);
        file.flush();
    }

    @Override
    public synchronized void close() {
        file.close();
    }
}
