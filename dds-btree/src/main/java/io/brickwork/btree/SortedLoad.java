package io.brickwork.btree;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.map.MapOperations.Row;
import io.brickwork.map.Pipeline;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts ascending entries into a tree: as many rows in one operation as a page has, and several operations on their way. */
final class SortedLoad<K, V> {
    private static final int BATCH_ROWS = 1000;

    private final DdsTree<K, V> tree;
    private List<Row> batch = new ArrayList<>();
    private long batchBytes;
    private @Nullable Bytes lastKey;
    private long count;

    SortedLoad(DdsTree<K, V> tree) {
        this.tree = tree;
    }

    long run(Iterator<? extends Map.Entry<? extends K, ? extends V>> ascending) {
        Pipeline.run(tree.invoker(), tree.options(), tree.progress("load"), pipeline -> {
            while (ascending.hasNext()) {
                Map.Entry<? extends K, ? extends V> entry = ascending.next();
                add(pipeline, entry.getKey(), entry.getValue());
            }
            flush(pipeline);
        });
        return count;
    }

    private void add(Pipeline pipeline, K key, V value) {
        Row row = tree.encodeRow(key, value);
        Bytes before = lastKey;
        if (before != null && before.compareTo(row.key()) >= 0) {
            throw new IllegalArgumentException(
                    "key %s of tree '%s' does not come after %s; sorted input ascends, each key once"
                            .formatted(key, tree.name(), tree.keyOf(before)));
        }
        lastKey = row.key();
        long bytes = row.key().length() + row.value().length();
        if (!batch.isEmpty() && (batch.size() == BATCH_ROWS || batchBytes + bytes > Limits.PAGE_BYTES)) {
            flush(pipeline);
        }
        batch.add(row);
        batchBytes += bytes;
        count++;
    }

    private void flush(Pipeline pipeline) {
        if (!batch.isEmpty()) {
            send(pipeline, List.copyOf(batch));
            batch = new ArrayList<>();
            batchBytes = 0;
        }
    }

    /** What lies in another partition than the first row is sent again, by itself. */
    private void send(Pipeline pipeline, List<Row> rows) {
        pipeline.send(tree.ranges().putRows(rows), put -> {
            if (put < rows.size()) {
                send(pipeline, rows.subList(put, rows.size()));
            }
        });
    }
}
