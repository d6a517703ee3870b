package io.brickwork.bricks.lane;

import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.log.Log;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A lane: one event loop that owns a brick's machine, its connections and its log, and drives them in
 * {@linkplain LaneTurn turns}.
 *
 * <p>Inputs may come from any thread through {@link #post}; everything else here belongs to the loop's thread unless it
 * says otherwise.
 */
public final class Lane {
    private final EventLoop loop;
    private final Outlets outlets = new Outlets();
    private final BootClock clock = new BootClock();
    private final LaneTurn turn;
    private volatile @Nullable Consumer<BrickInput> mailbox;
    private @Nullable ScheduledFuture<?> ticks;

    /** @param onHalt told once, on the loop, after everything has stopped, why; the outlets are closed by then */
    public Lane(EventLoop loop, Consumer<Event> events, Consumer<Throwable> onHalt) {
        this.loop = loop;
        turn = new LaneTurn(outlets, clock, loop, events, failure -> {
            stopTicks();
            outlets.closeAll();
            onHalt.accept(failure);
        });
    }

    public EventLoop loop() {
        return loop;
    }

    /** The clock that the brick's machine is told, and that its lease ends on. */
    public LongSupplier clock() {
        return clock;
    }

    /** The brick's links. */
    public Outlets outlets() {
        return outlets;
    }

    /** The turns, for a storage actor on this lane's loop. */
    public LaneTurn turn() {
        return turn;
    }

    /**
     * Lets inputs go through the mailbox of a storage actor that runs on this lane's loop, instead of the loop's own
     * queue. Any thread.
     */
    public void deliverThrough(Consumer<BrickInput> mailbox) {
        this.mailbox = mailbox;
    }

    /**
     * Any thread. An input that comes before {@link #begin}, or after a halt, is lost like a message on the network.
     */
    public void post(BrickInput input) {
        if (turn.times().isOn() && loop.inEventLoop()) {
            turn.times().posted(input);
        }
        Consumer<BrickInput> box = mailbox;
        if (box != null) {
            box.accept(input);
        } else if (loop.inEventLoop()) {
            turn.feed(input);
        } else if (!loop.isShuttingDown()) {
            loop.execute(() -> turn.feed(input));
        }
    }

    /** Halts the brick for a failure outside its turns, such as one of a disk that its own threads meet. Any thread. */
    public void halt(Throwable failure) {
        if (!loop.isShuttingDown()) {
            loop.execute(() -> turn.halt(failure));
        }
    }

    /**
     * Makes the machine, lets it read its log and table, and begins with the turns. Any other thread than the loop's.
     *
     * @throws RuntimeException what making or recovering threw
     */
    public BrickMachine begin(Log log, Function<Outbox, BrickMachine> maker) {
        return call(() -> {
            BrickMachine machine = maker.apply(turn.outbox());
            machine.recover(clock.getAsLong());
            turn.begin(machine::step, log);
            turn.times().enlist();
            ticks = loop.scheduleWithFixedDelay(
                    () -> post(new BrickInput.Tick()),
                    BrickMachine.TICK_NANOS,
                    BrickMachine.TICK_NANOS,
                    TimeUnit.NANOSECONDS);
            return machine;
        });
    }

    /** Ends the turns and closes all links, in order, without a word of failure. Any other thread than the loop's. */
    public void end() {
        call(() -> {
            stopTicks();
            turn.times().delist();
            turn.finish();
            outlets.closeAll();
            return true;
        });
    }

    /** Runs the task on the loop and waits for it; what it throws is thrown here. Any other thread than the loop's. */
    public <T> T call(Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(task, loop).join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw failed;
            }
        }
    }

    private void stopTicks() {
        if (ticks != null) {
            ticks.cancel(false);
            ticks = null;
        }
    }
}
