package io.brickwork.bricks.control;

import io.brickwork.bricks.lane.Lane;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A lane without a brick, for nodes of the cluster; keeps in mind what its node has asked of it. */
final class LaneOnly implements ControlPlane.Hosted, AutoCloseable {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Lane lane = new Lane(group.next(), event -> {}, failure -> {});
    final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public void handOver() {
        calls.add("hand over");
    }

    @Override
    public void stop() {
        calls.add("stop");
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
