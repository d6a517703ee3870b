package io.brickwork.bricks.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A window on a segment that moves forwards, for reading it from end to end. One thread. */
final class SegmentReader {
    private static final int WINDOW_BYTES = 1 << 20;

    private final Segment segment;
    private ByteBuffer window;
    private long windowStart;
    private int windowBytes;

    SegmentReader(Segment segment) {
        this.segment = segment;
        window = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, segment.capacityBytes()));
        windowStart = segment.first();
    }

    /** Brings these bytes into the window. False if the segment ends before them. */
    boolean load(long position, int bytes) throws IOException {
        if (position + bytes > segment.limit()) {
            return false;
        }
        if (position >= windowStart && position + bytes <= windowStart + windowBytes) {
            return true;
        }
        if (bytes > window.capacity()) {
            window = ByteBuffer.allocate(bytes);
        }
        int wanted = (int) Math.min(window.capacity(), segment.limit() - position);
        window.clear().limit(wanted);
        segment.file().read(window, segment.offset(position));
        windowStart = position;
        windowBytes = window.position();
        window.clear();
        return bytes <= windowBytes;
    }

    /** What was loaded, addressed by {@link #index}. */
    ByteBuffer window() {
        return window;
    }

    int index(long position) {
        return (int) (position - windowStart);
    }
}
