package io.brickwork.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.cli.DdsCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The benchmark with processes, disks and sockets, but without the time that its figures would need to mean anything. */
class BenchIT {
    private static final Pattern ROW = Pattern.compile("(set|put|get) +(1|16|64) (blocking|virtual|async) .*");
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
    void selectionOfNothingIsRefused(@TempDir Path directory) {
        StringWriter complained = new StringWriter();
        CommandLine command = DdsCommand.commandLine().setErr(new PrintWriter(complained));

        int exit = command.execute("bench", "--quick", "--value-bytes", "1024", "--dir", directory.toString());

        assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(complained.toString()).contains("--full");
    }
}
