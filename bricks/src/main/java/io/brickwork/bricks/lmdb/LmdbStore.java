package io.brickwork.bricks.lmdb;

import io.brickwork.bricks.disk.DiskFailure;
import io.brickwork.bricks.disk.OwnerOnly;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.log.StoreFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.DirectBufferProxy;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The LMDB environment in one directory, and its databases:
 *
 * <pre>
 * data      records, under {@link TableCodec#dataKey}
 * sessions  session rows, under {@link TableCodec#sessionKey}
 * meta      'F' → u8 format of the table · 'L' → u64 position up to which the log was synced by then ·
 *           'A' + {@link TableCodec#partitionKey} → how far the partition is applied
 *           'I' + {@link TableCodec#partitionKey} → the mark of a partition that is incomplete · 'D' + structure → its {@link Sums}
 * </pre>
 *
 * Neither WRITEMAP (a full disk would be a SIGBUS, T38), nor NOSYNC, nor NOMEMINIT (heap leftovers would reach the
 * disk). NOTLS ties read transactions to objects instead of threads.
 *
 * <p>LMDB trusts its caller: what is used after {@link #close} brings the JVM down. {@link ReadTransactions} and the
 * applier's thread keep that from happening.
 */
final class LmdbStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LmdbStore.class);
    private static final long SLOW_CHECK_NANOS = 1_000_000_000L;
    /** Format 1 had no {@link Sums}; a table of that format gets them when it is opened. */
    static final int FORMAT = 2;

    private static final int OLDEST_FORMAT = 1;
    /** A file up to this size is checked whenever it is opened: that takes some tenths of a second. */
    private static final long SMALL_BYTES = 64L << 20;

    private static final Bytes FORMAT_KEY = Bytes.utf8("F");
    static final Bytes LOG_KEY = Bytes.utf8("L");
    private static final Bytes APPLIED_PREFIX = Bytes.utf8("A");
    private static final int OWNER_ONLY = 0600;

    private static final int ENOMEM = 12;

    /** Readers that are not {@link Reader}s, such as the one that {@link #livePages()} opens. */
    private static final int SPARE_READERS = 4;

    private static final long LEAST_MAP_RESERVE_BYTES = 64L << 20;

    private final TableOptions options;
    private final Env<DirectBuffer> env;
    /** Where records stand that could not be read when that was looked for last. */
    private volatile List<TableCheck.Unknown> unknown = List.of();
    /** Whether it was checked when it was opened. */
    private boolean isChecked;

    final Dbi<DirectBuffer> data;
    final Dbi<DirectBuffer> sessions;
    final Dbi<DirectBuffer> meta;

    /** As {@link #open(TableOptions, boolean)}, of a table that need not be there. */
    static LmdbStore open(TableOptions options) {
        return open(options, false);
    }

    /**
     * Opens or founds the table.
     *
     * @param mustExist whether a table that is not there was lost
     * @throws StoreFailedException with a message that says what is in the way, and what to do
     * @throws CorruptRecordException if the table's file is damaged, with a message that says where
     */
    static LmdbStore open(TableOptions options, boolean mustExist) {
        Path directory = options.directory();
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new StoreFailedException("cannot open the table in " + directory + ": it is not a directory");
        }
        try {
            OwnerOnly.createDirectories(directory);
        } catch (IOException e) {
            throw new StoreFailedException(
                    "cannot make the table's directory " + directory + ": " + DiskFailure.explain(directory, e), e);
        }
        if (!Files.isReadable(directory) || !Files.isWritable(directory)) {
            throw new StoreFailedException("cannot open the table in " + directory + ": no permission to "
                    + (Files.isReadable(directory) ? "write" : "read") + " there");
        }
        TableCheck.Report report = checkBeforeUse(options, mustExist);
        NativeLibrary.load();
        Env<DirectBuffer> env;
        try {
            env = Env.create(DirectBufferProxy.PROXY_DB)
                    .setMapSize(realMapBytes(options))
                    .setMaxDbs(3)
                    .setMaxReaders(options.maxSnapshots() + SPARE_READERS)
                    .open(directory.toFile(), OWNER_ONLY, EnvFlags.MDB_NOTLS);
        } catch (LmdbException e) {
            throw openFailed(options, e);
        }
        try {
            mendLength(file(options), env);
            LmdbStore store = new LmdbStore(options, env, report);
            syncDirectories(directory);
            return store;
        } catch (LmdbException | IOException e) {
            env.close();
            throw openFailed(options, e);
        } catch (StoreFailedException e) {
            env.close();
            throw e;
        }
    }

    private LmdbStore(TableOptions options, Env<DirectBuffer> env, TableCheck.@Nullable Report report) {
        this.options = options;
        this.env = env;
        isChecked = report != null;
        unknown = report == null ? List.of() : report.unknown();
        data = env.openDbi("data", DbiFlags.MDB_CREATE);
        sessions = env.openDbi("sessions", DbiFlags.MDB_CREATE);
        meta = env.openDbi("meta", DbiFlags.MDB_CREATE);
        checkFormat(report);
    }

    private static Path file(TableOptions options) {
        return options.directory().resolve("data.mdb");
    }

    /**
     * Reads the table's file before LMDB does, which trusts every page; not if it is large and was closed in order.
     * Null if it was not read.
     */
    private static TableCheck.@Nullable Report checkBeforeUse(TableOptions options, boolean mustExist) {
        Path path = file(options);
        try {
            CloseMark mark = CloseMark.take(options.directory());
            if (!Files.exists(path) || Files.size(path) == 0) {
                if (mustExist || mark != null) {
                    throw damaged(
                            options,
                            List.of(Files.exists(path) ? "it is empty, and was not" : "it is gone, and was there"));
                }
                return null;
            }
            try (PageFile file = PageFile.open(path)) {
                PageFile.Meta meta = file.newestMeta();
                long bytes = file.bytes();
                boolean wasClosed = mark != null && mark.transaction() == meta.transaction() && bytes >= mark.bytes();
                if (wasClosed && bytes > SMALL_BYTES) {
                    return null;
                }
                long begunNanos = System.nanoTime();
                TableCheck.Report report = TableCheck.check(file, meta, () -> {});
                if (!report.damage().isEmpty()) {
                    throw damaged(options, report.damage());
                }
                tell(options, report, System.nanoTime() - begunNanos);
                return report;
            }
        } catch (PageFile.DamagedException e) {
            throw damaged(options, List.of(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw new StoreFailedException(
                    "cannot read the table's file " + path + ": " + DiskFailure.explain(path, e), e);
        }
    }

    private static void tell(TableOptions options, TableCheck.Report report, long nanos) {
        if (nanos > SLOW_CHECK_NANOS) {
            LOG.info(
                    "the table in {} was not closed in order; its {} pages were checked in {} ms",
                    options.directory(),
                    report.pages(),
                    nanos / 1_000_000);
        }
        for (TableCheck.Unknown one : report.unknown()) {
            LOG.error(
                    "the table in {} has a record that cannot be read: {}. It is unknown, as is every key from {} to {} that is not there",
                    options.directory(),
                    one.what(),
                    one.after() == null ? "the beginning" : TreeWalk.hex(one.after()),
                    TreeWalk.hex(one.before()));
        }
    }

    /** What to make of a file that is not as LMDB wrote it. */
    static CorruptRecordException damaged(TableOptions options, List<String> damage) {
        return new CorruptRecordException(
                "the table's file %s is damaged: %s. What it held there is unknown, which is not the same as absent, so nothing of it is read. Put back an intact copy of the brick's whole directory; a brick of a cluster may also be started on an empty directory, and gets everything from the others"
                        .formatted(file(options), String.join("; ", damage)));
    }

    private void checkFormat(TableCheck.@Nullable Report report) {
        NativeBytes key = new NativeBytes(16);
        try (Txn<DirectBuffer> txn = env.txnWrite()) {
            DirectBuffer row = meta.get(txn, key.of(FORMAT_KEY));
            int format = row == null ? 0 : row.capacity() < 1 ? -1 : row.getByte(0) & 0xFF;
            if (row != null && (format < OLDEST_FORMAT || format > FORMAT)) {
                throw new StoreFailedException("the table in %s has format %s; this version reads formats %d to %d"
                        .formatted(options.directory(), format < 0 ? "none" : format, OLDEST_FORMAT, FORMAT));
            }
            NativeBytes value = new NativeBytes(64);
            boolean isChanged = format < FORMAT;
            if (format < FORMAT) {
                meta.put(txn, key.of(FORMAT_KEY), value.of(Bytes.wrap(new byte[] {FORMAT})));
            }
            if (format == OLDEST_FORMAT && report == null) {
                report = checkNow();
            }
            if (report != null) {
                for (Map.Entry<Integer, Sums.Sum> sum : report.sums().entrySet()) {
                    Sums.Sum before = report.stored().get(sum.getKey());
                    if (format != FORMAT || (before != null && !before.isKnown())) {
                        Bytes encoded = Sums.encode(sum.getKey(), sum.getValue());
                        meta.put(txn, key.of(Sums.key(sum.getKey())), value.of(encoded));
                        isChanged = true;
                    }
                }
            }
            if (isChanged) {
                txn.commit();
            }
        }
    }

    /** Nobody writes meanwhile. */
    private TableCheck.Report checkNow() {
        try (PageFile file = PageFile.open(file(options))) {
            TableCheck.Report report = TableCheck.check(file, file.newestMeta(), () -> {});
            if (!report.damage().isEmpty()) {
                throw damaged(options, report.damage());
            }
            tell(options, report, 0);
            unknown = report.unknown();
            isChecked = true;
            return report;
        } catch (PageFile.DamagedException e) {
            throw damaged(options, List.of(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw new StoreFailedException("cannot read the table's file " + DiskFailure.explain(file(options), e), e);
        }
    }

    /** Whether all of it was read when it was opened. */
    boolean isChecked() {
        return isChecked;
    }

    List<TableCheck.Unknown> unknown() {
        return unknown;
    }

    /**
     * Checks the table as it is at this moment, beside its users. Any thread, one at a time; the store stays open.
     *
     * @param pause called once a page; may throw to end the check
     */
    TableCheck.Report check(Runnable pause) {
        try (PageFile file = PageFile.open(file(options))) {
            while (true) {
                // As long as the transaction is open no page that it sees is used again.
                try (Txn<DirectBuffer> txn = beginRead()) {
                    PageFile.Meta seen = file.metaOf(txn.getId());
                    if (seen.transaction() == txn.getId()) {
                        TableCheck.Report report = TableCheck.check(file, seen, pause);
                        unknown = report.unknown();
                        return report;
                    }
                }
                pause.run();
            }
        } catch (PageFile.DamagedException e) {
            return TableCheck.Report.unusable(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return TableCheck.Report.unusable("it cannot be read: " + e);
        }
    }

    /** Count and digest of every structure, as the table has them. */
    Map<Integer, Sums.Sum> sums() {
        Map<Integer, Sums.Sum> sums = new TreeMap<>();
        try (Txn<DirectBuffer> txn = beginRead();
                Cursor<DirectBuffer> cursor = meta.openCursor(txn)) {
            boolean found = cursor.get(new NativeBytes(16).of(Sums.PREFIX), GetOp.MDB_SET_RANGE);
            while (found) {
                Bytes at = NativeBytes.copy(cursor.key(), 0);
                if (!Sums.isKey(at)) {
                    break;
                }
                int structure = Sums.structureOf(at);
                sums.put(structure, Sums.decode(structure, NativeBytes.copy(cursor.val(), 0)));
                found = cursor.seek(SeekOp.MDB_NEXT);
            }
        }
        return sums;
    }

    /**
     * Gives every page that the table may look at a place in the file, empty if need be: LMDB reads through a mapping,
     * where a page beyond the file's end kills the whole process (SIGBUS), and an empty one is an error. Pages that
     * were freed in the transaction that took them are never written, so a file may be a few short in good order.
     */
    private static void mendLength(Path file, Env<DirectBuffer> env) throws IOException {
        long neededBytes = (env.info().lastPageNumber + 1) * env.stat().pageSize;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (channel.size() < neededBytes) {
                channel.write(ByteBuffer.allocate(1), neededBytes - 1);
            }
        }
    }

    /** LMDB syncs its file; that the file can be found after losing power takes this. */
    private static void syncDirectories(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        for (Path path = absolute;
                path != null && path.getNameCount() >= absolute.getNameCount() - 1;
                path = path.getParent()) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /**
     * The map is larger than what {@link FillGauge} calls full, because LMDB copies every page that it changes: a
     * delete needs free pages too, and pages that a reader still sees are not free. Without the reserve a table filled
     * to the brim could not even be emptied (T36). It costs address space only.
     */
    private static long realMapBytes(TableOptions options) {
        return options.mapBytes() + Math.max(options.mapBytes() / 8, LEAST_MAP_RESERVE_BYTES);
    }

    static Bytes appliedKey(PartitionId partition) {
        return APPLIED_PREFIX.concat(TableCodec.partitionKey(partition));
    }

    static Bytes appliedPrefix() {
        return APPLIED_PREFIX;
    }

    /** Which partition the row under a key of the database {@code meta} is about. */
    static PartitionId partitionOf(Bytes appliedKey) {
        DirectBuffer key = new UnsafeBuffer(appliedKey.toArray());
        return new PartitionId(key.getInt(1, ByteOrder.BIG_ENDIAN), key.getInt(5, ByteOrder.BIG_ENDIAN));
    }

    Txn<DirectBuffer> beginRead() {
        return env.txnRead();
    }

    /** Blocks while another write transaction is open: the applier's alone. */
    Txn<DirectBuffer> beginWrite() {
        return env.txnWrite();
    }

    /** The pages that hold rows, as the transaction sees them. */
    long livePages(Txn<DirectBuffer> txn) {
        return pages(data.stat(txn)) + pages(sessions.stat(txn)) + pages(meta.stat(txn));
    }

    private static long pages(Stat stat) {
        return stat.branchPages + stat.leafPages + stat.overflowPages;
    }

    /** The pages that hold rows. */
    long livePages() {
        try (Txn<DirectBuffer> txn = beginRead()) {
            return livePages(txn);
        }
    }

    /** The pages of the file: those that hold rows, those that are free, those that somebody still sees. */
    long filePages() {
        return env.info().lastPageNumber + 1;
    }

    int pageBytes() {
        return env.stat().pageSize;
    }

    TableOptions options() {
        return options;
    }

    /** What to make of a failed read. */
    RuntimeException readFailed(String what, LmdbException e) {
        if (e instanceof LmdbNativeException.PageCorruptedException
                || e instanceof LmdbNativeException.PageNotFoundException) {
            return new CorruptRecordException(
                    "%s cannot be read from the table in %s: %s".formatted(what, options.directory(), e.getMessage()));
        }
        return new StoreFailedException(
                "%s cannot be read from the table in %s: %s".formatted(what, options.directory(), e.getMessage()), e);
    }

    /** What to make of a failed write. */
    StoreFailedException writeFailed(long batch, Throwable e) {
        String outcome = "batch %d could not be written to the table in %s".formatted(batch, options.directory());
        if (e instanceof Env.MapFullException) {
            return new StoreFailedException(
                    "%s: its %,d bytes of address space are used up; start the brick with a larger map than %,d bytes"
                            .formatted(outcome, realMapBytes(options), options.mapBytes()),
                    e);
        }
        return new StoreFailedException(
                "%s: %s. What the disk holds is uncertain, so nothing is tried again"
                        .formatted(outcome, DiskFailure.explain(file(options), e)),
                e);
    }

    private static StoreFailedException openFailed(TableOptions options, Exception e) {
        String outcome = "cannot open the table in " + options.directory();
        if (e instanceof LmdbNativeException failed && failed.getResultCode() == ENOMEM) {
            return new StoreFailedException(
                    "%s: the system does not give %,d bytes of address space; start the brick with a smaller map than %,d bytes"
                            .formatted(outcome, realMapBytes(options), options.mapBytes()),
                    e);
        }
        if (e instanceof Env.FileInvalidException
                || e instanceof Env.VersionMismatchException
                || e instanceof LmdbNativeException.PageCorruptedException
                || e instanceof LmdbNativeException.PageNotFoundException) {
            return new StoreFailedException(
                    outcome
                            + ": its data.mdb is no table, or a damaged one; put back an intact copy of the brick's directory, or empty it and let the brick join as new: "
                            + e,
                    e);
        }
        return new StoreFailedException(outcome + ": " + DiskFailure.explain(file(options), e), e);
    }

    /** Nobody may be inside LMDB, nor come back to it. */
    @Override
    public void close() {
        env.close();
    }

    /** Position up to which the log was synced when this was written last; 0 if that was never written. */
    long logReached() {
        try (Txn<DirectBuffer> txn = beginRead()) {
            DirectBuffer row = meta.get(txn, new NativeBytes(16).of(LOG_KEY));
            return row == null ? 0 : new ByteReader(NativeBytes.copy(row, 0)).fixed64();
        }
    }

    /** Notes up to where the log is synced: it can never end before that again, unless some of it is lost. */
    void putLogReached(Txn<DirectBuffer> txn, long position) {
        ByteWriter row = new ByteWriter(8).fixed64(position);
        meta.put(txn, new NativeBytes(16).of(LOG_KEY), new NativeBytes(16).of(row));
    }

    /** Closes it after it has served in order: the next one to open it need not look for damage at once. */
    void closeInOrder(long logSynced) {
        try {
            if (logSynced > logReached()) {
                try (Txn<DirectBuffer> txn = beginWrite()) {
                    putLogReached(txn, logSynced);
                    txn.commit();
                }
            }
            mendLength(file(options), env);
            long transaction = env.info().lastTransactionId;
            env.close();
            new CloseMark(transaction, Files.size(file(options))).write(options.directory());
        } catch (IOException | LmdbException e) {
            LOG.warn("the table in {} cannot be marked as closed in order: {}", options.directory(), e.toString());
        } finally {
            env.close(); // again without effect
        }
    }
}
