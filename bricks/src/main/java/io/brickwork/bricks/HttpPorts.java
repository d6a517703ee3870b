package io.brickwork.bricks;

import io.brickwork.bricks.settings.BrickStartException;
import java.net.InetSocketAddress;

/**
 * Opens the HTTP ports of bricks, for those who watch them. Implemented by {@code io.brickwork:bricks-http} and named
 * in its {@code META-INF/services}; needs a public constructor without parameters.
 */
public interface HttpPorts {
    /** @throws BrickStartException if it cannot listen there; says why, and what to do */
    Port open(HostedBrick brick, InetSocketAddress address);

    /** An open one. */
    interface Port extends AutoCloseable {
        /** Where it listens. */
        InetSocketAddress address();

        @Override
        void close();
    }
}
