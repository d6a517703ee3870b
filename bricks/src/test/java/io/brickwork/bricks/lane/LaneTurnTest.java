package io.brickwork.bricks.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The turn's order of things, with a scripted machine and a log that only counts. */
class LaneTurnTest {
    private static final BrickInput TICK = new BrickInput.Tick();

    private final List<String> happened = new ArrayList<>();
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final Outlets outlets = new Outlets();
    private final CountingLog log = new CountingLog(happened::add);
    private long clockNanos;
    private Throwable halted;
    private final LaneTurn turn =
            new LaneTurn(outlets, () -> clockNanos, ready::add, event -> {}, failure -> halted = failure);
    private final Endpoint.Caller caller = outlets.addCaller(new Recorder("caller"));

    @Test
    void allThatIsReadyIsSteppedBeforeOneWriteAndOneFlush() {
        turn.begin(
                (input, now) -> {
                    if (input instanceof BrickInput.Tick) {
                        happened.add("step");
                        log.appended++;
                        turn.outbox().send(caller, new LinkMessage.Ping(log.appended));
                    }
                },
                log);
        happened.clear();
        turn.feed(TICK);
        turn.feed(TICK);
        runReady();
        assertThat(happened).containsExactly("step", "step", "write 2", "caller 1", "caller 2", "caller flush");
    }

    @Test
    void writtenIsToldAgainWhileItAppendsMore() {
        List<Long> told = new ArrayList<>();
        turn.begin(
                (input, now) -> {
                    if (input instanceof BrickInput.Written(long position)) {
                        told.add(position);
                        if (position > 0 && position < 3) {
                            log.appended++;
                        }
                    } else {
                        log.appended++;
                    }
                },
                log);
        turn.feed(TICK);
        runReady();
        assertThat(told).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void aReplyLooksAtTheClockWhenItIsCarriedOut() {
        turn.begin(
                (input, now) -> {
                    if (input instanceof BrickInput.Tick) {
                        turn.outbox().replyBefore(caller, 100, new LinkMessage.Ping(1), new LinkMessage.Pong(2));
                        turn.outbox().replyBefore(caller, 101, new LinkMessage.Ping(3), new LinkMessage.Pong(4));
                        turn.outbox()
                                .replyBefore(caller, Long.MAX_VALUE, new LinkMessage.Ping(5), new LinkMessage.Pong(6));
                    }
                },
                log);
        happened.clear();
        clockNanos = 99;
        turn.feed(TICK);
        clockNanos = 100;
        runReady();
        assertThat(happened).containsExactly("caller -2", "caller 3", "caller 5", "caller flush");
    }

    @Test
    void aBrokenInvariantHaltsAndNothingMoreLeaves() {
        turn.begin(
                (input, now) -> {
                    if (input instanceof BrickInput.Tick) {
                        turn.outbox().send(caller, new LinkMessage.Ping(1));
                        Check.invariant(false, "two and two make five");
                    }
                },
                log);
        happened.clear();
        turn.feed(TICK);
        runReady();
        turn.feed(TICK);
        runReady();
        assertThat(happened).isEmpty();
        assertThat(halted).isInstanceOf(Check.InvariantBroken.class).hasMessage("two and two make five");
    }

    @Test
    void aFailedWriteHaltsAndNothingOfTheTurnLeaves() {
        turn.begin((input, now) -> turn.outbox().send(caller, new LinkMessage.Ping(1)), log);
        happened.clear();
        log.failure = new StoreFailedException("disk on fire");
        turn.feed(TICK);
        runReady();
        assertThat(happened).isEmpty();
        assertThat(halted).isSameAs(log.failure);
    }

    @Test
    void messagesWithoutALinkAreDropped() {
        turn.begin(
                (input, now) -> turn.outbox().send(new Endpoint.Peer(new BrickId("gone")), new LinkMessage.Ping(1)),
                log);
        turn.feed(TICK);
        runReady();
        assertThat(halted).isNull();
    }

    @Test
    void anOrderlyStopEndsTheTurnAndTakesNothingMore() {
        turn.begin(
                (input, now) -> {
                    if (input instanceof BrickInput.Tick) {
                        turn.outbox().send(caller, new LinkMessage.Ping(7));
                    }
                },
                log);
        happened.clear();
        turn.feed(TICK);
        turn.finish();
        turn.feed(TICK);
        runReady();
        assertThat(happened).containsExactly("caller 7", "caller flush");
        assertThat(halted).isNull();
    }

    private void runReady() {
        while (!ready.isEmpty()) {
            ready.poll().run();
        }
    }

    private final class Recorder implements Outlet {
        private final String name;

        Recorder(String name) {
            this.name = name;
        }

        @Override
        public void send(Message message) {
            happened.add(name + " "
                    + switch (message) {
                        case LinkMessage.Ping(long number) -> number;
                        case LinkMessage.Pong(long number) -> -number;
                        default -> message;
                    });
        }

        @Override
        public void flush() {
            happened.add(name + " flush");
        }

        @Override
        public void close() {
            happened.add(name + " close");
        }
    }

    /** A log of which only the positions matter here. */
}
