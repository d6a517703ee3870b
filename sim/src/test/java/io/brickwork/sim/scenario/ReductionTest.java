package io.brickwork.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.world.FaultOptions;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReductionTest {
    @Test
    void numbersSurviveTheirText() {
        for (String text : List.of("0", "3-9,12", "0-1,5,7-8")) {
            assertThat(Reduction.formatNumbers(Reduction.parseNumbers(text))).isEqualTo(text);
        }
        assertThat(Reduction.formatNumbers(new TreeSet<>())).isEmpty();
        for (String text : List.of("", "a", "5-3", "1-2-3", "-1", "1,,2")) {
            assertThatThrownBy(() -> Reduction.parseNumbers(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("write 3-9,12");
        }
    }

    @Test
    void whatIsLeftOutDoesNotHappen() {
        Scenario scenario = Scenarios.find("register/swarm");
        SimRun whole = scenario.prepare(7, Reduction.NONE, 0, Recorder.NONE);
        whole.run();
        assertThat(whole.nemesis().total()).isPositive();
        Reduction none = new Reduction(List.of(FaultOptions.Fault.values()), List.of(), 1, 7, 2);
        SimRun reduced = scenario.prepare(7, none, 0, Recorder.NONE);
        reduced.run();
        assertThat(reduced.nemesis().total()).isZero();
        assertThat(reduced.nemesis().drawn()).isPositive();
        assertThat(reduced.callers()).hasSize(1);
        assertThat(reduced.options().workload().operations()).isEqualTo(7);
        assertThat(reduced.world().bricks()).hasSize(2);
    }

    @Test
    void theReplayCommandNamesWhatIsLeftOut() {
        Reduction reduction = new Reduction(List.of(FaultOptions.Fault.KILL), List.of(1, 2), 1, 0, 0);
        assertThat(Scenarios.find("hash/swarm")
                        .prepare(-1, reduction, 0, Recorder.NONE)
                        .replayCommand())
                .isEqualTo("./dds sim replay hash/swarm --seed 0xffffffffffffffff --drop-faults KILL"
                        + " --drop-strikes 1-2 --clients 1");
    }
}
