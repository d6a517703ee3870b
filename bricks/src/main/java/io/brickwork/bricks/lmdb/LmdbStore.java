package io.brickwork.bricks.lmdb;

import io.brickwork.bricks.OwnerOnly;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.table.CorruptRecordException;
import io.brickwork.core.table.TableCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.DirectBufferProxy;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;

/**
 * The LMDB environment in one directory, and its databases:
 *
 * <pre>
 * data      records, under {@link TableCodec#dataKey}
 * sessions  session rows, under {@link TableCodec#sessionKey}
 * meta      'F' → u8 format of the table · 'A' + {@link TableCodec#partitionKey} → how far the partition is applied
 * </pre>
 *
 * Neither WRITEMAP (a full disk would be a SIGBUS, T38), nor NOSYNC, nor NOMEMINIT (heap leftovers would reach the disk). NOTLS ties read transactions to objects instead of threads.
 *
 * <p>LMDB trusts its caller: what is used after {@link #close} brings the JVM down. {@link ReadTransactions} and the applier's thread keep that from happening.
 */
final class LmdbStore implements AutoCloseable {
    private static final int FORMAT = 1;
    private static final Bytes FORMAT_KEY = Bytes.utf8("F");
    private static final Bytes APPLIED_PREFIX = Bytes.utf8("A");
    private static final int OWNER_ONLY = 0600;

    private static final int ENOMEM = 12;
    private static final int ENOSPC = 28;

    /** Readers that are not {@link Reader}s, such as the one that {@link #livePages()} opens. */
    private static final int SPARE_READERS = 4;

    private static final long LEAST_MAP_RESERVE_BYTES = 64L << 20;

    private final TableOptions options;
    private final Env<DirectBuffer> env;
    final Dbi<DirectBuffer> data;
    final Dbi<DirectBuffer> sessions;
    final Dbi<DirectBuffer> meta;

    /**
     * Opens or founds the table.
     *
     * @throws StoreFailedException with a message that says what is in the way, and what to do
     */
    static LmdbStore open(TableOptions options) {
        Path directory = options.directory();
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new StoreFailedException("cannot open the table in " + directory + ": it is not a directory");
        }
        try {
            OwnerOnly.createDirectories(directory);
        } catch (IOException e) {
            throw new StoreFailedException("cannot make the table's directory " + directory + ": " + e, e);
        }
        if (!Files.isReadable(directory) || !Files.isWritable(directory)) {
            throw new StoreFailedException("cannot open the table in " + directory + ": no permission to "
                    + (Files.isReadable(directory) ? "write" : "read") + " there");
        }
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
            mendLength(directory.resolve("data.mdb"), env);
            LmdbStore store = new LmdbStore(options, env);
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

    private LmdbStore(TableOptions options, Env<DirectBuffer> env) {
        this.options = options;
        this.env = env;
        data = env.openDbi("data", DbiFlags.MDB_CREATE);
        sessions = env.openDbi("sessions", DbiFlags.MDB_CREATE);
        meta = env.openDbi("meta", DbiFlags.MDB_CREATE);
        checkFormat();
    }

    private void checkFormat() {
        NativeBytes key = new NativeBytes(1);
        try (Txn<DirectBuffer> txn = env.txnWrite()) {
            DirectBuffer row = meta.get(txn, key.of(FORMAT_KEY));
            if (row == null) {
                meta.put(txn, key.of(FORMAT_KEY), new NativeBytes(1).of(Bytes.wrap(new byte[] {FORMAT})));
                txn.commit();
            } else if (row.capacity() < 1 || row.getByte(0) != FORMAT) {
                throw new StoreFailedException("the table in %s has format %s; this version reads format %d"
                        .formatted(options.directory(), row.capacity() < 1 ? "none" : row.getByte(0) & 0xFF, FORMAT));
            }
        }
    }

    /**
     * Gives every page that the table may look at a place in the file, empty if need be. LMDB reads through a mapping, where a page beyond the end of a file that was cut off is the death of the whole
     * process (SIGBUS), and an empty one is an error like any other. A file may also be a few pages short in good order: pages that were freed in the transaction that took them are never written.
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
     * The map is larger than what {@link FillGauge} calls full, because LMDB copies every page that it changes: a delete needs free pages too, and pages that a reader still sees are
     * not free. Without the reserve a table filled to the brim could not even be emptied (T36). It costs address space only.
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
        if (e instanceof LmdbNativeException failed && failed.getResultCode() == ENOSPC) {
            return new StoreFailedException(
                    "%s: the disk is full (the table's file has %,d bytes); make room there and start the brick again"
                            .formatted(outcome, filePages() * pageBytes()),
                    e);
        }
        return new StoreFailedException(
                "%s: %s. What the disk holds is uncertain, so nothing is tried again; look at the disk, then start the brick again"
                        .formatted(outcome, e),
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
        return new StoreFailedException(outcome + ": " + e, e);
    }

    /** Nobody may be inside LMDB, nor come back to it. */
    @Override
    public void close() {
        env.close();
    }
}
