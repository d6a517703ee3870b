package io.brickwork.bricks.lmdb;

import io.brickwork.bricks.lmdb.PageFile.DamagedException;
import io.brickwork.core.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks over every page of one of LMDB's trees and checks all that LMDB takes for granted: that a page is the one its
 * parent names, of the kind its level needs, and part of nothing else; that nodes lie within their page; that keys
 * ascend, within the bounds that the parent gives; that large values have the pages they need; and that there are as
 * many pages and rows as the tree's head says. So neither a lost row nor a lost page passes for one that was never
 * there.
 *
 * <p>Goes on after damage with what is beside it, and names the keys that it hides. One thread.
 */
final class TreeWalk {
    private static final int NODE_HEADER_BYTES = 8;
    private static final int BIG_DATA = 0x01;
    static final int SUB_DATA = 0x02;
    private static final int PAGE_NUMBER_BYTES = 8;
    private static final int MAX_DEPTH = 32;

    /** Takes the rows of a leaf in order. */
    @FunctionalInterface
    interface Rows {
        /** @param flags of the node: {@link #SUB_DATA} marks the head of another tree */
        void row(Bytes key, Bytes row, int flags) throws DamagedException;
    }

    /** Told of damage. */
    @FunctionalInterface
    interface Damage {
        /**
         * @param low the least key that may be concerned; null if there is no bound
         * @param high the first key above it that is not; null if there is none
         */
        void found(String what, @Nullable Bytes low, @Nullable Bytes high);
    }

    private final PageFile file;
    private final long lastPage;
    /** Pages that are part of something. */
    private final BitSet used;

    private final Order order;
    private final Rows rows;
    private final Damage damage;
    private final Runnable pause;

    private long branchPages;
    private long leafPages;
    private long overflowPages;
    private long entries;
    private boolean isDamaged;
    private @Nullable Bytes previous;

    /** How keys are compared. */
    enum Order {
        BYTES {
            @Override
            int compare(Bytes left, Bytes right) {
                return left.compareTo(right);
            }
        },
        /** Little-endian numbers of eight bytes. */
        NUMBERS {
            @Override
            int compare(Bytes left, Bytes right) {
                return Long.compareUnsigned(number(left), number(right));
            }
        };

        abstract int compare(Bytes left, Bytes right);
    }

    /**
     * @param used gets every page that is met
     * @param pause called once a page; may throw to end the walk
     */
    TreeWalk(PageFile file, long lastPage, BitSet used, Order order, Rows rows, Damage damage, Runnable pause) {
        this.file = file;
        this.lastPage = lastPage;
        this.used = used;
        this.order = order;
        this.rows = rows;
        this.damage = damage;
        this.pause = pause;
    }

    static long number(Bytes key) {
        long number = 0;
        for (int i = key.length() - 1; i >= 0; i--) {
            number = number << 8 | (key.at(i) & 0xFF);
        }
        return number;
    }

    /** Walks over the whole tree. */
    void walk(String name, PageFile.Tree tree) throws IOException {
        if (tree.root() == PageFile.NO_PAGE) {
            if (tree.depth() != 0 || tree.entries() != 0 || tree.leafPages() != 0) {
                damage.found("the tree '%s' has %,d rows and no root".formatted(name, tree.entries()), null, null);
            }
            return;
        }
        if (tree.depth() < 1 || tree.depth() > MAX_DEPTH) {
            damage.found("the tree '%s' has a depth of %d".formatted(name, tree.depth()), null, null);
            return;
        }
        visit(tree.root(), tree.depth(), null, null);
        boolean isComplete = branchPages == tree.branchPages()
                && leafPages == tree.leafPages()
                && overflowPages == tree.overflowPages()
                && entries == tree.entries();
        if (!isDamaged && !isComplete) {
            damage.found(
                    "the tree '%s' should have %,d rows on %,d + %,d + %,d pages, and has %,d on %,d + %,d + %,d"
                            .formatted(
                                    name,
                                    tree.entries(),
                                    tree.branchPages(),
                                    tree.leafPages(),
                                    tree.overflowPages(),
                                    entries,
                                    branchPages,
                                    leafPages,
                                    overflowPages),
                    null,
                    null);
        }
    }

    private void visit(long number, int levels, @Nullable Bytes low, @Nullable Bytes high) throws IOException {
        pause.run();
        try {
            claim(number, 1);
            ByteBuffer page = file.pages(number, 1);
            int flags = page.getShort(10) & 0xFFFF & ~PageFile.KEEP;
            int expected = levels == 1 ? PageFile.LEAF : PageFile.BRANCH;
            if (page.getLong(0) != number || flags != expected) {
                throw new DamagedException("page %d, a %s, says that it is page %d of kind %x"
                        .formatted(number, levels == 1 ? "leaf" : "branch", page.getLong(0), flags));
            }
            if (levels == 1) {
                leafPages++;
                leaf(number, page, low, high);
            } else {
                branchPages++;
                branch(number, page, levels, low, high);
            }
        } catch (DamagedException e) {
            isDamaged = true;
            damage.found(String.valueOf(e.getMessage()), low, high);
        }
    }

    private void leaf(long number, ByteBuffer page, @Nullable Bytes low, @Nullable Bytes high)
            throws IOException, DamagedException {
        int count = nodes(number, page);
        for (int i = 0; i < count; i++) {
            int at = node(number, page, i);
            int keyBytes = page.getShort(at + 6) & 0xFFFF;
            int flags = page.getShort(at + 4) & 0xFFFF;
            long rowBytes = page.getShort(at) & 0xFFFFL | (page.getShort(at + 2) & 0xFFFFL) << 16;
            boolean isBig = flags == BIG_DATA;
            if (flags != 0 && !isBig && flags != SUB_DATA) {
                throw new DamagedException("row %d of page %d has the flags %x".formatted(i, number, flags));
            }
            int rowAt = at + NODE_HEADER_BYTES + keyBytes;
            if (rowAt + (isBig ? PAGE_NUMBER_BYTES : rowBytes) > file.pageBytes()) {
                throw new DamagedException("row %d of page %d reaches beyond its page".formatted(i, number));
            }
            Bytes key = bytes(page, at + NODE_HEADER_BYTES, keyBytes);
            ascend(number, i, key, low, high);
            Bytes row = isBig ? large(number, page.getLong(rowAt), rowBytes) : bytes(page, rowAt, (int) rowBytes);
            entries++;
            rows.row(key, row, flags);
        }
    }

    private void ascend(long number, int index, Bytes key, @Nullable Bytes low, @Nullable Bytes high)
            throws DamagedException {
        Bytes before = previous;
        boolean isInOrder = (before == null || order.compare(before, key) < 0)
                && (low == null || order.compare(low, key) <= 0)
                && (high == null || order.compare(key, high) < 0);
        if (!isInOrder) {
            throw new DamagedException("row %d of page %d is out of order".formatted(index, number));
        }
        previous = key;
    }

    private Bytes large(long number, long first, long rowBytes) throws IOException, DamagedException {
        long pages = (PageFile.PAGE_HEADER_BYTES - 1 + rowBytes) / file.pageBytes() + 1;
        if (pages * file.pageBytes() > Integer.MAX_VALUE) {
            throw new DamagedException("page %d has a row of %,d bytes".formatted(number, rowBytes));
        }
        claim(first, pages);
        ByteBuffer large = file.pages(first, (int) pages);
        int flags = large.getShort(10) & 0xFFFF & ~PageFile.KEEP;
        if (large.getLong(0) != first || flags != PageFile.OVERFLOW || (large.getInt(12) & 0xFFFFFFFFL) != pages) {
            throw new DamagedException(
                    "page %d, the first of a large row's, says that it is page %d of kind %x, one of %d"
                            .formatted(first, large.getLong(0), flags, large.getInt(12) & 0xFFFFFFFFL));
        }
        overflowPages += pages;
        return bytes(large, PageFile.PAGE_HEADER_BYTES, (int) rowBytes);
    }

    private void branch(long number, ByteBuffer page, int levels, @Nullable Bytes low, @Nullable Bytes high)
            throws IOException, DamagedException {
        int count = nodes(number, page);
        long[] children = new long[count];
        @Nullable Bytes[] lows = new @Nullable Bytes[count + 1];
        lows[0] = low;
        lows[count] = high;
        for (int i = 0; i < count; i++) {
            int at = node(number, page, i);
            int keyBytes = page.getShort(at + 6) & 0xFFFF;
            if (at + NODE_HEADER_BYTES + keyBytes > file.pageBytes()) {
                throw new DamagedException("key %d of page %d reaches beyond its page".formatted(i, number));
            }
            children[i] = page.getShort(at) & 0xFFFFL
                    | (page.getShort(at + 2) & 0xFFFFL) << 16
                    | (page.getShort(at + 4) & 0xFFFFL) << 32;
            if (i > 0) { // the first key of a branch counts as the least of all, whatever it is
                Bytes key = bytes(page, at + NODE_HEADER_BYTES, keyBytes);
                Bytes before = lows[i - 1];
                if ((before != null && order.compare(before, key) >= 0 && i > 1)
                        || (low != null && order.compare(low, key) > 0)
                        || (high != null && order.compare(key, high) >= 0)) {
                    throw new DamagedException("key %d of page %d is out of order".formatted(i, number));
                }
                lows[i] = key;
            }
        }
        for (int i = 0; i < count; i++) {
            visit(children[i], levels - 1, lows[i], lows[i + 1]);
        }
    }

    /** How many nodes the page has. */
    private int nodes(long number, ByteBuffer page) throws DamagedException {
        int lower = page.getShort(12) & 0xFFFF;
        int upper = page.getShort(14) & 0xFFFF;
        int count = (lower - PageFile.PAGE_HEADER_BYTES) / 2;
        if (lower % 2 != 0 || count < 1 || lower > upper || upper > file.pageBytes()) {
            throw new DamagedException("page %d has its free space from byte %d to %d".formatted(number, lower, upper));
        }
        return count;
    }

    /** Where a node stands. */
    private int node(long number, ByteBuffer page, int index) throws DamagedException {
        int at = page.getShort(PageFile.PAGE_HEADER_BYTES + 2 * index) & 0xFFFF;
        if (at < (page.getShort(14) & 0xFFFF) || at + NODE_HEADER_BYTES > file.pageBytes()) {
            throw new DamagedException("node %d of page %d stands at byte %d".formatted(index, number, at));
        }
        return at;
    }

    private void claim(long first, long count) throws DamagedException {
        if (first < 2 || first + count - 1 > lastPage || first + count > Integer.MAX_VALUE) {
            throw new DamagedException("page %d is used, of pages 2 to %d that there are".formatted(first, lastPage));
        }
        int from = (int) first;
        int next = used.nextSetBit(from);
        if (next >= 0 && next < first + count) {
            throw new DamagedException("page %d is used twice".formatted(next));
        }
        used.set(from, (int) (first + count));
    }

    private static Bytes bytes(ByteBuffer page, int at, int count) {
        return Bytes.wrap(page.array(), page.arrayOffset() + at, count);
    }

    /**
     * Checks the list of free pages, which LMDB writes over: no page that is in use may be in it. After the walks over
     * all other trees.
     *
     * @param used pages that are part of a tree, free pages' tree among them
     */
    static void checkFree(Bytes row, long lastPage, BitSet used, BitSet free) throws DamagedException {
        ByteBuffer list = ByteBuffer.wrap(row.backingArray(), row.backingOffset(), row.length())
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        long count = list.remaining() < Long.BYTES ? -1 : list.getLong(0);
        if (count < 0 || count > list.remaining() / Long.BYTES - 1) {
            throw new DamagedException("the list of free pages has %d in %d bytes".formatted(count, row.length()));
        }
        for (int i = 1; i <= count; i++) {
            long page = list.getLong(i * Long.BYTES);
            if (page < 2 || page > lastPage || used.get((int) page) || free.get((int) page)) {
                throw new DamagedException("page %d is listed as free, and is none".formatted(page));
            }
            free.set((int) page);
        }
    }

    /** For messages. */
    static String hex(@Nullable Bytes key) {
        return key == null ? "the end" : HexFormat.of().formatHex(key.toArray());
    }

    /** Rows that nobody looks at. */
    static Rows collect(List<Bytes> rows) {
        return (key, row, flags) -> rows.add(row);
    }
}
