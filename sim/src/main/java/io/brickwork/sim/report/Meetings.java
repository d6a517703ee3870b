package io.brickwork.sim.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds calls of a user's services that may have got in each other's way. None of it need be wrong; it is where bugs of
 * services are found most often.
 */
final class Meetings {
    /** More pairs than these are not looked for. */
    private static final int MOST_PAIRS = 1_000;

    private final List<UserCall> calls;
    /** The calls about each record, by their beginnings. */
    private final TreeMap<String, List<UserCall>> byPlace = new TreeMap<>();

    /**
     * A write of which nobody knows whether it was done, and what its service did next with the same record.
     *
     * @param seen the last it read there before it wrote again; null if it did not look, or wrote nothing more
     * @param next the next it wrote there; null if it wrote nothing more
     */
    record InDoubt(
            UserCall call,
            @Nullable UserCall seen,
            @Nullable UserCall next) {}

    /**
     * Somebody else wrote a record after it was read and before it was overwritten by its reader, who did not look
     * again.
     */
    record LostUpdate(String place, UserCall read, UserCall between, UserCall write) {}

    /** Two calls of different services about one record at the same time, of which one at least writes. */
    record Overlap(String place, UserCall one, UserCall other) {}

    Meetings(List<UserCall> calls) {
        this.calls = calls;
        for (UserCall call : calls) {
            call.request()
                    .places()
                    .forEach(place -> byPlace.computeIfAbsent(place, name -> new ArrayList<>())
                            .add(call));
        }
    }

    /** Those whose service wrote again come first. */
    List<InDoubt> inDoubt() {
        List<InDoubt> found = new ArrayList<>();
        for (UserCall call : calls) {
            // What was under way when the run ended is not worth a word, unless its service has gone on since.
            boolean isOver = call.endedNanos() >= 0 || hasGoneOn(call);
            if (call.isInDoubt() && isOver) {
                found.add(inDoubt(call));
            }
        }
        found.sort(Comparator.comparing(doubt -> doubt.next == null));
        return found;
    }

    private boolean hasGoneOn(UserCall call) {
        return calls.subList(call.number() + 1, calls.size()).stream()
                .anyMatch(later -> later.service() == call.service());
    }

    private InDoubt inDoubt(UserCall call) {
        UserCall seen = null;
        for (UserCall later : calls.subList(call.number() + 1, calls.size())) {
            boolean isNext = later.service() == call.service()
                    && later.beganNanos() >= call.endedNanos()
                    && later.request().places().stream().anyMatch(call::isAbout);
            if (isNext && later.isWrite()) {
                return new InDoubt(call, seen, later);
            }
            if (isNext && later.ending() == UserCall.Ending.DONE) {
                seen = later;
            }
        }
        return new InDoubt(call, null, null);
    }

    List<LostUpdate> lostUpdates() {
        List<LostUpdate> found = new ArrayList<>();
        byPlace.forEach((place, about) -> {
            TreeMap<String, Integer> lastReads = new TreeMap<>();
            for (int i = 0; i < about.size(); i++) {
                UserCall call = about.get(i);
                String caller = call.service() + " " + call.thread();
                if (!call.isWrite()) {
                    lastReads.put(caller, i);
                    continue;
                }
                Integer read = lastReads.remove(caller);
                if (read != null && call.request().effect() == UserCall.Effect.UNCONDITIONAL && call.mayHaveWritten()) {
                    addLostUpdate(place, about, read, call, found);
                }
            }
        });
        found.sort(Comparator.comparingLong(update -> update.write.beganNanos()));
        return found;
    }

    private static void addLostUpdate(
            String place, List<UserCall> about, int read, UserCall write, List<LostUpdate> found) {
        for (UserCall between : about.subList(read + 1, about.size())) {
            if (between.beganNanos() >= write.endNanos()) {
                return;
            }
            if (between.service() != write.service() && between.mayHaveWritten()) {
                found.add(new LostUpdate(place, about.get(read), between, write));
                return;
            }
        }
    }

    /** Pairs that both write come first. A call that certainly did not happen meets nobody. */
    List<Overlap> overlaps() {
        List<Overlap> found = new ArrayList<>();
        byPlace.forEach((place, about) -> {
            List<UserCall> underWay = new ArrayList<>();
            for (UserCall call : about) {
                if (call.ending() == UserCall.Ending.DID_NOT_HAPPEN) {
                    continue;
                }
                underWay.removeIf(earlier -> earlier.endNanos() <= call.beganNanos());
                for (UserCall earlier : underWay) {
                    boolean matters = earlier.mayHaveWritten() || call.mayHaveWritten();
                    if (earlier.service() != call.service() && matters && found.size() < MOST_PAIRS) {
                        found.add(new Overlap(place, earlier, call));
                    }
                }
                underWay.add(call);
            }
        });
        found.sort(Comparator.<Overlap, Boolean>comparing(
                        overlap -> !overlap.one.mayHaveWritten() || !overlap.other.mayHaveWritten())
                .thenComparing(overlap -> overlap.other.beganNanos()));
        return found;
    }
}
