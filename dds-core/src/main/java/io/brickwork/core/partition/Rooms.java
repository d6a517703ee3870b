package io.brickwork.core.partition;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.partition.execute.Waiters;
import io.brickwork.core.partition.port.LogPort;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.read.ReadView;
import io.brickwork.core.partition.read.Reads;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.repair.TableCompare;
import io.brickwork.core.partition.store.ApplySource;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.view.FencedMember;
import io.brickwork.core.partition.view.ViewSteps;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rooms that a replica has whatever it does in its group's view, put together. Those of a primary alone are in
 * {@link Primary}.
 */
final class Rooms {
    final PartitionId partition;
    final Ports ports;
    final Tenure tenure;
    final PartitionLog log;
    final Extent extent;
    final CommitPoint commitPoint;
    final Storage storage;
    final ApplySource applySource;
    final ReadView readView;
    final Waiters waiters = new Waiters();
    final Refusals refusals;
    final Repairs repairs;
    final TableCompare compare;
    final Reads reads;
    final FencedMember member;

    /** What the rooms tell the replica: what concerns more than one of them. */
    interface Listener extends ViewSteps, Storage.Listener, ApplySource.Listener {
        /** Everything up to {@code seq} is committed. */
        void onCommitted(long seq);
    }

    /**
     * @param isIncomplete whether the table has but half a copy
     * @param before the rooms whose place these take, with the promise that was made there; null if there are none
     */
    Rooms(
            Applied applied,
            boolean isIncomplete,
            ReplicaHost host,
            LogPort logPort,
            Table table,
            @Nullable Rooms before,
            Listener listener) {
        partition = applied.partition();
        ports = new Ports(host, host, host, host);
        List<SessionRow.Stand> prepared = prepared(applied, isIncomplete, table);
        if (before == null) {
            tenure = new Tenure(partition, host);
            log = new PartitionLog(applied, prepared, logPort);
            extent = new Extent(partition, host, host, log, isIncomplete);
        } else {
            tenure = new Tenure(before.tenure);
            log = new PartitionLog(applied, prepared, logPort, before.log);
            extent = new Extent(before.extent, log, isIncomplete);
        }
        readView = new ReadView(partition, log.locks(), log.overlay(), table, host.leaseEnd(), host.readViews());
        commitPoint = new CommitPoint(log, applied.version().seq(), listener::onCommitted);
        storage = new Storage(log, logPort, extent, tenure, ports, listener);
        applySource = new ApplySource(partition, log, extent, commitPoint, host, listener);
        refusals = new Refusals(tenure, host);
        repairs = new Repairs(tenure, extent, ports);
        compare = new TableCompare(tenure, repairs, ports);
        reads = new Reads(tenure, commitPoint, log, extent, refusals, repairs, host.leaseEnd(), ports);
        member = new FencedMember(tenure, log, extent, commitPoint, storage, refusals, ports, listener);
    }

    /**
     * The transactions in which the partition has voted yes and that wait for their outcome, as the table has them, in
     * the order of the votes: that is the order in which locks are taken.
     */
    private static List<SessionRow.Stand> prepared(Applied applied, boolean isIncomplete, Table table) {
        if (isIncomplete || applied.version().equals(Version.NONE)) {
            return List.of();
        }
        List<SessionRow.Stand> prepared = new ArrayList<>();
        try (Snapshot snapshot = table.snapshot()) {
            snapshot.scanSessions(applied.partition(), null, row -> {
                row.stands().stream()
                        .filter(stand -> stand.record().isPrepared())
                        .forEach(prepared::add);
                return true;
            });
        }
        prepared.sort(Comparator.comparing(SessionRow.Stand::version));
        return prepared;
    }
}
