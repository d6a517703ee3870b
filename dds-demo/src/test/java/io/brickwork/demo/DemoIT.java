package io.brickwork.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.cli.DdsCommand;
import io.brickwork.core.Durability;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo on a part of its words. */
class DemoIT {
    @TempDir
    Path temp;

    @Test
    void nothingThatWasAcknowledgedIsLostWhenBricksLoseADiskHangAndAreKilled() throws Exception {
        StringWriter said = new StringWriter();
        boolean isGood = new Demo(new Demo.Settings(temp, 3000, Durability.REPLICATED), new PrintWriter(said)).run();
        System.out.print(said);
        assertThat(isGood).as(said.toString()).isTrue();
        assertThat(said.toString().lines().reduce("", (first, second) -> second))
                .startsWith("OK: ")
                .contains(" 0 lost");
        assertThat(said.toString()).contains("rectangular block of clay");
        assertThat(said.toString().lines().filter(line -> line.endsWith("whole again: three copies of everything")))
                .hasSize(3);
    }

    @Test
    void aDemoThatIsToldToEndTakesItsBricksAndTheirDataWithIt() throws Exception {
        Path directory = temp.resolve("demo");
        Process demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DdsCommand.class.getName(),
                        "demo",
                        "--dir",
                        directory.toString())
                .redirectError(Redirect.DISCARD)
                .start();
        try (BufferedReader said = demo.inputReader()) {
            String line = said.readLine();
            while (line != null && !line.startsWith("Three bricks")) {
                line = said.readLine();
            }
            assertThat(line).isNotNull();
            List<ProcessHandle> bricks = demo.children().toList();
            assertThat(bricks).hasSize(3);
            demo.destroy();
            assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(bricks).noneMatch(ProcessHandle::isAlive);
            assertThat(directory).doesNotExist();
        } finally {
            demo.descendants().forEach(ProcessHandle::destroyForcibly);
            demo.destroyForcibly();
        }
    }
}
