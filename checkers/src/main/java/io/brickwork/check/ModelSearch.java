package io.brickwork.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of operations that respects real time and in which a model gives each answer: the search of Wing
 * and Gong (1993) with the memo of Lowe (2017).
 *
 * <p>The next operation may be any that began before the first answer which is not explained yet. Those that are done
 * must all be placed; open ones may be, at any time after they began.
 */
final class ModelSearch<S, I, O extends @Nullable Object> {
    private final Model<S, I, O> model;
    private final List<ModelCall<I, O>> calls;
    private final BitSet placed = new BitSet();
    private final Set<Node<S>> tried = new LinkedHashSet<>();
    private final List<Choice<S>> path = new ArrayList<>();
    private S state;
    private int unexplained;

    /** What the operation of interest would have been answered where it could be placed. */
    private final @Nullable ModelCall<I, O> asked;

    private final Set<O> possible = new LinkedHashSet<>();

    /** Where a search has got to. */
    private record Node<S>(BitSet placed, S state) {}

    /** What was placed, and the state before. */
    private record Choice<S>(int index, S before) {}

    /**
     * @param byInvocation operations that may have happened
     * @param asked the one of them whose possible answers are wanted; null if none is
     */
    ModelSearch(Model<S, I, O> model, List<ModelCall<I, O>> byInvocation, @Nullable ModelCall<I, O> asked) {
        this.model = model;
        this.calls = byInvocation;
        this.asked = asked;
        state = model.initial();
        unexplained = (int) byInvocation.stream().filter(ModelCall::isDone).count();
    }

    /**
     * Looks once. Where possible answers are wanted, it does not end with the first order.
     *
     * @param maxSteps how many placements are tried before it gives up
     */
    OrderSearch.Answer run(long maxSteps) {
        long steps = 0;
        int next = 0;
        while (unexplained > 0 || asked != null) {
            int index = candidate(next);
            if (index < 0) {
                if (path.isEmpty()) {
                    return OrderSearch.Answer.NONE;
                }
                next = takeBack() + 1;
                continue;
            }
            if (++steps > maxSteps) {
                return OrderSearch.Answer.GAVE_UP;
            }
            next = place(index) ? 0 : index + 1;
        }
        return OrderSearch.Answer.FOUND;
    }

    /** What the operation that was asked about can be answered in the states that the search has met. */
    Set<O> possibleAnswers() {
        return possible;
    }

    /** The first one from this one on that may come next; -1 if none may. */
    private int candidate(int from) {
        long firstResponse = Long.MAX_VALUE;
        for (int i = placed.nextClearBit(0); i < calls.size(); i = placed.nextClearBit(i + 1)) {
            ModelCall<I, O> call = calls.get(i);
            if (call.invokedAt() > firstResponse) {
                return -1;
            }
            if (i >= from) {
                return i;
            }
            firstResponse = Math.min(firstResponse, call.endedAt());
        }
        return -1;
    }

    /** Returns false if it does not fit, or leads nowhere new. */
    private boolean place(int index) {
        ModelCall<I, O> call = calls.get(index);
        Model.Step<S, O> step = model.apply(state, call.input());
        if (call.equals(asked)) {
            possible.add(step.answer());
        }
        boolean fits = call.isDone()
                ? Objects.equals(step.answer(), call.answer())
                : !step.state().equals(state);
        if (!fits) {
            return false;
        }
        placed.set(index);
        if (!tried.add(new Node<>((BitSet) placed.clone(), step.state()))) {
            placed.clear(index);
            return false;
        }
        path.add(new Choice<>(index, state));
        state = step.state();
        unexplained -= call.isDone() ? 1 : 0;
        return true;
    }

    /** Returns which one was taken back. */
    private int takeBack() {
        Choice<S> last = path.removeLast();
        placed.clear(last.index);
        state = last.before;
        unexplained += calls.get(last.index).isDone() ? 1 : 0;
        return last.index;
    }
}
