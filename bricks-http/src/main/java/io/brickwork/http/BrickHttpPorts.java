package io.brickwork.http;

import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.HttpPorts;
import java.net.InetSocketAddress;

/** Opens the HTTP ports of bricks. Found by {@link java.util.ServiceLoader}. */
public final class BrickHttpPorts implements HttpPorts {
    /** For the service loader. */
    public BrickHttpPorts() {}

    @Override
    public BrickHttp open(HostedBrick brick, InetSocketAddress address) {
        return BrickHttp.open(brick, address);
    }
}
