package io.brickwork.torture.history;

import io.brickwork.check.History;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The history files of a run as one history, in the order of their times. Where an answer and an invocation have the
 * same time, the invocation comes first, so that the two count as concurrent.
 */
public final class RecordedHistory {
    /** How the names of history files end. */
    public static final String SUFFIX = ".history";

    private RecordedHistory() {}

    private record Event(int file, HistoryFormat.Line line) {
        /** An operation's own lines never change places: a file is written in order, and the sort is stable. */
        static final Comparator<Event> ORDER = Comparator.<Event>comparingLong(
                        event -> event.line().nanos())
                .thenComparing(event -> event.line() instanceof HistoryFormat.Line.Invoked ? 0 : 1);
    }

    private record Name(int file, long number) {}

    /**
     * Reads all history files of a directory.
     *
     * @param zeroNanos the time that the history counts from
     * @throws IOException also if there is none, or a line makes no sense; names it
     */
    public static History read(Path directory, long zeroNanos) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw new IOException("there are no files *" + SUFFIX + " in " + directory);
        }
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            read(files.get(i), i, events);
        }
        events.sort(Event.ORDER);
        return history(events, zeroNanos);
    }

    private static void read(Path file, int number, List<Event> events) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        // What comes after the last line's end was cut off when its writer was killed.
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            try {
                events.add(new Event(number, HistoryFormat.parse(lines.get(i))));
            } catch (IllegalArgumentException bad) {
                throw new IOException(
                        "%s, line %d, is not of a history: %s: %s"
                                .formatted(file, i + 1, bad.getMessage(), lines.get(i)),
                        bad);
            }
        }
    }

    private static History history(List<Event> events, long zeroNanos) throws IOException {
        History history = new History();
        Map<Name, Integer> numbers = new HashMap<>(); // only looked into, never walked through
        for (Event event : events) {
            HistoryFormat.Line line = event.line();
            Name name = new Name(event.file(), line.number());
            long nanos = line.nanos() - zeroNanos;
            if (line
                    instanceof HistoryFormat.Line.Invoked(long n, long at, String client, String partition, var call)) {
                if (numbers.put(name, history.invoke(client, partition, call, nanos)) != null) {
                    throw new IOException("operation " + n + " of " + client + " begins twice");
                }
                continue;
            }
            Integer number = numbers.get(name);
            if (number == null) {
                throw new IOException("operation " + line.number() + " ends but never began");
            }
            switch (line) {
                case HistoryFormat.Line.Done done -> history.done(number, done.result(), done.version(), nanos);
                case HistoryFormat.Line.DidNotHappen refused -> history.didNotHappen(number, nanos);
                case HistoryFormat.Line.Unknown unknown -> history.unknown(number);
                case HistoryFormat.Line.Invoked invoked -> throw new IllegalStateException("handled above");
            }
        }
        return history;
    }
}
