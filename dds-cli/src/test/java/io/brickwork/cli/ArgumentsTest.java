package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void whatTheJvmCouldNotDecodeIsReadFromTheCommandLine() {
        assertThat(Arguments.asTyped(
                        commandLine("java", "-cp", "jars", "Main", "set", "ключ", "", "\ufffd"),
                        "set",
                        "\ufffd".repeat(8),
                        "",
                        "\ufffd"))
                .containsExactly("set", "ключ", "", "\ufffd");
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(commandLine("java", "Main", "get"));
        line.writeBytes(new byte[] {'a', (byte) 0xff, 0});
        assertThatThrownBy(() -> Arguments.asTyped(line.toByteArray(), "get", "a\ufffd"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("argument 2 ('a\ufffd') is not in UTF-8");
    }

    @Test
    void theCommandLineOfAnotherProgramIsLeftAside() {
        assertThat(Arguments.asTyped(commandLine("program", "one", "two"), "get", "k"))
                .containsExactly("get", "k");
    }

    @Test
    void withoutACommandLineToLookAtAReplacementIsRefused() {
        assertThat(Arguments.asTyped(new byte[0], "get", "ключ")).containsExactly("get", "ключ");
        assertThatThrownBy(() -> Arguments.asTyped(new byte[0], "get", "a\ufffd"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("argument 2")
                .hasMessageContaining("LC_ALL");
    }

    private static byte[] commandLine(String... arguments) {
        return (String.join("\0", arguments) + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
