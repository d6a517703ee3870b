package io.brickwork.bench;

import io.brickwork.client.spi.ShippedStructures;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One writer for each partition of a table, which writes one value after the other. To be closed. */
final class Writers implements AutoCloseable {
    /** When it was acknowledged, counted from the mark. */
    private record First(long markNanos, long tookNanos) {}

    private static final class Writer {
        final String key;
        final Thread thread;
        /** The first write that began after a mark, and was acknowledged. */
        volatile @Nullable First first;

        private long lastNanos;
        /** The longest time between two acknowledgements since the last question. */
        volatile long longestNanos;

        Writer(String key, Thread.Builder builder, Consumer<Writer> body) {
            this.key = key;
            this.thread = builder.unstarted(() -> body.accept(this));
        }
    }

    private final DdsHashTable<String, Long> table;
    private final List<Writer> writers = new ArrayList<>();
    private final LongAdder writes = new LongAdder();
    private volatile @Nullable Long markNanos;
    private volatile boolean isOver;

    /** @param info of the table */
    Writers(DdsHashTable<String, Long> table, StructureInfo info) {
        this.table = table;
        StructureSpec spec = info.spec();
        PartitionMap map = ShippedStructures.TYPES.get(spec.type()).initialPartitions(spec);
        for (int partition = 0; partition < spec.partitions(); partition++) {
            writers.add(new Writer(
                    keyIn(map, info, partition), Thread.ofVirtual().name("writer-", partition), this::write));
        }
        writers.forEach(writer -> writer.thread.start());
    }

    private static String keyIn(PartitionMap map, StructureInfo info, int partition) {
        for (int i = 0; ; i++) {
            String key = "key-" + i;
            Bytes routing = HashTableType.operations(info).get(Bytes.utf8(key)).routingKey();
            if (map.locate(routing) == partition) {
                return key;
            }
        }
    }

    private void write(Writer writer) {
        for (long value = 0; !isOver; value++) {
            long begun = System.nanoTime();
            try {
                table.set(writer.key, value);
            } catch (DdsException.UnknownOutcome | DdsException.Unavailable | DdsException.Overloaded again) {
                continue;
            } catch (DdsException.Closed closed) {
                return;
            }
            long now = System.nanoTime();
            if (value > 0) {
                writer.longestNanos = Math.max(writer.longestNanos, now - writer.lastNanos);
            }
            writer.lastNanos = now;
            Long mark = markNanos;
            First first = writer.first;
            if (mark != null && begun - mark >= 0 && (first == null || first.markNanos != mark)) {
                writer.first = new First(mark, now - mark);
            }
            writes.increment();
        }
    }

    /** How many writes have been acknowledged. */
    long count() {
        return writes.sum();
    }

    /** Acknowledged writes a second, counted for so long from here on. */
    double rate(Duration time) throws InterruptedException {
        long beganNanos = System.nanoTime();
        long before = count();
        Thread.sleep(time);
        return (count() - before) / ((System.nanoTime() - beganNanos) / 1e9);
    }

    /** From here on it counts how long a write takes that begins now or later. */
    void mark() {
        markNanos = System.nanoTime();
    }

    /** How long it took from the mark until a write was acknowledged that began after it; -1 if none was yet. */
    long firstAfterMark(int partition) {
        Long mark = markNanos;
        First first = writers.get(partition).first;
        return mark != null && first != null && first.markNanos == mark ? first.tookNanos : -1;
    }

    /** The longest time between two acknowledgements in any partition since this was asked last. */
    long longestPause() {
        long longest = 0;
        for (Writer writer : writers) {
            longest = Math.max(longest, writer.longestNanos);
            writer.longestNanos = 0;
        }
        return longest;
    }

    @Override
    public void close() throws InterruptedException {
        isOver = true;
        for (Writer writer : writers) {
            writer.thread.join();
        }
    }
}
