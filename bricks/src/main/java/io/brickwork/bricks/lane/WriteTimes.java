package io.brickwork.bricks.lane;

import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of a write goes on the lane of its primary: follows one write at a time from its arrival to its answer, and takes up the next that arrives after that.
 *
 * <p>Off until {@link #start}; then each hook costs the lane the look at one flag. The lane's thread calls the hooks; any thread switches and reads.
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

    private final LongSupplier nanoClock;
    private final Map<Stage, Histogram> times = new EnumMap<>(Stage.class);
    private volatile boolean isOn;
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
        for (Stage stage : Stage.values()) {
            times.put(stage, new SynchronizedHistogram(LONGEST_NANOS, 2));
        }
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

    /** Forgets what was measured before, and begins. Any thread. */
    public void start() {
        times.values().forEach(Histogram::reset);
        isOn = true;
    }

    /** Ends, and gives the times in nanoseconds. Any thread. */
    public Map<Stage, Histogram> stop() {
        isOn = false;
        Map<Stage, Histogram> copies = new EnumMap<>(Stage.class);
        times.forEach((stage, histogram) -> copies.put(stage, histogram.copy()));
        return copies;
    }

    boolean isOn() {
        return isOn;
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
        Histogram histogram = times.get(stage);
        if (histogram != null) {
            histogram.recordValue(Math.max(0, Math.min(nanos, LONGEST_NANOS)));
        }
    }
}
