package io.brickwork.map.transaction;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Version;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.RangeDigest;
import io.brickwork.core.transaction.RecordAccess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of one structure as a transaction sees them: as if they were one partition, with what it has written
 * itself; and what it has seen of them.
 */
final class TransactionRecords implements Records {
    /** Records in the first page of a scan: most want but a few. */
    private static final int FIRST_PAGE = 16;

    /** How many times as many each later page has. */
    private static final int LATER_PAGES = 4;

    private static final int MOST_ROWS = 1 << 10;

    /** Fetches from the bricks. */
    interface Source {
        <R> R fetch(Operation<R> operation);
    }

    private final Transaction transaction;
    private final StructureInfo structure;
    private final Source source;
    private final TreeMap<Bytes, Optional<RecordAccess.Found>> read = new TreeMap<>();
    private final List<Compare> compares = new ArrayList<>();
    /** Empty for what is deleted. */
    private final TreeMap<Bytes, Optional<Bytes>> written = new TreeMap<>();

    TransactionRecords(Transaction transaction, StructureInfo structure, Source source) {
        this.transaction = transaction;
        this.structure = structure;
        this.source = source;
    }

    List<Compare> compares() {
        return compares;
    }

    Map<Bytes, Optional<Bytes>> written() {
        return written;
    }

    /** Takes in what one operation writes: all of it, or nothing if it is too much for the transaction. */
    void write(List<Effect> effects) {
        int moreItems = 0;
        long moreBytes = 0;
        for (Effect effect : effects) {
            Bytes value = effect.value();
            Optional<Bytes> before = written.get(effect.recordKey());
            moreItems += before == null ? 1 : 0;
            moreBytes += value == null ? 0 : value.length();
            moreBytes += before == null
                    ? 16L + effect.recordKey().length()
                    : -before.map(Bytes::length).orElse(0);
        }
        transaction.count(moreItems, moreBytes);
        effects.forEach(effect -> written.put(effect.recordKey(), Optional.ofNullable(effect.value())));
    }

    @Override
    public @Nullable Bytes get(Bytes recordKey) {
        Optional<Bytes> own = written.get(recordKey);
        if (own != null) {
            return own.orElse(null);
        }
        return find(recordKey).map(RecordAccess.Found::value).orElse(null);
    }

    private Optional<RecordAccess.Found> find(Bytes recordKey) {
        Optional<RecordAccess.Found> known = read.get(recordKey);
        if (known == null) {
            known = source.fetch(RecordAccess.find(structure, recordKey));
            read.put(recordKey, known);
            transaction.countRead(recordKey.length()
                    + known.map(found -> found.value().length()).orElse(0));
            expect(
                    known.isEmpty()
                            ? new Compare.Absent(recordKey)
                            : new Compare.Unchanged(recordKey, known.get().version()),
                    48L + recordKey.length());
        }
        return known;
    }

    private void expect(Compare compare, long bytes) {
        compares.add(compare);
        transaction.count(1, bytes);
    }

    /** A transaction does not know what versions its own writes will have. */
    @Override
    public @Nullable Version version(Bytes recordKey) {
        return written.containsKey(recordKey)
                ? Version.NONE
                : find(recordKey).map(RecordAccess.Found::version).orElse(null);
    }

    @Override
    public void scanVersions(KeyRange within, boolean backward, VersionVisitor visitor) {
        NavigableMap<Bytes, Optional<Bytes>> ownWithin = within.high() == null
                ? written.tailMap(within.low(), true)
                : written.subMap(within.low(), true, within.high(), false);
        NavigableMap<Bytes, Optional<Bytes>> own = new TreeMap<>(ownWithin);
        Walk walk = new Walk(backward ? own.descendingMap() : own, backward, visitor);
        KeyRange rest = within;
        for (int limit = FIRST_PAGE; rest != null; limit = Math.min(LATER_PAGES * limit, MOST_ROWS)) {
            RecordAccess.Page page = source.fetch(RecordAccess.page(structure, rest, backward, limit));
            walk.take(rest, page);
            rest = walk.isOver ? null : page.rest();
        }
    }

    /** Brings what comes from the bricks together with what the transaction has written. */
    private final class Walk {
        private final Iterator<Map.Entry<Bytes, Optional<Bytes>>> own;
        private final boolean backward;
        private final VersionVisitor visitor;
        private Map.@Nullable Entry<Bytes, Optional<Bytes>> next;
        private @Nullable Bytes last;
        private boolean isOver;

        Walk(NavigableMap<Bytes, Optional<Bytes>> own, boolean backward, VersionVisitor visitor) {
            this.own = own.entrySet().iterator();
            this.backward = backward;
            this.visitor = visitor;
            advance();
        }

        private void advance() {
            next = own.hasNext() ? own.next() : null;
        }

        void take(KeyRange asked, RecordAccess.Page page) {
            KeyRange seen = seen(asked, page.rest());
            for (RecordAccess.Row row : page.rows()) {
                if (!isOver) {
                    ownBefore(row.key());
                    Map.Entry<Bytes, Optional<Bytes>> mine = next;
                    if (!isOver && mine != null && mine.getKey().equals(row.key())) {
                        takeOwn();
                    } else if (!isOver) {
                        visit(row.key(), row.version(), row.value());
                    }
                }
            }
            if (!isOver) {
                ownWithin(seen);
            }
            remember(isOver ? upToLast(seen) : seen, page.rows());
        }

        /** What the page has shown all of. */
        private KeyRange seen(KeyRange asked, @Nullable KeyRange rest) {
            KeyRange left = rest == null ? null : asked.minus(rest);
            return left == null ? asked : left;
        }

        private KeyRange upToLast(KeyRange seen) {
            Bytes end = last;
            if (end == null) {
                return seen;
            }
            Bytes above = end.concat(Bytes.wrap(new byte[1]));
            KeyRange part = backward
                    ? new KeyRange(end, seen.high())
                    : seen.high() != null && above.compareTo(seen.high()) >= 0 ? seen : new KeyRange(seen.low(), above);
            return part;
        }

        private void ownBefore(Bytes key) {
            Map.Entry<Bytes, Optional<Bytes>> mine = next;
            while (!isOver && mine != null && isBefore(mine.getKey(), key)) {
                takeOwn();
                mine = next;
            }
        }

        private void ownWithin(KeyRange seen) {
            Map.Entry<Bytes, Optional<Bytes>> mine = next;
            while (!isOver && mine != null && seen.contains(mine.getKey())) {
                takeOwn();
                mine = next;
            }
        }

        private boolean isBefore(Bytes one, Bytes other) {
            return backward ? one.compareTo(other) > 0 : one.compareTo(other) < 0;
        }

        private void takeOwn() {
            Map.Entry<Bytes, Optional<Bytes>> mine = next;
            advance();
            if (mine != null && mine.getValue().isPresent()) {
                visit(mine.getKey(), Version.NONE, mine.getValue().get());
            }
        }

        private void visit(Bytes key, Version version, Bytes value) {
            last = key;
            isOver = !visitor.visit(key, version, value);
        }

        /** What was seen of the range must be so when the transaction is committed. */
        private void remember(KeyRange seen, List<RecordAccess.Row> rows) {
            RangeDigest digest = new RangeDigest();
            List<RecordAccess.Row> within = new ArrayList<>(
                    rows.stream().filter(row -> seen.contains(row.key())).toList());
            if (backward) {
                Collections.reverse(within);
            }
            for (RecordAccess.Row row : within) {
                digest.add(row.key(), row.version());
                transaction.countRead(row.key().length() + row.value().length());
                Optional<RecordAccess.Found> found = Optional.of(new RecordAccess.Found(row.version(), row.value()));
                Optional<RecordAccess.Found> before = read.putIfAbsent(row.key(), found);
                if (before != null && !before.map(RecordAccess.Found::version).equals(Optional.of(row.version()))) {
                    throw new DdsException.Conflict(
                            "a record of '" + structure.name() + "' has changed between two looks at it");
                }
            }
            Bytes high = seen.high();
            long bytes = 48L + seen.low().length() + (high == null ? 0 : high.length());
            expect(new Compare.SameRange(seen, digest.end()), bytes + RangeDigest.BYTES);
        }
    }

    @Override
    public long count() {
        long[] count = {0};
        scan(KeyRange.ALL, (key, value) -> {
            count[0]++;
            return true;
        });
        return count[0];
    }

    @Override
    public KeyRange range() {
        return KeyRange.ALL;
    }
}
