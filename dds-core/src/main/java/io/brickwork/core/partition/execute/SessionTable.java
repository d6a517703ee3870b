package io.brickwork.core.partition.execute;

import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Origin;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.Overlay;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a primary remembers of its clients' operations: all completion records of the partition, those of entries under
 * way among them.
 *
 * <p>Rebuilt at each opening of a view, from the table and the overlay, and so inherited whoever becomes primary.
 */
public final class SessionTable {
    private final TreeMap<SessionId, SessionRow> rows = new TreeMap<>();
    /** The row of the last look-up: requests of one client come in runs. */
    private @Nullable SessionRow recent;

    public SessionTable(PartitionId partition, Ports ports, Overlay overlay) {
        List<SessionRow> applied = ports.table().turnSnapshot().sessions(partition);
        if (!applied.isEmpty() && ports.cluster().defends(Defence.INHERIT_COMPLETIONS)) {
            Group group = ports.cluster().metadata().group(partition);
            Origin origin = group == null ? null : group.origin();
            for (SessionRow row : applied) {
                if (!isInherited(row, origin) || ports.cluster().defends(Defence.SPLIT_WITH_COMPLETIONS)) {
                    rows.put(row.session(), row);
                }
            }
        }
        for (long seq = overlay.firstSeq(); seq <= overlay.lastSeq(); seq++) {
            Entry entry = overlay.entry(seq);
            if (entry != null) {
                add(entry); // an entry that the table has already is folded again, which changes nothing
            }
        }
    }

    /** Whether all of it is the parent's. */
    private static boolean isInherited(SessionRow row, @Nullable Origin origin) {
        return origin != null
                && row.completions().values().stream()
                        .allMatch(completion -> completion.version().compareTo(origin.version()) <= 0)
                && row.stands().isEmpty();
    }

    public void add(Entry entry) {
        Absorption absorption = entry.absorption();
        if (absorption != null) {
            SessionRow.fold(rows, entry);
            recent = null;
        }
        SessionId session = SessionRow.sessionOf(entry);
        if (session != null) {
            SessionRow row = row(session);
            if (row == null) {
                row = new SessionRow(session);
                rows.put(session, row);
                recent = row;
            }
            row.fold(entry);
            if (row.isOver()) {
                rows.remove(session);
                recent = null;
            }
        }
    }

    /** Some sessions of which something is remembered and that are over, at most {@code limit}. */
    public List<SessionId> expired(MetadataState state, int limit) {
        return rows.values().stream()
                .filter(row -> !row.isClosed() && state.isExpired(row.session()))
                .map(SessionRow::session)
                .limit(limit)
                .toList();
    }

    @Nullable
    public Completion find(OperationId operation) {
        SessionRow row = row(operation.session());
        return row == null ? null : row.find(operation.number());
    }

    /** Where the partition stands in the transaction, asked as this one; null if nothing is on record. */
    public SessionRow.@Nullable Stand stand(OperationId transaction, PartitionId participant) {
        SessionRow row = row(transaction.session());
        return row == null ? null : row.stand(transaction.number(), participant);
    }

    /**
     * Commits of sessions that are over, at most {@code limit} after the first {@code skipped}: what only the other
     * participants can say to be needed no more.
     */
    public List<SessionRow.Stand> leftBehind(int skipped, int limit) {
        return rows.values().stream()
                .filter(SessionRow::isClosed)
                .flatMap(row -> row.stands().stream())
                .filter(stand -> !stand.record().isPrepared())
                .skip(skipped)
                .limit(limit)
                .toList();
    }

    /** Operations of the session below it are answered and forgotten. */
    public long lowWater(SessionId session) {
        SessionRow row = row(session);
        return row == null ? 0 : row.lowWater();
    }

    /** The results that would be kept for the session with this low-water mark, in bytes. */
    public long resultBytes(SessionId session, long lowWater) {
        SessionRow row = row(session);
        return row == null ? 0 : row.resultBytes(lowWater);
    }

    private @Nullable SessionRow row(SessionId session) {
        SessionRow last = recent;
        if (last != null && last.session().equals(session)) {
            return last;
        }
        last = rows.get(session);
        if (last != null) {
            recent = last;
        }
        return last;
    }
}
