package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.structure.Records;
import org.jspecify.annotations.Nullable;

/** Takes records, in whatever order they come, until a page is full; always one at least. */
public final class PageVisitor implements Records.Visitor {
    /** A page ends after this many records, so that a partition of tiny ones does not hold up its lane. */
    public static final int RECORDS = 2048;
    /** A page ends after this many bytes of records were looked at, also if it shows only their keys. */
    public static final int SCAN_BYTES = 1 << 20;

    private final int limit;
    private final boolean keysOnly;
    private final Sink sink;
    private int count;
    private long shownBytes;
    private long scannedBytes;
    private @Nullable Bytes next;

    /** Where the records go. */
    @FunctionalInterface
    public interface Sink {
        void take(Bytes recordKey, Bytes value);
    }

    /**
     * @param limit of records
     * @param keysOnly whether values do not count towards {@link Limits#PAGE_BYTES}
     */
    public PageVisitor(int limit, boolean keysOnly, Sink sink) {
        this.limit = limit;
        this.keysOnly = keysOnly;
        this.sink = sink;
    }

    @Override
    public boolean visit(Bytes recordKey, Bytes value) {
        long bytes = recordKey.length() + value.length();
        long shown = keysOnly ? recordKey.length() : bytes;
        boolean isFull = count > 0
                && (count == limit || shownBytes + shown > Limits.PAGE_BYTES || scannedBytes + bytes > SCAN_BYTES);
        if (isFull) {
            next = recordKey;
            return false;
        }
        count++;
        shownBytes += shown;
        scannedBytes += bytes;
        sink.take(recordKey, value);
        return true;
    }

    public int count() {
        return count;
    }

    /** The first record that did not fit; null if all did. */
    public @Nullable Bytes next() {
        return next;
    }
}
