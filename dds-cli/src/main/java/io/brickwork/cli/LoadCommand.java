package io.brickwork.cli;

import io.brickwork.btree.DdsTree;
import io.brickwork.cli.EntryFormat.Entries;
import io.brickwork.cli.EntryFormat.Entry;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.map.AsyncMap;
import io.brickwork.map.DdsMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
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
            "key replaces its value, and of several lines with one key the last counts. Blank lines mean nothing.",
            "Loading stops at the first line that is no entry, or cannot be stored: the exit code is not 0 then, all entries",
            "before that line are stored, and the message says how many they are. Loading a file twice does no harm.",
            "It goes on however long it takes, as long as something is stored every --timeout seconds."
        })
final class LoadCommand implements Callable<Integer> {
    private static final int OUTSTANDING = 512;
    private static final Duration DIAGNOSIS = Duration.ofSeconds(2);

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
    public Integer call() throws InterruptedException {
        EntryFormat of = format == null ? EntryFormat.of(file) : format;
        try (InputStream in = input();
                Dds dds = target.open(true)) {
            Input entries = new Input(of.read(new Utf8Lines(in, file), file));
            long startedNanos = System.nanoTime();
            long count;
            try (ProgressBar bar = Progress.bar("Loading", quiet ? 0 : -1)) {
                count = sorted ? loadSorted(dds, entries, bar) : loadAny(dds, entries, bar);
            }
            CommandFailed malformed = entries.malformed;
            if (malformed != null) {
                throw new CommandFailed(
                        "%s. Loading stopped there; %s before it %s stored"
                                .formatted(malformed.getMessage(), counted(count), count == 1 ? "is" : "are"),
                        malformed);
            }
            double seconds = (System.nanoTime() - startedNanos) / 1e9;
            Output.print(spec, "%,d entries in %.1f s, %,.0f a second%n".formatted(count, seconds, count / seconds));
            return 0;
        } catch (NoSuchFileException absent) {
            throw new CommandFailed("there is no file " + file, absent);
        } catch (IOException failure) {
            throw new CommandFailed("could not read " + file + ": " + failure, failure);
        }
    }

    private static String counted(long count) {
        return count == 1 ? "the one entry" : "the %,d entries".formatted(count);
    }

    private long loadAny(Dds dds, Input entries, ProgressBar bar) {
        DdsMap<String, String> map = patient(tree ? target.tree(dds) : target.map(dds));
        AsyncMap<String, String> async = map.async();
        EntryLoad load =
                new EntryLoad(OUTSTANDING, target.timeout(), entry -> async.set(entry.key(), entry.value()), bar::step);
        try {
            Entry entry = entries.next();
            while (entry != null && load.firstFailed() == null) {
                load.add(entry);
                entry = entries.next();
            }
            load.await();
        } catch (EntryLoad.Stalled stalled) {
            throw stalled(map, load.stored(), entries, stalled);
        }
        EntryLoad.Failed failed = load.firstFailed();
        if (failed != null) {
            throw new CommandFailed(
                    ExitCodes.of(failed.reason()),
                    "line %,d of %s could not be stored: %s. All entries before it are stored, %,d in all; loading the file again does no harm"
                            .formatted(failed.line(), file, failed.reason().getMessage(), load.stored()),
                    failed.reason());
        }
        return load.stored();
    }

    private long loadSorted(Dds dds, Input entries, ProgressBar bar) throws InterruptedException {
        DdsTree<String, String> into = (DdsTree<String, String>) patient(target.tree(dds));
        FutureTask<Long> load = new FutureTask<>(() -> into.load(entries.asAscending(bar)));
        Thread.ofPlatform().name("load").daemon().start(load);
        long seen = -1;
        while (true) {
            try {
                return load.get(target.timeout().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException slow) {
                long read = entries.count.get();
                if (read == seen && !entries.isReading) {
                    throw stalled(into, -1, entries, new EntryLoad.Stalled(target.timeout()));
                }
                seen = read;
            } catch (ExecutionException failure) {
                Throwable cause = Objects.requireNonNullElse(failure.getCause(), failure);
                if (cause instanceof IllegalArgumentException || cause instanceof DdsException.TooLarge) {
                    String advice = cause instanceof IllegalArgumentException
                            ? "; without --sorted they may come in any order"
                            : "";
                    throw new CommandFailed(
                            "line %,d of %s: %s%s. Loading stopped there; all %,d entries before it are stored"
                                    .formatted(entries.line, file, cause.getMessage(), advice, entries.count.get() - 1),
                            cause);
                }
                throw new CommandFailed(
                        ExitCodes.of(cause),
                        "loading stopped after line %,d of %s: %s. The last entries before it may not be stored; loading the file again does no harm"
                                .formatted(entries.line, file, cause.getMessage()),
                        cause);
            }
        }
    }

    /**
     * Operations of a load wait as long as others get on: {@link EntryLoad} watches over that, not each operation's
     * timeout.
     */
    private static DdsMap<String, String> patient(DdsMap<String, String> map) {
        return map instanceof DdsTree<String, String> ordered
                ? ordered.withTimeout(CallOptions.LONGEST)
                : ((DdsHashTable<String, String>) map).withTimeout(CallOptions.LONGEST);
    }

    /** One more operation, with a short timeout, finds out what is the matter. */
    private CommandFailed stalled(DdsMap<String, String> map, long stored, Input entries, EntryLoad.Stalled stalled) {
        String reason = String.valueOf(stalled.getMessage());
        try {
            DdsMap<String, String> hasty = map instanceof DdsTree<String, String> ordered
                    ? ordered.withTimeout(DIAGNOSIS)
                    : ((DdsHashTable<String, String>) map).withTimeout(DIAGNOSIS);
            var unused = hasty.containsKey("");
        } catch (DdsException failure) {
            reason += " (" + failure.getMessage() + ")";
        }
        return new CommandFailed(
                ExitCodes.UNAVAILABLE,
                "loading stopped near line %,d of %s: %s. %s; loading the file again does no harm"
                        .formatted(
                                entries.line,
                                file,
                                reason,
                                stored < 0
                                        ? "What was acknowledged before is stored"
                                        : "%,d entries are stored".formatted(stored)),
                stalled);
    }

    private InputStream input() throws IOException {
        return file.equals("-") ? System.in : Files.newInputStream(Path.of(file));
    }

    /** The entries of the file up to the first that is none. */
    private static final class Input {
        private final Entries entries;
        final AtomicLong count = new AtomicLong();
        /** The line that the last entry begins in. */
        volatile long line;
        /** Whether the file is waited for, not the bricks. */
        volatile boolean isReading;
        /** What ended the reading, unless that was the file's end. */
        volatile @Nullable CommandFailed malformed;

        Input(Entries entries) {
            this.entries = entries;
        }

        @Nullable
        Entry next() {
            isReading = true;
            try {
                Entry entry = entries.next();
                if (entry != null) {
                    line = entry.line();
                    count.incrementAndGet();
                }
                return entry;
            } catch (CommandFailed notAnEntry) {
                malformed = notAnEntry;
                return null;
            } finally {
                isReading = false;
            }
        }

        Iterator<Map.Entry<String, String>> asAscending(ProgressBar bar) {
            return new Iterator<>() {
                private @Nullable Entry ahead;

                @Override
                public boolean hasNext() {
                    if (ahead == null && malformed == null) {
                        ahead = Input.this.next();
                    }
                    return ahead != null;
                }

                @Override
                public Map.Entry<String, String> next() {
                    Entry entry = ahead;
                    if (entry == null) {
                        throw new NoSuchElementException();
                    }
                    ahead = null;
                    bar.step();
                    return Map.entry(entry.key(), entry.value());
                }
            };
        }
    }
}
