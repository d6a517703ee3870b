package io.brickwork.core.partition.machine;

/** Sum of what partition machines hold in memory, in bytes. Every machine adds its own share; one thread. */
public final class MemoryUse {
    private long overlayBytes;
    private long uncommittedBytes;
    private long waitingBytes;
    private long lagBytes;

    /**
     * Adds one machine's share.
     *
     * @param overlay entries that are not applied, except those that wait for other members
     * @param uncommitted entries of a primary that wait for other members
     * @param waiting requests that wait for locks
     * @param lag entries that are known to be committed and are not applied: they go whatever other bricks do
     */
    public void add(long overlay, long uncommitted, long waiting, long lag) {
        overlayBytes += overlay;
        uncommittedBytes += uncommitted;
        waitingBytes += waiting;
        lagBytes += lag;
    }

    /** Entries that are not applied, except those that wait for other members. */
    public long overlayBytes() {
        return overlayBytes;
    }

    /** Entries of primaries that wait for other members. */
    public long uncommittedBytes() {
        return uncommittedBytes;
    }

    /** Requests that wait for locks. */
    public long waitingBytes() {
        return waitingBytes;
    }

    /** Entries that are known to be committed and are not applied. */
    public long lagBytes() {
        return lagBytes;
    }
}
