package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code that the manual for services shows is the code that is compiled and run here. */
class ManualTest {
    private static final Path SOURCES = Path.of("src/test/java/io/brickwork/sim/services");

    @Test
    void theManualShowsCodeThatRuns() throws IOException {
        String sources = "";
        for (String name : List.of(
                "HastyCoupons.java",
                "CarefulCoupons.java",
                "CouponsTest.java",
                "HistoryTest.java",
                "ModelHistoryTest.java")) {
            sources += unindented(Files.readString(SOURCES.resolve(name)));
        }
        String manual = Files.readString(Path.of("../docs/simulator-for-services.md"));
        List<String> shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(manual)
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring("```java\n".length(), block.length() - "```".length()))
                .toList();
        assertThat(shown).hasSize(6);
        for (String block : shown) {
            assertThat(sources).contains(unindented(block));
        }
    }

    private static String unindented(String text) {
        return text.replaceAll("(?m)^ +", "");
    }
}
