package io.brickwork.core.partition.machine;

import io.brickwork.core.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a primary has written of late: how much, how large, and where. It begins anew with each view. */
public final class WriteSample {
    /** Keys that are kept. */
    public static final int KEYS = 64;

    /** A new size counts for one part in so many of the mean. */
    private static final int INERTIA = 64;

    private final @Nullable Bytes[] keys = new Bytes[KEYS];
    private long writes;
    private double meanBytes;

    /**
     * A record is put or deleted.
     *
     * @param value null if it is deleted
     */
    public void add(Bytes recordKey, @Nullable Bytes value) {
        keys[(int) (writes++ % KEYS)] = recordKey;
        if (value != null) {
            double bytes = recordKey.length() + value.length();
            meanBytes = meanBytes == 0 ? bytes : meanBytes + (bytes - meanBytes) / INERTIA;
        }
    }

    /** How many records were put or deleted. */
    public long writes() {
        return writes;
    }

    /** What a record takes that is put, key and value; 0 if none was. */
    public long meanBytes() {
        return Math.round(meanBytes);
    }

    /** The keys that were written last, in order; less than {@link #KEYS} if fewer were. */
    public List<Bytes> sortedKeys() {
        List<Bytes> sorted = new ArrayList<>(KEYS);
        for (Bytes key : keys) {
            if (key != null) {
                sorted.add(key);
            }
        }
        sorted.sort(null);
        return sorted;
    }
}
