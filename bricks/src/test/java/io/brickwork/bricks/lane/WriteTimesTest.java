package io.brickwork.bricks.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.brickwork.bricks.lane.WriteTimes.Stage;
import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.message.CallMessage;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WriteTimesTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);
    private static final Endpoint.Caller CALLER = new Endpoint.Caller(1);

    private long nowNanos = 1_000;
    private final WriteTimes times = new WriteTimes(() -> nowNanos);
    private final Map<Stage, Long> told = new EnumMap<>(Stage.class);

    @Test
    void timeOfAWriteIsToldApartIntoItsStages() {
        times.start(told::put);
        BrickInput write = write(7);
        times.posted(write);
        nowNanos += 10;
        times.stepping(write);
        nowNanos += 20;
        times.stepped(write);
        nowNanos += 30;
        times.written();
        times.flushed();
        nowNanos += 40;
        times.written();
        times.answered(CALLER, answer(7));
        nowNanos += 50;
        times.flushed();

        assertThat(told)
                .containsExactly(
                        entry(Stage.QUEUE, 10L),
                        entry(Stage.STEP, 20L),
                        entry(Stage.LOG, 30L),
                        entry(Stage.PEERS, 40L),
                        entry(Stage.REPLY, 50L));
    }

    @Test
    void answersToOthersEndNothing() {
        times.start(told::put);
        BrickInput write = write(7);
        times.posted(write);
        times.stepping(write);
        times.stepped(write);
        times.written();
        times.answered(CALLER, answer(8));
        times.answered(new Endpoint.Caller(2), answer(7));
        times.flushed();

        assertThat(told).isEmpty();
    }

    @Test
    void refusalWithinTheStepIsNotCounted() {
        times.start(told::put);
        BrickInput write = write(7);
        times.posted(write);
        times.stepping(write);
        times.answered(CALLER, answer(7));
        times.stepped(write);
        nowNanos += 5;
        times.written();
        times.flushed();

        assertThat(told).isEmpty();
    }

    private static BrickInput write(long ticket) {
        return new BrickInput.Received(
                CALLER,
                new CallMessage.Write(
                        ticket, PARTITION, 1, new OperationId(new SessionId(1, 2), 5), 1, 0, Bytes.EMPTY, Bytes.EMPTY));
    }

    private static CallMessage answer(long ticket) {
        return new CallMessage.Answer(ticket, PARTITION, Completion.Status.DONE, new Version(1, 1), Bytes.EMPTY);
    }
}
