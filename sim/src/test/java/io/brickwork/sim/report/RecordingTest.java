package io.brickwork.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.Scenarios;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.world.SimFailure;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private static final Scenario SCENARIO = Scenarios.find("register/swarm");

    @Test
    void recordingDoesNotChangeTheRun() {
        for (long seed = 100; seed < 105; seed++) {
            SimRun.Report plain =
                    SCENARIO.prepare(seed, Reduction.NONE, 0, Recorder.NONE).run();
            assertThat(SCENARIO.prepare(seed, Reduction.NONE, 1_000, new Recording())
                            .run())
                    .isEqualTo(plain);
        }
    }

    @Test
    void thePageHoldsWhatHappenedAndNeedsNothingElse() {
        Recording recording = new Recording();
        SimRun run = SCENARIO.prepare(101, Reduction.NONE, 0, recording);
        run.run();
        String culprit = run.history().get(3).toString();
        SimFailure failure =
                run.failure(SimFailure.Kind.SAFETY, "linearizable: no order explains " + culprit + "</script>", null);
        String page = Timeline.page(FailedRun.of(run, recording, failure));
        assertThat(page).doesNotContain("http:", "https:", "<link", "src=", "@DATA@", "</script></script>");
        String opening = "<script id=\"data\" type=\"application/json\">";
        int from = page.indexOf(opening) + opening.length();
        JsonObject data = JsonParser.parseString(page.substring(from, page.indexOf("</script>", from)))
                .getAsJsonObject();
        assertThat(data.getAsJsonArray("operations")).hasSize(run.history().size());
        assertThat(data.getAsJsonArray("operations")
                        .get(3)
                        .getAsJsonArray()
                        .get(5)
                        .getAsInt())
                .isOne();
        assertThat(data.getAsJsonArray("messages").size()).isGreaterThan(100);
        assertThat(data.getAsJsonArray("nodes").size()).isGreaterThan(3);
    }

    @Test
    void aBandThatNobodyEndsEndsWithTheRun() {
        Recording recording = new Recording();
        long[] now = {5};
        recording.begins(() -> now[0]);
        recording.began(1, "down", Recorder.WORLD);
        recording.ended(1, "pause", Recorder.WORLD);
        now[0] = 9;
        assertThat(recording.bands()).containsExactly(new Recording.Band(1, "down", Recorder.WORLD, 5, 9));
    }

    @Test
    void aMessageThatIsDoubledIsTwoAndOneThatNeverArrivesIsLost() {
        Recording recording = new Recording();
        Object doubled = new Object();
        recording.sent(0, 1, "twice", doubled);
        recording.sent(0, 1, "lost", new Object());
        recording.arrived(1, doubled);
        recording.arrived(1, doubled);
        assertThat(recording.flights().stream().map(flight -> flight.message + " " + flight.arrivedNanos))
                .containsExactly("twice 0", "lost -1", "twice 0");
    }
}
