package io.brickwork.sim.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.Scenarios;
import io.brickwork.sim.world.FaultOptions;
import io.brickwork.sim.world.SimFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands as people type them, on scenarios that hold and on some that are broken on purpose. */
class SimCommandTest {
    /** The first seed of its scenario that ends in a crash. */
    private static final long CRASHES = LongStream.range(1, 1_000)
            .filter(SimCommandTest::crashes)
            .findFirst()
            .orElseThrow();

    private static boolean crashes(long seed) {
        try {
            BrokenScenarios.CRASH.run(seed, 0);
            return false;
        } catch (SimFailure failure) {
            return failure.kind() == SimFailure.Kind.CRASH;
        }
    }

    private static final Pattern TRACE = Pattern.compile(" trace ([0-9a-f]{8}) ");
    private static final Pattern REPLAY = Pattern.compile("(?m)^replay: \\./dds (sim replay .*)$");

    @TempDir
    Path temp;

    private record Ended(int exitCode, String out, String err) {}

    private Ended dds(String... arguments) {
        CommandLine commandLine = SimCommand.commandLine(BrokenScenarios.all());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Ended(commandLine.execute(arguments), out.toString(), err.toString());
    }

    private Ended sim(String line) {
        return dds(Stream.concat(Stream.of(line.split(" ")), Stream.of("--out", temp.toString()))
                .toArray(String[]::new));
    }

    private static String group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    @Test
    void aHuntThatFindsNothingPassesAndEndsWithItsFigures() {
        Ended ended =
                sim("sim run --seeds 6 --jobs 2 --base-seed 0x5eed0000 --quiet --scenario hash/swarm,register/swarm");
        assertThat(ended.exitCode()).as("%s", ended).isZero();
        assertThat(ended.out().strip().lines().toList().getLast())
                .matches("seeds=6 operations=[1-9]\\d* faults=\\d+ virtual=\\d+s violations=0 undecided=0"
                        + " events/s=[1-9]\\d*");
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void aBrokenPromiseStopsTheHuntAndItsReplayLineGivesTheSameRun() throws IOException {
        Ended hunt = sim("sim run --seeds 1000000 --jobs 1 --base-seed 7 --quiet --scenario broken/safety");
        assertThat(hunt.exitCode()).as("%s", hunt).isEqualTo(10);
        assertThat(hunt.out())
                .containsPattern("(?m)^SIM FAILURE  [a-z-]+: ")
                .containsPattern("(?m)^scenario broken/safety   seed 0x[0-9a-f]{16}   step \\d+   t=\\d+\\.\\d{3}s"
                        + "   trace [0-9a-f]{8}   commit \\S+$")
                .contains(" violations=1 ");
        try (Stream<Path> folders = Files.list(temp)) {
            Path folder = folders.toList().getFirst();
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder(
                                "failure.txt", "options.txt", "history.txt", "trace.txt", "timeline.html");
            }
            assertThat(folder.resolve("trace.txt")).isNotEmptyFile();
            assertThat(folder.resolve("options.txt"))
                    .content()
                    .contains("periodNanos: ", "durability: ", "hotPercent: ", "quietAfterNanos: ");
            assertThat(folder.resolve("history.txt")).content().contains(">>> #");
        }
        Ended replay = sim(group(REPLAY, hunt.out()));
        assertThat(replay.exitCode()).isEqualTo(10);
        assertThat(group(TRACE, replay.out())).isEqualTo(group(TRACE, hunt.out()));
    }

    @Test
    void whatWasFoundIsToldAlsoIfItCannotBeWritten() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        for (String line : List.of(
                "sim run --seeds 1 --base-seed " + CRASHES + " --quiet --scenario broken/crash",
                "sim replay broken/crash --seed " + CRASHES,
                "sim shrink broken/crash --seed " + CRASHES + " --quiet --minutes 1")) {
            Ended ended = dds((line + " --out " + file).split(" "));
            assertThat(ended.exitCode()).as("%s", ended).isEqualTo(12);
            assertThat(ended.out())
                    .containsPattern(REPLAY)
                    .contains("no folder was left, since " + file)
                    .contains("--out");
        }
    }

    @Test
    void eachKindOfFailureHasItsExitCode() {
        assertThat(sim("sim replay broken/liveness --seed 1").exitCode()).isEqualTo(11);
        assertThat(sim("sim replay broken/crash --seed " + CRASHES).exitCode()).isEqualTo(12);
        Ended fickle = sim("sim replay broken/fickle --seed 1");
        assertThat(fickle.exitCode()).as("%s", fickle).isEqualTo(14);
        assertThat(fickle.out()).contains("same-seed-same-run: ");
    }

    @Test
    void aHuntThatKeepsGoingShowsEveryFailureAndWeighsTheGravest() {
        Ended ended = sim(
                "sim run --seeds 12 --jobs 2 --base-seed 1 --keep-going --quiet --scenario broken/liveness,broken/crash");
        assertThat(ended.exitCode()).as("%s", ended).isEqualTo(12);
        assertThat(REPLAY.matcher(ended.out()).results().count()).isGreaterThan(1);
        assertThat(ended.out()).contains("seeds=12 ");
    }

    @Test
    void aShrunkRunIsSmallerAndFailsInTheSameWay() {
        Ended shrunk = sim("sim shrink broken/crash --seed " + CRASHES + " --quiet --minutes 1");
        assertThat(shrunk.exitCode()).as("%s", shrunk).isEqualTo(12);
        String replay = group(REPLAY, shrunk.out());
        assertThat(replay).contains("--clients 1", "--operations ").containsPattern("--(drop-faults|bricks) ");
        Ended again = sim(replay);
        assertThat(again.exitCode()).isEqualTo(12);
        assertThat(group(TRACE, again.out())).isEqualTo(group(TRACE, shrunk.out()));
    }

    @Test
    void aRunThatPassesIsNotShrunk() {
        Ended ended = sim("sim shrink hash/swarm --seed 42 --quiet");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).contains("nothing to shrink");
    }

    @Test
    void listNamesEveryScenarioAndFault() {
        Ended ended = dds("sim", "list");
        assertThat(ended.exitCode()).isZero();
        for (Scenario scenario : Scenarios.all()) {
            assertThat(ended.out()).contains(scenario.name(), scenario.text());
        }
        for (FaultOptions.Fault fault : FaultOptions.Fault.values()) {
            assertThat(ended.out()).contains(fault.name(), fault.description());
        }
    }

    @Test
    void badInputGetsOneLineThatNamesTheWayOut() {
        assertMisuse("sim replay hash/swrm --seed 1", "there is no scenario 'hash/swrm'; did you mean 'hash/swarm'?");
        assertMisuse("sim replay hash/swarm --seed twelve", "'twelve' is not a seed");
        assertMisuse("sim replay hash/swarm --seed 0x1ffffffffffffffff", "is not a seed");
        assertMisuse("sim replay hash/swarm", "--seed");
        assertMisuse("sim replay hash/swarm --seed 1 --drop-strikes 9-3", "write 3-9,12");
        assertMisuse("sim replay hash/swarm --seed 1 --drop-faults NOISE", "NOISE");
        assertMisuse("sim replay hash/swarm --seed 1 --clients -1", "-1 clients");
        assertMisuse("sim run --seeds 0", "--seeds is 0; it must be at least 1");
        assertMisuse("sim run --jobs 0", "--jobs is 0; it must be from 1 to 1024");
        assertMisuse("sim run --minutes 0", "must be more than 0");
        assertMisuse("sim", "which command?");
    }

    private void assertMisuse(String line, String expected) {
        Ended ended = dds(line.split(" "));
        assertThat(ended.exitCode()).as("%s: %s", line, ended).isEqualTo(2);
        assertThat(ended.err().lines().findFirst().orElse(""))
                .startsWith("dds: ")
                .contains(expected);
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void helpNamesTheCommandsAndTheExitCodes() {
        Ended ended = dds("sim", "--help");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).contains("run ", "replay ", "shrink ", "list ", "liveness", "130");
        for (String command : List.of("run", "replay", "shrink", "list")) {
            assertThat(dds("sim", command, "--help").exitCode()).isZero();
        }
    }

    /** Everything the manual tells people to type is understood, and runs where a test has the time. */
    @Test
    void theCommandsInTheManualRun() throws IOException {
        List<String> shown = Files.readAllLines(Path.of("..", "docs", "simulator.md")).stream()
                .filter(line -> line.startsWith("./dds sim"))
                .map(line -> line.replaceAll("\\s+#.*", "").substring("./dds ".length()))
                .toList();
        assertThat(shown).hasSizeGreaterThan(5);
        for (String line : shown) {
            CommandLine commandLine = SimCommand.commandLine(BrokenScenarios.all());
            assertThat(commandLine.parseArgs(line.split(" ")).subcommand())
                    .as(line)
                    .isNotNull();
            if (line.startsWith("sim replay") || line.equals("sim list")) {
                assertThat((line.equals("sim list") ? dds("sim", "list") : sim(line)).exitCode())
                        .as(line)
                        .isZero();
            }
        }
    }
}
