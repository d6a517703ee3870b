package io.brickwork.core.brick;

import io.brickwork.core.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much memory a brick's buffers may take together, and the share of each. Everything whose size depends on what
 * others send or fail to read has a share, so that all of it at once fits into the heap.
 *
 * <p>Arithmetic only: whoever starts a brick knows the heap. The budget is what is left of the heap after
 * {@link #BASE_BYTES} for the brick itself, less three eighths for the collector and for what is counted with a delay;
 * a share grows with the budget up to what is of use. The shares are limits from which on a brick takes no more: each
 * may be exceeded by the one entry or frame that was under way.
 *
 * @param heapBytes the heap that the budget fits into
 * @param totalBytes what all shares together may take
 * @param overlayBytes entries that are committed and not yet in the table
 * @param windowBytes entries of one partition that are not yet committed
 * @param uncommittedBytes entries of all partitions that are not yet committed
 * @param toClientsBytes answers that wait until clients read them
 * @param toBricksBytes messages that wait until other bricks read them
 * @param receiveBytes frames of clients that are coming in or have not been looked at
 * @param waitingBytes requests that wait for a lock
 */
public record MemoryBudget(
        long heapBytes,
        long totalBytes,
        long overlayBytes,
        long windowBytes,
        long uncommittedBytes,
        long toClientsBytes,
        long toBricksBytes,
        long receiveBytes,
        long waitingBytes) {
    /** What a brick takes that holds nothing: classes, actors, the network's and the disk's own buffers. */
    public static final long BASE_BYTES = 24L << 20;
    /** With less there would not be room for the largest entry or frame in every buffer. */
    public static final long LEAST_BYTES = 20L << 20;
    /** A share below it would not take one value. */
    public static final long LEAST_SHARE_BYTES = 1L << 20;

    private static final int PARTS = 100;
    private static final int OVERLAY_PARTS = 24;
    private static final int UNCOMMITTED_PARTS = 16;
    private static final int TO_CLIENTS_PARTS = 22;
    private static final int TO_BRICKS_PARTS = 14;
    private static final int RECEIVE_PARTS = 15;
    private static final int WAITING_PARTS = 9;

    private static final long MOST_UNCOMMITTED_BYTES = 128L << 20;
    private static final long MOST_OUTGOING_BYTES = 256L << 20;
    private static final long MOST_RECEIVE_BYTES = 128L << 20;
    private static final long MOST_WAITING_BYTES = 64L << 20;

    /**
     * What a person has said about the budget; 0 where the heap decides.
     *
     * @param totalBytes of all buffers
     * @param overlayBytes of the overlays
     * @param windowBytes of each partition's window
     */
    public record Wishes(long totalBytes, long overlayBytes, long windowBytes) {
        /** The heap decides everything. */
        public static final Wishes NONE = new Wishes(0, 0, 0);

        public Wishes {
            Check.argument(
                    totalBytes >= 0 && overlayBytes >= 0 && windowBytes >= 0,
                    "sizes below 0: %d, %d, %d",
                    totalBytes,
                    overlayBytes,
                    windowBytes);
        }
    }

    /**
     * Divides the heap.
     *
     * @param heapBytes the most that the heap can grow to
     * @throws IllegalArgumentException if the heap is too small for a brick, or for these wishes; says what does not
     *     fit, and by what it would
     */
    public static MemoryBudget of(long heapBytes, Wishes wishes) {
        long most = mostOf(heapBytes);
        if (most < LEAST_BYTES) {
            throw new IllegalArgumentException(
                    "a heap of %s leaves %s for the brick's buffers, which need %s at least: give the process a heap of %s or more (-Xmx%dm)"
                            .formatted(
                                    mib(heapBytes),
                                    mib(most),
                                    mib(LEAST_BYTES),
                                    mib(heapFor(LEAST_BYTES)),
                                    heapOptionFor(LEAST_BYTES)));
        }
        if (wishes.totalBytes > 0 && wishes.totalBytes < LEAST_BYTES) {
            throw new IllegalArgumentException("memory-budget is %s; the brick's buffers need %s at least"
                    .formatted(mib(wishes.totalBytes), mib(LEAST_BYTES)));
        }
        if (wishes.totalBytes > most) {
            throw new IllegalArgumentException(
                    "memory-budget is %s, and a heap of %s has room for %s: give the process a heap of %s or more (-Xmx%dm), or lower memory-budget"
                            .formatted(
                                    mib(wishes.totalBytes),
                                    mib(heapBytes),
                                    mib(most),
                                    mib(heapFor(wishes.totalBytes)),
                                    heapOptionFor(wishes.totalBytes)));
        }
        return divide(heapBytes, wishes.totalBytes > 0 ? wishes.totalBytes : most, wishes);
    }

    /**
     * Of a heap that a brick shares with the application around it: a quarter of it, but never so little that it could
     * not take the largest entry.
     *
     * @param heapBytes the most that the heap can grow to
     */
    public static MemoryBudget embedded(long heapBytes) {
        return divide(heapBytes, Math.max(LEAST_BYTES, heapBytes / 4), Wishes.NONE);
    }

    private static MemoryBudget divide(long heapBytes, long total, Wishes wishes) {
        long overlay = wished(
                "overlay",
                wishes.overlayBytes,
                share(total, OVERLAY_PARTS, BrickConfig.OVERLAY_BYTES),
                OVERLAY_PARTS,
                total);
        long uncommitted = share(total, UNCOMMITTED_PARTS, MOST_UNCOMMITTED_BYTES);
        long window = wished(
                "window",
                wishes.windowBytes,
                Math.min(uncommitted, BrickConfig.WINDOW_BYTES),
                UNCOMMITTED_PARTS,
                total);
        return new MemoryBudget(
                heapBytes,
                total,
                overlay,
                window,
                Math.max(uncommitted, window),
                share(total, TO_CLIENTS_PARTS, MOST_OUTGOING_BYTES),
                share(total, TO_BRICKS_PARTS, MOST_OUTGOING_BYTES),
                share(total, RECEIVE_PARTS, MOST_RECEIVE_BYTES),
                share(total, WAITING_PARTS, MOST_WAITING_BYTES));
    }

    /** What somebody has set, if the parts of the budget that are meant for it have room for it. */
    private static long wished(String key, long wishBytes, long usualBytes, int parts, long total) {
        if (wishBytes == 0) {
            return usualBytes;
        }
        long most = total / PARTS * parts;
        if (wishBytes > most) {
            long needed = (wishBytes + parts - 1) / parts * PARTS + PARTS;
            throw new IllegalArgumentException(
                    "%s is %s, and a memory budget of %s has room for %s: that needs a budget of %s, which a heap of %s has (-Xmx%dm); or lower %s, or leave it out"
                            .formatted(
                                    key,
                                    mib(wishBytes),
                                    mib(total),
                                    mib(most),
                                    mib(needed),
                                    mib(heapFor(needed)),
                                    heapOptionFor(needed),
                                    key));
        }
        return wishBytes;
    }

    private static long share(long total, int parts, long mostBytes) {
        return Math.clamp(total / PARTS * parts, LEAST_SHARE_BYTES, mostBytes);
    }

    /** The largest budget that a heap has room for. */
    private static long mostOf(long heapBytes) {
        return Math.max(0, heapBytes - BASE_BYTES) / 8 * 5;
    }

    /** The smallest heap that has room for a budget. */
    public static long heapFor(long totalBytes) {
        return BASE_BYTES + (totalBytes + 4) / 5 * 8 + 8;
    }

    /** The same in MiB, as the option of a JVM, which counts some of the heap that it is given for its own. */
    private static long heapOptionFor(long totalBytes) {
        return (heapFor(totalBytes) * 21 / 20 >> 20) + 1;
    }

    /**
     * What a setting comes to.
     *
     * @param what the buffer that has the share
     */
    public record Share(String name, long bytes, String what) {}

    /** All shares, for people. */
    public List<Share> shares() {
        List<Share> shares = new ArrayList<>();
        shares.add(new Share("overlay", overlayBytes, "entries that are committed and not yet in the table"));
        shares.add(new Share("window", windowBytes, "entries of one partition that are not yet committed"));
        shares.add(new Share("uncommitted", uncommittedBytes, "entries of all partitions that are not yet committed"));
        shares.add(new Share("to-clients", toClientsBytes, "answers that wait until clients read them"));
        shares.add(new Share("to-bricks", toBricksBytes, "messages that wait until other bricks read them"));
        shares.add(new Share("receive", receiveBytes, "frames of clients that are coming in"));
        shares.add(new Share("waiting", waitingBytes, "requests that wait for a lock"));
        return List.copyOf(shares);
    }

    /** A size for people. */
    public static String mib(long bytes) {
        return String.format(Locale.ROOT, bytes % (1 << 20) == 0 ? "%.0f MiB" : "%.1f MiB", bytes / (double) (1 << 20));
    }
}
