package io.brickwork.core.partition.execute;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.Footprint;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.ReplicaRecords;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.RecordAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Evaluates the writes of one partition, at the primary of an open view.
 *
 * <p>A write is evaluated against all that is stored, committed or not, and becomes an entry with its completion
 * record. What could have had an effect becomes an entry even if it had none, so that a late duplicate finds its
 * record.
 */
public final class Writes {
    private final Sequencer sequencer;
    private final WriteGate gate;
    private final Extent extent;
    private final PartitionLog log;
    private final Refusals refusals;
    private final Ports ports;
    private final PartitionId partition;

    public Writes(
            Sequencer sequencer,
            WriteGate gate,
            Tenure tenure,
            Extent extent,
            PartitionLog log,
            Refusals refusals,
            Ports ports) {
        this.sequencer = sequencer;
        this.gate = gate;
        this.extent = extent;
        this.log = log;
        this.refusals = refusals;
        this.ports = ports;
        this.partition = tenure.partition();
    }

    /** A client's write: answered from the record, refused, made to wait, or done. */
    public void onWrite(Endpoint from, CallMessage.Write write, long nowNanos) {
        if (!sequencer.answers(from, write) && sequencer.admits(from, write, write.operation(), write.lowWater())) {
            evaluate(from, write, nowNanos);
        }
    }

    private void evaluate(Endpoint from, CallMessage.Write write, long nowNanos) {
        if (!sequencer.hasTable(from, write)) {
            return;
        }
        RecordAccess.Whole whole;
        try {
            whole = RecordAccess.committing(write.body());
        } catch (MalformedException e) {
            refusals.refuse(from, write, CallMessage.Reason.MALFORMED, String.valueOf(e.getMessage()));
            return;
        }
        if (whole != null
                && (!sequencer.isWithin(from, write, whole.part())
                        || gate.refusesForPriority(from, write, Footprint.of(whole.part()), whole.age()))) {
            return;
        }
        Collected changes = new Collected();
        ReplicaRecords records = sequencer.newestRecords();
        Completion.Status status = Completion.Status.DONE;
        Bytes result;
        try {
            if (extent.type().isRead(write.body())) {
                refusals.refuse(from, write, CallMessage.Reason.MALFORMED, "a read was sent as a write");
                return;
            }
            result = extent.type().evaluate(write.body(), records, changes).compact();
        } catch (CorruptRecordException e) {
            sequencer.onCorrupt(from, write, e);
            return;
        } catch (StoreFailedException e) {
            throw e; // the disk, not the operation
        } catch (RuntimeException | StackOverflowError e) {
            // What throws here throws at every primary: it is answered, and must not walk through the group.
            status = Completion.Status.REJECTED;
            result = Bytes.utf8(shortened("the operation failed: " + e.getMessage()));
            changes.clear();
        }
        if (!gate.isQuiet()) {
            Footprint footprint =
                    whole == null ? Footprint.of(write.routingKey(), changes.effects) : Footprint.of(whole.part());
            boolean isTaken = records.hasMetLocked()
                    || gate.isBlocked(footprint)
                    || (whole == null && gate.isReserved(footprint));
            if (isTaken && ports.cluster().defends(Defence.WRITE_WHAT_IS_FREE)) {
                gate.await(from, write, footprint, nowNanos);
                return;
            }
        }
        if (changes.puts && !sequencer.hasSpace(from, write)) {
            return;
        }
        long bytes = changes.bytes() + result.length();
        if (bytes > Sequencer.MOST_BYTES) {
            refusals.refuse(
                    from,
                    write,
                    CallMessage.Reason.TOO_LARGE,
                    "what it changes and answers takes %d bytes; the limit is %d"
                            .formatted(bytes, Sequencer.MOST_BYTES));
            return;
        }
        if (whole != null) {
            gate.onWhole(from, whole, status == Completion.Status.DONE && result.isEmpty(), nowNanos);
        }
        if (changes.effects.isEmpty() && !ports.cluster().defends(Defence.RECORD_WITHOUT_EFFECT)) {
            ports.peers()
                    .outbox()
                    .send(from, new CallMessage.Answer(write.ticket(), partition, status, log.last(), result));
            return;
        }
        changes.effects.forEach(effect -> sequencer.sample().add(effect.recordKey(), effect.value()));
        Completion.Status outcome = status;
        Bytes answer = result;
        sequencer.store(
                version -> EntryCodec.encode(
                        Entry.Kind.WRITE,
                        partition,
                        version,
                        new Completion(write.operation(), version, outcome, answer),
                        write.lowWater(),
                        changes.effects),
                from,
                write.ticket(),
                nowNanos);
    }

    private static String shortened(String text) {
        return text.length() <= Limits.NAME_CHARS ? text : text.substring(0, Limits.NAME_CHARS) + "…";
    }

    /** The changes of one operation; the last one of each key counts. */
    private final class Collected implements Changes {
        private final List<Effect> effects = new ArrayList<>(2);
        private final TreeSet<Bytes> keys = new TreeSet<>();
        private boolean puts;

        @Override
        public void put(Bytes recordKey, Bytes value) {
            if (value.length() > Limits.VALUE_BYTES) {
                throw new IllegalArgumentException(
                        "a value of " + value.length() + " bytes; the limit is " + Limits.VALUE_BYTES);
            }
            add(new Effect(recordKey, value));
            puts = true;
        }

        @Override
        public void delete(Bytes recordKey) {
            add(new Effect(recordKey, null));
        }

        /** The operation has failed: it changes nothing. */
        void clear() {
            effects.clear();
            keys.clear();
            puts = false;
        }

        /** What the changes take in an entry, about. */
        long bytes() {
            long bytes = 0;
            for (Effect effect : effects) {
                Bytes value = effect.value();
                bytes += effect.recordKey().length() + 16L + (value == null ? 0 : value.length());
            }
            return bytes;
        }

        private void add(Effect effect) {
            Bytes key = effect.recordKey();
            if (key.length() > Limits.RECORD_KEY_BYTES || !extent.owns(key)) {
                throw new IllegalArgumentException("record key " + key + " is too long, or outside the partition");
            }
            if (!keys.add(key)) {
                effects.removeIf(earlier -> earlier.recordKey().equals(key));
            }
            effects.add(effect);
            Check.argument(
                    effects.size() <= Effect.AT_MOST,
                    "an operation that changes more than %d records; make several of it",
                    Effect.AT_MOST);
        }
    }
}
