package io.brickwork.bricks.lane;

import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.log.Log;
import io.brickwork.core.message.CallMessage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The turns of a lane: steps for whatever is ready, then one log write for all of them, then one flush of each
 * connection.
 *
 * <p>Batching and group commit come from here, not from timers: the first input of a turn queues the end of the turn
 * behind everything that is ready by then. Nothing leaves before what was appended in the turn is written.
 *
 * <p>Anything that is thrown in a turn, by the machine or by the log, halts the brick: no more steps, no more sends,
 * what this turn wanted to send is dropped. Knows neither actors nor event loops; used by one thread, the lane's.
 */
public final class LaneTurn {
    /** What a turn may gather unless told otherwise. */
    private static final long USUAL_TURN_BYTES = 4 << 20;

    private final Outlets outlets;
    private final LongSupplier nanoClock;
    private final Executor behindWhatIsReady;
    private final Consumer<Throwable> onHalt;
    private final TurnOutbox outbox;
    private final WriteTimes times;
    private final Runnable end = this::end;
    private @Nullable Log log;
    private @Nullable Stepper machine;
    /** A turn that has gathered so much ends before its next step. */
    private long turnBytes = USUAL_TURN_BYTES;

    private boolean isEndDue;
    /** While the turn's effects are carried out, which may bring the next inputs. */
    private boolean isEnding;

    private boolean isHalted;

    /** A machine, as a turn sees it. */
    @FunctionalInterface
    public interface Stepper {
        void step(BrickInput input, long nowNanos);
    }

    /**
     * @param nanoClock the brick's monotonic clock
     * @param behindWhatIsReady runs a task on the lane's thread after everything that is ready there already
     * @param onHalt told once, on the lane's thread, why no more turns come
     */
    public LaneTurn(
            Outlets outlets,
            LongSupplier nanoClock,
            Executor behindWhatIsReady,
            Consumer<Event> events,
            Consumer<Throwable> onHalt) {
        this.outlets = outlets;
        this.nanoClock = nanoClock;
        this.behindWhatIsReady = behindWhatIsReady;
        this.onHalt = onHalt;
        times = new WriteTimes(nanoClock);
        outbox = new TurnOutbox(outlets, nanoClock, events, times);
    }

    /** Bounds what a turn gathers before it ends, however much is ready. Before {@link #begin}. */
    public void boundTurns(long bytes) {
        turnBytes = Math.min(bytes, USUAL_TURN_BYTES);
    }

    /** Takes the effects of the machine that {@link #begin} will get. */
    public Outbox outbox() {
        return outbox;
    }

    /** Where the time of writes goes, for whoever wants to know. */
    WriteTimes times() {
        return times;
    }

    /** Takes the machine, which has recovered, and carries out what recovery wanted as the first turn. */
    public void begin(Stepper machine, Log log) {
        this.machine = machine;
        this.log = log;
        end();
    }

    /** One step. The end of the turn follows by itself. Ignored before {@link #begin} and after a halt. */
    public void feed(BrickInput input) {
        Stepper stepper = machine;
        if (stepper == null || isHalted) {
            return;
        }
        if (!isEndDue) {
            isEndDue = true;
            behindWhatIsReady.execute(end);
        }
        if (outbox.gatheredBytes() >= turnBytes) {
            end();
            isEndDue = true; // its task is still queued
            if (isHalted) {
                return;
            }
        }
        if (input instanceof BrickInput.Received received && hasToWait(received)) {
            return;
        }
        try {
            if (times.isOn()) {
                times.stepping(input);
                stepper.step(input, nanoClock.getAsLong());
                times.stepped(input);
            } else {
                stepper.step(input, nanoClock.getAsLong());
            }
        } catch (Throwable failure) {
            halt(failure);
        }
    }

    /**
     * Whether a request is not looked at now: who does not read its answers is not given more of them. It is kept until
     * the answers are read, or refused where that would take too much.
     */
    private boolean hasToWait(BrickInput.Received received) {
        if (!(received.from() instanceof Endpoint.Caller caller)
                || !(received.message() instanceof CallMessage.Request request)
                || request instanceof CallMessage.OfTransaction) {
            return false;
        }
        if (request instanceof CallMessage.Write write) {
            outbox.gather(write.body().length());
        }
        Outlet outlet = outlets.find(caller);
        if (outlet == null || outlet.takesRequests()) {
            return false;
        }
        if (!outlet.keep(received)) {
            outbox.send(
                    caller,
                    new CallMessage.Refusal(
                            request.ticket(),
                            request.partition(),
                            CallMessage.Reason.OVERLOADED,
                            "answers wait until this client has read them, and so much more cannot be kept",
                            null));
        }
        return true;
    }

    /** Stops all turns for the given reason, as if a step had thrown it. */
    public void halt(Throwable failure) {
        if (!isHalted) {
            isHalted = true;
            outbox.drop();
            onHalt.accept(failure);
        }
    }

    /** Ends the current turn at once and takes no more inputs: an orderly stop. */
    public void finish() {
        end();
        isHalted = true;
    }

    public boolean isHalted() {
        return isHalted;
    }

    /** Whether a turn is being ended further up the stack: no step now. */
    boolean isEnding() {
        return isEnding;
    }

    private void end() {
        isEndDue = false;
        Stepper stepper = machine;
        Log records = log;
        if (isHalted || stepper == null || records == null) {
            return;
        }
        isEnding = true;
        try {
            records.write();
            if (times.isOn()) {
                times.written();
            }
            long written;
            do {
                written = records.writtenPosition();
                stepper.step(new BrickInput.Written(written), nanoClock.getAsLong());
                records.write();
            } while (records.writtenPosition() != written);
            outbox.carryOut();
        } catch (Throwable failure) {
            halt(failure);
        } finally {
            isEnding = false;
        }
    }
}
