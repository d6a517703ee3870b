package io.brickwork.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Where two traces part. */
class TraceDifferenceTest {
    @Test
    void equalTracesDoNotPart() {
        assertThat(TraceDifference.between(List.of("a", "b"), List.of("a", "b")))
                .isNull();
    }

    @Test
    void theFirstDifferentStepIsNamedWithWhatUserCodeHadAskedLast() {
        List<String> first = List.of("1 test asks t.get(1)   at T.run(T.java:5)", "2 brick-1 ticks", "3 brick-2 ticks");
        List<String> second = List.of(
                "1 test asks t.get(1)   at T.run(T.java:5)",
                "2 brick-1 ticks",
                "3 test asks t.get(2)   at T.run(T.java:6)");
        assertThat(TraceDifference.between(first, second)).isEqualTo("""
                        The two runs are the same for 2 steps, and part at the next:
                            both    1 test asks t.get(1)   at T.run(T.java:5)
                            both    2 brick-1 ticks
                            first   3 brick-2 ticks
                            second  3 test asks t.get(2)   at T.run(T.java:6)
                        What the user's code had asked for last:
                            first   1 test asks t.get(1)   at T.run(T.java:5)
                            second  3 test asks t.get(2)   at T.run(T.java:6)""");
    }

    @Test
    void aTraceThatEndsFirstPartsAtItsEnd() {
        assertThat(TraceDifference.between(List.of("a"), List.of("a", "b")))
                .contains("same for 1 steps", "first   (has ended)", "second  b", "nothing yet");
    }

    @Test
    void ofLongTracesWhatBothHaveKeptIsCompared() {
        List<String> first = List.of("   1.000000 ms  a", "   2.000000 ms  b", "  10.000000 ms  c");
        List<String> second = List.of("   2.000000 ms  b", "  10.000000 ms  c");
        assertThat(TraceDifference.between(first, second)).isNull();
        assertThat(TraceDifference.between(first, List.of("   2.000000 ms  b", "  10.000000 ms  d")))
                .contains("same for 1 steps", "first     10.000000 ms  c", "second    10.000000 ms  d");
    }
}
