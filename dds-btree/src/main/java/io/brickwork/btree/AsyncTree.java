package io.brickwork.btree;

import io.brickwork.btree.DdsTree.Search;
import io.brickwork.btree.TreeOperations.Part;
import io.brickwork.core.DdsException;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.map.AsyncMap;
import io.brickwork.map.MapOperations.Row;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A {@link DdsTree}, or a view of one, without blocking: see {@link AsyncMap}. A stage of an entry that is not there completes with null. */
public final class AsyncTree<K, V> extends AsyncMap<K, V> {
    private final DdsTree<K, V> tree;

    AsyncTree(DdsTree<K, V> tree) {
        super(tree);
        this.tree = tree;
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> firstEntry() {
        return search(tree.ending(false));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> lastEntry() {
        return search(tree.ending(true));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> lowerEntry(K key) {
        return search(tree.near(key, false, false));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> floorEntry(K key) {
        return search(tree.near(key, false, true));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> ceilingEntry(K key) {
        return search(tree.near(key, true, true));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> higherEntry(K key) {
        return search(tree.near(key, true, false));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> pollFirstEntry() {
        return search(tree.polling(false));
    }

    public CompletionStage<Map.@Nullable Entry<K, V>> pollLastEntry() {
        return search(tree.polling(true));
    }

    /**
     * Gives everything in this view, in its order, to the action: the next when the stage of the one before is complete, so the action sets the pace. The next page is asked for when one is begun. What a {@link Scan} promises is promised
     * here.
     *
     * @param action on whatever thread completes what was waited for; a stage that fails ends the scan
     * @return how many there were
     */
    public CompletionStage<Long> scan(ScanOptions how, Function<Map.Entry<K, V>, CompletionStage<?>> action) {
        return new AsyncScan(tree, how, row -> action.apply(tree.presentEntry(row))).run();
    }

    private CompletionStage<Map.@Nullable Entry<K, V>> search(Search search) {
        return search.span().isEmpty()
                ? CompletableFuture.completedStage(null)
                : search(search, search.span().range());
    }

    private CompletionStage<Map.@Nullable Entry<K, V>> search(Search search, KeyRange range) {
        CompletionStage<Part<List<Row>>> asked;
        try {
            asked = tree.invoker()
                    .invoke(search.step().operation(range, search.backward()), tree.options())
                    .stage();
        } catch (DdsException e) {
            return CompletableFuture.failedStage(e);
        }
        return asked.thenCompose(part -> {
            Optional<KeyRange> rest = part.rest();
            boolean isOver = !part.result().isEmpty() || rest.isEmpty();
            return isOver
                    ? CompletableFuture.completedStage(tree.entry(
                            part.result().isEmpty() ? null : part.result().getFirst()))
                    : search(search, rest.get());
        });
    }
}
