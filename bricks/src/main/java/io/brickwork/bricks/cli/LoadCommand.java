package io.brickwork.bricks.cli;

import io.brickwork.client.Dds;
import io.brickwork.map.AsyncMap;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Loads the lines of a file. */
@Command(
        name = "load",
        description = "Load a file of entries into a table or a tree.",
        sortOptions = false,
        footer = {
            "",
            "Lines of key<TAB>value, CSV of two columns, or JSON lines like {\"key\":\"a\",\"value\":\"b\"}. An entry with a known",
            "key replaces its value. Loading stops at the first failure; what was loaded before stays."
        })
final class LoadCommand implements Callable<Integer> {
    private static final int OUTSTANDING = 512;

    @Parameters(paramLabel = "FILE", description = "The file, in UTF-8; - for the standard input.")
    private String file;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar.")
    private boolean quiet;

    @Option(names = "--tree", description = "Make an ordered tree, if there is nothing of that name yet.")
    private boolean tree;

    @Option(
            names = "--sorted",
            description =
                    "The keys ascend, by code points, each once: load them into a tree many at a time, which is much faster.")
    private boolean sorted;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "tsv, csv or jsonl. (default: as the file's name ends, else tsv)")
    private @Nullable EntryFormat format;

    @Mixin
    private TargetOptions target;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (BufferedReader lines = reader();
                Dds dds = target.open(true)) {
            EntryFormat of = format == null ? EntryFormat.of(file) : format;
            Iterator<Map.Entry<String, String>> entries = of.read(lines, file);
            long startedNanos = System.nanoTime();
            long count;
            try (ProgressBar bar = Progress.bar("Loading", quiet ? 0 : -1)) {
                count = sorted ? loadSorted(dds, entries, bar) : loadAny(dds, entries, bar);
            }
            double seconds = (System.nanoTime() - startedNanos) / 1e9;
            spec.commandLine()
                    .getOut()
                    .printf("%,d entries in %.1f s, %,.0f a second%n", count, seconds, count / seconds);
            spec.commandLine().getOut().flush();
            return 0;
        } catch (NoSuchFileException absent) {
            throw new CommandFailed("there is no file " + file, absent);
        } catch (IOException failure) {
            throw new CommandFailed("could not read " + file + ": " + failure, failure);
        }
    }

    private long loadAny(Dds dds, Iterator<Map.Entry<String, String>> entries, ProgressBar bar) {
        AsyncMap<String, String> map = (tree ? target.tree(dds) : target.map(dds)).async();
        BulkLoad load = new BulkLoad(OUTSTANDING);
        while (!load.hasFailed() && entries.hasNext()) {
            Map.Entry<String, String> entry = entries.next();
            load.add(() -> map.set(entry.getKey(), entry.getValue()), bar::step);
        }
        load.await();
        load.failure().ifPresent(failure -> {
            throw new CommandFailed(
                    "loading stopped after %,d entries: %s".formatted(load.done(), failure.getMessage()), failure);
        });
        return load.done();
    }

    private long loadSorted(Dds dds, Iterator<Map.Entry<String, String>> entries, ProgressBar bar) {
        Iterator<Map.Entry<String, String>> counted = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public Map.Entry<String, String> next() {
                bar.step();
                return entries.next();
            }
        };
        try {
            return target.tree(dds).load(counted);
        } catch (IllegalArgumentException unsorted) {
            throw new CommandFailed(unsorted.getMessage() + "; without --sorted they may come in any order", unsorted);
        }
    }

    private BufferedReader reader() throws IOException {
        return file.equals("-")
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder()))
                : Files.newBufferedReader(Path.of(file)); // refuses what is not UTF-8, too
    }
}
