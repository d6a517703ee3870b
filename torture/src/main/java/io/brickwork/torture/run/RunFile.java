package io.brickwork.torture.run;

import io.brickwork.torture.nemesis.Fault;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * What a run was, beside its history files: enough to judge it again.
 *
 * @param zeroNanos where its times are counted from, on the machine's monotonic clock
 * @param beginNanos when the load was on everywhere, on the same clock
 * @param endNanos when the load was told to end
 */
record RunFile(Torture.Options options, long zeroNanos, long beginNanos, long endNanos) {
    private static final String NAME = "run.properties";

    void write(Path directory) throws IOException {
        Properties values = new Properties();
        values.setProperty("minutes", Double.toString(options.minutes()));
        values.setProperty("bricks", Integer.toString(options.bricks()));
        values.setProperty("clients", Integer.toString(options.clients()));
        values.setProperty("seed", Long.toString(options.seed()));
        values.setProperty(
                "faults",
                String.join(",", options.faults().stream().map(Fault::name).toList()));
        values.setProperty("commit", System.getProperty("dds.commit", "unknown"));
        values.setProperty("zero-nanos", Long.toString(zeroNanos));
        values.setProperty("begin-nanos", Long.toString(beginNanos));
        values.setProperty("end-nanos", Long.toString(endNanos));
        try (Writer writer = Files.newBufferedWriter(directory.resolve(NAME))) {
            values.store(writer, "A run of ./dds torture; ./dds torture --check DIR judges it again.");
        }
    }

    /**
     * Reads it.
     *
     * @throws IOException also if the directory holds no run; says so
     */
    static RunFile read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            throw new IOException("there is no run in " + directory + ": it has no file " + NAME);
        }
        Properties values = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            values.load(reader);
        }
        try {
            return new RunFile(
                    new Torture.Options(
                            Double.parseDouble(value(values, "minutes")),
                            Integer.parseInt(value(values, "bricks")),
                            Integer.parseInt(value(values, "clients")),
                            Long.parseLong(value(values, "seed")),
                            Arrays.stream(value(values, "faults").split(","))
                                    .map(Fault::valueOf)
                                    .collect(Collectors.toSet())),
                    Long.parseLong(value(values, "zero-nanos")),
                    Long.parseLong(value(values, "begin-nanos")),
                    Long.parseLong(value(values, "end-nanos")));
        } catch (IllegalArgumentException bad) {
            throw new IOException(file + " does not describe a run: " + bad.getMessage(), bad);
        }
    }

    private static String value(Properties values, String key) {
        String value = values.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + key);
        }
        return value;
    }
}
