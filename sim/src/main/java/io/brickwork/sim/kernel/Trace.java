package io.brickwork.sim.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The fingerprint of a run: a running 64-bit hash over everything that happened, and the last lines of it in words.
 *
 * <p>Two runs are equal if and only if (but for a collision) their hashes are. Lines are made only while somebody wants
 * them; they never change the hash. One thread at a time.
 */
public final class Trace {
    private static final long PRIME = 0x9e3779b97f4a7c15L;

    private final EventQueue queue;
    private final int keptLines;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private long hash = 0xcbf29ce484222325L;
    private Recorder recorder = Recorder.NONE;

    /** @param keptLines how many of the last lines are kept; 0 for none */
    public Trace(EventQueue queue, int keptLines) {
        this.queue = queue;
        this.keptLines = keptLines;
    }

    /** From here on, somebody listens. Does not change the run. */
    public void setRecorder(Recorder listener) {
        recorder = listener;
        listener.begins(queue::nowNanos);
    }

    /** Who hears what happens. */
    public Recorder recorder() {
        return recorder;
    }

    /** Takes something that happened into the hash, with its time. */
    public void mix(long what, long detail) {
        long h = hash;
        h = (h ^ queue.nowNanos()) * PRIME;
        h = (h ^ (h >>> 29) ^ what) * PRIME;
        h = (h ^ (h >>> 32) ^ detail) * PRIME;
        hash = h ^ (h >>> 31);
    }

    /** Takes bytes into the hash. */
    public void mix(long what, byte[] bytes, int length) {
        long h = what;
        for (int i = 0; i < length; i++) {
            h = h * 31 + bytes[i];
        }
        mix(h, length);
    }

    /** Takes something into the hash by its text. */
    public void mixText(String text) {
        long h = 0;
        for (int i = 0; i < text.length(); i++) {
            h = h * 31 + text.charAt(i);
        }
        mix(h, text.length());
    }

    /** Keeps a line, if lines are kept. */
    public void line(Supplier<String> text) {
        if (keptLines > 0) {
            if (lines.size() == keptLines) {
                lines.removeFirst();
            }
            lines.add(String.format(Locale.ROOT, "%12.6f ms  %s", queue.nowNanos() / 1e6, text.get()));
        }
    }

    public long hash() {
        return hash;
    }

    /** The first eight hexadecimal digits of the hash: enough to tell runs apart by eye. */
    public String shortHash() {
        return String.format(Locale.ROOT, "%016x", hash).substring(0, 8);
    }

    /** The last lines, oldest first. */
    public List<String> lines() {
        return new ArrayList<>(lines);
    }
}
