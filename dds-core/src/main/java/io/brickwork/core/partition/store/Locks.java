package io.brickwork.core.partition.store;

import io.brickwork.core.Bytes;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is locked in a partition, at every member: what the transactions have asked for in which it has voted yes and
 * whose outcome is not committed here.
 *
 * <p>Written keys are locked exclusively; keys and ranges that were compared are shared. Whoever writes stops at both,
 * whoever reads at the exclusive ones alone. A fold over the entries, like the overlay: from a vote on what it asks for
 * is locked, and from the moment at which the decision is known to be committed it is free; a cut takes both back. So
 * locks survive view changes, copies and restarts.
 *
 * <p>For a read as of some sequence number S, with the vote at v and the decision at d: below v the transaction was not
 * committed, since its vote was not stable; from d on the records say what has come of it; in between nobody here can
 * tell.
 *
 * <p>Written by the lane alone; {@link #sight} and {@link #exclusiveIn} are for any thread, see {@code ReadView}.
 *
 * <p>Source: Sinfonia (Aguilera et al. 2007 §4), with shared locks, and ranges, so that what was compared stays true
 * until the outcome.
 */
public final class Locks {
    /** So long anybody waits for a lock, in nanoseconds: longer than one of a client that has died stays. */
    public static final long WAIT_NANOS = 2_000_000_000;

    /** The decision of one that has none. */
    private static final long UNDECIDED = Long.MAX_VALUE;

    /** A yes that is not settled here. */
    public static final class Held {
        private final TransactionRecord record;
        private final Footprint footprint;
        private final long votedSeq;
        private volatile long decidedSeq = UNDECIDED;

        public Held(TransactionRecord record, long votedSeq) {
            this.record = record;
            this.footprint = Footprint.of(record.part());
            this.votedSeq = votedSeq;
        }

        public TransactionRecord record() {
            return record;
        }

        /** The entry with the vote; 0 if another partition has stored it, whose heir this is. */
        public long votedSeq() {
            return votedSeq;
        }

        public boolean isDecided() {
            return decidedSeq != UNDECIDED;
        }
    }

    /** What a reader sees of a key's locks. */
    public enum Sight {
        FREE,
        /** What is known here may be old: ask the primary up to where the partition is committed. */
        DIRTY,
        /** Wait for the outcome. */
        LOCKED
    }

    /** The exclusive locks of one key, the newest first: more than one if the older are decided. */
    private record Lock(Held held, @Nullable Lock older) {
        @Nullable
        Lock without(Held gone) {
            if (held == gone) {
                return older;
            }
            return new Lock(held, older == null ? null : older.without(gone));
        }
    }

    private final LinkedHashMap<Vote, Held> held = new LinkedHashMap<>();
    private final ConcurrentSkipListMap<Bytes, Lock> exclusive = new ConcurrentSkipListMap<>();
    private final TreeMap<Bytes, List<Held>> shared = new TreeMap<>();
    private final List<Held> ranged = new ArrayList<>();
    /** Those with a decision that is not known to be committed, in the order of the decisions. */
    private final ArrayDeque<Held> decided = new ArrayDeque<>();

    /** What the table says; the entries above follow. */
    public Locks(Collection<SessionRow.Stand> prepared) {
        for (SessionRow.Stand stand : prepared) {
            hold(new Held(
                    stand.record(), stand.storedBy() == null ? stand.version().seq() : 0));
        }
    }

    /** An entry is stored; the overlay has it. */
    public void onStored(Entry entry) {
        TransactionRecord record = entry.transaction();
        if (record == null) {
            return;
        }
        if (record.isPrepared()) {
            if (!held.containsKey(Vote.of(record))) { // a table that was copied may be ahead of the entries
                hold(new Held(record, entry.seq()));
            }
        } else if (record.isOutcome()) {
            Held settled = held.get(Vote.of(record));
            if (settled != null) {
                settled.decidedSeq = entry.seq();
                decided.addLast(settled);
            }
        }
    }

    /** Entries above it never were. */
    public void cut(long seq) {
        while (!decided.isEmpty() && decided.getLast().decidedSeq > seq) {
            decided.removeLast().decidedSeq = UNDECIDED;
        }
        List.copyOf(held.values()).stream().filter(one -> one.votedSeq > seq).forEach(this::release);
    }

    /** Everything up to it is known to be committed. Says whether that has freed anything. */
    public boolean onCommitted(long seq) {
        boolean hasFreed = false;
        while (!decided.isEmpty() && decided.getFirst().decidedSeq <= seq) {
            release(decided.removeFirst());
            hasFreed = true;
        }
        return hasFreed;
    }

    private void hold(Held one) {
        held.put(Vote.of(one.record), one);
        one.footprint.writes().forEach(key -> exclusive.put(key, new Lock(one, exclusive.get(key))));
        one.footprint
                .reads()
                .forEach(key ->
                        shared.computeIfAbsent(key, k -> new ArrayList<>(1)).add(one));
        if (!one.footprint.ranges().isEmpty()) {
            ranged.add(one);
        }
    }

    private void release(Held one) {
        held.remove(Vote.of(one.record), one);
        one.footprint.writes().forEach(key -> exclusive.computeIfPresent(key, (k, lock) -> lock.without(one)));
        for (Bytes key : one.footprint.reads()) {
            shared.computeIfPresent(key, (k, holders) -> {
                holders.remove(one);
                return holders.isEmpty() ? null : holders;
            });
        }
        ranged.remove(one);
    }

    /** Who holds something, for people. */
    public String describe() {
        return held.values().stream()
                .limit(3)
                .map(one -> one.record.transaction() + " since " + one.votedSeq
                        + (one.isDecided() ? ", decided by " + one.decidedSeq : ""))
                .collect(Collectors.joining("; "));
    }

    // ---- for those that read

    /** Whether nothing is locked exclusively. Any thread. */
    public boolean isFreeToRead() {
        return exclusive.isEmpty();
    }

    /** What somebody sees who reads as of the sequence number. Any thread. */
    public Sight sight(Bytes recordKey, long asOfSeq) {
        Sight worst = Sight.FREE;
        for (Lock lock = exclusive.get(recordKey); lock != null; lock = lock.older) {
            if (lock.held.votedSeq > asOfSeq) {
                worst = Sight.DIRTY;
            } else if (!lock.held.isDecided() || asOfSeq < lock.held.decidedSeq) {
                return Sight.LOCKED;
            }
        }
        return worst;
    }

    /** The keys within the range that are locked exclusively, in order; null if there are none. Any thread. */
    @Nullable
    public ConcurrentNavigableMap<Bytes, ?> exclusiveIn(KeyRange range) {
        if (exclusive.isEmpty()) {
            return null;
        }
        Bytes high = range.high();
        ConcurrentNavigableMap<Bytes, Lock> within =
                high == null ? exclusive.tailMap(range.low(), true) : exclusive.subMap(range.low(), true, high, false);
        return within.isEmpty() ? null : within;
    }

    // ---- for those that write

    /** Whether nothing is locked at all. */
    public boolean isEmpty() {
        return held.isEmpty();
    }

    /** All that are not decided, in the order of their votes. */
    public List<Held> undecided() {
        return held.values().stream().filter(one -> !one.isDecided()).toList();
    }

    /** Whether the vote is a yes that is not decided. */
    public boolean isUndecided(Vote vote) {
        Held one = held.get(vote);
        return one != null && !one.isDecided();
    }

    public boolean hasUndecided() {
        return held.size() > decided.size();
    }

    /** Those without a decision that conflict with this footprint. */
    public Collection<Held> conflictingWith(Footprint footprint) {
        if (held.isEmpty()) {
            return List.of();
        }
        LinkedHashSet<Held> found = new LinkedHashSet<>();
        for (Bytes key : footprint.writes()) {
            addExclusive(found, key);
            found.addAll(shared.getOrDefault(key, List.of()));
            for (Held one : ranged) {
                if (one.footprint.ranges().stream().anyMatch(range -> range.contains(key))) {
                    found.add(one);
                }
            }
        }
        footprint.reads().forEach(key -> addExclusive(found, key));
        for (KeyRange range : footprint.ranges()) {
            ConcurrentNavigableMap<Bytes, ?> within = exclusiveIn(range);
            if (within != null) {
                within.keySet().forEach(key -> addExclusive(found, key));
            }
        }
        found.removeIf(Held::isDecided);
        return found;
    }

    private void addExclusive(LinkedHashSet<Held> found, Bytes key) {
        for (Lock lock = exclusive.get(key); lock != null; lock = lock.older) {
            found.add(lock.held);
        }
    }
}
