package io.brickwork.torture.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.torture.cli.TortureCommand;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run with three bricks, and what becomes of a run that is killed itself. */
class TortureIT {
    private static final String FAULTS = "KILL_BRICK,KILL_BRICKS,STOP_BRICK,LOSE_DISK,KILL_CLIENT,CUT_ONE_WAY";

    @TempDir
    Path temp;

    @Test
    void everyPromiseHoldsUnderFaults() {
        StringWriter said = new StringWriter();
        int code = TortureCommand.commandLine()
                .setOut(new PrintWriter(said))
                .execute(
                        "torture",
                        "--minutes=0.5",
                        "--bricks=3",
                        "--clients=2",
                        "--seed=11",
                        "--faults=" + FAULTS,
                        "--dir=" + temp.resolve("run"));
        System.out.print(said);
        assertThat(code).as(said.toString()).isZero();
        assertThat(said.toString().lines().reduce("", (first, second) -> second))
                .matches(
                        "torture: acknowledged=[1-9]\\d{2,} unknown=\\d+ failed=\\d+ lost=0 violations=0 undecided=\\d+ "
                                + "faults=6 kills=[3-9] lost-disks=1 shutdowns=0 stops=1 cuts=1 view-changes=[1-9]\\d* longest-unavailability=\\d+\\.\\ds");
        assertThat(temp.resolve("run/run.properties")).exists();
        assertThat(temp.resolve("run/findings.txt")).doesNotExist();
    }

    @Test
    void aRunThatIsKilledLeavesNoProcessesBehindNotEvenStoppedOnes() throws Exception {
        Path run = temp.resolve("run");
        Process torture = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TortureCommand.class.getName(),
                        "torture",
                        "--bricks=2",
                        "--clients=1",
                        "--faults=STOP_BRICK",
                        "--dir=" + run)
                .redirectError(Redirect.DISCARD)
                .start();
        List<ProcessHandle> children = List.of();
        try (BufferedReader said = torture.inputReader()) {
            String line = said.readLine();
            while (line != null && !line.contains("kill -STOP")) {
                line = said.readLine();
            }
            assertThat(line).isNotNull();
            children = torture.descendants().toList();
            assertThat(children).hasSizeGreaterThanOrEqualTo(4); // bricks, a client, and who holds the stopped brick
            torture.destroyForcibly();
            CompletableFuture.allOf(children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                    .get(2, TimeUnit.MINUTES);
        } finally {
            children.forEach(ProcessHandle::destroyForcibly);
            torture.destroyForcibly();
        }
        assertThat(Files.readString(run.resolve("torture.log"))).contains("kill -STOP");
    }
}
