package io.brickwork.core.replica;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Records of one replica's table that cannot be read, and their repair from others in the view.
 *
 * <p>Somebody is asked, a member or a learner that follows, who has applied at least what the table here had when it could not read the record. If the record that it has was written by an entry that the table here has applied too, then
 * nothing has changed the key between the two, and it is what is missing; it takes the place of what cannot be read, if that is still there then. If it is newer, or gone, the entry that made it so is on its way
 * here, and will do the same.
 *
 * <p>A completion row is not repaired: a brick that cannot read one halts, and joins as new.
 */
final class Repairs {
    /** How long an answer is waited for before another member is asked. */
    private static final long RETRY_NANOS = 200_000_000;
    /** Repairs under way at a time; others are found again. */
    private static final int MAX_REPAIRS = 256;

    private static final class Repair {
        private Version applied = Version.NONE;
        private long askedNanos;
        private int asked;
        private boolean isBegun;
        private boolean isWriting;
    }

    private final Replica replica;
    private final ReplicaHost host;
    private final TreeMap<Bytes, Repair> repairs = new TreeMap<>();

    Repairs(Replica replica, ReplicaHost host) {
        this.replica = replica;
        this.host = host;
    }

    /** The record cannot be read. */
    void found(Bytes recordKey) {
        if (repairs.size() < MAX_REPAIRS && !repairs.containsKey(recordKey)) {
            repairs.put(recordKey.compact(), new Repair());
        }
    }

    void onTick(long nowNanos) {
        if (repairs.isEmpty() || replica.openEpoch() == 0) {
            return;
        }
        for (Bytes recordKey : List.copyOf(repairs.keySet())) {
            Repair repair = repairs.get(recordKey);
            boolean isDue = repair != null && (!repair.isBegun || nowNanos - repair.askedNanos >= RETRY_NANOS);
            if (repair != null && isDue && !repair.isWriting) {
                repair.isBegun = true;
                repair.askedNanos = nowNanos;
                goOn(recordKey, repair);
            }
        }
    }

    private void goOn(Bytes recordKey, Repair repair) {
        Snapshot snapshot = host.turnSnapshot();
        if (isReadable(snapshot, recordKey)) {
            end(recordKey);
            return;
        }
        repair.applied = snapshot.applied(replica.partition()).version();
        GroupView view = replica.currentView();
        List<BrickId> others = Stream.concat(view.members().stream(), view.learners().stream())
                .map(Member::brick)
                .filter(brick -> !brick.equals(host.self()))
                .toList();
        if (!others.isEmpty()) {
            BrickId next = others.get(repair.asked++ % others.size());
            host.send(
                    next,
                    new ReplicaMessage.RepairAsk(
                            replica.partition(), replica.openEpoch(), recordKey, repair.applied.seq()));
        }
    }

    private boolean isReadable(Snapshot snapshot, Bytes recordKey) {
        try {
            snapshot.get(replica.partition().structure(), recordKey);
            return true;
        } catch (CorruptRecordException rotten) {
            return false;
        }
    }

    private void end(Bytes recordKey) {
        repairs.remove(recordKey);
        host.outbox().note(new Event.RecordRepaired(replica.partition(), recordKey));
    }

    void onAsk(BrickId from, ReplicaMessage.RepairAsk ask) {
        Snapshot snapshot = host.turnSnapshot();
        if (ask.epoch() != replica.openEpoch()
                || replica.isIncomplete()
                || !replica.range().contains(ask.recordKey())
                || snapshot.applied(replica.partition()).version().seq() < ask.appliedSeq()) {
            return; // another is asked, or this one again when it has come further
        }
        try {
            TableRecord record = snapshot.get(replica.partition().structure(), ask.recordKey());
            host.send(from, new ReplicaMessage.RepairPart(replica.partition(), ask.epoch(), ask.recordKey(), record));
        } catch (CorruptRecordException rotten) {
            replica.onCorrupt(rotten);
        }
    }

    void onPart(ReplicaMessage.RepairPart part) {
        Repair repair = repairs.get(part.recordKey());
        TableRecord record = part.record();
        if (repair == null
                || repair.isWriting
                || part.epoch() != replica.openEpoch()
                || record == null
                || record.version().compareTo(repair.applied) > 0) {
            return;
        }
        repair.isWriting = true;
        Bytes recordKey = part.recordKey().compact();
        TableRecord kept = new TableRecord(record.version(), record.value().compact());
        host.repair(new CopyStep.Repair(replica.partition(), new TableChunk.Row(recordKey, kept)), () -> {
            repair.isWriting = false;
            repair.isBegun = false; // looked at once more with the next tick
        });
    }
}
