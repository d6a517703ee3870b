package io.brickwork.bricks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.local.ClusterFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./dds cluster} with real processes. */
class ClusterCommandIT {
    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void stop() throws Exception {
        if (ClusterFile.read(directory()).isPresent()) {
            dds("cluster", "down", "--dir", dir());
        }
    }

    @Test
    void aClusterComesUpSaysHowItIsGoesDownAndComesBackWithItsData() throws Exception {
        assertThat(dds("cluster", "up", "--bricks", "2", "--dir", dir()))
                .as(err.toString())
                .isZero();
        assertThat(said()).contains("Dds.connect(\"127.0.0.1:", "./dds cluster down --dir");
        String addresses = ClusterFile.read(directory()).orElseThrow().addresses();

        assertThat(dds("cluster", "up", "--bricks", "2", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("is up already").hasLineCount(1);
        assertThat(dds("set", "--connect", addresses, "greeting", "hello"))
                .as(err.toString())
                .isZero();
        assertThat(dds("cluster", "status", "--dir", dir())).isZero();
        assertThat(said()).contains("primary of").doesNotContain("cannot be written");

        ProcessHandle second = ClusterFile.read(directory())
                .orElseThrow()
                .members()
                .get(1)
                .process()
                .orElseThrow();
        second.destroyForcibly();
        second.onExit().join();
        assertThat(dds("status", "--dir", dir(), "--timeout", "1")).isEqualTo(1);
        assertThat(said()).contains("no answer", "brick b is not running", "cannot be written:", "no answer from [b]");

        assertThat(dds("cluster", "down", "--dir", dir())).isZero();
        assertThat(said()).isEqualTo("brick a stopped in order\nbrick b was not running\n");
        assertThat(dds("status", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("no brick of the cluster").contains("cluster up --bricks 2");
        assertThat(dds("cluster", "up", "--bricks", "3", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("has 2 bricks, not 3");

        assertThat(dds("cluster", "up", "--bricks", "2", "--dir", dir()))
                .as(err.toString())
                .isZero();
        said();
        assertThat(dds(
                        "get",
                        "--connect",
                        ClusterFile.read(directory()).orElseThrow().addresses(),
                        "greeting"))
                .isZero();
        assertThat(said()).isEqualTo("hello\n");
    }

    @Test
    void aDirectoryOfSomethingElseIsLeftAlone() throws Exception {
        Files.createDirectories(directory());
        Files.writeString(directory().resolve("letter.txt"), "dear");
        assertThat(dds("cluster", "up", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("is not empty (letter.txt)");
        assertThat(dds("cluster", "down", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("there is no cluster in");
    }

    @Test
    void aBrickThatDiesAtItsStartIsNamedWithItsLastWords() {
        assertThat(dds("cluster", "up", "--bricks", "1", "--dir", dir(), "--set", "overlay=0"))
                .isEqualTo(1);
        assertThat(complained()).contains("brick a ended by itself; it said last:", "overlay is 0 bytes");
    }

    private Path directory() {
        return temp.resolve("cluster");
    }

    private String dir() {
        return directory().toString();
    }

    private int dds(String... arguments) {
        CommandLine command =
                DdsCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return command.execute(arguments);
    }

    private String said() {
        String text = out.toString();
        out.getBuffer().setLength(0);
        return text;
    }

    private String complained() {
        String text = err.toString();
        err.getBuffer().setLength(0);
        return text;
    }
}
