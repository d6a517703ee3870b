package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class TokenOptionsTest {
    private static final Map<String, String> ENVIRONMENT = Map.of(TokenOptions.VARIABLE, "from the environment");

    @TempDir
    Path temp;

    @Command
    static final class Some {
        @CommandLine.Mixin
        private TokenOptions token;
    }

    @Test
    void theTokenComesFromTheCommandLineAFileOrTheEnvironment() throws Exception {
        Path file = Files.writeString(temp.resolve("token"), "from a file\n");
        assertThat(parsed("--token", "told").token(ENVIRONMENT)).isEqualTo("told");
        assertThat(parsed("--token-file", file.toString()).token(ENVIRONMENT)).isEqualTo("from a file");
        assertThat(parsed().token(ENVIRONMENT)).isEqualTo("from the environment");
        assertThat(parsed().token(Map.of())).isEmpty();
    }

    @Test
    void aFileWithoutAUsableTokenIsRefused() throws Exception {
        assertThatThrownBy(() -> parsed("--token-file", "nowhere").token(Map.of()))
                .hasMessageContaining("nowhere");
        Path empty = Files.writeString(temp.resolve("empty"), "\n");
        assertThatThrownBy(() -> TokenOptions.read(empty)).hasMessageContaining("is empty");
        Path large = Files.write(temp.resolve("large"), new byte[5000]);
        assertThatThrownBy(() -> TokenOptions.read(large)).hasMessageContaining("at most 1,024");
        Path latin = Files.write(temp.resolve("latin"), new byte[] {'a', (byte) 0xfc});
        assertThatThrownBy(() -> TokenOptions.read(latin)).hasMessageContaining("not in UTF-8");
        assertThatThrownBy(() -> parsed("--token", "a", "--token-file", "b").token(Map.of()))
                .hasMessageContaining("one is enough");
    }

    private static TokenOptions parsed(String... arguments) {
        Some some = new Some();
        new CommandLine(some).parseArgs(arguments);
        return some.token;
    }
}
