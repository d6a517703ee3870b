package io.brickwork.core.transaction;

import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.util.List;

/**
 * Where one participant stands in one transaction. What it has voted once it never takes back; what has been decided
 * never changes.
 *
 * @param transaction the operation of the client that it is
 * @param participant as whom it was asked
 * @param age how often its caller has tried before; 0 unless it is prepared
 * @param participants all that were asked, this one among them; empty if that was never told
 * @param part what is locked, and done if the transaction commits; nothing unless {@link State#PREPARED}
 * @param reason of a refusal, for people
 */
public record TransactionRecord(
        OperationId transaction,
        PartitionId participant,
        State state,
        int age,
        List<Participant> participants,
        Part part,
        String reason) {

    /** The number is what formats hold. */
    public enum State {
        /** It has voted yes, holds locks, and waits for the outcome. */
        PREPARED(1),
        /** It has voted no, and will never vote otherwise. */
        REFUSED(2),
        /** All have voted yes, and what was asked is done. */
        COMMITTED(3),
        /** Somebody has not, and nothing was done. */
        ABORTED(4),
        /** All have committed, and nobody will ask any more. */
        FORGOTTEN(5);

        private static final State[] ALL = values();
        private final int code;

        State(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /**
         * The state with this number.
         *
         * @throws MalformedException if there is none
         */
        public static State of(int code) {
            for (State state : ALL) {
                if (state.code == code) {
                    return state;
                }
            }
            throw new MalformedException("transaction state " + code + " is not known");
        }
    }

    public TransactionRecord {
        participants = List.copyOf(participants);
        Check.argument(state == State.PREPARED || part.isNothing(), "%s is %s and has a part", transaction, state);
        reason = reason.length() <= Limits.REASON_CHARS ? reason : reason.substring(0, Limits.REASON_CHARS);
    }

    /** A yes. */
    public static TransactionRecord prepared(
            OperationId transaction, PartitionId participant, int age, List<Participant> participants, Part part) {
        return new TransactionRecord(transaction, participant, State.PREPARED, age, participants, part, "");
    }

    /** A no. */
    public static TransactionRecord refused(OperationId transaction, PartitionId participant, String reason) {
        return new TransactionRecord(transaction, participant, State.REFUSED, 0, List.of(), Part.NOTHING, reason);
    }

    /** What becomes of a yes. */
    public TransactionRecord become(State outcome) {
        return new TransactionRecord(transaction, participant, outcome, 0, participants, Part.NOTHING, "");
    }

    /** The same in memory of its own, so that it keeps no entry alive. */
    public TransactionRecord compact() {
        ByteWriter writer = new ByteWriter(64 + (int) part.bytes());
        write(writer);
        return read(new ByteReader(writer.toBytes()), session());
    }

    public SessionId session() {
        return transaction.session();
    }

    public boolean isPrepared() {
        return state == State.PREPARED;
    }

    /** Whether it is one of those that settle a yes. */
    public boolean isOutcome() {
        return state == State.COMMITTED || state == State.ABORTED;
    }

    /** About how many bytes it takes, never less. */
    public long bytes() {
        return bytes(participants, part) + 3L * reason.length();
    }

    /** About how many bytes a yes takes, never less. */
    public static long bytes(List<Participant> participants, Part part) {
        long bytes = 64 + part.bytes();
        for (Participant one : participants) {
            bytes += 16L + one.routingKey().length();
        }
        return bytes;
    }

    /**
     * As bytes, without the session: varint number · varint structure · varint partition · u8 state · varint age ·
     * participants · part · string reason.
     */
    public void write(ByteWriter writer) {
        writer.varint(transaction.number());
        writer.varint(participant.structure())
                .varint(participant.number())
                .u8(state.code())
                .varint(age);
        Participant.writeAll(writer, participants);
        part.write(writer);
        writer.string(reason);
    }

    /**
     * Reads what {@link #write} wrote; its parts are slices of the input.
     *
     * @throws MalformedException if it is no such record
     */
    public static TransactionRecord read(ByteReader reader, SessionId session) {
        OperationId transaction = new OperationId(session, reader.varint("number", 1, Long.MAX_VALUE));
        PartitionId participant = new PartitionId(
                reader.varint32("structure", 0, Integer.MAX_VALUE), reader.varint32("partition", 0, Integer.MAX_VALUE));
        State state = State.of(reader.u8());
        int age = reader.varint32("age", 0, Integer.MAX_VALUE);
        List<Participant> participants = Participant.readAll(reader);
        Part part = Part.read(reader);
        String reason = reader.string("reason", Limits.REASON_CHARS);
        if (state != State.PREPARED && !part.isNothing()) {
            throw new MalformedException(transaction + " is " + state + " and has a part");
        }
        return new TransactionRecord(transaction, participant, state, age, participants, part, reason);
    }
}
