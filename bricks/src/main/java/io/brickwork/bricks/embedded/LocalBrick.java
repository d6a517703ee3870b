package io.brickwork.bricks.embedded;

import io.brickwork.bricks.Brick;
import io.brickwork.bricks.lane.LocalCallers;
import io.brickwork.bricks.lane.StatusCall;
import io.brickwork.bricks.meter.Meters;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.client.spi.EmbeddedBrick;
import io.brickwork.client.spi.EmbeddedOptions;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.MemoryBudget;
import io.brickwork.core.message.CallMessage;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The only brick of a cluster of one. Its lane is a plain event loop, which its callers' machine shares. */
final class LocalBrick implements EmbeddedBrick {
    private static final BrickId ID = new BrickId("embedded");
    private static final long SEGMENT_BYTES = 16L << 20;
    private static final long OPEN_SECONDS = 30;
    private static final long POLL_NANOS = 200_000;

    private final EventLoop loop;
    private final Brick brick;
    /** Lane only. */
    private final LocalCallers callers;

    /** Completed when the brick halts: it answers nothing after that. */
    private final CompletableFuture<Throwable> halt;

    private LocalBrick(EventLoop loop, Brick brick, LocalCallers callers, CompletableFuture<Throwable> halt) {
        this.loop = loop;
        this.brick = brick;
        this.callers = callers;
        this.halt = halt;
    }

    /** Returns when all partitions that exist are open. */
    static LocalBrick open(Path directory, EmbeddedOptions options) {
        UnboundLogging.silence();
        EventLoop loop = new DefaultEventLoop(Thread.ofPlatform()
                .name("lane-" + directory.getFileName())
                .daemon()
                .factory());
        LocalCallers callers = new LocalCallers();
        CompletableFuture<Throwable> halt = new CompletableFuture<>();
        MemoryBudget budget = MemoryBudget.embedded(Runtime.getRuntime().maxMemory());
        boolean isOpen = false;
        try {
            Brick brick = Brick.open(
                    ID,
                    drawn -> BrickConfig.of(ID, "embedded", 1, List.of(ID), drawn)
                            .withBudget(budget),
                    new Brick.Storage(directory, options.capacityBytes(), SEGMENT_BYTES),
                    loop,
                    Meters.ofThisProgram(),
                    failure -> {
                        String why = Brick.adviceFor(failure, directory);
                        callers.halted(why);
                        halt.complete(failure);
                    });
            brick.lane().call(() -> {
                callers.opened(brick.lane());
                return true;
            });
            LocalBrick local = new LocalBrick(loop, brick, callers, halt);
            local.awaitOpen(directory);
            isOpen = true;
            return local;
        } finally {
            if (!isOpen) {
                shutDown(loop);
            }
        }
    }

    private void awaitOpen(Path directory) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(OPEN_SECONDS);
        while (!status().serves()) {
            Throwable halted = brick.halted();
            if (halted != null || System.nanoTime() - deadlineNanos > 0) {
                brick.close();
                throw new BrickStartException(
                        halted == null
                                ? "the brick in %s has not opened all its partitions after %d s"
                                        .formatted(directory, OPEN_SECONDS)
                                : "the brick in %s has halted: %s"
                                        .formatted(directory, Brick.adviceFor(halted, directory)),
                        halted);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private CallMessage.Status status() {
        return StatusCall.ask(brick.lane())
                .applyToEither(halt.thenApply(failure -> StatusCall.NONE), Function.identity())
                .completeOnTimeout(StatusCall.NONE, OPEN_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** For tests of what happens when it halts. */
    Brick brick() {
        return brick;
    }

    @Override
    public BrickId id() {
        return ID;
    }

    @Override
    public EventLoop lane() {
        return loop;
    }

    @Override
    public Requests connect(Replies replies) {
        return callers.connect(replies);
    }

    @Override
    public @Nullable Bytes tryRead(int structure, Bytes routingKey, Bytes body) {
        return brick.tryRead(structure, routingKey, body);
    }

    @Override
    public void close() {
        try {
            brick.close();
        } finally {
            shutDown(loop);
        }
    }

    private static void shutDown(EventLoop loop) {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
