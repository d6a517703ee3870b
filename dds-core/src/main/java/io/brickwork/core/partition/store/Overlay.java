package io.brickwork.core.partition.store;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a replica has stored but is not known to be in the table: its entries by sequence number, and what they say of
 * each key.
 *
 * <p>Written by the lane alone. {@link #newest}, {@link #copy} and {@link Slot} are read by other threads as well (see
 * {@code ReadView}); that works because a slot never changes but for losing its {@code older} ones once these are in
 * the table, and because a key leaves the map only then, or when its entry is cut, which happens only while the view is
 * closed.
 *
 * <p>Keys are hashed, not ordered: each write enters its keys here and takes them out again a moment later, at every
 * member, while ranges are read rarely and copy what they need anyway.
 */
public final class Overlay {
    /** What one entry says of one key. */
    public static final class Slot {
        private final Bytes key;
        private final Version version;
        private final @Nullable Bytes value;
        /** The next older slot of the key, or null if the table holds what came before. */
        private volatile @Nullable Slot older;
        /** The next newer slot of the key; lane only. */
        private @Nullable Slot newer;

        public Slot(Bytes key, Version version, @Nullable Bytes value, @Nullable Slot older) {
            this.key = key;
            this.version = version;
            this.value = value;
            this.older = older;
        }

        public Bytes key() {
            return key;
        }

        public Version version() {
            return version;
        }

        /** Null if the key was deleted. */
        @Nullable
        public Bytes value() {
            return value;
        }

        /** The newest slot of the key whose sequence number is at most this; null if there is none here. */
        @Nullable
        public Slot asOf(long seq) {
            Slot slot = this;
            while (slot != null && slot.version.seq() > seq) {
                slot = slot.older;
            }
            return slot;
        }
    }

    private static final Slot[] NO_SLOTS = {};

    private final ConcurrentHashMap<Bytes, Slot> byKey = new ConcurrentHashMap<>();
    /** Entry {@code seq} and its slots lie at {@code seq & (length - 1)}. */
    private @Nullable Entry[] entries = new Entry[16];

    private Slot[][] slots = new Slot[16][];
    /** The sequence number of the oldest entry here; {@code lastSeq + 1} if there is none. */
    private long firstSeq;

    private long lastSeq;
    private long bytes;

    /** An empty overlay over a table that has everything up to {@code appliedSeq}. */
    public Overlay(long appliedSeq) {
        firstSeq = appliedSeq + 1;
        lastSeq = appliedSeq;
    }

    /** Takes the entry that follows the last one. */
    public void add(Entry entry) {
        Check.invariant(
                entry.seq() == lastSeq + 1,
                "entry %s stored after seq %d of %s",
                entry.version(),
                lastSeq,
                entry.partition());
        if (lastSeq - firstSeq + 1 == entries.length) {
            grow();
        }
        lastSeq++;
        List<Effect> effects = entry.effects();
        Slot[] added = effects.isEmpty() ? NO_SLOTS : new Slot[effects.size()];
        for (int i = 0; i < added.length; i++) {
            Effect effect = effects.get(i);
            Bytes key = effect.recordKey();
            Slot older = byKey.get(key);
            Slot slot = new Slot(key, entry.version(), effect.value(), older);
            if (older != null) {
                older.newer = slot;
            }
            byKey.put(key, slot);
            added[i] = slot;
        }
        entries[index(lastSeq)] = entry;
        slots[index(lastSeq)] = added;
        bytes += weight(entry);
    }

    /** Forgets entries up to {@code seq}: the table has them. */
    public void shrink(long seq) {
        while (firstSeq <= Math.min(seq, lastSeq)) {
            Entry entry = at(firstSeq);
            for (Slot gone : slots[index(firstSeq)]) {
                Slot newer = gone.newer;
                if (newer == null) {
                    byKey.remove(gone.key);
                } else {
                    newer.older = null;
                }
            }
            drop(firstSeq++, entry);
        }
    }

    /** Throws away entries above {@code seq}: they never were. Only while the view is closed. */
    public void cut(long seq) {
        while (lastSeq > seq && lastSeq >= firstSeq) {
            Entry entry = at(lastSeq);
            Slot[] gone = slots[index(lastSeq)];
            for (int i = gone.length - 1; i >= 0; i--) {
                Slot older = gone[i].older;
                if (older == null) {
                    byKey.remove(gone[i].key);
                } else {
                    older.newer = null;
                    byKey.put(older.key, older);
                }
            }
            drop(lastSeq--, entry);
        }
    }

    /** The newest slot of a key, or null. Any thread. */
    @Nullable
    public Slot newest(Bytes key) {
        return byKey.get(key);
    }

    /**
     * The newest slots of all keys within the range, in no order. Looks at every key that is here. Any thread: a key
     * that stays here during the call is among them.
     */
    public List<Slot> copy(KeyRange range) {
        List<Slot> within = new ArrayList<>();
        byKey.forEach((key, slot) -> {
            if (range.contains(key)) {
                within.add(slot);
            }
        });
        return within;
    }

    /** The entry with this number, or null if it is not here. */
    @Nullable
    public Entry entry(long seq) {
        return seq < firstSeq || seq > lastSeq ? null : at(seq);
    }

    /** The entries from {@code from} to {@code to}, both inclusive and here. */
    public List<Entry> entries(long from, long to) {
        Check.invariant(
                from >= firstSeq && to <= lastSeq,
                "entries %d to %d asked, %d to %d here",
                from,
                to,
                firstSeq,
                lastSeq);
        List<Entry> range = new ArrayList<>((int) (to - from + 1));
        for (long seq = from; seq <= to; seq++) {
            range.add(at(seq));
        }
        return range;
    }

    public long firstSeq() {
        return firstSeq;
    }

    public long lastSeq() {
        return lastSeq;
    }

    /** About how much memory this takes. */
    public long bytes() {
        return bytes;
    }

    /** The same of the entries up to {@code seq}; what lies above is counted anew, and is short as a rule. */
    public long bytesUpTo(long seq) {
        long upTo = bytes;
        for (long above = Math.max(firstSeq, seq + 1); above <= lastSeq; above++) {
            upTo -= weight(at(above));
        }
        return upTo;
    }

    /** Looks at everything that is here, and throws if it does not fit together. */
    public void audit() {
        long weight = 0;
        int newest = 0;
        for (long seq = firstSeq; seq <= lastSeq; seq++) {
            Entry entry = at(seq);
            Slot[] of = slots[index(seq)];
            Check.invariant(
                    entry.seq() == seq && of.length == entry.effects().size(),
                    "entry %s lies at %d, with %d slots",
                    entry.version(),
                    seq,
                    of.length);
            for (Slot slot : of) {
                newest += slot.newer == null ? 1 : 0;
            }
            weight += weight(entry);
        }
        Check.invariant(bytes == weight, "the overlay counts %d bytes and holds %d", bytes, weight);
        Check.invariant(newest == byKey.size(), "%d keys for %d newest slots", byKey.size(), newest);
        byKey.forEach((key, slot) -> {
            Check.invariant(slot.newer == null, "key %s: its newest slot has a newer one", key);
            for (Slot below = slot; below != null; below = below.older) {
                Slot older = below.older;
                Check.invariant(
                        below.version.seq() >= firstSeq
                                && below.version.seq() <= lastSeq
                                && (older == null || older.version.seq() < below.version.seq()),
                        "key %s: slot %s in the overlay of %d to %d",
                        key,
                        below.version,
                        firstSeq,
                        lastSeq);
            }
        });
    }

    private void drop(long seq, Entry entry) {
        entries[index(seq)] = null;
        slots[index(seq)] = NO_SLOTS;
        bytes -= weight(entry);
    }

    private Entry at(long seq) {
        Entry entry = entries[index(seq)];
        if (entry == null) {
            throw new Check.InvariantBroken("no entry " + seq + " in the overlay of " + firstSeq + " to " + lastSeq);
        }
        return entry;
    }

    private int index(long seq) {
        return (int) seq & (entries.length - 1);
    }

    private void grow() {
        @Nullable Entry[] oldEntries = entries;
        Slot[][] oldSlots = slots;
        entries = new Entry[oldEntries.length * 2];
        slots = new Slot[oldSlots.length * 2][];
        for (long seq = firstSeq; seq <= lastSeq; seq++) {
            int from = (int) seq & (oldEntries.length - 1);
            entries[index(seq)] = oldEntries[from];
            slots[index(seq)] = oldSlots[from];
        }
    }

    private static long weight(Entry entry) {
        return 200L + entry.encoded().length();
    }
}
