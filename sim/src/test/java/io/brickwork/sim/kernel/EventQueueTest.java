package io.brickwork.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final EventQueue queue = new EventQueue();

    @Test
    void eventsHappenInOrderOfTimeThenOfEnqueueing() {
        record Planned(long time, int number) {}
        SimRandom random = new SimRandom(7);
        List<Planned> planned = new ArrayList<>();
        List<Planned> happened = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            Planned event = new Planned(random.between(0, 300), i);
            planned.add(event);
            queue.at(event.time(), () -> {
                assertThat(queue.nowNanos()).isEqualTo(event.time());
                happened.add(event);
            });
        }
        queue.runUntil(300);

        planned.sort(Comparator.comparingLong(Planned::time).thenComparingInt(Planned::number));
        assertThat(happened).isEqualTo(planned);
        assertThat(queue.executed()).isEqualTo(5_000);
    }

    @Test
    void anEventMayPlanAnotherForTheSameMoment() {
        List<String> happened = new ArrayList<>();
        queue.at(5, () -> {
            happened.add("first");
            queue.after(0, () -> happened.add("third"));
        });
        queue.at(5, () -> happened.add("second"));
        queue.runUntil(5);

        assertThat(happened).containsExactly("first", "second", "third");
    }

    @Test
    void thePastIsRefused() {
        queue.runUntil(10);
        assertThatThrownBy(() -> queue.at(9, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9")
                .hasMessageContaining("10");
    }

    @Test
    void aForeignThreadIsFatal() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread foreign = new Thread(() -> queue.at(1, () -> {}), "intruder");
        foreign.setUncaughtExceptionHandler((thread, failure) -> thrown.set(failure));
        foreign.start();
        foreign.join();

        assertThat(thrown.get()).isInstanceOf(EventQueue.ForeignThread.class).hasMessageContaining("intruder");
        assertThatThrownBy(() -> queue.at(1, () -> {}))
                .isInstanceOf(EventQueue.ForeignThread.class)
                .hasMessageContaining("intruder");
    }

    @Test
    void theTurnCanBeHandedOver() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread next = new Thread(() -> queue.at(1, () -> {}));
        next.setUncaughtExceptionHandler((thread, failure) -> thrown.set(failure));
        queue.handOver(next);
        next.start();
        next.join();

        assertThat(thrown.get()).isNull();
        assertThatThrownBy(queue::runNext).isInstanceOf(EventQueue.ForeignThread.class);
    }
}
