package io.brickwork.bricks.cli;

import io.brickwork.client.Dds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Loads the lines of a file. */
@Command(
        name = "load",
        description = "Load a file of lines 'key<TAB>value' into a table.",
        sortOptions = false,
        footer = {
            "",
            "A line that begins with a known key replaces its value. Loading stops at the first failure;",
            "what was loaded before stays."
        })
final class LoadCommand implements Callable<Integer> {
    private static final int OUTSTANDING = 512;

    @Parameters(paramLabel = "FILE.tsv", description = "The file, in UTF-8; - for the standard input.")
    private String file;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar.")
    private boolean quiet;

    @Mixin
    private TargetOptions target;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        long number = 0;
        try (BufferedReader lines = reader();
                Dds dds = target.open(true)) {
            var table = target.table(dds).async();
            long startedNanos = System.nanoTime();
            BulkLoad load = new BulkLoad(OUTSTANDING);
            try (ProgressBar bar = Progress.bar("Loading", quiet ? 0 : -1)) {
                for (String line = lines.readLine(); line != null && !load.hasFailed(); line = lines.readLine()) {
                    number++;
                    int tab = line.indexOf('\t');
                    if (tab < 1) {
                        throw new CommandFailed("line %d of %s is not 'key<TAB>value': %s"
                                .formatted(number, file, line.length() > 60 ? line.substring(0, 60) + "…" : line));
                    }
                    String key = line.substring(0, tab);
                    String value = line.substring(tab + 1);
                    load.add(() -> table.set(key, value), bar::step);
                }
                load.await();
            }
            load.failure().ifPresent(failure -> {
                throw new CommandFailed(
                        "loading stopped after %,d entries: %s".formatted(load.done(), failure.getMessage()), failure);
            });
            double seconds = (System.nanoTime() - startedNanos) / 1e9;
            spec.commandLine()
                    .getOut()
                    .printf("%,d entries in %.1f s, %,.0f a second%n", load.done(), seconds, load.done() / seconds);
            spec.commandLine().getOut().flush();
            return 0;
        } catch (CharacterCodingException foreign) {
            throw new CommandFailed(
                    "%s is not in UTF-8 (somewhere after line %,d); what was loaded before stays"
                            .formatted(file, number),
                    foreign);
        } catch (NoSuchFileException absent) {
            throw new CommandFailed("there is no file " + file, absent);
        } catch (IOException failure) {
            throw new CommandFailed("could not read " + file + ": " + failure, failure);
        }
    }

    private BufferedReader reader() throws IOException {
        return file.equals("-")
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder()))
                : Files.newBufferedReader(Path.of(file)); // refuses what is not UTF-8, too
    }
}
