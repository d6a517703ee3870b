package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.PartitionMap;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks all partitions of a map, one answer after the other in the order of their keys, several on their way at a time.
 *
 * <p>Each answer says where the next begins, so the walk is right whatever partitions there are. The partitions that
 * the map began with are only a guess at where to ask in advance; an answer from a place that the walk does not come to
 * is thrown away. One thread.
 *
 * @param <R> an answer
 */
final class FenceWalk<R> {
    private final Invoker invoker;
    private final CallOptions options;
    private final int window;
    private final Function<Bytes, Operation<R>> question;
    private final Function<R, Optional<Bytes>> next;
    private final Consumer<R> changes;
    private final Consumer<DdsException> onFailure;
    private final ArrayDeque<Bytes> guesses = new ArrayDeque<>();
    private final ArrayDeque<Asked<R>> asked = new ArrayDeque<>();

    private record Asked<R>(Bytes position, Pending<R> pending) {}

    /** Takes an answer and the position that was asked; says whether to go on. */
    @FunctionalInterface
    interface Visitor<R> {
        boolean visit(Bytes position, R answer);
    }

    /**
     * @param initial the partitions that the map began with
     * @param window how many questions are on their way at most; not below 1
     * @param question makes the question for a position
     * @param next where an answer says that the next one begins
     * @param changes takes the answers that are thrown away, which may have changed something
     * @param onFailure takes the failures of those
     */
    FenceWalk(
            Invoker invoker,
            CallOptions options,
            PartitionMap initial,
            int window,
            Function<Bytes, Operation<R>> question,
            Function<R, Optional<Bytes>> next,
            Consumer<R> changes,
            Consumer<DdsException> onFailure) {
        this.invoker = invoker;
        this.options = options;
        this.window = window;
        this.question = question;
        this.next = next;
        this.changes = changes;
        this.onFailure = onFailure;
        for (int partition : initial.partitions()) {
            guesses.add(initial.range(partition).low());
        }
    }

    void run(Visitor<R> visitor) {
        invoker.checkMayBlock();
        @Nullable Bytes position = Bytes.EMPTY;
        try {
            while (position != null) {
                R answer = answerFor(position);
                position = visitor.visit(position, answer) ? next.apply(answer).orElse(null) : null;
            }
        } finally {
            asked.forEach(this::throwAway);
        }
    }

    private R answerFor(Bytes position) {
        askAhead(position);
        Asked<R> first = asked.peek();
        while (first != null && first.position().compareTo(position) < 0) {
            asked.remove();
            throwAway(first);
            askAhead(position);
            first = asked.peek();
        }
        if (first != null && first.position().equals(position)) {
            asked.remove();
            return first.pending().await();
        }
        return invoker.invoke(question.apply(position), options).await();
    }

    private void askAhead(Bytes position) {
        while (asked.size() < window && !guesses.isEmpty()) {
            Bytes guess = guesses.remove();
            if (guess.compareTo(position) >= 0) {
                asked.add(new Asked<>(guess, invoker.invoke(question.apply(guess), options)));
            }
        }
    }

    /**
     * Every pending operation is waited for, and counted if it changes something; its failure does not matter to the
     * walk.
     */
    private void throwAway(Asked<R> thrownAway) {
        try {
            changes.accept(thrownAway.pending().await());
        } catch (DdsException failure) {
            onFailure.accept(failure);
        }
    }
}
