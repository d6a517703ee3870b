package io.brickwork.sim.report;

import io.brickwork.sim.report.FailedRun.Lane;
import io.brickwork.sim.world.FaultOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was wrong in a recorded run, and when, in words. Says once what several bands of the recording tell together.
 */
final class Faults {
    /** Kinds that the recording shows as bands, which also say whom they struck. */
    private static final Set<FaultOptions.Fault> SHOWN_AS_BANDS = EnumSet.of(
            FaultOptions.Fault.KILL,
            FaultOptions.Fault.KILL_ALL,
            FaultOptions.Fault.POWER,
            FaultOptions.Fault.POWER_ALL,
            FaultOptions.Fault.STRIKE,
            FaultOptions.Fault.PAUSE,
            FaultOptions.Fault.SLOW,
            FaultOptions.Fault.CLIENT_PAUSE,
            FaultOptions.Fault.CLIENT_SLOW,
            FaultOptions.Fault.CUT,
            FaultOptions.Fault.CUT_ONE_WAY,
            FaultOptions.Fault.ISOLATE,
            FaultOptions.Fault.PARTITION,
            FaultOptions.Fault.PARTIAL,
            FaultOptions.Fault.FLAP,
            FaultOptions.Fault.SLOW_LINK,
            FaultOptions.Fault.LOSE,
            FaultOptions.Fault.DOUBLE,
            FaultOptions.Fault.REORDER,
            FaultOptions.Fault.STALL,
            FaultOptions.Fault.SLOW_DISK);

    private static final int MOST_NAMES = 4;

    private final TreeMap<Integer, String> names = new TreeMap<>();
    private final List<Fault> all = new ArrayList<>();

    /**
     * Something that was wrong.
     *
     * @param words a whole sentence without its stop
     * @param toNanos when it was over; the same as {@code fromNanos} if nothing tells how long it lasted
     */
    record Fault(String words, long fromNanos, long toNanos) {
        /** For how long of a time it was there. */
        long within(long from, long to) {
            return Math.min(toNanos, to) - Math.max(fromNanos, from);
        }

        boolean touches(long from, long to) {
            return within(from, to) >= 0;
        }

        /** How long it lasted, with a comma before it; empty if nothing tells. */
        String length() {
            long nanos = toNanos - fromNanos;
            return nanos == 0
                    ? ""
                    : nanos < 1_000_000_000
                            ? String.format(Locale.ROOT, ", for %.3f ms", nanos / 1e6)
                            : String.format(Locale.ROOT, ", for %.3f s", nanos / 1e9);
        }

        String times() {
            return String.format(Locale.ROOT, "from %.3f s%s", fromNanos / 1e9, length());
        }
    }

    private record Span(long from, long to) implements Comparable<Span> {
        private static final Comparator<Span> ORDER =
                Comparator.comparingLong(Span::from).thenComparingLong(Span::to);

        @Override
        public int compareTo(Span other) {
            return ORDER.compare(this, other);
        }
    }

    private record Way(int from, int to) implements Comparable<Way> {
        private static final Comparator<Way> ORDER =
                Comparator.comparingInt(Way::from).thenComparingInt(Way::to);

        Way back() {
            return new Way(to, from);
        }

        @Override
        public int compareTo(Way other) {
            return ORDER.compare(this, other);
        }
    }

    private Faults(List<Lane> lanes) {
        lanes.forEach(lane -> names.put(lane.node(), lane.name()));
    }

    /** All of them, by their beginnings. */
    static List<Fault> of(Recording recording, List<Lane> lanes) {
        Faults faults = new Faults(lanes);
        faults.addBands(recording.bands());
        for (Recording.Mark mark : recording.marks()) {
            if (mark.what() instanceof Recording.Strike strike) {
                faults.addStrike(strike, mark.nanos());
            }
        }
        faults.all.sort(Comparator.comparingLong(Fault::fromNanos));
        return faults.all;
    }

    private void addStrike(Recording.Strike strike, long nanos) {
        FaultOptions.Fault kind = FaultOptions.Fault.valueOf(strike.fault());
        if (!SHOWN_AS_BANDS.contains(kind)) {
            all.add(new Fault(kind.description(), nanos, nanos));
        }
    }

    private void addBands(List<Recording.Band> bands) {
        TreeMap<Span, TreeSet<Way>> cuts = new TreeMap<>();
        TreeSet<String> said = new TreeSet<>();
        for (Recording.Band band : bands) {
            if (band.what().equals("cut")) {
                cuts.computeIfAbsent(new Span(band.fromNanos(), band.toNanos()), span -> new TreeSet<>())
                        .add(new Way(band.node(), band.peer()));
                continue;
            }
            String words = words(band);
            // A node that is paused or slow pauses and slows its clients, which are called like the node.
            if (said.add(words + band.fromNanos())) {
                all.add(new Fault(words, band.fromNanos(), band.toNanos()));
            }
        }
        cuts.forEach((span, ways) -> all.add(new Fault(cutWords(ways), span.from, span.to)));
    }

    private String words(Recording.Band band) {
        String who = name(band.node());
        return switch (band.what()) {
            case "down" -> who + " was down";
            case "pause" -> who + " was paused";
            case "slow" -> who + " was slow";
            case "stall" -> "the disk of " + who + " stood still";
            case "slow disk" -> "the disk of " + who + " was slow";
            case "skew" -> "the wall clock of " + who + " was wrong";
            case "slow link" -> "messages from " + who + " to " + name(band.peer()) + " took long";
            case "disturbed" ->
                "messages from " + who + " to " + name(band.peer()) + " were lost, doubled or out of order";
            default -> who + ": " + band.what();
        };
    }

    /** All connections that were cut at one moment and healed at one moment. */
    private String cutWords(TreeSet<Way> ways) {
        TreeSet<Way> pairs = new TreeSet<>();
        ways.forEach(way -> pairs.add(ways.contains(way.back()) && way.from > way.to ? way.back() : way));
        boolean isBothWays = pairs.stream().allMatch(pair -> ways.contains(pair.back()));
        Way first = pairs.first();
        for (int hub : List.of(first.from, first.to)) {
            if (pairs.stream().allMatch(pair -> pair.from == hub || pair.to == hub)) {
                List<String> others = pairs.stream()
                        .map(pair -> name(pair.from == hub ? pair.to : pair.from))
                        .distinct()
                        .toList();
                if (isBothWays) {
                    return name(hub) + " was cut off from " + listed(others);
                }
                if (pairs.stream().allMatch(pair -> pair.from == hub)) {
                    return "nothing got from " + name(hub) + " to " + listed(others);
                }
                if (pairs.stream().allMatch(pair -> pair.to == hub)) {
                    return "nothing got from " + listed(others) + " to " + name(hub);
                }
            }
        }
        return "nothing got through between "
                + listed(pairs.stream()
                        .map(pair -> name(pair.from) + " and " + name(pair.to))
                        .toList());
    }

    private static String listed(List<String> names) {
        return names.size() <= MOST_NAMES
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MOST_NAMES - 1)) + " and " + (names.size() - MOST_NAMES + 1)
                        + " more";
    }

    private String name(int node) {
        return names.getOrDefault(node, "node " + node);
    }
}
