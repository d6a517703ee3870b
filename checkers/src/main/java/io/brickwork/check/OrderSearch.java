package io.brickwork.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of the operations on one key that respects real time and in which each result is right: the search
 * of Wing and Gong (1993) with the memo of Lowe (2017).
 *
 * <p>Operations are placed one after the other. The next may be any that began before the first response which is not
 * explained yet. Those that are done must all be placed; open ones may be, at any time after their invocation. What
 * follows keeps open operations from multiplying, and never changes an answer. Each rule is sound for an order with the
 * fewest open operations, if there is any order at all:
 *
 * <ul>
 *   <li><em>Free.</em> An operation whose result says that it changed nothing is placed as soon as it may come next and
 *       fits: any order in which it comes later can be rearranged so.
 *   <li><em>Noticed.</em> An open operation that the very next one does not notice (it would give the same result and
 *       lead to the same value without it) could have been left out.
 *   <li><em>Twins.</em> Of two open operations that do the same, the one that began first is placed first. Values that
 *       no result and no expectation ever names are all one value to this end, since nobody can tell them apart.
 *   <li><em>Fewer is better.</em> Where the same done operations lead to the same value, whoever has used a part of the
 *       open operations can do all that one with more of them can.
 *   <li><em>Prefixes.</em> On a key that is only appended to and read, what is appended must agree with every read that
 *       is not placed yet.
 * </ul>
 *
 * <p>Versions are a hint which operation to try first and no more: an order that contradicts them is found as well.
 */
final class OrderSearch {
    /** Stands for every value that nobody has ever named. No caller writes it. */
    private static final String UNNAMED = "\u0000";

    private static final int[] NO_CHOICE = {};

    private final List<Observation> operations;
    /** What each operation does, values that nobody names made one. */
    private final Call[] calls;
    /** Of an open operation, the one before it that does the same; -1 if there is none. */
    private final int[] twin;
    /** The open operations, by invocation. */
    private final int[] open;

    private final boolean onlyGrows;
    private final BitSet placedDone;
    private final long[] placedOpen;
    private final Map<Node, List<long[]>> tried = new HashMap<>();
    /** What has been placed, in order, and the value before each. */
    private final int[] order;

    private final @Nullable String[] before;
    private int depth;
    private @Nullable String state;

    enum Answer {
        FOUND,
        NONE,
        GAVE_UP
    }

    /** Where a search has got to, open operations apart. */
    private record Node(BitSet done, @Nullable String state) {}

    /** @param byInvocation operations on one key that may have happened */
    OrderSearch(List<Observation> byInvocation) {
        operations = byInvocation;
        int count = byInvocation.size();
        onlyGrows = byInvocation.stream().allMatch(o -> o.call().kind() == Call.Kind.APPEND || isRead(o));
        calls = calls(byInvocation);
        twin = new int[count];
        open = new int[(int) byInvocation.stream().filter(o -> !o.isDone()).count()];
        Map<Call, Integer> last = new HashMap<>();
        int opened = 0;
        for (int i = 0; i < count; i++) {
            twin[i] = -1;
            if (!byInvocation.get(i).isDone()) {
                open[opened++] = i;
                Integer earlier = last.put(calls[i], i);
                twin[i] = earlier == null ? -1 : earlier;
            }
        }
        placedDone = new BitSet(count);
        placedOpen = new long[(count + 63) / 64];
        order = new int[count];
        before = new String[count];
    }

    private static boolean isRead(Observation observation) {
        return observation.call().isRead();
    }

    private static Call[] calls(List<Observation> operations) {
        Set<String> named = new HashSet<>();
        boolean appends = false;
        for (Observation operation : operations) {
            named.add(String.valueOf(operation.result()));
            named.add(String.valueOf(operation.call().expected()));
            appends |= operation.call().kind() == Call.Kind.APPEND;
        }
        Call[] calls = new Call[operations.size()];
        for (int i = 0; i < calls.length; i++) {
            Observation operation = operations.get(i);
            Call call = operation.call();
            String argument = call.argument();
            boolean isNamed = argument == null || appends || named.contains(argument);
            calls[i] = new Call(
                    operation.isDone() ? call.kind() : withoutResult(call.kind()),
                    call.key(),
                    isNamed ? argument : UNNAMED,
                    call.expected());
        }
        return calls;
    }

    /** Nobody was given the result of an open operation. */
    private static Call.Kind withoutResult(Call.Kind kind) {
        return switch (kind) {
            case PUT -> Call.Kind.SET;
            case REMOVE -> Call.Kind.DELETE;
            case GET, SET, DELETE, PUT_IF_ABSENT, REPLACE, REPLACE_IF, REMOVE_IF, APPEND -> kind;
        };
    }

    /**
     * Looks once.
     *
     * @param maxSteps how many placements are tried before it gives up
     */
    Answer run(long maxSteps) {
        int unexplained = operations.size() - open.length;
        int[][] choices = new int[operations.size()][];
        int[] next = new int[operations.size()];
        long steps = 0;
        boolean isNew = true;
        while (unexplained > 0) {
            if (isNew) {
                choices[depth] = choices();
                next[depth] = 0;
                isNew = false;
            }
            if (next[depth] == choices[depth].length) {
                if (depth == 0) {
                    return Answer.NONE;
                }
                unexplained += takeBack();
                continue;
            }
            if (++steps > maxSteps) {
                return Answer.GAVE_UP;
            }
            unexplained -= place(choices[depth][next[depth]++]);
            if (isTried()) {
                unexplained += takeBack();
            } else {
                isNew = true;
            }
        }
        return Answer.FOUND;
    }

    /** Returns how many responses that explains. */
    private int place(int index) {
        order[depth] = index;
        before[depth++] = state;
        state = calls[index].stateAfter(state);
        if (operations.get(index).isDone()) {
            placedDone.set(index);
            return 1;
        }
        placedOpen[index >>> 6] |= 1L << index;
        return 0;
    }

    private int takeBack() {
        int index = order[--depth];
        state = before[depth];
        if (operations.get(index).isDone()) {
            placedDone.clear(index);
            return 1;
        }
        placedOpen[index >>> 6] &= ~(1L << index);
        return 0;
    }

    /** Whether somebody was here before with no more open operations; if not, it is remembered. */
    private boolean isTried() {
        List<long[]> visits =
                tried.computeIfAbsent(new Node((BitSet) placedDone.clone(), state), node -> new ArrayList<>(1));
        for (long[] visit : visits) {
            boolean isPart = true;
            for (int i = 0; i < visit.length && isPart; i++) {
                isPart = (visit[i] & ~placedOpen[i]) == 0;
            }
            if (isPart) {
                return true;
            }
        }
        visits.add(placedOpen.clone());
        return false;
    }

    /** What may come next and is worth trying, the most likely first. */
    private int[] choices() {
        List<Integer> done = new ArrayList<>();
        long firstResponse = Long.MAX_VALUE;
        for (int i = placedDone.nextClearBit(0); i < operations.size(); i = placedDone.nextClearBit(i + 1)) {
            Observation operation = operations.get(i);
            if (operation.invokedAt() > firstResponse) {
                break;
            }
            if (operation.isDone()) {
                firstResponse = Math.min(firstResponse, operation.endedAt());
                done.add(i);
            }
        }
        for (int index : done) {
            if (!operations.get(index).hadEffect() && fits(index, state)) {
                return isWorthTrying(index) ? new int[] {index} : NO_CHOICE;
            }
        }
        done.removeIf(index -> !operations.get(index).hadEffect());
        done.sort(Comparator.comparing(index -> operations.get(index).version()));
        int[] choices = new int[done.size() + open.length];
        int count = 0;
        int likely = done.isEmpty() || !isWorthTrying(done.getFirst()) ? -1 : done.getFirst();
        if (likely >= 0) {
            choices[count++] = likely;
        }
        for (int index : open) {
            if (operations.get(index).invokedAt() > firstResponse) {
                break;
            }
            boolean isNext = !isOpenPlaced(index) && (twin[index] < 0 || isOpenPlaced(twin[index]));
            if (isNext && isWorthTrying(index)) {
                choices[count++] = index;
            }
        }
        for (int index : done) {
            if (index != likely && isWorthTrying(index)) {
                choices[count++] = index;
            }
        }
        return Arrays.copyOf(choices, count);
    }

    private boolean isOpenPlaced(int index) {
        return (placedOpen[index >>> 6] >>> index & 1) != 0;
    }

    private boolean isWorthTrying(int index) {
        Observation operation = operations.get(index);
        if (!fits(index, state)) {
            return false;
        }
        String next = calls[index].stateAfter(state);
        if (!operation.isDone() && Objects.equals(next, state)) {
            return false;
        }
        if (depth > 0 && !operations.get(order[depth - 1]).isDone()) {
            String unnoticed = before[depth - 1];
            if (fits(index, unnoticed) && Objects.equals(calls[index].stateAfter(unnoticed), next)) {
                return false;
            }
        }
        return !onlyGrows || isRead(operation) || agrees(next);
    }

    private boolean fits(int index, @Nullable String value) {
        Observation operation = operations.get(index);
        Call call = calls[index];
        return !operation.isDone()
                || !call.kind().givesResult()
                || Objects.equals(operation.result(), call.resultFor(value));
    }

    /** Whether every read that is still to be placed can see text that begins like this. */
    private boolean agrees(@Nullable String text) {
        for (int i = placedDone.nextClearBit(0); i < operations.size(); i = placedDone.nextClearBit(i + 1)) {
            Observation operation = operations.get(i);
            if (operation.isDone() && isRead(operation)) {
                String seen = operation.result();
                if (text != null && (seen == null || !seen.startsWith(text))) {
                    return false;
                }
            }
        }
        return true;
    }
}
