package io.brickwork.sim.scenario;

import io.brickwork.core.Check;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.FaultOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is taken away from a run that its seed has drawn, to see whether it still fails. All else stays as drawn, and
 * the same reduction of the same seed is the same run.
 *
 * @param faults kinds that are drawn and do not happen
 * @param strikes numbers of single faults, counted from 0 through the run, that do not happen
 * @param clients how many callers there are at most; 0 for as many as drawn
 * @param operations how many operations each makes at most; 0 for as many as drawn
 * @param bricks how many bricks there are at most; 0 for as many as drawn
 */
public record Reduction(
        SortedSet<FaultOptions.Fault> faults, SortedSet<Integer> strikes, int clients, int operations, int bricks) {
    /** The run as it is drawn. */
    public static final Reduction NONE = new Reduction(List.of(), List.of(), 0, 0, 0);

    public Reduction {
        Check.argument(
                clients >= 0 && operations >= 0 && bricks >= 0,
                "%d clients, %d operations, %d bricks; at least 1 each, or 0 for as many as drawn",
                clients,
                operations,
                bricks);
        faults = Collections.unmodifiableSortedSet(new TreeSet<>(faults));
        strikes = Collections.unmodifiableSortedSet(new TreeSet<>(strikes));
        Check.argument(strikes.isEmpty() || strikes.first() >= 0, "strike %s", strikes);
    }

    public Reduction(
            Collection<FaultOptions.Fault> faults,
            Collection<Integer> strikes,
            int clients,
            int operations,
            int bricks) {
        this(new TreeSet<>(faults), new TreeSet<>(strikes), clients, operations, bricks);
    }

    /** Whether a fault that was drawn does not happen. */
    public boolean drops(int strike, FaultOptions.Fault fault) {
        return faults.contains(fault) || strikes.contains(strike);
    }

    public Reduction withFaults(Collection<FaultOptions.Fault> newFaults) {
        return new Reduction(newFaults, strikes, clients, operations, bricks);
    }

    public Reduction withStrikes(Collection<Integer> newStrikes) {
        return new Reduction(faults, newStrikes, clients, operations, bricks);
    }

    public Reduction withClients(int count) {
        return new Reduction(faults, strikes, count, operations, bricks);
    }

    public Reduction withOperations(int count) {
        return new Reduction(faults, strikes, clients, count, bricks);
    }

    public Reduction withBricks(int count) {
        return new Reduction(faults, strikes, clients, operations, count);
    }

    /**
     * The options of the reduced run. Its faults are left to {@link #drops}, so that those that remain happen when and
     * where they did.
     */
    RunOptions apply(RunOptions drawn) {
        WorkloadOptions workload = drawn.workload();
        return drawn.withWorld(
                        drawn.world().withBricks(least(bricks, drawn.world().bricks())))
                .withWorkload(new WorkloadOptions(
                        least(clients, workload.clients()),
                        least(operations, workload.operations()),
                        workload.outstanding(),
                        workload.keys(),
                        workload.thinkNanos(),
                        workload.timeoutNanos(),
                        workload.readPercent(),
                        workload.appendPercent()));
    }

    private static int least(int most, int drawn) {
        return most == 0 ? drawn : Math.min(most, drawn);
    }

    /** As options of {@code dds sim replay}; empty for {@link #NONE}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (!faults.isEmpty()) {
            parts.add("--drop-faults "
                    + String.join(",", faults.stream().map(Enum::name).toList()));
        }
        if (!strikes.isEmpty()) {
            parts.add("--drop-strikes " + formatNumbers(strikes));
        }
        if (clients > 0) {
            parts.add("--clients " + clients);
        }
        if (operations > 0) {
            parts.add("--operations " + operations);
        }
        if (bricks > 0) {
            parts.add("--bricks " + bricks);
        }
        return String.join(" ", parts);
    }

    /** As {@code 3-9,12}. */
    public static String formatNumbers(SortedSet<Integer> numbers) {
        StringBuilder text = new StringBuilder();
        int first = -1;
        int last = -1;
        for (int number : numbers) {
            if (first >= 0 && number == last + 1) {
                last = number;
                continue;
            }
            appendRange(text, first, last);
            first = number;
            last = number;
        }
        appendRange(text, first, last);
        return text.toString();
    }

    private static void appendRange(StringBuilder text, int first, int last) {
        if (first >= 0) {
            text.append(text.isEmpty() ? "" : ",").append(first).append(last > first ? "-" + last : "");
        }
    }

    /**
     * The numbers in a text such as {@code 3-9,12}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static SortedSet<Integer> parseNumbers(String text) {
        TreeSet<Integer> numbers = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            String[] bounds = part.strip().split("-", -1);
            try {
                int first = Integer.parseInt(bounds[0]);
                int last = bounds.length == 1 ? first : Integer.parseInt(bounds[1]);
                Check.argument(bounds.length <= 2 && first >= 0 && first <= last && last < 1_000_000, "not a range");
                for (int i = first; i <= last; i++) {
                    numbers.add(i);
                }
            } catch (IllegalArgumentException malformed) {
                throw new IllegalArgumentException(
                        "'" + part + "' in '" + text + "' is neither a number nor a range; write 3-9,12", malformed);
            }
        }
        return numbers;
    }
}
