package io.brickwork.bricks.lmdb;

import io.brickwork.bricks.lmdb.PageFile.DamagedException;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole table, as of one transaction, and finds all that is not as it was written: pages ({@link TreeWalk}),
 * rows (their checksums), and rows that are not there ({@link Sums}).
 *
 * <p>A record whose checksum is wrong is no damage to the table: it is found by whoever reads it, and another brick has
 * it. But it may be its key that has changed; so what lies between its neighbours is not known to be absent
 * ({@link Unknown}). Everything else is damage: LMDB might take anything for anything.
 */
final class TableCheck {
    /** More damage than this is not listed. */
    private static final int MAX_DAMAGE = 8;
    /** More records than this that cannot be read are damage to the table. */
    private static final int MAX_UNKNOWN = 1024;

    private static final List<String> DATABASES = List.of("data", "meta", "sessions");
    private static final Bytes FORMAT_KEY = Bytes.utf8("F");
    private static final int PARTITION_KEY_BYTES = 8;

    private final PageFile file;
    private final Runnable pause;
    private final List<String> damage = new ArrayList<>();
    private final List<Unknown> unknown = new ArrayList<>();
    private final Map<Integer, Sums.Sum> found = new TreeMap<>();
    private final Map<Integer, Sums.Sum> stored = new TreeMap<>();
    private int format;
    /** The key of the last record; the record that cannot be read waits for the next key. */
    private @Nullable Bytes previousKey;

    private @Nullable Bytes corruptAfter;
    private Bytes corruptAt = Bytes.EMPTY;
    private @Nullable String corrupt;
    private boolean isInCorrupt;

    private TableCheck(PageFile file, Runnable pause) {
        this.file = file;
        this.pause = pause;
    }

    /**
     * Keys of the database {@code data} between which a record stands that cannot be read: which key it had is not
     * known.
     *
     * @param after the last key before it; null if it is the first
     * @param at the key under which the first such record stands
     * @param before the first key after it; null if it is the last
     * @param what says what is wrong
     */
    record Unknown(
            @Nullable Bytes after, Bytes at, @Nullable Bytes before, String what) {
        private static final Bytes ZERO = Bytes.wrap(new byte[1]);

        boolean covers(Bytes dataKey) {
            return (after == null || after.compareTo(dataKey) < 0) && (before == null || dataKey.compareTo(before) < 0);
        }

        /**
         * Whether a scan that begins or ends at this key may miss the record. Not if it has just met it and goes on
         * behind.
         */
        boolean cuts(Bytes dataKey) {
            return covers(dataKey) && !dataKey.equals(at.concat(ZERO));
        }
    }

    /**
     * What was found.
     *
     * @param format of the table; 0 if it has none yet
     * @param sums of all structures, as they are
     * @param stored those that the table has itself
     * @param damage what makes the table unfit for use; empty if nothing does
     * @param pages how many pages were read
     */
    record Report(
            int format,
            Map<Integer, Sums.Sum> sums,
            Map<Integer, Sums.Sum> stored,
            List<String> damage,
            List<Unknown> unknown,
            long pages) {
        static Report unusable(String why) {
            return new Report(0, Map.of(), Map.of(), List.of(why), List.of(), 0);
        }
    }

    /**
     * Checks the state of the file that the meta page names.
     *
     * @param pause called once a page; may throw to end the check
     */
    static Report check(PageFile file, PageFile.Meta meta, Runnable pause) throws IOException {
        return new TableCheck(file, pause).run(meta);
    }

    private Report run(PageFile.Meta meta) throws IOException {
        BitSet used = new BitSet();
        Map<String, PageFile.Tree> trees = new TreeMap<>();
        walk(meta, used, TreeWalk.Order.BYTES, "databases", meta.main(), (key, row, flags) -> {
            if (flags != TreeWalk.SUB_DATA
                    || row.length() != PageFile.Tree.BYTES
                    || !DATABASES.contains(key.toUtf8())) {
                throw new DamagedException("there is a database named " + key);
            }
            trees.put(
                    key.toUtf8(),
                    PageFile.Tree.read(
                            ByteBuffer.wrap(row.backingArray(), row.backingOffset(), row.length())
                                    .slice()
                                    .order(ByteOrder.LITTLE_ENDIAN),
                            0));
        });
        PageFile.Tree data = trees.get("data");
        PageFile.Tree sessions = trees.get("sessions");
        PageFile.Tree rows = trees.get("meta");
        for (Map.Entry<String, PageFile.Tree> tree : trees.entrySet()) {
            if (tree.getValue().flags() != 0) {
                damage.add("the tree '%s' has the flags %x"
                        .formatted(tree.getKey(), tree.getValue().flags()));
            }
        }
        if (damage.isEmpty() && data != null) {
            walk(meta, used, TreeWalk.Order.BYTES, "data", data, this::onRecord);
            endCorrupt(null);
        }
        if (sessions != null) {
            walk(meta, used, TreeWalk.Order.BYTES, "sessions", sessions, this::onSession);
        }
        if (rows != null) {
            walk(meta, used, TreeWalk.Order.BYTES, "meta", rows, this::onMeta);
        }
        List<Bytes> lists = new ArrayList<>();
        walk(meta, used, TreeWalk.Order.NUMBERS, "free pages", meta.free(), TreeWalk.collect(lists));
        checkFree(lists, meta.lastPage(), used);
        checkFormat(data, sessions);
        checkSums();
        trim();
        return new Report(
                format,
                Map.copyOf(found),
                Map.copyOf(stored),
                List.copyOf(damage),
                List.copyOf(unknown),
                used.cardinality());
    }

    private void walk(
            PageFile.Meta meta, BitSet used, TreeWalk.Order order, String name, PageFile.Tree tree, TreeWalk.Rows rows)
            throws IOException {
        TreeWalk.Damage told = (what, low, high) -> damage.add(describe(name, what, low, high));
        new TreeWalk(file, meta.lastPage(), used, order, rows, told, pause).walk(name, tree);
    }

    private static String describe(String tree, String what, @Nullable Bytes low, @Nullable Bytes high) {
        if (low == null && high == null) {
            return what + " (all of '" + tree + "')";
        }
        return "%s ('%s' from %s to %s)"
                .formatted(what, tree, low == null ? "the beginning" : TreeWalk.hex(low), TreeWalk.hex(high));
    }

    private void onRecord(Bytes key, Bytes row, int flags) throws DamagedException {
        if (key.length() < TableCodec.STRUCTURE_BYTES || flags != 0 && flags != 1) {
            throw new DamagedException("a record has a key of %d bytes".formatted(key.length()));
        }
        int structure = structure(key);
        Bytes recordKey = key.slice(TableCodec.STRUCTURE_BYTES, key.length());
        try {
            TableCodec.decodeRecord(structure, recordKey, row);
            endCorrupt(key);
            add(structure, found.getOrDefault(structure, Sums.Sum.NONE).plusRecord(1, Sums.hash(row)));
        } catch (CorruptRecordException e) {
            add(
                    structure,
                    found.getOrDefault(structure, Sums.Sum.NONE)
                            .plusRecord(1, 0)
                            .unknown());
            if (!isInCorrupt) {
                isInCorrupt = true;
                corruptAfter = previousKey;
                corruptAt = key.compact();
                corrupt = e.getMessage();
            }
            if (unknown.size() >= MAX_UNKNOWN) {
                throw new DamagedException("more than %,d records cannot be read".formatted(MAX_UNKNOWN));
            }
        }
        previousKey = key.compact();
    }

    /** Whether a row of the database {@code data} can be read. */
    static boolean isReadable(Bytes dataKey, Bytes row) {
        try {
            TableCodec.decodeRecord(
                    structure(dataKey), dataKey.slice(TableCodec.STRUCTURE_BYTES, dataKey.length()), row);
            return true;
        } catch (CorruptRecordException e) {
            return false;
        }
    }

    private void endCorrupt(@Nullable Bytes next) {
        if (isInCorrupt) {
            isInCorrupt = false;
            unknown.add(new Unknown(
                    corruptAfter, corruptAt, next == null ? null : next.compact(), String.valueOf(corrupt)));
        }
    }

    private void onSession(Bytes key, Bytes row, int flags) throws DamagedException {
        try {
            PartitionId partition = partition(key);
            TableCodec.decodeSession(partition, TableCodec.sessionOf(key), row);
            int structure = partition.structure();
            add(structure, found.getOrDefault(structure, Sums.Sum.NONE).plusSession(1, Sums.hash(row)));
        } catch (RuntimeException e) {
            throw new DamagedException("a session's row cannot be read: " + e.getMessage());
        }
    }

    private void onMeta(Bytes key, Bytes row, int flags) throws DamagedException {
        try {
            if (key.equals(FORMAT_KEY)) {
                format = row.at(0) & 0xFF;
            } else if (key.equals(LmdbStore.LOG_KEY)) {
                new ByteReader(row).fixed64();
            } else if (Sums.isKey(key)) {
                stored.put(Sums.structureOf(key), Sums.decode(Sums.structureOf(key), row));
            } else if (key.startsWith(LmdbStore.appliedPrefix())) {
                TableCodec.decodeApplied(LmdbStore.partitionOf(key), row);
            } else if (key.startsWith(TableCodec.MARK_PREFIX)) {
                TableCodec.decodeMark(LmdbStore.partitionOf(key), row);
            } else {
                throw new DamagedException("there is a row named " + key);
            }
        } catch (RuntimeException e) {
            throw new DamagedException(
                    "a row that says how far a partition is applied cannot be read: " + e.getMessage());
        }
    }

    private void add(int structure, Sums.Sum sum) {
        found.put(structure, sum);
    }

    private static int structure(Bytes key) {
        return (key.at(0) & 0xFF) << 24 | (key.at(1) & 0xFF) << 16 | (key.at(2) & 0xFF) << 8 | (key.at(3) & 0xFF);
    }

    private static PartitionId partition(Bytes sessionKey) throws DamagedException {
        if (sessionKey.length() < PARTITION_KEY_BYTES) {
            throw new DamagedException("a session's key has %d bytes".formatted(sessionKey.length()));
        }
        return new PartitionId(structure(sessionKey), structure(sessionKey.slice(4, sessionKey.length())));
    }

    private void checkFree(List<Bytes> lists, long lastPage, BitSet used) {
        if (!damage.isEmpty()) {
            return; // pages below what is damaged were not visited
        }
        BitSet free = new BitSet();
        try {
            for (Bytes list : lists) {
                TreeWalk.checkFree(list, lastPage, used, free);
            }
        } catch (DamagedException e) {
            damage.add(String.valueOf(e.getMessage()));
        }
    }

    /** Databases are made one by one, and the format is written last of all. */
    private void checkFormat(PageFile.@Nullable Tree data, PageFile.@Nullable Tree sessions) {
        boolean hasRows = (data != null && data.entries() > 0) || (sessions != null && sessions.entries() > 0);
        if (damage.isEmpty() && format == 0 && hasRows) {
            damage.add("it has rows and no format");
        }
    }

    private void checkSums() {
        if (format > LmdbStore.FORMAT) {
            damage.clear(); // a later version knows what is right; this one does not open it
        }
        if (!damage.isEmpty() || format != LmdbStore.FORMAT) {
            return; // of a format that has no sums
        }
        TreeMap<Integer, Sums.Sum> all = new TreeMap<>(stored);
        found.forEach(all::putIfAbsent);
        for (int structure : all.keySet()) {
            Sums.Sum should = stored.getOrDefault(structure, Sums.Sum.NONE);
            Sums.Sum is = found.getOrDefault(structure, Sums.Sum.NONE);
            boolean isSame = should.records() == is.records()
                    && should.sessions() == is.sessions()
                    && (!should.isKnown()
                            || (should.sessionsDigest() == is.sessionsDigest()
                                    && (!is.isKnown() || should.recordsDigest() == is.recordsDigest())));
            if (!isSame) {
                damage.add(
                        "structure %d should have %,d records and %,d sessions with the digests %016x and %016x, and has %,d and %,d with %016x and %016x: something is lost, or older than it should be"
                                .formatted(
                                        structure,
                                        should.records(),
                                        should.sessions(),
                                        should.recordsDigest(),
                                        should.sessionsDigest(),
                                        is.records(),
                                        is.sessions(),
                                        is.recordsDigest(),
                                        is.sessionsDigest()));
            }
        }
    }

    private void trim() {
        int more = damage.size() - MAX_DAMAGE;
        if (more > 0) {
            damage.subList(MAX_DAMAGE, damage.size()).clear();
            damage.add(more + " more");
        }
    }
}
