package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
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
import org.agrona.concurrent.UnsafeBuffer;
import org.lmdbjava.BufferProxy;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.DirectBufferProxy;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * What the table costs over LMDB itself: run by hand, prints one table. Values of 100 bytes under 24-byte keys, the
 * first 8 of them random, in a table of a million records.
 *
 * <p>CPU time is that of the one thread that works; commits sync in both, and their waiting does not count.
 */
final class LmdbTableBench {
    private static final int RECORDS = Integer.getInteger("records", 1_000_000);
    private static final int WRITES = Integer.getInteger("writes", 200_000);
    private static final int READS = 1_000_000;
    private static final int PARTITIONS = 16;
    private static final SessionId SESSION = new SessionId(1, 2);
    private static final Bytes VALUE = Bytes.wrap(new byte[100]);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private LmdbTableBench() {}

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "."), "bench");
        try {
            raw("raw LMDB, direct buffers", directory.resolve("raw-db"), DirectBufferProxy.PROXY_DB, new DirectForm());
            raw("raw LMDB, byte arrays", directory.resolve("raw-ba"), ByteArrayProxy.PROXY_BA, new ArrayForm());
            table(directory.resolve("table"));
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    /** How a proxy wants its keys and values. */
    private interface Form<T> {
        T key(Bytes key);

        T value(Bytes value);

        int read(T value);
    }

    private static final class DirectForm implements Form<DirectBuffer> {
        private final UnsafeBuffer keys = new UnsafeBuffer(ByteBuffer.allocateDirect(24));
        private final UnsafeBuffer values = new UnsafeBuffer(ByteBuffer.allocateDirect(112));

        @Override
        public DirectBuffer key(Bytes key) {
            keys.putBytes(0, key.backingArray());
            return keys;
        }

        @Override
        public DirectBuffer value(Bytes value) {
            values.putBytes(0, value.backingArray());
            return values;
        }

        @Override
        public int read(DirectBuffer value) {
            byte[] copy = new byte[value.capacity()];
            value.getBytes(0, copy);
            return copy[5];
        }
    }

    private static final class ArrayForm implements Form<byte[]> {
        @Override
        public byte[] key(Bytes key) {
            return key.backingArray();
        }

        @Override
        public byte[] value(Bytes value) {
            return value.backingArray();
        }

        @Override
        public int read(byte[] value) {
            return value[5];
        }
    }

    private static <T> void raw(String name, Path directory, BufferProxy<T> proxy, Form<T> form) throws IOException {
        Files.createDirectories(directory);
        try (Env<T> env =
                Env.create(proxy).setMapSize(4L << 30).setMaxDbs(1).open(directory.toFile(), EnvFlags.MDB_NOTLS)) {
            Dbi<T> dbi = env.openDbi("data", DbiFlags.MDB_CREATE);
            Bytes row = Bytes.wrap(new byte[112]);
            for (int i = 0; i < RECORDS; i += 10_000) {
                try (Txn<T> txn = env.txnWrite()) {
                    for (int j = i; j < i + 10_000; j++) {
                        dbi.put(txn, form.key(storedKey(j)), form.value(row));
                    }
                    txn.commit();
                }
            }
            for (boolean isNew : new boolean[] {false, true}) {
                for (int size : new int[] {100, 1_000}) {
                    List<List<Bytes>> batches = batches(size, isNew);
                    long cpu = THREADS.getCurrentThreadCpuTime();
                    for (List<Bytes> batch : batches) {
                        try (Txn<T> txn = env.txnWrite()) {
                            for (Bytes key : batch) {
                                dbi.put(txn, form.key(TableCodec.dataKey(1, key)), form.value(row));
                            }
                            txn.commit();
                        }
                    }
                    print(name + (isNew ? ", new records" : ", overwrite") + " in batches of " + size, cpu, WRITES);
                }
            }
            Txn<T> txn = env.txnRead();
            txn.reset();
            for (int pass = 0; pass < 2; pass++) {
                SplittableRandom random = new SplittableRandom(4);
                long cpu = THREADS.getCurrentThreadCpuTime();
                int sum = 0;
                for (int i = 0; i < READS; i++) {
                    Bytes key = TableCodec.dataKey(1, recordKey(random.nextInt(RECORDS)));
                    txn.renew();
                    sum += form.read(dbi.get(txn, form.key(key)));
                    txn.reset();
                }
                if (pass == 1) {
                    print(name + ", renew, get, copy, reset" + (sum == 1 ? "" : " "), cpu, READS);
                }
            }
            txn.renew();
            txn.close();
        }
    }

    private static void table(Path directory) throws Exception {
        SynchronousQueue<Long> told = new SynchronousQueue<>();
        Bytes[] last = {Bytes.EMPTY};
        long[] applierCpu = new long[1];
        try (LmdbTable table = LmdbTable.open(
                TableOptions.of(directory),
                () -> 0,
                System::nanoTime,
                batch -> {
                    applierCpu[0] = THREADS.getCurrentThreadCpuTime();
                    put(told, batch);
                },
                failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                })) {
            long[] seqs = new long[PARTITIONS];
            long number = 0;
            for (int i = 0; i < RECORDS; i += 10_000) {
                List<Bytes> keys = new ArrayList<>();
                for (int j = i; j < i + 10_000; j++) {
                    keys.add(recordKey(j));
                }
                table.apply(batch(++number, keys, seqs));
                told.take();
            }
            for (boolean isNew : new boolean[] {false, true}) {
                for (int size : new int[] {100, 1_000}) {
                    List<Table.Batch> made = new ArrayList<>();
                    for (List<Bytes> keys : batches(size, isNew)) {
                        made.add(batch(++number, keys, seqs));
                    }
                    long before = applierCpu[0];
                    for (Table.Batch batch : made) {
                        table.apply(batch);
                        told.take();
                    }
                    System.out.printf(
                            Locale.ROOT,
                            "%-64s %7.3f µs%n",
                            "table" + (isNew ? ", new records" : ", overwrite") + " in batches of " + size,
                            (applierCpu[0] - before) / 1e3 / WRITES);
                }
            }
            for (int pass = 0; pass < 2; pass++) {
                SplittableRandom random = new SplittableRandom(4);
                long cpu = THREADS.getCurrentThreadCpuTime();
                for (int i = 0; i < READS; i++) {
                    Bytes key = recordKey(random.nextInt(RECORDS));
                    try (Snapshot snapshot = table.snapshot()) {
                        TableRecord record = snapshot.get(1, key);
                        last[0] = record == null ? Bytes.EMPTY : record.value();
                    }
                }
                if (pass == 1) {
                    print("table, snapshot, get, close", cpu, READS);
                }
            }
            long cpu = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < READS; i++) {
                table.snapshot().close();
            }
            print("table, snapshot, close", cpu, READS);
            try (Snapshot snapshot = table.snapshot()) {
                cpu = THREADS.getCurrentThreadCpuTime();
                int[] count = {0};
                snapshot.scan(1, KeyRange.ALL, (key, record) -> ++count[0] > 0);
                print("table, scan, per record", cpu, count[0]);
            }
        }
        ByteWriter writer = new ByteWriter(256);
        Bytes key = recordKey(1);
        for (int pass = 0; pass < 3; pass++) {
            long cpu = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < READS; i++) {
                TableCodec.encodeRecord(writer, 1, key, new Version(1, i + 1), VALUE);
            }
            if (pass == 2) {
                print("codec, encode", cpu, READS);
            }
            Bytes row = writer.toBytes();
            cpu = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < READS; i++) {
                last[0] = TableCodec.decodeRecord(1, key, row).value();
            }
            if (pass == 2) {
                print("codec, decode", cpu, READS);
            }
        }
    }

    private static void put(SynchronousQueue<Long> queue, long number) {
        try {
            queue.put(number);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same entries that a client with 64 open operations gives: half of the time the low-water mark follows. */
    private static Table.Batch batch(long number, List<Bytes> keys, long[] seqs) {
        List<List<Entry>> entries = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            entries.add(new ArrayList<>());
        }
        for (Bytes key : keys) {
            int partition = (key.at(0) & 0xFF) * PARTITIONS / 256;
            long seq = ++seqs[partition];
            Version version = new Version(1, seq);
            Completion completion =
                    new Completion(new OperationId(SESSION, seq), version, Completion.Status.DONE, Bytes.EMPTY);
            entries.get(partition)
                    .add(EntryCodec.encode(
                            Entry.Kind.WRITE,
                            new PartitionId(1, partition),
                            version,
                            completion,
                            Math.max(0, seq - 4),
                            List.of(new Effect(key, VALUE))));
        }
        List<Table.Part> parts = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            if (!entries.get(i).isEmpty()) {
                parts.add(new Table.Part(new PartitionId(1, i), entries.get(i)));
            }
        }
        return new Table.Batch(number, parts);
    }

    private static List<List<Bytes>> batches(int size, boolean isNew) {
        SplittableRandom random = new SplittableRandom(size);
        List<List<Bytes>> batches = new ArrayList<>();
        for (int i = 0; i < WRITES; i += size) {
            List<Bytes> keys = new ArrayList<>();
            for (int j = 0; j < size; j++) {
                keys.add(recordKey(isNew ? RECORDS + size * 10_000_000L + i + j : random.nextInt(RECORDS)));
            }
            batches.add(keys);
        }
        return batches;
    }

    private static Bytes storedKey(long index) {
        return TableCodec.dataKey(1, recordKey(index));
    }

    /** 20 bytes, the first 8 scattered. */
    private static Bytes recordKey(long index) {
        return new ByteWriter(20)
                .fixed64(new SplittableRandom(index).nextLong())
                .fixed64(index)
                .fixed32(0)
                .toBytes();
    }

    private static void print(String what, long cpuBefore, int operations) {
        System.out.printf(
                Locale.ROOT,
                "%-64s %7.3f µs%n",
                what,
                (THREADS.getCurrentThreadCpuTime() - cpuBefore) / 1e3 / operations);
    }
}
