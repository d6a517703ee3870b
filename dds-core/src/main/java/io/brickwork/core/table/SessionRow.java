package io.brickwork.core.table;

import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one partition remembers of one session: the low-water mark, and the completions above it.
 *
 * <p>A pure fold over the partition's entries in order, so it is equal wherever the entries are. Rebuilt from the table and the log. One thread at a time.
 */
public final class SessionRow {
    private final SessionId session;
    /** Operations below it are answered and forgotten; never falls. */
    private long lowWater;

    private final TreeMap<Long, Completion> completions = new TreeMap<>();
    /** Of all completions here. */
    private long resultBytes;

    public SessionRow(SessionId session) {
        this(session, 0, List.of());
    }

    public SessionRow(SessionId session, long lowWater, Collection<Completion> completions) {
        this.session = session;
        this.lowWater = lowWater;
        for (Completion completion : completions) {
            put(completion);
        }
    }

    /**
     * Takes in an entry of this session. One that the row already has changes nothing, so a row that was copied from a later state is equal to its source again once the entries up to that state
     * have been folded into it.
     */
    public void fold(Entry entry) {
        Completion completion = Check.present(entry.completion(), "entry %s without a completion", entry.version());
        Check.invariant(
                completion.operation().session().equals(session),
                "entry %s folded into the row of session %s",
                entry.version(),
                session);
        put(compact(completion));
        raiseLowWater(entry.lowWater());
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
        raiseLowWater(other.lowWater);
    }

    private void raiseLowWater(long to) {
        lowWater = Math.max(lowWater, to);
        while (!completions.isEmpty() && completions.firstKey() < lowWater) {
            resultBytes -= completions.pollFirstEntry().getValue().result().length();
        }
    }

    /** Takes an entry into the rows of the sessions that it is about; a row goes when its session is {@linkplain #isOver over}. */
    public static void fold(Map<SessionId, SessionRow> rows, Entry entry) {
        Absorption absorption = entry.absorption();
        if (absorption != null) {
            for (SessionRow other : absorption.content().sessions()) {
                rows.computeIfAbsent(other.session, SessionRow::new).absorb(other, absorption.from());
            }
        }
        Completion completion = entry.completion();
        if (completion != null) {
            SessionRow row = rows.computeIfAbsent(completion.operation().session(), SessionRow::new);
            row.fold(entry);
            if (row.isOver()) {
                rows.remove(row.session);
            }
        }
    }

    /** Whether the session has ended: then nothing needs to be remembered of it, not even this row. */
    public boolean isOver() {
        return lowWater == OperationId.LAST_NUMBER;
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

    /** The results kept here for operations from {@code number} on, in bytes. */
    public long resultBytes(long number) {
        long bytes = resultBytes;
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

    /** By operation number, ascending. */
    public SortedMap<Long, Completion> completions() {
        return Collections.unmodifiableSortedMap(completions);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SessionRow row
                && row.session.equals(session)
                && row.lowWater == lowWater
                && row.completions.equals(completions);
    }

    @Override
    public int hashCode() {
        return Objects.hash(session, lowWater, completions);
    }
}
