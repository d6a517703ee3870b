package io.brickwork.sim.coverage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the default mix is known to try: names of rules, situations and kinds of harm, with the number of the recorded
 * runs in which each came up.
 */
public final class Covered {
    private static final String FILE = "covered.txt";
    private static final String RUNS = "runs ";

    private Covered() {}

    /** What is recorded in the sources: in how many runs each came up, by name. */
    public static Map<String, Long> read() {
        TreeMap<String, Long> runs = new TreeMap<>();
        text().lines()
                .filter(line -> !line.startsWith("#") && !line.startsWith(RUNS))
                .map(line -> line.split(" "))
                .forEach(words -> runs.put(words[0], Long.parseLong(words[1])));
        return runs;
    }

    /** How many runs there were when that was recorded. */
    public static long runs() {
        return text().lines()
                .filter(line -> line.startsWith(RUNS))
                .mapToLong(line -> Long.parseLong(line.substring(RUNS.length())))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(FILE + " does not say of how many runs it tells"));
    }

    private static String text() {
        try (InputStream in = Covered.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file that records what the table has seen. */
    public static String format(CoverageTable table) {
        StringBuilder text = new StringBuilder(
                        "# What runs of the default mix try: the name, and in how many runs. Written by ./dds sim coverage --record.\n")
                .append(RUNS)
                .append(table.runs())
                .append('\n');
        table.seen()
                .forEach((name, runs) ->
                        text.append(name).append(' ').append(runs).append('\n'));
        return text.toString();
    }
}
