package io.brickwork.core.partition.repair;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Records of one replica's table that cannot be read, and their repair from others in the view.
 *
 * <p>Somebody is asked, a member or a learner that follows, who has applied at least what the table here had when it
 * could not read the record. If the record that it has was written by an entry that the table here has applied too,
 * then nothing has changed the key between the two, and it is what is missing; it takes the place of what cannot be
 * read, if that is still there then. If it is newer, or gone, the entry that made it so is on its way here, and will do
 * the same.
 *
 * <p>A completion row is not repaired: a brick that cannot read one halts, and joins as new.
 */
public final class Repairs {
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

    private final Tenure tenure;
    private final Extent extent;
    private final Ports ports;
    private final TreeMap<Bytes, Repair> repairs = new TreeMap<>();

    public Repairs(Tenure tenure, Extent extent, Ports ports) {
        this.tenure = tenure;
        this.extent = extent;
        this.ports = ports;
    }

    /** A row of the table cannot be read. */
    public void onCorrupt(CorruptRecordException found) {
        ports.peers().outbox().note(new Event.RecordCorrupt(tenure.partition(), String.valueOf(found.getMessage())));
        Bytes recordKey = found.recordKey();
        if (recordKey == null || !extent.range().contains(recordKey)) {
            return; // served or not: what is given up must be read to be taken in
        }
        if (repairs.size() < MAX_REPAIRS && !repairs.containsKey(recordKey)) {
            repairs.put(recordKey.compact(), new Repair());
        }
    }

    public void onTick(long nowNanos) {
        if (repairs.isEmpty() || tenure.openEpoch() == 0) {
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
        Snapshot snapshot = ports.table().turnSnapshot();
        if (isReadable(snapshot, recordKey)) {
            end(recordKey);
            return;
        }
        repair.applied = snapshot.applied(tenure.partition()).version();
        GroupView view = tenure.currentView();
        List<BrickId> others = Stream.concat(view.members().stream(), view.learners().stream())
                .map(Member::brick)
                .filter(brick -> !brick.equals(ports.cluster().self()))
                .toList();
        if (!others.isEmpty()) {
            BrickId next = others.get(repair.asked++ % others.size());
            ports.peers()
                    .send(
                            next,
                            new ReplicaMessage.RepairAsk(
                                    tenure.partition(), tenure.openEpoch(), recordKey, repair.applied.seq()));
        }
    }

    private boolean isReadable(Snapshot snapshot, Bytes recordKey) {
        try {
            snapshot.get(tenure.partition().structure(), recordKey);
            return true;
        } catch (CorruptRecordException rotten) {
            return false;
        }
    }

    private void end(Bytes recordKey) {
        repairs.remove(recordKey);
        ports.peers().outbox().note(new Event.RecordRepaired(tenure.partition(), recordKey));
    }

    public void onAsk(BrickId from, ReplicaMessage.RepairAsk ask) {
        Snapshot snapshot = ports.table().turnSnapshot();
        if (ask.epoch() != tenure.openEpoch()
                || extent.isIncomplete()
                || !extent.range().contains(ask.recordKey())) {
            return;
        }
        if (snapshot.applied(tenure.partition()).version().seq() < ask.appliedSeq()) {
            ports.cluster().reached(Situation.REPAIR_ASKED_OF_LAGGARD);
            return; // another is asked, or this one again when it has come further
        }
        try {
            TableRecord record = snapshot.get(tenure.partition().structure(), ask.recordKey());
            ports.peers()
                    .send(
                            from,
                            new ReplicaMessage.RepairPart(tenure.partition(), ask.epoch(), ask.recordKey(), record));
        } catch (CorruptRecordException rotten) {
            onCorrupt(rotten);
        }
    }

    public void onPart(ReplicaMessage.RepairPart part) {
        Repair repair = repairs.get(part.recordKey());
        TableRecord record = part.record();
        if (repair == null
                || repair.isWriting
                || part.epoch() != tenure.openEpoch()
                || record == null
                || record.version().compareTo(repair.applied) > 0) {
            return;
        }
        repair.isWriting = true;
        Bytes recordKey = part.recordKey().compact();
        TableRecord kept = new TableRecord(record.version(), record.value().compact());
        ports.table().repair(new CopyStep.Repair(tenure.partition(), new TableChunk.Row(recordKey, kept)), () -> {
            repair.isWriting = false;
            repair.isBegun = false; // looked at once more with the next tick
        });
    }
}
