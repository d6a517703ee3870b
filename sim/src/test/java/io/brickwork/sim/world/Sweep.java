package io.brickwork.sim.world;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Runs many seeds and prints the figures: {@code java ... Sweep base count}. For a look by hand; the gate has HashTableSimTest. */
final class Sweep {
    private static final String SCENARIO = System.getProperty("scenario", "register/swarm");

    private Sweep() {}

    public static void main(String[] args) {
        long base = Long.decode(args[0]);
        int count = Integer.parseInt(args[1]);
        int lines = args.length > 2 ? Integer.parseInt(args[2]) : 0;
        TreeMap<String, List<Long>> failures = new TreeMap<>();
        long events = 0;
        long operations = 0;
        long done = 0;
        long unknown = 0;
        long faults = 0;
        long crashes = 0;
        long undecided = 0;
        double virtual = 0;
        long started = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long seed = base + i;
            long began = System.nanoTime();
            try {
                SimRun.Report report = Scenarios.find(SCENARIO).run(seed, lines);
                events += report.events();
                operations += report.operations();
                done += report.done();
                unknown += report.unknown();
                faults += report.faults();
                crashes += report.crashes();
                undecided += report.undecidedKeys();
                virtual += report.virtualNanos() / 1e9;
                if (count <= 20) {
                    System.out.println(report);
                }
            } catch (SimFailure failure) {
                String message = String.valueOf(failure.getMessage());
                int at = message.indexOf("SIM FAILURE  ") + 13;
                String first = message.substring(at, Math.min(message.length(), at + 160))
                        .replaceAll("\n.*", "");
                String kind = failure.kind() + " " + first.replaceAll("[0-9]+", "#");
                List<Long> seeds = failures.computeIfAbsent(kind, k -> new ArrayList<>());
                seeds.add(seed);
                if (seeds.size() <= 1 || count == 1) {
                    System.out.println(message);
                    if (failure.getCause() != null && failure.kind() == SimFailure.Kind.CRASH) {
                        failure.getCause().printStackTrace(System.out);
                    }
                }
            }
            double took = (System.nanoTime() - began) / 1e9;
            if (took > 3) {
                System.out.printf("slow: seed %x took %.1f s%n", seed, took);
            }
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(
                "seeds=%d operations=%d done=%d unknown=%d faults=%d crashes=%d virtual=%.0fs undecided=%d events=%d events/s=%.0f seeds/min=%.0f failures=%s%n",
                count,
                operations,
                done,
                unknown,
                faults,
                crashes,
                virtual,
                undecided,
                events,
                events / seconds,
                count * 60 / seconds,
                failures.values().stream().mapToInt(List::size).sum());
        failures.forEach((kind, seeds) -> System.out.println(
                "  " + seeds.size() + " x " + kind + "  seeds " + seeds.subList(0, Math.min(8, seeds.size()))));
    }
}
