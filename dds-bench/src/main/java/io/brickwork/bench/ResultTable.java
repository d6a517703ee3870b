package io.brickwork.bench;

import io.brickwork.bricks.lane.WriteTimes;
import io.brickwork.core.Durability;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints the table, row by row as they are measured; at most 120 columns wide. */
final class ResultTable {
    private static final String FORMAT = "%-4s%4s %-9s%9s  %8s %7s %5s %8s %9s  %7s %6s %5s %6s %7s%n";
    private static final String FLOOR_FORMAT = "%-44s%7s%9s%12s%10s%10s%10s%9s%n";

    private final PrintWriter out;
    private @Nullable String section;

    ResultTable(PrintWriter out) {
        this.out = out;
    }

    void legend() {
        out.println("""
                µs: microseconds. floor: what the same takes without Brickwork, measured in this run (below). x: how many times the floor.
                p50 ... p99.9: what the caller waits; a closed loop: each caller begins a call when its last is done, so a pause of the
                  system delays few calls, and these percentiles say nothing about arrivals at a fixed rate.
                CPU: of all processes (the caller's too, with compiler and collector). wakes: how often any thread went to sleep and was
                  woken. bytes: allocated in Java heaps. Each per operation. The floor of CPU for writes: the round, and for every
                  replica one append and one put into LMDB in batches of 1,000; that of p50: the round and one append.""");
    }

    void floors(Map<Floors.Floor, Measured> floors) {
        out.println();
        out.printf(FLOOR_FORMAT, "FLOORS", "bytes", "at once", "ops/s", "p50 µs", "p99 µs", "p99.9 µs", "CPU µs");
        floors.forEach((floor, figure) -> out.printf(
                FLOOR_FORMAT,
                floor.kind().title(),
                floor.valueBytes(),
                floor.atOnce(),
                count(figure.perSecond()),
                micros(figure.latencyMicros(50)),
                micros(figure.latencyMicros(99)),
                micros(figure.latencyMicros(99.9)),
                micros(figure.cpuMicros())));
        out.flush();
    }

    void row(Row row, Measured figure, Floors.Sum floor) {
        String of = "%s, %,d-byte values, %s"
                .formatted(
                        row.place().title(),
                        row.valueBytes(),
                        row.durability() == Durability.SYNC ? "SYNC" : "REPLICATED");
        if (!of.equals(section)) {
            section = of;
            out.println();
            out.println(of.toUpperCase(Locale.ROOT));
            out.printf(
                    FORMAT,
                    "",
                    "open",
                    "caller",
                    "ops/s",
                    "p50 µs",
                    "floor",
                    "x",
                    "p99 µs",
                    "p99.9 µs",
                    "CPU µs",
                    "floor",
                    "x",
                    "wakes",
                    "bytes");
        }
        out.printf(
                FORMAT,
                lower(row.operation()),
                row.outstanding(),
                lower(row.style()),
                count(figure.perSecond()),
                micros(figure.latencyMicros(50)),
                micros(floor.latencyMicros()),
                ratio(figure.latencyMicros(50) / floor.latencyMicros()),
                micros(figure.latencyMicros(99)),
                micros(figure.latencyMicros(99.9)),
                micros(figure.cpuMicros()),
                micros(floor.cpuMicros()),
                ratio(figure.cpuMicros() / floor.cpuMicros()),
                "%.2f".formatted(figure.wakeUps()),
                count(figure.allocatedBytes()));
        out.flush();
    }

    /** Where the time of the row's writes went: medians. */
    void stages(Stages stages, Measured figure) {
        StringBuilder line = new StringBuilder("       of which (p50 of each)");
        double known = 0;
        for (WriteTimes.Stage stage : WriteTimes.Stage.values()) {
            double micros = stages.medianMicros(stage);
            known += micros;
            line.append("  ").append(lower(stage)).append(' ').append(micros(micros));
        }
        out.printf("%s  caller and network %s µs%n", line, micros(Math.max(0, figure.latencyMicros(50) - known)));
        out.flush();
    }

    private static String lower(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }

    static String micros(double micros) {
        return micros < 10 ? "%.2f".formatted(micros) : micros < 100 ? "%.1f".formatted(micros) : count(micros);
    }

    private static String ratio(double ratio) {
        return ratio < 10 ? "%.1f".formatted(ratio) : count(ratio);
    }

    private static String count(double count) {
        return "%,.0f".formatted(count);
    }
}
