package io.brickwork.bricks.lane;

import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures where the time of a write goes on the lane of its primary: follows one write at a time from its arrival to
 * its answer, and takes up the next that arrives after that.
 *
 * <p>Off until {@link #start}; from then on each hook costs the lane the look at one flag. The lane's thread calls the
 * hooks; any thread switches and reads.
 */
public final class WriteTimes {
    private static final long LONGEST_NANOS = 60_000_000_000L;
    private static final Set<WriteTimes> OF_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    /** A part of the way, in its order. */
    public enum Stage {
        /** From the arrival to the step. */
        QUEUE,
        /** The step: evaluated, encoded, appended. */
        STEP,
        /** The rest of the turn's steps, and its log write. */
        LOG,
        /** Until the last member, this one included, has said that it has stored the entry; with SYNC the syncs too. */
        PEERS,
        /** From the step that made the answer until it was handed to the connection. */
        REPLY
    }

    /** Who is told the times. On the lane's thread; of several lanes at once. */
    @FunctionalInterface
    public interface Sink {
        /** @param nanos from 0 to a minute */
        void took(Stage stage, long nanos);
    }

    private final LongSupplier nanoClock;
    /** Null while nothing is measured. */
    private volatile @Nullable Sink sink;
    /** The write that is followed; what follows is valid only while there is one. */
    private @Nullable BrickInput followed;

    private long ticket;
    private Endpoint caller = new Endpoint.Caller(0);
    private long postedNanos;
    private long steppingNanos;
    private long steppedNanos;
    private long writtenNanos;
    private long answeredNanos;

    WriteTimes(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Those of all lanes that run in this process. */
    public static List<WriteTimes> ofThisProcess() {
        return List.copyOf(OF_THIS_PROCESS);
    }

    /** The lane begins to run. */
    void enlist() {
        OF_THIS_PROCESS.add(this);
    }

    /** The lane runs no more. */
    void delist() {
        OF_THIS_PROCESS.remove(this);
    }

    /** Begins to tell the sink. Any thread. */
    public void start(Sink sink) {
        this.sink = sink;
    }

    /** Ends. Any thread; a write that is followed may still be told. */
    public void stop() {
        sink = null;
    }

    boolean isOn() {
        return sink != null;
    }

    void posted(BrickInput input) {
        boolean isFree = followed == null || nanoClock.getAsLong() - postedNanos > LONGEST_NANOS;
        if (isFree && input instanceof BrickInput.Received(Endpoint.Caller from, CallMessage.Write write)) {
            followed = input;
            ticket = write.ticket();
            caller = from;
            steppedNanos = 0;
            writtenNanos = 0;
            answeredNanos = 0;
            postedNanos = nanoClock.getAsLong();
        }
    }

    /** This very input: a repetition of the same request is another one. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isFollowed(BrickInput input) {
        return input == followed;
    }

    void stepping(BrickInput input) {
        if (isFollowed(input)) {
            steppingNanos = nanoClock.getAsLong();
        }
    }

    void stepped(BrickInput input) {
        if (isFollowed(input)) {
            steppedNanos = nanoClock.getAsLong();
        }
    }

    void written() {
        if (followed != null && steppedNanos != 0 && writtenNanos == 0) {
            writtenNanos = nanoClock.getAsLong();
        }
    }

    void answered(Endpoint to, Message message) {
        if (followed != null
                && message instanceof CallMessage answer
                && answer.ticket() == ticket
                && to.equals(caller)) {
            answeredNanos = nanoClock.getAsLong();
        }
    }

    void flushed() {
        if (followed == null || answeredNanos == 0) {
            return;
        }
        // A refusal is answered within the step, before anything is written.
        if (writtenNanos != 0 && answeredNanos - writtenNanos >= 0) {
            record(Stage.QUEUE, steppingNanos - postedNanos);
            record(Stage.STEP, steppedNanos - steppingNanos);
            record(Stage.LOG, writtenNanos - steppedNanos);
            record(Stage.PEERS, answeredNanos - writtenNanos);
            record(Stage.REPLY, nanoClock.getAsLong() - answeredNanos);
        }
        followed = null;
    }

    private void record(Stage stage, long nanos) {
        Sink told = sink;
        if (told != null) {
            told.took(stage, Math.clamp(nanos, 0, LONGEST_NANOS));
        }
    }
}
