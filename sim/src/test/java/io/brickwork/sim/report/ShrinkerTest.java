package io.brickwork.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.world.FaultOptions.Fault;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
    private static final Shrinker.Size SIZE =
            new Shrinker.Size(List.of(Fault.KILL, Fault.CUT, Fault.STALL), 40, 6, 60, 4);

    /** Needs cuts, strikes 7 and 30 together, two callers with 5 operations each, and three bricks. */
    private static final Predicate<Reduction> NEEDS = r -> !r.faults().contains(Fault.CUT)
            && !r.strikes().contains(7)
            && !r.strikes().contains(30)
            && (r.clients() == 0 || r.clients() >= 2)
            && (r.operations() == 0 || r.operations() >= 5)
            && (r.bricks() == 0 || r.bricks() >= 3);

    @Test
    void whatTheFailureNeedsIsAllThatIsLeft() {
        Reduction small = new Shrinker(NEEDS, () -> true).shrink(Reduction.NONE, SIZE);
        assertThat(small)
                .isEqualTo(new Reduction(
                        List.of(Fault.KILL, Fault.STALL),
                        IntStream.range(0, 40)
                                .filter(strike -> strike != 7 && strike != 30)
                                .boxed()
                                .toList(),
                        2,
                        5,
                        3));
        assertThat(small.toString())
                .isEqualTo(
                        "--drop-faults KILL,STALL --drop-strikes 0-6,8-29,31-39 --clients 2 --operations 5 --bricks 3");
    }

    @Test
    void whatIsLeftWhenTimeIsOverStillFails() {
        AtomicInteger left = new AtomicInteger(5);
        Shrinker shrinker = new Shrinker(NEEDS, () -> left.getAndDecrement() > 0);
        assertThat(NEEDS.test(shrinker.shrink(Reduction.NONE, SIZE))).isTrue();
        assertThat(shrinker.tries()).isBetween(1, 5);
    }

    @Test
    void aFailureThatNeedsNoFaultsLosesThemInOneTry() {
        Shrinker shrinker = new Shrinker(r -> r.clients() == 0, () -> true);
        Reduction small = shrinker.shrink(Reduction.NONE, SIZE);
        assertThat(small.faults()).containsExactlyInAnyOrder(Fault.KILL, Fault.CUT, Fault.STALL);
        assertThat(small.strikes()).isEmpty();
    }
}
