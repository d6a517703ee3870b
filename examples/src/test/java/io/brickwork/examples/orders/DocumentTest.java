package io.brickwork.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code of the example that the documentation shows is the code that is compiled and run here. */
class DocumentTest {
    @Test
    void theDocumentationShowsCodeThatRuns() throws IOException {
        String text = Files.readString(Path.of("../docs/transactions.md"));
        String example = text.substring(text.indexOf("## An example"), text.indexOf("## How it works"));
        List<String> shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(example)
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring("```java\n".length(), block.length() - "```".length()))
                .toList();
        String sources = "";
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources += unindented(Files.readString(file));
            }
        }
        assertThat(shown).hasSize(3);
        for (String block : shown) {
            assertThat(sources).contains(unindented(block));
        }
    }

    private static String unindented(String text) {
        return text.replaceAll("(?m)^ +", "");
    }
}
