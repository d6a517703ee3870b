package io.brickwork.btree;

import io.brickwork.btree.TreeOperations.Part;
import io.brickwork.core.DdsException;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.map.MapOperations.Row;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Scan} that blocks nobody: gives one row after the other to an action, each when the action is done with the
 * one before, and asks for the next page when it begins with one. Promises what a scan does.
 *
 * <p>Steps follow each other on whatever thread completes what they waited for, one at a time; what is complete already
 * is not waited for, so however many rows there are, the stack stays flat.
 */
final class AsyncScan {
    private final DdsTree<?, ?> tree;
    private final ScanOptions options;
    private final Function<Row, CompletionStage<?>> action;
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private List<Row> rows = List.of();
    private int index;
    private long count;
    /** How many more may be asked for. */
    private long left;

    private @Nullable KeyRange rest;
    private @Nullable CompletableFuture<Part<List<Row>>> ahead;

    AsyncScan(DdsTree<?, ?> tree, ScanOptions options, Function<Row, CompletionStage<?>> action) {
        this.tree = tree;
        this.options = options;
        this.action = action;
        left = options.limit();
        rest = tree.span().isEmpty() ? null : tree.span().range();
    }

    /** The number of rows, when all have been taken. */
    CompletionStage<Long> run() {
        ask();
        go();
        return done.minimalCompletionStage();
    }

    @SuppressWarnings("CatchingUnchecked") // what the action throws belongs to the user
    private void go() {
        try {
            while (true) {
                CompletableFuture<?> waited = index < rows.size() ? give() : takePage();
                if (waited == null) {
                    done.complete(count);
                    return;
                }
                if (!waited.isDone()) {
                    waited.whenComplete((result, failure) -> {
                        if (failure == null) {
                            go();
                        } else {
                            fail(failure);
                        }
                    });
                    return;
                }
                waited.getNow(null); // throws what it failed with
            }
        } catch (Throwable e) {
            fail(e); // else the scan would never end
        }
    }

    private void fail(Throwable failure) {
        Throwable cause = failure.getCause();
        done.completeExceptionally(failure instanceof CompletionException && cause != null ? cause : failure);
    }

    private CompletableFuture<?> give() {
        count++;
        return action.apply(rows.get(index++)).toCompletableFuture();
    }

    /** The page to wait for; null at the end. */
    private @Nullable CompletableFuture<?> takePage() {
        CompletableFuture<Part<List<Row>>> page = ahead;
        if (page != null && page.isDone()) {
            Part<List<Row>> part = page.join();
            ahead = null;
            rows = part.result();
            index = 0;
            left -= rows.size();
            rest = part.rest().orElse(null);
            ask();
        }
        return page;
    }

    private void ask() {
        KeyRange range = rest;
        if (range != null && left > 0) {
            int limit = (int) Math.min(left, options.pageRecords());
            try {
                ahead = tree.invoker()
                        .invoke(tree.ranges().page(range, tree.isDescending(), false, limit), tree.options())
                        .stage()
                        .toCompletableFuture();
            } catch (DdsException e) {
                ahead = CompletableFuture.failedFuture(e);
            }
        }
    }
}
