package io.brickwork.bricks.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * LMDB's file {@code data.mdb}, read page by page without LMDB: a damaged page brings LMDB, and with it the whole
 * process, down; here it is only a wrong number.
 *
 * <p>The layout is that of LMDB 0.9 on a 64-bit little-endian machine ({@code MDB_page}, {@code MDB_meta},
 * {@code MDB_db} in its {@code mdb.c}), as LMDB itself writes it. One thread.
 */
final class PageFile implements AutoCloseable {
    static final int PAGE_HEADER_BYTES = 16;
    static final int BRANCH = 0x01;
    static final int LEAF = 0x02;
    static final int OVERFLOW = 0x04;
    static final int META = 0x08;
    /** A bit that LMDB sets for a moment, in memory; it means nothing in the file. */
    static final int KEEP = 0x8000;

    /** The "page" of a tree that has none. */
    static final long NO_PAGE = -1;

    private static final int MAGIC = 0xBEEFC0DE;
    private static final int VERSION = 1;
    private static final int META_BYTES = 152;
    private static final int INTEGER_KEY = 0x08;
    private static final int LEAST_PAGE_BYTES = 512;
    private static final int MOST_PAGE_BYTES = 64 << 10;

    private final Path path;
    private final FileChannel channel;
    private int pageBytes;

    private PageFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * One of LMDB's trees.
     *
     * @param root its root page, or {@link #NO_PAGE}
     */
    record Tree(int flags, int depth, long branchPages, long leafPages, long overflowPages, long entries, long root) {
        static final int BYTES = 48;

        /** Reads LMDB's {@code MDB_db}. */
        static Tree read(ByteBuffer buffer, int at) {
            return new Tree(
                    buffer.getShort(at + 4) & 0xFFFF,
                    buffer.getShort(at + 6) & 0xFFFF,
                    buffer.getLong(at + 8),
                    buffer.getLong(at + 16),
                    buffer.getLong(at + 24),
                    buffer.getLong(at + 32),
                    buffer.getLong(at + 40));
        }
    }

    /**
     * What one of the two meta pages says: the roots of everything as of one transaction.
     *
     * @param free the pages that are free, by the transaction that freed them
     * @param main the named databases
     */
    record Meta(int pageBytes, Tree free, Tree main, long lastPage, long transaction) {}

    /** Something in the file is not as LMDB writes it. */
    static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }

    static PageFile open(Path path) throws IOException {
        return new PageFile(path, FileChannel.open(path, StandardOpenOption.READ));
    }

    Path path() {
        return path;
    }

    long bytes() throws IOException {
        return channel.size();
    }

    int pageBytes() {
        return pageBytes;
    }

    /**
     * The newest state of the file. The two meta pages belong to consecutive transactions, each to its own page: so a
     * transaction number that was changed shows.
     *
     * @throws DamagedException if either is not what LMDB writes
     */
    Meta newestMeta() throws IOException, DamagedException {
        Meta even = meta(0, 0);
        pageBytes = even.pageBytes();
        Meta odd = meta(1, even.pageBytes());
        boolean isFresh = even.transaction() == 0 && odd.transaction() == 0;
        if (odd.pageBytes() != even.pageBytes()) {
            throw new DamagedException(
                    "its meta pages name pages of %d and of %d bytes".formatted(even.pageBytes(), odd.pageBytes()));
        }
        boolean areConsecutive = (even.transaction() & 1) == 0
                && (odd.transaction() & 1) == 1
                && Math.abs(odd.transaction() - even.transaction()) == 1;
        if (!isFresh && !areConsecutive) {
            throw new DamagedException("its meta pages belong to the transactions %d and %d, which are not consecutive"
                    .formatted(even.transaction(), odd.transaction()));
        }
        return even.transaction() > odd.transaction() ? even : odd;
    }

    /**
     * The state that a transaction has left; null if its meta page has been overwritten since.
     *
     * @throws DamagedException if the meta page is not what LMDB writes
     */
    Meta metaOf(long transaction) throws IOException, DamagedException {
        Meta first = meta(0, 0);
        pageBytes = first.pageBytes();
        return (transaction & 1) == 0 ? first : meta(1, first.pageBytes());
    }

    private Meta meta(int page, long offset) throws IOException, DamagedException {
        ByteBuffer buffer = read(offset, META_BYTES);
        if (buffer == null) {
            throw new DamagedException("it has %,d bytes, less than its two meta pages".formatted(bytes()));
        }
        boolean isMeta = buffer.getLong(0) == page
                && (buffer.getShort(10) & 0xFFFF & ~KEEP) == META
                && buffer.getInt(16) == MAGIC
                && buffer.getInt(20) == VERSION;
        int pageBytesHere = buffer.getInt(40);
        Meta meta = new Meta(
                pageBytesHere, Tree.read(buffer, 40), Tree.read(buffer, 88), buffer.getLong(136), buffer.getLong(144));
        if (!isMeta
                || pageBytesHere < LEAST_PAGE_BYTES
                || pageBytesHere > MOST_PAGE_BYTES
                || Integer.bitCount(pageBytesHere) != 1
                || meta.free().flags() != INTEGER_KEY
                || meta.main().flags() != 0
                || meta.lastPage() < 1
                || meta.transaction() < 0) {
            throw new DamagedException("meta page %d is no meta page of LMDB, or a damaged one".formatted(page));
        }
        return meta;
    }

    /**
     * Pages, one after the other.
     *
     * @throws DamagedException if the file ends before
     */
    ByteBuffer pages(long first, int count) throws IOException, DamagedException {
        ByteBuffer pages = read(first * pageBytes, count * pageBytes);
        if (pages == null) {
            throw new DamagedException("page %d is in use and ends at byte %,d, but the file has only %,d bytes"
                    .formatted(first, (first + count) * pageBytes, bytes()));
        }
        return pages;
    }

    /** Null if the file ends before. */
    private @Nullable ByteBuffer read(long offset, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                return null;
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
