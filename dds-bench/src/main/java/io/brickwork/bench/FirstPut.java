package io.brickwork.bench;

import io.brickwork.core.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How long a program takes to its first completed put, on a directory that has been used before; in nanoseconds.
 *
 * @param beforeMain from the start of the JVM to its main method; not part of {@link #fromMain}
 * @param open {@code Dds.embedded}
 * @param table {@code hashTable}
 * @param put {@code put}, durability SYNC
 */
record FirstPut(long beforeMain, long open, long table, long put) {
    static final int RUNS = 5;

    long fromMain() {
        return open + table + put;
    }

    /** The median of some runs, each in a process of its own. */
    static FirstPut measure(Path directory) throws IOException {
        List<FirstPut> runs = new ArrayList<>();
        for (int run = 0; run <= RUNS; run++) {
            // Flags for a short life, as the launcher gives them.
            try (ChildProcess child = ChildProcess.start(
                    "first-put",
                    directory.resolve("first-put.log"),
                    List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                    "first-put",
                    directory.resolve("first-put").toString())) {
                FirstPut times = parse(child.answer());
                if (run > 0) {
                    runs.add(times);
                }
            }
        }
        runs.sort(Comparator.comparingLong(FirstPut::fromMain));
        return runs.get(RUNS / 2);
    }

    String format() {
        return beforeMain + " " + open + " " + table + " " + put;
    }

    static FirstPut parse(String text) {
        String[] parts = text.split(" ");
        Check.argument(parts.length == 4, "'%s' are not the times of a first put", text);
        return new FirstPut(
                Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]));
    }
}
