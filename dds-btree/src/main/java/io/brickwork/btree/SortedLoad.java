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

/**
 * Puts ascending entries into a tree: as many rows in one operation as a page has, and several operations on their way.
 */
final class SortedLoad<K, V> {
    private static final int BATCH_ROWS = 1000;
    /** How many rows are as much work as one ordinary operation. */
    private static final int ROWS_OF_AN_OPERATION = 125;

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
            Row row = next(pipeline, ascending);
            while (row != null) {
                add(pipeline, row);
                row = next(pipeline, ascending);
            }
            flush(pipeline);
        });
        return count;
    }

    /**
     * The next row; null after the last. If there is something wrong with it, everything before it is sent all the
     * same.
     */
    private @Nullable Row next(Pipeline pipeline, Iterator<? extends Map.Entry<? extends K, ? extends V>> ascending) {
        try {
            if (!ascending.hasNext()) {
                return null;
            }
            Map.Entry<? extends K, ? extends V> entry = ascending.next();
            return encode(entry.getKey(), entry.getValue());
        } catch (RuntimeException refused) {
            flush(pipeline);
            throw refused;
        }
    }

    private Row encode(K key, V value) {
        Row row = tree.encodeRow(key, value);
        Bytes before = lastKey;
        if (before != null && before.compareTo(row.key()) >= 0) {
            throw new IllegalArgumentException(
                    "key %s of tree '%s' does not come after %s; sorted input ascends, each key once"
                            .formatted(key, tree.name(), tree.keyOf(before)));
        }
        lastKey = row.key();
        return row;
    }

    private void add(Pipeline pipeline, Row row) {
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
        pipeline.send(tree.ranges().putRows(rows), Math.max(1, rows.size() / ROWS_OF_AN_OPERATION), put -> {
            if (put < rows.size()) {
                send(pipeline, rows.subList(put, rows.size()));
            }
        });
    }
}
