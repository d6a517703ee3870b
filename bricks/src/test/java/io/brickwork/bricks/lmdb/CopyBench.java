package io.brickwork.bricks.lmdb;

import com.sun.management.OperatingSystemMXBean;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.ChunkReader;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.PartitionDigest;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.SynchronousQueue;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.PutFlags;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Txn;

/**
 * What a copy of a partition through chunks costs over LMDB itself: run by hand, prints one table. Records of 20 bytes
 * of key and 100 of value, 200 MB of them.
 *
 * <p>Through chunks: read and encoded by one thread, decoded and put by another, as between two bricks, with nothing in
 * between. LMDB alone: from a cursor of one environment into one of another, by one thread, in synced transactions of
 * as many bytes.
 */
final class CopyBench {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final PartitionId PARTITION = new PartitionId(1, 0);
    private static final int RECORD_BYTES = 20 + 100;
    private static final int RECORDS = Integer.getInteger("megabytes", 200) * 1_000_000 / RECORD_BYTES;
    private static final int PASSES = Integer.getInteger("passes", 3);
    private static final int[] CHUNKS_AT_ONCE = {1, 4, 16};

    private CopyBench() {}

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "."), "copy-bench");
        try {
            Path source = directory.resolve("source");
            try (Opened table = new Opened(source)) {
                fill(table);
            }
            for (int pass = 1; pass <= PASSES; pass++) {
                System.out.printf(Locale.ROOT, "pass %d%n", pass);
                for (int chunks : CHUNKS_AT_ONCE) {
                    Cost raw = raw(source, directory.resolve("raw"), chunks * TableChunk.BYTES, false);
                    print("LMDB, transactions of %d KiB".formatted(chunks * TableChunk.BYTES >> 10), raw, raw);
                    Cost chunked = chunked(source, directory.resolve("copy"), chunks);
                    print("chunks, %d in a batch".formatted(chunks), chunked, raw);
                }
                Cost appended = raw(source, directory.resolve("raw"), 64 << 20, true);
                print("LMDB, appended in transactions of 64 MiB", appended, appended);
            }
            cleared(source);
        } finally {
            delete(directory);
        }
    }

    /** Of a copy, CPU of the whole process; or a moment. */
    private record Cost(long nanos, long cpuNanos) {
        static Cost now() {
            return new Cost(System.nanoTime(), PROCESS.getProcessCpuTime());
        }

        Cost untilNow() {
            Cost now = now();
            return new Cost(now.nanos - nanos, now.cpuNanos - cpuNanos);
        }
    }

    private static void print(String what, Cost cost, Cost raw) {
        System.out.printf(
                Locale.ROOT,
                "  %-44s %7.2f s %7.0f MB/s   %.2f of LMDB's speed   CPU %6.2f s, %5.2f times LMDB's%n",
                what,
                cost.nanos / 1e9,
                (double) RECORDS * RECORD_BYTES / 1e6 / (cost.nanos / 1e9),
                (double) raw.nanos / cost.nanos,
                cost.cpuNanos / 1e9,
                (double) cost.cpuNanos / raw.cpuNanos);
    }

    /** A table, and the wait for its batches. */
    private static final class Opened implements AutoCloseable {
        private final SynchronousQueue<Long> told = new SynchronousQueue<>();
        final LmdbTable table;
        private long number;
        private boolean isUnderWay;

        Opened(Path directory) {
            table = LmdbTable.open(
                    TableOptions.of(directory),
                    () -> 0,
                    System::nanoTime,
                    batch -> {
                        try {
                            told.put(batch);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    failure -> {
                        failure.printStackTrace();
                        System.exit(1);
                    });
        }

        /** Hands a batch over once the one before is applied. */
        void apply(List<CopyStep> steps, List<Table.Part> parts) throws InterruptedException {
            await();
            table.apply(new Table.Batch(++number, steps, parts));
            isUnderWay = true;
        }

        void await() throws InterruptedException {
            if (isUnderWay) {
                told.take();
                isUnderWay = false;
            }
        }

        @Override
        public void close() throws InterruptedException {
            await();
            table.close();
        }
    }

    private static void fill(Opened table) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(1);
        long seq = 0;
        for (int i = 0; i < RECORDS; i += 10_000) {
            List<Entry> entries = new ArrayList<>();
            for (int j = i; j < Math.min(RECORDS, i + 10_000); j++) {
                byte[] value = new byte[100];
                random.nextBytes(value);
                Bytes key = new ByteWriter(20)
                        .fixed64(random.nextLong())
                        .fixed64(j)
                        .fixed32(0)
                        .toBytes();
                entries.add(EntryCodec.encode(
                        Entry.Kind.WRITE,
                        PARTITION,
                        new Version(1, ++seq),
                        null,
                        0,
                        List.of(new Effect(key, Bytes.wrap(value)))));
            }
            table.apply(List.of(), List.of(new Table.Part(PARTITION, entries)));
        }
    }

    private static Cost raw(Path from, Path to, int transactionBytes, boolean isAppended) throws IOException {
        try (LmdbStore source = LmdbStore.open(TableOptions.of(from));
                LmdbStore target = LmdbStore.open(TableOptions.of(to));
                Txn<DirectBuffer> read = source.beginRead();
                Cursor<DirectBuffer> records = source.data.openCursor(read)) {
            PutFlags[] flags = isAppended ? new PutFlags[] {PutFlags.MDB_APPEND} : new PutFlags[0];
            Cost begun = Cost.now();
            boolean isFound = records.seek(SeekOp.MDB_FIRST);
            while (isFound) {
                try (Txn<DirectBuffer> write = target.beginWrite();
                        Cursor<DirectBuffer> into = target.data.openCursor(write)) {
                    for (long bytes = 0; isFound && bytes < transactionBytes; isFound = records.seek(SeekOp.MDB_NEXT)) {
                        into.put(records.key(), records.val(), flags);
                        bytes += records.key().capacity() + records.val().capacity();
                    }
                    into.close();
                    write.commit();
                }
            }
            return begun.untilNow();
        } finally {
            delete(to);
        }
    }

    private static Cost chunked(Path from, Path to, int chunksAtOnce) throws Exception {
        Cost cost;
        try (Opened source = new Opened(from);
                Opened target = new Opened(to)) {
            Cost begun = Cost.now();
            target.apply(List.of(new CopyStep.Begin(PARTITION, KeyRange.ALL)), List.of());
            SynchronousQueue<List<Bytes>> sent = new SynchronousQueue<>();
            Thread sender = Thread.ofPlatform().start(() -> send(source.table, sent, chunksAtOnce));
            Version version = null;
            for (boolean isLast = false; !isLast; ) {
                List<CopyStep> steps = new ArrayList<>();
                for (Bytes bytes : sent.take()) {
                    TableChunk chunk = CopyCodec.decode(PARTITION, bytes);
                    version = chunk.applied();
                    isLast = chunk.next() == null;
                    steps.add(new CopyStep.Chunk(PARTITION, chunk));
                    if (isLast) {
                        steps.add(new CopyStep.Finish(PARTITION, version));
                    }
                }
                target.apply(steps, List.of());
            }
            target.await();
            cost = begun.untilNow();
            sender.join();
            if (!digest(source.table).equals(digest(target.table))) {
                throw new IllegalStateException("the copy is not equal to its source");
            }
        } finally {
            delete(to);
        }
        return cost;
    }

    private static void send(Table table, SynchronousQueue<List<Bytes>> sent, int chunksAtOnce) {
        try {
            for (TableChunk.@Nullable Cursor at = TableChunk.Cursor.START; at != null; ) {
                List<Bytes> several = new ArrayList<>();
                while (several.size() < chunksAtOnce && at != null) {
                    try (Snapshot snapshot = table.snapshot()) {
                        TableChunk chunk = ChunkReader.read(snapshot, PARTITION, KeyRange.ALL, at, TableChunk.BYTES);
                        several.add(CopyCodec.encode(PARTITION, chunk));
                        at = chunk.next();
                    }
                }
                sent.put(several);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Bytes digest(Table table) {
        try (Snapshot snapshot = table.snapshot()) {
            return PartitionDigest.of(snapshot, PARTITION, KeyRange.ALL);
        }
    }

    /** How long the table works at a slice of clearing at most, and at all of them. */
    private static void cleared(Path directory) throws InterruptedException {
        try (Opened table = new Opened(directory)) {
            long begun = System.nanoTime();
            long longest = 0;
            int slices = 0;
            boolean isIncomplete = true;
            while (isIncomplete) {
                long at = System.nanoTime();
                table.apply(List.of(new CopyStep.Drop(PARTITION, KeyRange.ALL)), List.of());
                table.await();
                longest = Math.max(longest, System.nanoTime() - at);
                slices++;
                try (Snapshot snapshot = table.table.snapshot()) {
                    isIncomplete = snapshot.isIncomplete(PARTITION);
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "dropped %,d records in %d slices, %.2f s, the longest %.1f ms%n",
                    RECORDS,
                    slices,
                    (System.nanoTime() - begun) / 1e9,
                    longest / 1e6);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
