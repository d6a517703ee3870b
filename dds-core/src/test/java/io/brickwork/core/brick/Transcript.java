package io.brickwork.core.brick;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Inputs and effects of one brick in the order in which they happened: an input is a line that begins with {@code >},
 * an effect is an indented line, a remark of the script begins with {@code #}.
 */
final class Transcript {
    /** {@code Member[…]} is long, and all of it that matters is the name and the start. */
    private static final Pattern MEMBER =
            Pattern.compile("Member\\[brick=(\\w+), incarnation=Incarnation\\[disk=\\p{XDigit}+, start=(\\d+)]]");

    private final StringBuilder lines = new StringBuilder();

    void remark(String text) {
        line("# " + text);
    }

    void input(String text) {
        line("> " + text);
    }

    void effect(String text) {
        line("    " + text);
    }

    private void line(String text) {
        lines.append(MEMBER.matcher(text).replaceAll("$1#$2")).append('\n');
    }

    /** Runs a part of the script of which nothing is shown. */
    void hide(Runnable part) {
        int length = lines.length();
        part.run();
        lines.setLength(length);
    }

    /** Runs a part of the script of which only the effects are shown. */
    void hideInputs(Runnable part) {
        int length = lines.length();
        part.run();
        List<String> all = lines.substring(length).lines().toList();
        lines.setLength(length);
        all.stream().filter(line -> line.startsWith(" ")).forEach(this::line);
    }

    /** Compares with {@code traces/NAME.txt}; {@code -Dtraces.update=true} writes the file instead. */
    void assertEqualsTrace(String name) {
        String resource = "/traces/" + name + ".txt";
        try {
            if (Boolean.getBoolean("traces.update")) {
                Path file = Path.of("src/test/resources" + resource);
                Files.createDirectories(file.getParent());
                Files.writeString(file, lines);
                return;
            }
            try (var stream = Transcript.class.getResourceAsStream(resource)) {
                assertThat(stream)
                        .as(resource + " is missing; -Dtraces.update=true writes it")
                        .isNotNull();
                assertThat(lines.toString()).isEqualTo(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
