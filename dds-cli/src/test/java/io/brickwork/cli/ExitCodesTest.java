package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command that cannot do its work says, and with which code it ends. */
class ExitCodesTest {
    @TempDir
    Path temp;

    private final StringWriter said = new StringWriter();

    private int run(String... arguments) {
        return DdsCommand.commandLine()
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(arguments);
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamedAndNoUnexpectedFailure() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));
        assertThat(run("cluster", "up", "--dir", file.resolve("cluster").toString()))
                .isEqualTo(1);
        assertThat(said.toString()).contains(file.toString()).doesNotContain("unexpected");
    }

    @Test
    void aNumberOutOfItsRangeIsMisuse() {
        assertThat(run("cluster", "up", "--dir", temp.toString(), "--bricks", "0"))
                .isEqualTo(2);
        assertThat(said.toString()).contains("--bricks is 0; it must be from 1 to");
    }
}
