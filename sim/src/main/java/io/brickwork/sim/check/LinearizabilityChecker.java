package io.brickwork.sim.check;

import io.brickwork.core.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the operations on one key can be put into one order that respects real time and in which each result is right (Herlihy, Wing 1990).
 *
 * <p>The search of Wing and Gong (1993) with the memo of Lowe (2017): operations are tried one by one in front of the first response that is not yet explained; a set of operations
 * already placed together with the value they lead to is never tried twice. An operation that stays open may be placed anywhere after its invocation, or nowhere; one that certainly
 * did not happen may be placed nowhere.
 *
 * <p>Two rules keep open operations from multiplying, without changing any verdict. One that is placed and not noticed by the very next operation (that one would give the same result
 * and lead to the same value without it) might as well be left out, so it is. And a key that is only appended to never loses text, so what is appended must agree with every read that
 * is not placed yet.
 *
 * <p>The problem is NP-complete all the same, so the search is bounded in steps, and giving up is a verdict of its own.
 */
public final class LinearizabilityChecker {
    private final long maxSteps;

    /**
     * @param maxSteps how many placements may be tried; at least 1
     */
    public LinearizabilityChecker(long maxSteps) {
        Check.argument(maxSteps >= 1, "%d steps", maxSteps);
        this.maxSteps = maxSteps;
    }

    /** What the search found. */
    public sealed interface Verdict {
        /** There is such an order. */
        record Linearizable() implements Verdict {}

        /**
         * There is none.
         *
         * @param culprit the first response that leaves no order
         * @param context operations next to it, those that decided what it could see among them, by invocation
         */
        record Violation(Observation culprit, List<Observation> context) implements Verdict {
            public Violation {
                context = List.copyOf(context);
            }

            /** In words, one operation a line. */
            public String explanation() {
                StringBuilder text = new StringBuilder("no order explains ").append(culprit);
                for (Observation observation : context) {
                    boolean overlaps = observation.endedAt() > culprit.invokedAt();
                    text.append("\n    ")
                            .append(overlaps ? "meanwhile " : "before    ")
                            .append(observation);
                }
                return text.toString();
            }
        }

        /** The steps ran out. */
        record Undecided(long steps) implements Verdict {}
    }

    /**
     * @param observations of one key, in any order
     */
    public Verdict check(List<Observation> observations) {
        List<Observation> relevant = observations.stream()
                .filter(o -> o.ending() != Observation.Ending.DID_NOT_HAPPEN)
                .filter(o -> o.isDone() || !o.call().isRead())
                .sorted(Comparator.comparingLong(Observation::invokedAt))
                .toList();
        return switch (search(relevant)) {
            case FOUND -> new Verdict.Linearizable();
            case GAVE_UP -> new Verdict.Undecided(maxSteps);
            case NONE -> violation(relevant);
        };
    }

    private enum Answer {
        FOUND,
        NONE,
        GAVE_UP
    }

    /** Whatever begins a linearizable history is linearizable too, so the shortest beginning that is not is found by halving. */
    private Verdict violation(List<Observation> relevant) {
        List<Observation> byResponse = relevant.stream()
                .filter(Observation::isDone)
                .sorted(Comparator.comparingLong(Observation::endedAt))
                .toList();
        int good = 0;
        int bad = byResponse.size();
        while (bad - good > 1) {
            int middle = (good + bad) >>> 1;
            if (search(beginning(relevant, byResponse.get(middle - 1).endedAt())) == Answer.FOUND) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        Observation culprit = byResponse.get(bad - 1);
        List<Observation> known = beginning(relevant, culprit.endedAt());
        List<Observation> context = new ArrayList<>();
        int earlier = 0;
        for (int i = known.size() - 1; i >= 0; i--) {
            Observation other = relevant.get(i);
            boolean overlaps = other.endedAt() > culprit.invokedAt();
            if (other.number() != culprit.number() && (overlaps || earlier++ < 6)) {
                context.add(other);
            }
        }
        return new Verdict.Violation(culprit, context.reversed());
    }

    /** What had happened up to a response: what began later is left out, what ended later is open. */
    private static List<Observation> beginning(List<Observation> byInvocation, long until) {
        return byInvocation.stream()
                .filter(o -> o.invokedAt() <= until)
                .map(o -> o.endedAt() <= until ? o : o.asOpen())
                .toList();
    }

    /**
     * What has been placed, and the value it leads to.
     *
     * @param unnoticed the value before the last operation, if that one was open and nothing has been placed after it
     */
    private record Placed(
            BitSet operations,
            @Nullable String state,
            boolean lastWasOpen,
            @Nullable String unnoticed) {}

    private Answer search(List<Observation> operations) {
        int count = operations.size();
        Events events = new Events(operations);
        Set<Placed> tried = new HashSet<>();
        BitSet placed = new BitSet(count);
        int[] order = new int[count];
        @Nullable String[] statesBefore = new String[count];
        int depth = 0;
        int unexplained = (int) operations.stream().filter(Observation::isDone).count();
        boolean onlyGrows = operations.stream()
                .allMatch(o -> o.call().kind() == Call.Kind.APPEND || o.call().kind() == Call.Kind.GET);
        long steps = 0;
        String state = null;
        int event = events.first();
        while (unexplained > 0) {
            if (events.isCall(event)) {
                int index = events.operation(event);
                Observation operation = operations.get(index);
                if (++steps > maxSteps) {
                    return Answer.GAVE_UP;
                }
                boolean lastWasOpen =
                        depth > 0 && !operations.get(order[depth - 1]).isDone();
                String unnoticed = lastWasOpen ? statesBefore[depth - 1] : null;
                String next = operation.call().stateAfter(state);
                boolean isWorthTrying = fits(operation, state)
                        && (operation.isDone() || !Objects.equals(next, state))
                        && !(lastWasOpen
                                && fits(operation, unnoticed)
                                && Objects.equals(operation.call().stateAfter(unnoticed), next))
                        && (!onlyGrows || operation.call().isRead() || agrees(operations, placed, next));
                if (isWorthTrying) {
                    placed.set(index);
                    if (tried.add(new Placed(
                            (BitSet) placed.clone(), next, !operation.isDone(), operation.isDone() ? null : state))) {
                        order[depth] = index;
                        statesBefore[depth++] = state;
                        state = next;
                        events.lift(index);
                        unexplained -= operation.isDone() ? 1 : 0;
                        event = events.first();
                        continue;
                    }
                    placed.clear(index);
                }
                event = events.next(event);
            } else {
                // A response whose operation is not placed: nothing more may be placed before it, so the last choice
                // was wrong.
                if (depth == 0) {
                    return Answer.NONE;
                }
                int index = order[--depth];
                state = statesBefore[depth];
                placed.clear(index);
                unexplained += operations.get(index).isDone() ? 1 : 0;
                events.unlift(index);
                event = events.next(events.call(index));
            }
        }
        return Answer.FOUND;
    }

    /** Whether every read that is still to be placed can see text that begins like this. */
    private static boolean agrees(List<Observation> operations, BitSet placed, @Nullable String text) {
        for (int i = placed.nextClearBit(0); i < operations.size(); i = placed.nextClearBit(i + 1)) {
            Observation operation = operations.get(i);
            if (operation.isDone() && operation.call().isRead()) {
                String seen = operation.result();
                if (text != null && (seen == null || !seen.startsWith(text))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean fits(Observation operation, @Nullable String state) {
        return !operation.isDone()
                || !operation.call().kind().givesResult()
                || Objects.equals(operation.result(), operation.call().resultFor(state));
    }

    /**
     * Invocations and responses in real-time order, as a doubly linked list in arrays from which operations are lifted and to which they return in the opposite order. Event
     * {@code 2i} is the invocation and {@code 2i + 1} the response of operation {@code i}; the last two are the list's ends.
     */
    private static final class Events {
        private final boolean[] ends;
        private final int[] previous;
        private final int[] next;
        private final int head;

        Events(List<Observation> operations) {
            int count = operations.size();
            head = 2 * count;
            int tail = 2 * count + 1;
            previous = new int[2 * count + 2];
            next = new int[2 * count + 2];
            ends = new boolean[count];
            List<long[]> sorted = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Observation operation = operations.get(i);
                sorted.add(new long[] {operation.invokedAt(), 2L * i});
                ends[i] = operation.isDone();
                if (ends[i]) {
                    sorted.add(new long[] {operation.endedAt(), 2L * i + 1});
                }
            }
            sorted.sort((a, b) -> Arrays.compare(a, b));
            int last = head;
            for (long[] event : sorted) {
                last = connect(last, (int) event[1]);
            }
            connect(last, tail);
        }

        int first() {
            return next[head];
        }

        int next(int event) {
            return next[event];
        }

        boolean isCall(int event) {
            return (event & 1) == 0;
        }

        int operation(int event) {
            return event >>> 1;
        }

        int call(int operation) {
            return 2 * operation;
        }

        void lift(int operation) {
            unlink(2 * operation);
            if (ends[operation]) {
                unlink(2 * operation + 1);
            }
        }

        void unlift(int operation) {
            if (ends[operation]) {
                relink(2 * operation + 1);
            }
            relink(2 * operation);
        }

        private int connect(int from, int to) {
            next[from] = to;
            previous[to] = from;
            return to;
        }

        private void unlink(int event) {
            connect(previous[event], next[event]);
        }

        private void relink(int event) {
            next[previous[event]] = event;
            previous[next[event]] = event;
        }
    }
}
