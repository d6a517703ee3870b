package io.brickwork.core.partition.port;

/** How much more the brick can take. Sizes are in bytes. */
public interface LoadPort {
    /** Whether the overlays of the brick hold all they may: of what is not applied, or of what is not committed. */
    boolean isOverlayFull();

    /** Whether so much is committed and not applied at this brick that its replicas must take no more from others. */
    boolean lagsBehind();

    /** Whether the requests that wait for locks at this brick take all the memory they may. */
    boolean isWaitingFull();

    /** A request of so many bytes waits for a lock. */
    void addWaiting(long bytes);

    /** Entries of one partition that may be stored and not committed. */
    long windowBytes();

    /** How much of a partition comes in one message when it is copied. */
    int copyChunkBytes();
}
