package io.brickwork.core.entry;

import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one partition remembers of one session: the low-water mark, and the completions above it.
 *
 * <p>A pure fold over the partition's entries in order, so it is equal wherever the entries are. Rebuilt from the table
 * and the log. One thread at a time.
 */
public final class SessionRow {
    private final SessionId session;
    /** Operations below it are answered and forgotten; never falls. */
    private long lowWater;

    private final TreeMap<Long, Completion> completions = new TreeMap<>();
    /** Of all completions here. */
    private long resultBytes;

    /** Where the partition stands in the session's transactions. */
    private final TreeMap<Asked, Stand> stands = new TreeMap<>();
    /** Of all records of transactions here. */
    private long standBytes;

    public SessionRow(SessionId session) {
        this(session, 0, List.of(), List.of());
    }

    public SessionRow(SessionId session, long lowWater, Collection<Completion> completions, Collection<Stand> stands) {
        this.session = session;
        this.lowWater = lowWater;
        for (Completion completion : completions) {
            put(completion);
        }
        stands.forEach(this::put);
    }

    /** A row of its own, equal to the other. */
    public SessionRow(SessionRow other) {
        this(other.session, other.lowWater, other.completions.values(), other.stands.values());
    }

    /** In which transaction, and as whom: it may have been asked as one that was merged into it since. */
    private record Asked(long number, PartitionId participant) implements Comparable<Asked> {
        @Override
        public int compareTo(Asked other) {
            return number != other.number
                    ? Long.compare(number, other.number)
                    : participant.compareTo(other.participant);
        }
    }

    /**
     * Where it stands in one transaction.
     *
     * @param version of the entry that says so
     * @param storedBy the partition whose entry that is, if it was merged into this one; else null
     */
    public record Stand(
            TransactionRecord record,
            Version version,
            @Nullable PartitionId storedBy) {
        /**
         * Whether what it says is committed. What came with a merger was committed before.
         *
         * @param committedSeq how far this partition's entries are committed
         */
        public boolean isCommitted(long committedSeq) {
            return storedBy != null || version.seq() <= committedSeq;
        }

        private Asked asked() {
            return new Asked(record.transaction().number(), record.participant());
        }
    }

    /**
     * Takes in an entry of this session. One that the row already has changes nothing, so a row that was copied from a
     * later state is equal to its source again once the entries up to that state have been folded into it.
     */
    public void fold(Entry entry) {
        Check.invariant(
                session.equals(sessionOf(entry)),
                "entry %s folded into the row of session %s",
                entry.version(),
                session);
        Completion completion = entry.completion();
        if (completion != null) {
            put(compact(completion));
        }
        TransactionRecord transaction = entry.transaction();
        if (transaction != null) {
            put(new Stand(transaction.compact(), entry.version(), null));
        }
        raiseLowWater(entry.lowWater());
    }

    /** The session that the entry is of; null if it is of none. */
    public static @Nullable SessionId sessionOf(Entry entry) {
        Completion completion = entry.completion();
        TransactionRecord transaction = entry.transaction();
        return completion != null
                ? completion.operation().session()
                : transaction != null ? transaction.session() : null;
    }

    /** Takes in what another partition remembers of the session, which is merged into this one. */
    public void absorb(SessionRow other, PartitionId from) {
        other.completions.values().forEach(completion -> {
            Completion here = completions.get(completion.operation().number());
            if (here == null) {
                put(compact(completion).absorbedFrom(from));
            } else {
                Check.invariant(
                        here.version().equals(completion.version()),
                        "%s has taken effect twice: as %s, and as %s in partition %s",
                        completion.operation(),
                        here.version(),
                        completion.version(),
                        from);
            }
        });
        for (Stand stand : other.stands.values()) {
            Stand here = stands.get(stand.asked());
            if (here == null || stand.record.state() == State.COMMITTED) {
                put(new Stand(stand.record.compact(), stand.version, stand.storedBy == null ? from : stand.storedBy));
            }
        }
        raiseLowWater(other.lowWater);
    }

    private void raiseLowWater(long to) {
        lowWater = Math.max(lowWater, to);
        while (!completions.isEmpty() && (completions.firstKey() < lowWater || isClosed())) {
            resultBytes -= completions.pollFirstEntry().getValue().result().length();
        }
        for (Iterator<Stand> each = stands.values().iterator(); each.hasNext(); ) {
            Stand stand = each.next();
            if (stand.record.transaction().number() >= lowWater) {
                break; // they are in the order of their numbers
            }
            if (isNeededNoMore(stand)) {
                standBytes -= stand.record.bytes();
                each.remove();
            }
        }
    }

    /**
     * Of what lies below the low-water mark. A client's mark passes a transaction when all participants have the
     * outcome. The end of a session does not say that: a yes stays until it is settled, and a commit until all others
     * are known to have committed, since one that still holds its yes takes the absence of a record for a no (T7). Of a
     * no nothing is lost: whoever asks below the mark is told that there will be no yes.
     */
    private boolean isNeededNoMore(Stand stand) {
        return !stand.record.isPrepared() && (stand.record.state() != State.COMMITTED || !isClosed());
    }

    /**
     * Takes an entry into the rows of the sessions that it is about; a row goes when its session is {@linkplain #isOver
     * over}.
     */
    public static void fold(Map<SessionId, SessionRow> rows, Entry entry) {
        Absorption absorption = entry.absorption();
        if (absorption != null) {
            for (SessionRow other : absorption.content().sessions()) {
                rows.computeIfAbsent(other.session, SessionRow::new).absorb(other, absorption.from());
            }
        }
        SessionId session = sessionOf(entry);
        if (session != null) {
            SessionRow row = rows.computeIfAbsent(session, SessionRow::new);
            row.fold(entry);
            if (row.isOver()) {
                rows.remove(row.session);
            }
        }
    }

    /** Whether the session has ended: then nothing needs to be remembered of it, not even this row. */
    public boolean isOver() {
        return isClosed() && stands.isEmpty();
    }

    /** Whether the session has ended; something of it may still be needed. */
    public boolean isClosed() {
        return lowWater == OperationId.LAST_NUMBER;
    }

    private void put(Stand stand) {
        Stand before = stands.get(stand.asked());
        TransactionRecord record = stand.record;
        if (before != null && before.record.state() != record.state()) {
            boolean isOutcome = before.record.isPrepared() && record.isOutcome();
            boolean isEnd = before.record.state() == State.COMMITTED && record.state() == State.FORGOTTEN;
            // Entries that the row has already may be folded once more, in their order.
            boolean isOld = stand.storedBy == null && stand.version.compareTo(before.version) < 0;
            if (!isOutcome && !isEnd && !isOld) {
                throw new Check.InvariantBroken("%s as %s was %s by %s and is %s by %s"
                        .formatted(
                                record.transaction(),
                                record.participant(),
                                before.record.state(),
                                before.version,
                                record.state(),
                                stand.version));
            }
            if (isOld) {
                return;
            }
        }
        standBytes -= before == null ? 0 : before.record.bytes();
        if (record.state() == State.FORGOTTEN) {
            stands.remove(stand.asked());
        } else {
            stands.put(stand.asked(), stand);
            standBytes += record.bytes();
        }
    }

    private void put(Completion completion) {
        Completion old = completions.put(completion.operation().number(), completion);
        if (old != null && !old.version().equals(completion.version())) {
            throw new Check.InvariantBroken("%s has taken effect twice: as %s and as %s"
                    .formatted(completion.operation(), old.version(), completion.version()));
        }
        resultBytes +=
                completion.result().length() - (old == null ? 0 : old.result().length());
    }

    /**
     * The results of operations from {@code number} on, and the records of transactions, that are kept here, in bytes.
     */
    public long resultBytes(long number) {
        long bytes = resultBytes + standBytes;
        for (Completion completion : completions.headMap(number).values()) {
            bytes -= completion.result().length();
        }
        return bytes;
    }

    /** A result is a slice of its entry, which may hold a megabyte beside it and is not to live as long as the row. */
    private static Completion compact(Completion completion) {
        return new Completion(
                completion.operation(),
                completion.version(),
                completion.status(),
                completion.result().compact(),
                completion.executedBy());
    }

    public SessionId session() {
        return session;
    }

    public long lowWater() {
        return lowWater;
    }

    public @Nullable Completion find(long number) {
        return completions.get(number);
    }

    /** Where the partition stands in the transaction, asked as this one; null if nothing is on record. */
    public @Nullable Stand stand(long number, PartitionId participant) {
        return stands.get(new Asked(number, participant));
    }

    /** In the order of their numbers. */
    public Collection<Stand> stands() {
        return Collections.unmodifiableCollection(stands.values());
    }

    /** By operation number, ascending. */
    public SortedMap<Long, Completion> completions() {
        return Collections.unmodifiableSortedMap(completions);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SessionRow row
                && row.session.equals(session)
                && row.lowWater == lowWater
                && row.completions.equals(completions)
                && row.stands.equals(stands);
    }

    @Override
    public int hashCode() {
        return Objects.hash(session, lowWater, completions, stands);
    }
}
