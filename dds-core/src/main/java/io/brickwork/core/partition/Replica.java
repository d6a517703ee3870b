package io.brickwork.core.partition;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Group;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.machine.LogRetention;
import io.brickwork.core.partition.machine.MemoryUse;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.partition.machine.TableSource;
import io.brickwork.core.partition.machine.WriteSample;
import io.brickwork.core.partition.port.LogPort;
import io.brickwork.core.partition.port.RegistryPort;
import io.brickwork.core.partition.store.RetainedLog;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.table.Table;
import org.jspecify.annotations.Nullable;

/**
 * One replica of one partition whose members hold the same entries in one order.
 *
 * <p>This class hands inputs on. {@link Rooms} are what every replica has: what it has stored, promised and applied,
 * and how it answers reads. {@link ViewDuties} is what it does in its group's view; {@link MessageRouter} takes each
 * message to its room. Which views there are is decided by the metadata log, and comes in through {@link #onGroup}.
 *
 * <p>Guarantees: nothing is acknowledged before it is stored as durably as the structure asks; no entry or commit of an
 * epoch is taken before this replica has been levelled in that very epoch; what an earlier incarnation of this brick
 * did in an epoch is never continued, since views name incarnations.
 *
 * <p>Called by the brick's machine only.
 *
 * <p>Source: Gribble 2000 §4.1 (two-phase commit across a replica group), with views in place of its recovery by asking
 * peers.
 */
public final class Replica implements PartitionMachine {
    private final ReplicaHost host;
    private final Table table;
    private final ViewDuties duties;
    private final Rooms rooms;
    private final MessageRouter router;
    private final RetainedLog retainedLog;

    /**
     * As the table has it; {@link #replay} follows.
     *
     * @param isIncomplete whether the table has but half a copy
     */
    public Replica(Applied applied, boolean isIncomplete, ReplicaHost host, Table table) {
        this(applied, isIncomplete, host, table, null);
    }

    private Replica(Applied applied, boolean isIncomplete, ReplicaHost host, Table table, @Nullable ViewDuties before) {
        this.host = host;
        this.table = table;
        Brick brick = new Brick();
        duties = new ViewDuties(applied, isIncomplete, host, brick, brick, table, before);
        rooms = duties.rooms();
        router = new MessageRouter(rooms, duties, host);
        retainedLog = new RetainedLog(rooms.tenure, rooms.log, rooms.ports, duties::syncedEverywhereSeq);
    }

    /** The brick's log and registry, as this replica calls them. */
    private final class Brick implements LogPort, RegistryPort {
        @Override
        public long append(LogRecord record, long seq) {
            return host.append(Replica.this, record, seq);
        }

        @Override
        public void requestSync() {
            host.requestSync();
        }

        @Override
        public LogRecord read(long position) {
            return host.read(position);
        }

        @Override
        public void beginCopy(BrickId source) {
            host.beginCopy(Replica.this, source);
        }

        @Override
        public void onSplit(Split split) {
            host.onSplit(split);
        }

        @Override
        public void onCommitted() {
            host.onCommitted(Replica.this);
        }
    }

    @Override
    public PartitionId partition() {
        return rooms.partition;
    }

    // ---- life

    @Override
    public void replay(long position, LogRecord.OfPartition record) {
        rooms.log.replay(position, record);
    }

    @Override
    public void endReplay() {
        rooms.log.endReplay();
    }

    @Override
    public void attach(StructureInfo structure, StructureType type, KeyRange range) {
        rooms.extent.attach(structure, type, range);
    }

    @Override
    public boolean isAttached() {
        return rooms.extent.isAttached();
    }

    @Override
    public void onGroup(Group decided) {
        duties.onGroup(decided);
    }

    @Override
    public @Nullable Group group() {
        return rooms.tenure.group();
    }

    @Override
    public Replica replacement(Applied applied, boolean isIncomplete) {
        return new Replica(applied, isIncomplete, host, table, duties);
    }

    @Override
    public void retire() {
        duties.close();
        rooms.applySource.retire();
        rooms.tenure.retire();
        rooms.extent.detach();
    }

    @Override
    public long abandonLog() {
        return rooms.log.abandon();
    }

    // ---- inputs

    @Override
    public void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        router.onMessage(from, message, nowNanos);
    }

    @Override
    public void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        router.onRequest(from, request, nowNanos);
    }

    @Override
    public void refuse(Endpoint to, CallMessage.Request request, CallMessage.Reason reason, String detail) {
        rooms.refusals.refuse(to, request, reason, detail);
    }

    @Override
    public void onLinkUp(BrickId peer, long nowNanos) {
        duties.onLinkUp(peer, nowNanos);
        rooms.reads.onLinkUp(peer);
    }

    @Override
    public void onCallerGone(Endpoint caller) {
        Primary primary = duties.primary();
        if (primary != null) {
            primary.onCallerGone(caller);
        }
    }

    @Override
    public void onWritten(long position, long seq) {
        rooms.log.onWritten(position, seq);
    }

    @Override
    public void onSynced(long position, long seq, long nowNanos) {
        if (rooms.log.isReplaced(position, seq)) {
            host.reached(Situation.NUMBER_USED_AGAIN);
        }
        rooms.log.onSynced(position, seq);
        duties.onSynced(position, nowNanos);
    }

    @Override
    public void afterStoring(long nowNanos) {
        duties.afterStoring(nowNanos);
        rooms.reads.retryUnlocked(nowNanos);
        duties.check();
    }

    @Override
    public void onTick(long nowNanos) {
        duties.onTick(nowNanos);
        rooms.reads.onTick(nowNanos);
        rooms.repairs.onTick(nowNanos);
    }

    @Override
    public void onCorrupt(CorruptRecordException found) {
        rooms.repairs.onCorrupt(found);
    }

    /** Digest of what the table holds within the range: goes to the primary, which has the same if all is well. */
    @Override
    public void compare(KeyRange range, Version appliedVersion, Bytes digest) {
        rooms.compare.tell(range, appliedVersion, digest, duties.primary() != null);
    }

    @Override
    public void report() {
        if (rooms.tenure.view() != null && rooms.tenure.isPromiseSynced()) {
            rooms.member.report();
        }
    }

    // ---- log and table

    @Override
    public TableSource tableSource() {
        return rooms.applySource;
    }

    @Override
    public LogRetention logRetention() {
        return retainedLog;
    }

    /**
     * What waits for other members has a window of its own, and must not stop partitions that wait for nobody: so the
     * overlay is counted without it.
     */
    @Override
    public void addTo(MemoryUse memory) {
        Primary primary = duties.primary();
        long uncommitted = primary == null ? 0 : primary.replicator().uncommittedBytes();
        long waiting = primary == null ? 0 : primary.waitingBytes();
        long overlay = Math.max(0, rooms.log.overlay().bytes() - uncommitted);
        memory.add(overlay, uncommitted, waiting, rooms.log.overlay().bytesUpTo(rooms.commitPoint.seq()));
    }

    // ---- questions

    @Override
    public KeyRange range() {
        return rooms.extent.range();
    }

    @Override
    public boolean isIncomplete() {
        return rooms.extent.isIncomplete();
    }

    @Override
    public boolean isEmpty() {
        return !rooms.extent.isIncomplete() && rooms.log.lastSeq() == 0;
    }

    @Override
    public long promisedEpoch() {
        return rooms.log.promisedEpoch();
    }

    @Override
    public long viewEpoch() {
        return rooms.tenure.viewEpoch();
    }

    @Override
    public boolean owesSplit() {
        return rooms.extent.owesSplit();
    }

    @Override
    public boolean isSplitting() {
        return rooms.extent.isSplitting();
    }

    @Override
    public boolean isReshaping() {
        return rooms.extent.isWaitedFor();
    }

    @Override
    public @Nullable WriteSample writeSample() {
        Primary primary = duties.primary();
        return primary == null ? null : primary.sample();
    }

    @Override
    public CallMessage.ReplicaStatus status(long copiedBytes) {
        return new CallMessage.ReplicaStatus(
                rooms.partition,
                Check.present(rooms.tenure.knownView(), "partition %s has no view", rooms.partition),
                rooms.tenure.isServing(),
                rooms.log.lastSeq(),
                rooms.commitPoint.seq(),
                rooms.log.applied().seq(),
                copiedBytes);
    }

    @Override
    public void audit() {
        duties.check();
        rooms.log.audit();
    }
}
