package io.brickwork.bricks.lane;

import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.log.Log;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    /** Inputs that no turn has taken yet, in the order in which they came. */
    private final Queue<BrickInput> inputs = new ConcurrentLinkedQueue<>();
    /** Whether somebody has been asked to take them. */
    private final AtomicBoolean isAsked = new AtomicBoolean();
    /** Has the storage actor take them; null while there is none: then the loop does. */
    private volatile @Nullable Runnable actor;

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

    /** Bounds what a turn gathers before it ends, however much is ready. Before {@link #begin}. */
    public void boundTurns(long bytes) {
        turn.boundTurns(bytes);
    }

    /**
     * Has a storage actor take the inputs from now on. Lossless: inputs stay here until they are taken, and the lane
     * takes them itself before there is an actor, after it, and with each tick.
     *
     * @param actor has {@link #takeInputs} called on the loop; null for none
     */
    void deliverThrough(@Nullable Runnable actor) {
        this.actor = actor;
        if (actor == null && !loop.isShuttingDown()) {
            loop.execute(this::takeInputs);
        }
    }

    /**
     * Any thread. An input that comes before {@link #begin}, or after a halt, is lost like a message on the network.
     */
    public void post(BrickInput input) {
        boolean isOnLoop = loop.inEventLoop();
        if (turn.times().isOn() && isOnLoop) {
            turn.times().posted(input);
        }
        inputs.add(input);
        Runnable asked = actor;
        if (asked == null && isOnLoop && !turn.isEnding()) {
            takeInputs();
        } else if (!isAsked.getAndSet(true)) {
            if (asked != null) {
                asked.run();
            } else if (!loop.isShuttingDown()) {
                loop.execute(this::takeInputs);
            }
        }
    }

    /** Feeds what has come to the turns. On the loop. */
    void takeInputs() {
        isAsked.set(false);
        for (BrickInput input = inputs.poll(); input != null; input = inputs.poll()) {
            turn.feed(input);
        }
    }

    private void tick() {
        inputs.add(new BrickInput.Tick());
        takeInputs();
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
            begin(log, machine::step);
            return machine;
        });
    }

    /** Begins with the turns of a machine that has recovered. On the loop. */
    void begin(Log log, LaneTurn.Stepper machine) {
        turn.begin(machine, log);
        turn.times().enlist();
        ticks = loop.scheduleWithFixedDelay(
                this::tick, BrickMachine.TICK_NANOS, BrickMachine.TICK_NANOS, TimeUnit.NANOSECONDS);
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
