package io.brickwork.bench;

import io.brickwork.core.Durability;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The targets that the system is held to, and how far off it is. */
final class Targets {
    private static final String FORMAT = "%-6s  %-72s%10s%10s  %s%n";

    private final Map<Row, Measured> figures;
    private final Floors floors;
    private final PrintWriter out;

    Targets(Map<Row, Measured> figures, Floors floors, PrintWriter out) {
        this.figures = figures;
        this.floors = floors;
        this.out = out;
    }

    /** Those whose rows were measured. */
    void print() {
        out.println();
        out.printf(FORMAT, "TARGET", "100-byte values, REPLICATED", "measured", "at most", "aim");
        Measured set = figure(Row.Place.THREE_BRICKS, Callers.Operation.SET, 64, Callers.Style.ASYNC);
        if (set != null) {
            print("set on three copies, 64 open, async: CPU µs over all processes", set.cpuMicros(), 35, "23");
        }
        Measured alone = figure(Row.Place.THREE_BRICKS, Callers.Operation.SET, 1, Callers.Style.BLOCKING);
        if (alone != null) {
            double round =
                    floors.figure(new Floors.Floor(Floors.Kind.COPIES, 100, 1)).latencyMicros(50);
            print(
                    "set on three copies, one caller: p50 µs; 2.5 x the raw round",
                    alone.latencyMicros(50),
                    2.5 * round,
                    "");
        }
        Measured local = figure(Row.Place.ONE_BRICK, Callers.Operation.GET, 1, Callers.Style.BLOCKING);
        if (local != null) {
            print("get at a replica in the caller's process: CPU µs", local.cpuMicros(), 3, "1.5");
        }
        Measured remote = figure(Row.Place.THREE_BRICKS, Callers.Operation.GET, 64, Callers.Style.ASYNC);
        if (remote != null) {
            double raw =
                    floors.figure(new Floors.Floor(Floors.Kind.ECHO, 100, 64)).cpuMicros();
            print(
                    "remote get, 64 open, async: CPU µs; 1.5 x the raw request and reply + 3",
                    remote.cpuMicros(),
                    1.5 * raw + 3,
                    "");
        }
        out.flush();
    }

    private @Nullable Measured figure(
            Row.Place place, Callers.Operation operation, int outstanding, Callers.Style style) {
        return figures.get(new Row(place, 100, Durability.REPLICATED, operation, outstanding, style));
    }

    private void print(String what, double measured, double limit, String aim) {
        boolean isMet = measured <= limit;
        out.printf(
                FORMAT,
                isMet ? "met" : "MISSED",
                what,
                ResultTable.micros(measured),
                ResultTable.micros(limit),
                aim + (isMet ? "" : "  by %.0f %%".formatted((measured / limit - 1) * 100)));
    }
}
