package io.brickwork.sim.report;

import io.brickwork.sim.report.FailedRun.Lane;
import io.brickwork.sim.report.Faults.Fault;
import io.brickwork.sim.world.SimFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/**
 * A failed run of a user's test in words: what was expected; which writes ended without a known outcome and what their
 * services did then; which calls met at a record; what was wrong with the cluster meanwhile. Then the last calls of
 * each service and the faults, in order of virtual time. Short enough for the log of a build.
 */
final class Story {
    private static final int MOST_LINES = 34;
    private static final int MOST_FINDINGS = 2;
    private static final int MOST_FAULTS_A_CALL = 2;
    private static final int MOST_FAULTS = 8;
    private static final int MOST_CHARS = 200;

    private final Recording recording;
    private final long endNanos;
    private final TreeMap<Integer, String> names = new TreeMap<>();
    private final List<Fault> faults;
    private final LinkedHashSet<UserCall> named = new LinkedHashSet<>();
    private final List<String> lines = new ArrayList<>();

    private record Row(long nanos, String who, String what) {}

    private Story(Recording recording, List<Lane> lanes, long endNanos) {
        this.recording = recording;
        this.endNanos = endNanos;
        lanes.forEach(lane -> names.put(lane.node(), lane.name()));
        faults = Faults.of(recording, lanes);
    }

    /** @param endNanos when the run failed */
    static Story of(Recording recording, SimFailure failure, List<Lane> lanes, long endNanos) {
        Story story = new Story(recording, lanes, endNanos);
        story.tellExpectation(failure);
        story.tellMeetings(new Meetings(recording.calls()));
        story.tellTable(failure);
        return story;
    }

    List<String> lines() {
        return lines;
    }

    /** The calls that are told of before the table. */
    Set<UserCall> named() {
        return named;
    }

    // ---- what was expected

    private void tellExpectation(SimFailure failure) {
        lines.add(String.format(
                Locale.ROOT,
                "The test failed %.3f s after the world began%s: %s",
                endNanos / 1e9,
                at(failure),
                what(failure)));
    }

    /**
     * What was thrown, if the test has thrown it; else the first line of what Brickwork has found, whose other lines
     * stand above the story.
     */
    private static String what(SimFailure failure) {
        if (failure.getCause() instanceof AssertionError thrown && !(thrown instanceof SimFailure)) {
            String message = thrown.getMessage();
            if (message != null) {
                return shortened(message.strip().replaceAll("\\s*\\n\\s*", " "));
            }
        }
        return shortened(failure.what().strip().lines().findFirst().orElse(""));
    }

    private static String at(SimFailure failure) {
        Throwable cause = failure.getCause();
        String place = cause == null ? "" : UserCode.place(UserCode.of(cause));
        return place.isEmpty() ? "" : ", at " + place;
    }

    // ---- calls that met

    private void tellMeetings(Meetings meetings) {
        List<Meetings.InDoubt> doubts = meetings.inDoubt();
        doubts.stream().limit(MOST_FINDINGS).forEach(this::tell);
        tellMore(doubts.size(), "writes with an unknown outcome");
        List<Meetings.LostUpdate> updates = meetings.lostUpdates();
        updates.stream().limit(MOST_FINDINGS).forEach(this::tell);
        tellMore(updates.size(), "writes over what somebody else had written since it was read");
        List<Meetings.Overlap> overlaps = meetings.overlaps();
        overlaps.stream()
                .sorted(Comparator.comparing(
                        overlap -> !named.contains(overlap.one()) && !named.contains(overlap.other())))
                .limit(doubts.isEmpty() && updates.isEmpty() ? MOST_FINDINGS : 1)
                .toList()
                .forEach(this::tell);
        tellMore(overlaps.size(), "pairs of calls at the same time on the same record");
        if (doubts.isEmpty() && updates.isEmpty() && overlaps.isEmpty()) {
            lines.add(
                    "No write ended with an unknown outcome, and no two services had calls on the same record at the same time.");
        }
    }

    private void tellMore(int found, String what) {
        if (found > MOST_FINDINGS) {
            lines.add("    (" + (found - MOST_FINDINGS) + " more " + what + "; the page shows all calls)");
        }
    }

    private void tell(Meetings.InDoubt doubt) {
        UserCall call = name(doubt.call());
        lines.add("Outcome unknown: " + who(call) + " asked " + call.request().words() + call.at() + ", " + call.times()
                + ", and nobody could tell whether it was done." + meanwhile(call.beganNanos(), call.endNanos()));
        UserCall next = doubt.next();
        UserCall seen = doubt.seen();
        if (next != null) {
            name(next);
            lines.add(String.format(
                    Locale.ROOT,
                    "    Then %s %swrote the same record again, at %.3f s: %s%s. If the first write was done, this one was one too many.",
                    who(call),
                    seen == null ? "" : "read " + name(seen).exchange() + seen.at() + ", and ",
                    next.beganNanos() / 1e9,
                    next.exchange(),
                    next.at()));
        }
    }

    private void tell(Meetings.LostUpdate update) {
        UserCall read = name(update.read());
        UserCall between = name(update.between());
        UserCall write = name(update.write());
        lines.add("Written over: " + who(read) + " read " + update.place() + ": " + read.exchange() + read.at() + ", "
                + read.times() + "; " + who(between) + " wrote it: " + between.exchange() + between.at() + ", "
                + between.times() + ";");
        lines.add("    and " + who(write) + " wrote without looking again: " + write.exchange() + write.at() + ", "
                + write.times() + "." + meanwhile(read.beganNanos(), write.endNanos()));
    }

    private void tell(Meetings.Overlap overlap) {
        UserCall one = name(overlap.one());
        UserCall other = name(overlap.other());
        lines.add("At the same time on " + overlap.place() + ": " + who(one) + " asked " + one.exchange() + one.at()
                + ", " + one.times() + ", and " + who(other) + " " + other.exchange() + other.at() + ", "
                + other.times() + ".");
    }

    private UserCall name(UserCall call) {
        named.add(call);
        return call;
    }

    private String who(UserCall call) {
        return names.getOrDefault(call.service(), call.thread());
    }

    /** The faults that were there longest during a time. */
    private String meanwhile(long from, long to) {
        List<Fault> there = faults.stream()
                .filter(fault -> fault.touches(from, to))
                .sorted(Comparator.comparingLong(fault -> -fault.within(from, to)))
                .toList();
        if (there.isEmpty()) {
            return "";
        }
        List<String> words = there.stream()
                .limit(MOST_FAULTS_A_CALL)
                .map(fault -> fault.words() + " (" + fault.times() + ")")
                .toList();
        int more = there.size() - words.size();
        return " Meanwhile " + String.join("; ", words) + (more == 0 ? "." : "; and " + more + " more faults.");
    }

    // ---- the table

    private void tellTable(SimFailure failure) {
        int budget = MOST_LINES - lines.size() - 3;
        int faultsAtMost = Math.min(MOST_FAULTS, budget / 3);
        List<UserCall> shown = shownCalls(budget - faultsAtMost);
        List<Row> rows = new ArrayList<>();
        shown.forEach(call -> rows.add(new Row(call.beganNanos(), who(call), words(call))));
        long from = shown.stream().mapToLong(UserCall::beganNanos).min().orElse(0);
        shownFaults(from, faultsAtMost)
                .forEach(fault -> rows.add(new Row(fault.fromNanos(), "FAULT", fault.words() + fault.length())));
        rows.sort(Comparator.comparingLong(Row::nanos));
        rows.add(new Row(endNanos, "FAILURE", what(failure)));
        lines.add("");
        lines.add("The calls above, the last calls of each service, and the faults around them, in virtual time:");
        int width = rows.stream().mapToInt(row -> row.who().length()).max().orElse(0);
        rows.forEach(row -> lines.add(shortened(String.format(
                Locale.ROOT, "%10.3f s  %-" + width + "s  %s", row.nanos() / 1e9, row.who(), row.what()))));
    }

    private static String words(UserCall call) {
        long took = call.endedNanos() - call.beganNanos();
        String end = call.endedNanos() < 0 || took < 10_000_000
                ? ""
                : String.format(Locale.ROOT, " at %.3f s", call.endedNanos() / 1e9);
        return call.exchange() + end + call.at();
    }

    /** Those that are named, and of each service as many of the last as there is room for. */
    private List<UserCall> shownCalls(int budget) {
        List<UserCall> telling = recording.calls().stream()
                .filter(call -> !call.request().places().isEmpty())
                .toList();
        Set<UserCall> shown = new HashSet<>(named);
        TreeMap<Integer, List<UserCall>> rest = new TreeMap<>(Comparator.reverseOrder());
        for (UserCall call : telling.reversed()) {
            if (!shown.contains(call)) {
                rest.computeIfAbsent(call.service(), service -> new ArrayList<>())
                        .add(call);
            }
        }
        for (int depth = 0; depth < telling.size() && shown.size() < budget; depth++) {
            for (List<UserCall> ofService : rest.values()) {
                if (depth < ofService.size() && shown.size() < budget) {
                    shown.add(ofService.get(depth));
                }
            }
        }
        return telling.stream().filter(shown::contains).toList();
    }

    /** Those that touch the calls that are named, before others; the longer ones before the shorter. */
    private List<Fault> shownFaults(long from, int atMost) {
        return faults.stream()
                .filter(fault -> fault.touches(from, endNanos))
                .sorted(Comparator.<Fault, Boolean>comparing(fault ->
                                named.stream().noneMatch(call -> fault.touches(call.beganNanos(), call.endNanos())))
                        .thenComparing(fault -> -fault.within(from, endNanos)))
                .limit(atMost)
                .toList();
    }

    private static String shortened(String text) {
        String line = text.replace('\n', ' ');
        return line.length() <= MOST_CHARS ? line : line.substring(0, MOST_CHARS) + "…";
    }
}
