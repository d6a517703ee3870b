package io.brickwork.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.cli.DdsCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * The benchmark with processes, disks and sockets, but without the time that its figures would need to mean anything.
 */
class BenchIT {
    private static final Pattern ROW = Pattern.compile("(set|put|get) +(1|16|64) (blocking|virtual|async) .*");
    private static final Pattern CHAIN_ROW = Pattern.compile("(\\d) +(\\S+) +(\\d+\\.\\d\\d).*");
    private static final int FIRST_OF_PROCESSOR_TIME = 9;
    private static final int LAST_OF_THOSE_THAT_TAKE_TIME = 11;

    @Test
    void quickRunPrintsEveryRowWithFiguresAboveZeroAndFitsTheScreen(@TempDir Path directory) {
        StringWriter printed = new StringWriter();
        StringWriter complained = new StringWriter();
        CommandLine command =
                DdsCommand.commandLine().setOut(new PrintWriter(printed)).setErr(new PrintWriter(complained));

        int exit = command.execute(
                "bench",
                "--quick",
                "--seconds",
                "0.4",
                "--warm-up",
                "0.3",
                "--keys",
                "500",
                "--dir",
                directory.toString());

        assertThat(exit).as("%s%s", printed, complained).isZero();
        List<String> lines = printed.toString().lines().toList();
        List<String> rows =
                lines.stream().filter(line -> ROW.matcher(line).matches()).toList();
        assertThat(rows).hasSameSizeAs(Row.of(Row.Extent.QUICK));
        for (String row : rows) {
            String[] cells = row.split(" +");
            assertThat(cells).as(row).hasSize(14);
            for (int i = 3; i <= LAST_OF_THOSE_THAT_TAKE_TIME; i++) {
                double figure = Double.parseDouble(cells[i].replace(",", ""));
                // The processor's time is told in hundredths of a second, of which so short a run may have used none.
                boolean mayBeNothing = i == 6 || i >= FIRST_OF_PROCESSOR_TIME;
                assertThat(Double.isNaN(figure) ? 0 : figure)
                        .as("column %d of '%s'", i, row)
                        .isGreaterThanOrEqualTo(mayBeNothing ? 0 : Double.MIN_VALUE);
            }
            assertThat(Double.parseDouble(cells[13].replace(",", ""))).as(row).isPositive();
        }
        assertThat(lines).filteredOn(line -> line.contains("of which")).isNotEmpty();
        assertThat(lines)
                .filteredOn(line -> line.startsWith("met ") || line.startsWith("MISSED"))
                .hasSize(4);
        assertThat(lines).filteredOn(line -> line.startsWith("FIRST PUT")).hasSize(1);
        assertThat(directory).as("what it kept there").isEmptyDirectory();
    }

    @Test
    void chainsAreMeasuredBesideTwoPhaseReplicationAndTheirPrimarySendsEachPutOnce(@TempDir Path directory) {
        StringWriter printed = new StringWriter();
        StringWriter complained = new StringWriter();
        CommandLine command =
                DdsCommand.commandLine().setOut(new PrintWriter(printed)).setErr(new PrintWriter(complained));

        int exit = command.execute(
                "bench", "chain", "--members", "3", "--rounds", "1", "--seconds", "0.5", "--dir", directory.toString());

        assertThat(exit).as("%s%s", printed, complained).isZero();
        List<Matcher> rows = printed.toString()
                .lines()
                .map(CHAIN_ROW::matcher)
                .filter(Matcher::matches)
                .toList();
        assertThat(rows)
                .extracting(row -> row.group(1) + " " + row.group(2))
                .containsExactly("1 two-phase", "1 chain", "2 two-phase", "2 chain", "3 two-phase", "3 chain");
        double alone = Double.parseDouble(rows.get(0).group(3));
        double toBoth = Double.parseDouble(rows.get(4).group(3));
        double toOne = Double.parseDouble(rows.get(5).group(3));
        assertThat(alone).isZero();
        assertThat(toBoth).isGreaterThanOrEqualTo(2.0);
        assertThat(toOne).isGreaterThanOrEqualTo(1.0);
        // What bricks say besides may be much where few puts are done; it is about the same in both ways.
        assertThat(toBoth - toOne).as("messages that the chain saves").isBetween(0.5, 1.5);
        assertThat(directory).as("what it kept there").isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "--keys 0, from 1 to",
        "--seconds 0, above 0",
        "--warm-up 1e9, at most 3600",
        "--replication ring, 'two-phase, chain'",
        "chain --members 6, from 1 to 5",
        "chain --rounds 0, from 1 to 100",
        "failover --kills 0, from 1 to 1000",
        "recovery --entries 0, from 1 to",
        "split --split-records 0, from 1 to",
        "transactions --callers 2000, from 1 to 1024",
        "tree --entries 1, from"
    })
    void valueOutOfRangeIsRefusedByOptionValueAndLimit(String arguments, String limit) {
        StringWriter complained = new StringWriter();
        CommandLine command = DdsCommand.commandLine().setErr(new PrintWriter(complained));
        List<String> words = List.of(arguments.split(" "));

        int exit = command.execute(
                Stream.concat(Stream.of("bench"), words.stream()).toArray(String[]::new));

        assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(complained.toString())
                .contains(words.get(words.size() - 2), limit)
                .doesNotContain("\tat ");
    }

    @Test
    void selectionOfNothingIsRefused(@TempDir Path directory) {
        StringWriter complained = new StringWriter();
        CommandLine command = DdsCommand.commandLine().setErr(new PrintWriter(complained));

        int exit = command.execute("bench", "--quick", "--value-bytes", "1024", "--dir", directory.toString());

        assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(complained.toString()).contains("--full");
    }
}
