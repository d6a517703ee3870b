package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.TableCodec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Txn;

/**
 * The session rows that the applier has at hand, so that a row in use is read from the table once, and written once a
 * batch however many of its entries the batch holds.
 *
 * <p>Rows that were not needed for the longest time are dropped; how many are kept depends on their bytes. The
 * applier's thread only.
 */
final class SessionRows {
    private static final long KEPT_BYTES = 16L << 20;
    /** What a row takes beside its encoded form, roughly. */
    private static final int OVERHEAD_BYTES = 256;

    private record Key(PartitionId partition, SessionId session) {}

    private static final class Kept {
        final Key key;
        final SessionRow row;
        int bytes;
        /** Whether it is in the table. */
        boolean isStored;
        /** What it adds to the {@link Sums} as it is in the table; 0 if it is not. */
        long storedHash;
        /** Whether this batch has changed it. */
        boolean isChanged;

        Kept(Key key, SessionRow row, int bytes) {
            this.key = key;
            this.row = row;
            this.bytes = bytes;
        }
    }

    private final LmdbStore store;
    private final Sums sums;
    /** In the order of use, the latest last. */
    private final LinkedHashMap<Key, Kept> kept = new LinkedHashMap<>(64, 0.75f, true);

    private final List<Kept> changed = new ArrayList<>();
    private long keptBytes;
    /** The row used last: most entries of a batch are of few sessions. */
    private @Nullable Kept latest;

    private final NativeBytes keyBytes = new NativeBytes(NativeBytes.LONGEST_KEY_BYTES);
    private final NativeBytes rowBytes = new NativeBytes(4096);

    SessionRows(LmdbStore store, Sums sums) {
        this.store = store;
        this.sums = sums;
    }

    /**
     * Puts a row that is not among those at hand.
     *
     * @param writer holds the same row
     */
    static void put(
            LmdbStore store,
            Sums sums,
            Txn<DirectBuffer> txn,
            int structure,
            DirectBuffer storedKey,
            DirectBuffer row,
            ByteWriter writer) {
        DirectBuffer before = store.sessions.get(txn, storedKey);
        if (before != null) {
            sums.removeSession(structure, storedKey, before);
        }
        store.sessions.put(txn, storedKey, row);
        sums.addSession(structure, Sums.hash(writer));
    }

    /**
     * Folds what the entry says of sessions into their rows: its completion, if it has one, and what it brings from
     * another partition.
     */
    void fold(Txn<DirectBuffer> txn, Entry entry) {
        Absorption absorption = entry.absorption();
        if (absorption != null) {
            for (SessionRow other : absorption.content().sessions()) {
                Kept row = find(txn, entry.partition(), other.session());
                row.row.absorb(other, absorption.from());
                change(row);
            }
        }
        SessionId session = SessionRow.sessionOf(entry);
        if (session == null) {
            return;
        }
        Kept row = find(txn, entry.partition(), session);
        row.row.fold(entry);
        change(row);
    }

    private void change(Kept row) {
        if (!row.isChanged) {
            row.isChanged = true;
            changed.add(row);
        }
    }

    private Kept find(Txn<DirectBuffer> txn, PartitionId partition, SessionId session) {
        Kept found = latest;
        if (found != null
                && found.key.partition().equals(partition)
                && found.key.session().equals(session)) {
            return found;
        }
        Key key = new Key(partition, session);
        found = kept.get(key);
        if (found == null) {
            DirectBuffer stored = store.sessions.get(txn, keyBytes.of(TableCodec.sessionKey(partition, session)));
            Bytes row = stored == null ? Bytes.EMPTY : NativeBytes.copy(stored, 0);
            found = new Kept(
                    key,
                    stored == null ? new SessionRow(session) : TableCodec.decodeSession(partition, session, row),
                    OVERHEAD_BYTES + row.length());
            found.isStored = stored != null;
            found.storedHash = stored == null ? 0 : Sums.hash(row);
            kept.put(key, found);
            keptBytes += found.bytes;
        }
        latest = found;
        return found;
    }

    /** Writes the rows that were changed since the last call, and deletes those of sessions that are over. */
    void write(Txn<DirectBuffer> txn, ByteWriter writer) {
        for (Kept row : changed) {
            if (row.row.isOver()) {
                store.sessions.delete(txn, keyBytes.of(TableCodec.sessionKey(row.key.partition(), row.key.session())));
                if (row.isStored) {
                    sums.removeSession(row.key.partition().structure(), row.storedHash);
                }
                kept.remove(row.key);
                keptBytes -= row.bytes;
                latest = null;
                continue;
            }
            TableCodec.encodeSession(writer, row.key.partition(), row.row);
            store.sessions.put(
                    txn,
                    keyBytes.of(TableCodec.sessionKey(row.key.partition(), row.key.session())),
                    rowBytes.of(writer));
            if (row.isStored) {
                sums.removeSession(row.key.partition().structure(), row.storedHash);
            }
            row.isStored = true;
            row.storedHash = Sums.hash(writer);
            sums.addSession(row.key.partition().structure(), row.storedHash);
            keptBytes += OVERHEAD_BYTES + writer.length() - row.bytes;
            row.bytes = OVERHEAD_BYTES + writer.length();
            row.isChanged = false;
        }
        changed.clear();
    }

    /**
     * Drops the rows of a partition, which are about to be changed in the table itself. Between two batches, or before
     * anything is folded in one.
     */
    void forget(PartitionId partition) {
        Iterator<Kept> all = kept.values().iterator();
        while (all.hasNext()) {
            Kept row = all.next();
            if (row.key.partition().equals(partition)) {
                all.remove();
                keptBytes -= row.bytes;
            }
        }
        latest = null;
    }

    /** Drops rows above the bound. After the commit: what is dropped is read again from the table. */
    void trim() {
        Iterator<Kept> oldest = kept.values().iterator();
        while (keptBytes > KEPT_BYTES && oldest.hasNext()) {
            Kept row = oldest.next();
            oldest.remove();
            keptBytes -= row.bytes;
            if (row == latest) {
                latest = null;
            }
        }
    }
}
