package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.map.MapOperations.ClearedPage;
import io.brickwork.map.MapOperations.PartitionCount;
import io.brickwork.map.MapOperations.Row;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The methods of a map that concern many keys: each is many operations, in pages, in a {@link Pipeline} or in a
 * {@link FenceWalk}, and none is a snapshot. What each promises: {@link DdsMap}.
 */
final class BulkMethods<K, V> {
    /** Partitions that are asked at a time. */
    private static final int WALK_WINDOW = 64;

    private final DdsMap<K, V> map;

    BulkMethods(DdsMap<K, V> map) {
        this.map = map;
    }

    boolean containsValue(@Nullable Object value) {
        Optional<Bytes> encoded = map.soughtValue(value);
        if (encoded.isPresent()) {
            for (Iterator<Row> rows = map.rows(false); rows.hasNext(); ) {
                if (map.isSameValue(rows.next().value(), encoded.get())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Removes one key with this value, if there is one. */
    boolean removeValue(@Nullable Object value) {
        Optional<Bytes> encoded = map.soughtValue(value);
        if (encoded.isPresent()) {
            for (Iterator<Row> rows = map.rows(false); rows.hasNext(); ) {
                Row row = rows.next();
                if (map.isSameValue(row.value(), encoded.get())
                        && map.call(map.operations().removeIf(row.key(), row.value()))) {
                    return true;
                }
            }
        }
        return false;
    }

    void putAll(Map<? extends K, ? extends V> entries) {
        Pipeline.run(
                map.invoker(),
                map.options(),
                map.progress("putAll"),
                pipeline -> entries.forEach((key, value) ->
                        pipeline.send(map.operations().set(map.encodeKey(key), map.encodeValue(value)), done -> {})));
    }

    void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        Progress progress = map.progress("replaceAll");
        Pipeline.run(map.invoker(), map.options(), progress, pipeline -> {
            for (Iterator<Row> rows = map.rows(false); rows.hasNext(); ) {
                Row row = rows.next();
                K key = map.decodeKey(row.key());
                Bytes replacement = map.encodeValue(function.apply(key, map.decodeValue(row)));
                pipeline.send(map.operations().replaceIf(row.key(), row.value(), replacement), replaced -> {
                    if (!replaced && replaceAgain(key, function)) {
                        progress.countDone(1);
                    }
                });
            }
        });
    }

    /** Whether there still was a value to replace. */
    private boolean replaceAgain(K key, BiFunction<? super K, ? super V, ? extends V> function) {
        V replaced = map.computeIfPresent(
                key,
                (same, value) -> Objects.requireNonNull(
                        function.apply(same, value),
                        () -> "a replacement value of " + map.operations().describe() + " is null"));
        return replaced != null;
    }

    long count() {
        long[] records = {0};
        countWalk().run((position, count) -> {
            // A merge of partitions under the walk shows the first of them again.
            if (count.low().equals(position)) {
                records[0] += count.records();
            }
            return true;
        });
        return records[0];
    }

    boolean isEmpty() {
        boolean[] empty = {true};
        countWalk().run((position, count) -> empty[0] = count.records() == 0);
        return empty[0];
    }

    private FenceWalk<PartitionCount> countWalk() {
        return new FenceWalk<>(
                map.invoker(),
                map.options(),
                map.initialPartitions(),
                WALK_WINDOW,
                position -> map.operations().count(position),
                PartitionCount::next,
                count -> {},
                failure -> {});
    }

    void clear() {
        Progress progress = map.progress("clear");
        Consumer<ClearedPage> changes = page -> progress.countDone(page.removed() == 0 ? 0 : 1);
        FenceWalk<ClearedPage> walk = new FenceWalk<>(
                map.invoker(),
                map.options(),
                map.initialPartitions(),
                WALK_WINDOW,
                position -> map.operations().clearPage(position),
                ClearedPage::next,
                changes,
                progress::countFailure);
        progress.guard(() -> {
            walk.run((position, page) -> {
                changes.accept(page);
                return true;
            });
            return true;
        });
    }
}
