package io.brickwork.bench;

import io.brickwork.bricks.lane.WriteTimes;
import io.brickwork.bricks.lane.WriteTimes.Stage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import org.HdrHistogram.Histogram;

/** Where the time of writes went, over all bricks; in nanoseconds. */
final class Stages {
    private final Map<Stage, Histogram> times = new EnumMap<>(Stage.class);

    private Stages() {
        for (Stage stage : Stage.values()) {
            times.put(stage, Measured.newHistogram());
        }
    }

    /** Nothing is measured yet. */
    static Stages none() {
        return new Stages();
    }

    /** Begins on all lanes of this process, whose times go into what is returned until it is told to {@link #stop}. */
    static Stages start() {
        Stages stages = new Stages();
        WriteTimes.ofThisProcess().forEach(lane -> lane.start(stages::took));
        return stages;
    }

    /** Ends on all lanes of this process. */
    Stages stop() {
        WriteTimes.ofThisProcess().forEach(WriteTimes::stop);
        return this;
    }

    /** Lanes. */
    private synchronized void took(Stage stage, long nanos) {
        of(stage).recordValue(nanos);
    }

    synchronized void add(Stages other) {
        other.times.forEach(this::add);
    }

    private void add(Stage stage, Histogram more) {
        of(stage).add(more);
    }

    synchronized double medianMicros(Stage stage) {
        return of(stage).getValueAtPercentile(50) / 1e3;
    }

    private Histogram of(Stage stage) {
        Histogram histogram = times.get(stage);
        if (histogram == null) {
            throw new IllegalStateException("no times of " + stage);
        }
        return histogram;
    }

    /** The form that {@link #parse} reads. */
    synchronized String format() {
        StringJoiner line = new StringJoiner(" ");
        for (Stage stage : Stage.values()) {
            ByteBuffer bytes = ByteBuffer.allocate(of(stage).getNeededByteBufferCapacity());
            of(stage).encodeIntoByteBuffer(bytes);
            bytes.flip();
            line.add(Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), bytes.limit())));
        }
        return line.toString();
    }

    static Stages parse(String text) {
        Stages stages = new Stages();
        String[] parts = text.split(" ");
        for (Stage stage : Stage.values()) {
            stages.add(
                    stage,
                    Histogram.decodeFromByteBuffer(
                            ByteBuffer.wrap(Base64.getDecoder().decode(parts[stage.ordinal()])), 0));
        }
        return stages;
    }
}
