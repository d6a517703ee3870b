package io.brickwork.client.spi;

/** A brick of a cluster that runs in this process. Any thread but its lane. */
public interface MemberBrick extends AutoCloseable {
    /** Opens a session with all bricks of the cluster, this one without a socket. To be closed before the brick. */
    ClientSession session(SessionSettings settings);

    /** Stops the brick in order; what was acknowledged is on disk. Waits for it. */
    @Override
    void close();
}
