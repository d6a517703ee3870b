package io.brickwork.btree;

import io.brickwork.btree.TreeOperations.Part;
import io.brickwork.core.DdsException;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.map.AsyncMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DdsTree}, or a view of one, without blocking: see {@link AsyncMap}. A stage of an entry that is not there
 * completes with null.
 */
public final class AsyncTree<K, V> extends AsyncMap<K, V> {
    private final DdsTree<K, V> tree;

    AsyncTree(DdsTree<K, V> tree) {
        super(tree);
        this.tree = tree;
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> firstEntry() {
        return search(tree.ending(false, tree::presentEntry));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> lastEntry() {
        return search(tree.ending(true, tree::presentEntry));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> lowerEntry(K key) {
        return search(tree.near(key, false, false, tree::presentEntry));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> floorEntry(K key) {
        return search(tree.near(key, false, true, tree::presentEntry));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> ceilingEntry(K key) {
        return search(tree.near(key, true, true, tree::presentEntry));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> higherEntry(K key) {
        return search(tree.near(key, true, false, tree::presentEntry));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> pollFirstEntry() {
        return search(tree.polling(false, tree::presentEntry));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> pollLastEntry() {
        return search(tree.polling(true, tree::presentEntry));
    }

    /**
     * Gives everything in this view, in its order, to the action: the next when the stage of the one before is
     * complete, so the action sets the pace. The next page is asked for when one is begun. What a {@link Scan} promises
     * is promised here.
     *
     * @param action on whatever thread completes what was waited for; a stage that fails ends the scan
     * @return how many there were
     */
    public CompletionStage<Long> scan(ScanOptions how, Function<Map.Entry<K, V>, CompletionStage<?>> action) {
        return new AsyncScan(tree, how, row -> action.apply(tree.presentEntry(row))).run();
    }

    private static <T> CompletionStage<@Nullable T> none() {
        return CompletableFuture.completedStage(null);
    }

    private <T> CompletionStage<@Nullable T> search(Search<T> search) {
        return search.span().isEmpty() ? none() : search(search, search.span().range());
    }

    private <T> CompletionStage<@Nullable T> search(Search<T> search, KeyRange range) {
        CompletionStage<Part<List<T>>> asked;
        try {
            asked = tree.invoker()
                    .invoke(search.step().operation(range, search.backward()), tree.options())
                    .stage();
        } catch (DdsException e) {
            return CompletableFuture.failedStage(e);
        }
        return asked.thenCompose(part -> {
            Optional<KeyRange> rest = part.rest();
            if (!part.result().isEmpty()) {
                return CompletableFuture.completedStage(part.result().getFirst());
            }
            return rest.isEmpty() ? none() : search(search, rest.get());
        });
    }
}
