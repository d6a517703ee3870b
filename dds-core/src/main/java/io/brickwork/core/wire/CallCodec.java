package io.brickwork.core.wire;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.ReadMode;
import io.brickwork.core.SessionId;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Answer;
import io.brickwork.core.message.CallMessage.AskMetadata;
import io.brickwork.core.message.CallMessage.AskStatus;
import io.brickwork.core.message.CallMessage.CloseSession;
import io.brickwork.core.message.CallMessage.Decide;
import io.brickwork.core.message.CallMessage.Inquire;
import io.brickwork.core.message.CallMessage.Instruct;
import io.brickwork.core.message.CallMessage.Instructed;
import io.brickwork.core.message.CallMessage.KeepSession;
import io.brickwork.core.message.CallMessage.Metadata;
import io.brickwork.core.message.CallMessage.OpenSession;
import io.brickwork.core.message.CallMessage.Prepare;
import io.brickwork.core.message.CallMessage.Read;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.message.CallMessage.ReplicaStatus;
import io.brickwork.core.message.CallMessage.Resolve;
import io.brickwork.core.message.CallMessage.SessionState;
import io.brickwork.core.message.CallMessage.Status;
import io.brickwork.core.message.CallMessage.Write;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import java.util.ArrayList;
import java.util.List;

/** The bodies of {@link CallMessage}s. All begin with the ticket. */
final class CallCodec {
    private static final int WRITE = 16;
    private static final int READ = 17;
    private static final int INQUIRE = 18;
    private static final int ANSWER = 19;
    private static final int REFUSAL = 20;
    private static final int ASK_STATUS = 21;
    private static final int STATUS = 22;
    private static final int ASK_METADATA = 23;
    private static final int METADATA = 24;
    private static final int INSTRUCT = 25;
    private static final int INSTRUCTED = 26;
    private static final int OPEN_SESSION = 27;
    private static final int KEEP_SESSION = 28;
    private static final int CLOSE_SESSION = 29;
    private static final int SESSION_STATE = 30;
    private static final int PREPARE = 104;
    private static final int DECIDE = 105;
    private static final int RESOLVE = 106;

    private static final int LINEARIZABLE = 1;
    private static final int STALE = 2;
    private static final int CONFIRMED = 3;
    /** Voters named in one message. */
    private static final int MAX_VOTERS = Membership.MAX_MEMBERS;
    /** What a request or an answer takes beside its keys, bodies and results; only a guess. */
    private static final int USUAL_BYTES = 36;

    private static final Reason[] REASONS = Reason.values();

    private CallCodec() {}

    static int type(CallMessage message) {
        return switch (message) {
            case Write write -> WRITE;
            case Read read -> READ;
            case Inquire inquire -> INQUIRE;
            case Answer answer -> ANSWER;
            case Refusal refusal -> REFUSAL;
            case AskStatus ask -> ASK_STATUS;
            case Status status -> STATUS;
            case AskMetadata ask -> ASK_METADATA;
            case Metadata metadata -> METADATA;
            case Instruct instruct -> INSTRUCT;
            case Instructed instructed -> INSTRUCTED;
            case OpenSession open -> OPEN_SESSION;
            case KeepSession keep -> KEEP_SESSION;
            case CloseSession close -> CLOSE_SESSION;
            case SessionState state -> SESSION_STATE;
            case Prepare prepare -> PREPARE;
            case Decide decide -> DECIDE;
            case Resolve resolve -> RESOLVE;
        };
    }

    /** About how long the body will be. */
    static int expectedBytes(CallMessage message) {
        return switch (message) {
            case Write write ->
                USUAL_BYTES + write.routingKey().length() + write.body().length();
            case Read read ->
                USUAL_BYTES + read.routingKey().length() + read.body().length();
            case Answer answer -> USUAL_BYTES / 2 + answer.result().length();
            case Inquire inquire -> USUAL_BYTES;
            case Refusal refusal -> USUAL_BYTES;
            case AskStatus ask -> 0;
            case Status status -> 64 * status.replicas().size();
            case AskMetadata ask -> 0;
            case Metadata metadata -> USUAL_BYTES + metadata.snapshot().length();
            case Instruct instruct -> USUAL_BYTES;
            case Instructed instructed -> USUAL_BYTES;
            case OpenSession open -> USUAL_BYTES;
            case KeepSession keep -> USUAL_BYTES;
            case CloseSession close -> USUAL_BYTES;
            case SessionState state -> USUAL_BYTES;
            case Prepare prepare ->
                2 * USUAL_BYTES
                        + USUAL_BYTES * prepare.participants().size()
                        + (int) prepare.part().bytes();
            case Decide decide -> USUAL_BYTES;
            case Resolve resolve -> USUAL_BYTES;
        };
    }

    static void write(ByteWriter writer, CallMessage message) {
        writer.varint(message.ticket());
        switch (message) {
            case Write write -> {
                IdCodec.writePartition(writer, write.partition());
                writer.varint(write.epoch());
                IdCodec.writeOperation(writer, write.operation());
                writer.varint(write.attempt()).varint(write.lowWater());
                writer.bytes(write.routingKey()).bytes(write.body());
            }
            case Read read -> {
                IdCodec.writePartition(writer, read.partition());
                writer.varint(read.epoch()).u8(code(read.mode()));
                writer.bytes(read.routingKey()).bytes(read.body());
            }
            case Inquire inquire -> {
                IdCodec.writePartition(writer, inquire.partition());
                writer.varint(inquire.epoch());
                IdCodec.writeOperation(writer, inquire.operation());
                writer.bytes(inquire.routingKey());
            }
            case Answer answer -> {
                IdCodec.writePartition(writer, answer.partition());
                writer.u8(answer.status().code());
                IdCodec.writeVersion(writer, answer.version());
                writer.bytes(answer.result());
            }
            case Refusal refusal -> {
                IdCodec.writePartition(writer, refusal.partition());
                writer.u8(refusal.reason().code()).string(refusal.detail());
                KeyRange range = refusal.range();
                writer.bool(range != null);
                if (range != null) {
                    range.write(writer);
                }
                ViewCodec.writeOptionalView(writer, refusal.view());
            }
            case AskStatus ask -> {}
            case Status status -> {
                writer.varint(status.fillPermille())
                        .bool(status.isRegistered())
                        .bool(status.isLeader())
                        .varint(status.replicas().size());
                for (ReplicaStatus replica : status.replicas()) {
                    IdCodec.writePartition(writer, replica.partition());
                    ViewCodec.writeView(writer, replica.view());
                    writer.bool(replica.isOpen());
                    writer.varint(replica.storedSeq()).varint(replica.committedSeq());
                    writer.varint(replica.appliedSeq()).varint(replica.copiedBytes() + 1);
                }
            }
            case AskMetadata ask -> {}
            case Metadata metadata -> {
                BrickId leader = metadata.leader();
                writer.bool(leader != null);
                if (leader != null) {
                    IdCodec.writeBrick(writer, leader);
                }
                writer.varint(metadata.voters().size());
                metadata.voters().forEach(voter -> IdCodec.writeBrick(writer, voter));
                writer.bytes(metadata.snapshot());
            }
            case Instruct instruct -> writer.bytes(MetadataCodec.encode(instruct.command()));
            case Instructed instructed -> writer.string(instructed.refusal());
            case OpenSession open -> writer.fixed64(open.drawn());
            case KeepSession keep -> IdCodec.writeSession(writer, keep.session());
            case CloseSession close -> IdCodec.writeSession(writer, close.session());
            case SessionState state -> {
                SessionId session = state.session();
                writer.bool(session != null);
                if (session != null) {
                    IdCodec.writeSession(writer, session);
                }
                writer.varint(state.timeoutNanos()).string(state.detail());
            }
            case Prepare prepare -> {
                IdCodec.writePartition(writer, prepare.partition());
                writer.varint(prepare.epoch());
                IdCodec.writeOperation(writer, prepare.transaction());
                writer.varint(prepare.age()).varint(prepare.lowWater());
                Participant.writeAll(writer, prepare.participants());
                prepare.part().write(writer.bytes(prepare.routingKey()));
                writer.varint(prepare.tookNanos());
            }
            case Decide decide -> {
                IdCodec.writePartition(writer, decide.partition());
                writer.varint(decide.epoch());
                IdCodec.writeOperation(writer, decide.transaction());
                IdCodec.writePartition(writer, decide.participant());
                writer.bool(decide.isCommit()).bytes(decide.routingKey());
            }
            case Resolve resolve -> {
                IdCodec.writePartition(writer, resolve.partition());
                writer.varint(resolve.epoch());
                IdCodec.writeOperation(writer, resolve.transaction());
                IdCodec.writePartition(writer, resolve.participant());
                writer.bytes(resolve.routingKey());
            }
        }
    }

    static CallMessage read(int type, ByteReader body) {
        long ticket = body.varint();
        return switch (type) {
            case WRITE ->
                new Write(
                        ticket,
                        IdCodec.readPartition(body),
                        IdCodec.readEpoch(body),
                        IdCodec.readOperation(body),
                        body.varint32("attempt", 1, Integer.MAX_VALUE),
                        IdCodec.readSeq(body, "low water"),
                        body.bytes("routing key", Limits.RECORD_KEY_BYTES),
                        body.bytes("operation", Limits.BODY_BYTES));
            case READ ->
                new Read(
                        ticket,
                        IdCodec.readPartition(body),
                        IdCodec.readEpoch(body),
                        mode(body.u8()),
                        body.bytes("routing key", Limits.RECORD_KEY_BYTES),
                        body.bytes("operation", Limits.BODY_BYTES));
            case INQUIRE ->
                new Inquire(
                        ticket,
                        IdCodec.readPartition(body),
                        IdCodec.readEpoch(body),
                        IdCodec.readOperation(body),
                        body.bytes("routing key", Limits.RECORD_KEY_BYTES));
            case ANSWER ->
                new Answer(
                        ticket,
                        IdCodec.readPartition(body),
                        EntryCodec.status(body.u8()),
                        IdCodec.readVersion(body),
                        body.bytes("result", Limits.ENTRY_BYTES));
            case REFUSAL ->
                new Refusal(
                        ticket,
                        IdCodec.readPartition(body),
                        reason(body.u8()),
                        body.string("detail", Limits.REASON_CHARS),
                        body.bool("range") ? KeyRange.read(body) : null,
                        ViewCodec.readOptionalView(body));
            case ASK_STATUS -> new AskStatus(ticket);
            case STATUS ->
                new Status(
                        ticket,
                        body.varint32("fill", 0, Integer.MAX_VALUE),
                        body.bool("registered"),
                        body.bool("leader"),
                        readReplicas(body));
            case ASK_METADATA -> new AskMetadata(ticket);
            case METADATA ->
                new Metadata(
                        ticket,
                        body.bool("leader flag") ? IdCodec.readBrick(body) : null,
                        readVoters(body),
                        body.bytes("metadata snapshot", Limits.FRAME_BYTES));
            case INSTRUCT -> new Instruct(ticket, command(body.bytes("command", Limits.COMMAND_BYTES)));
            case OPEN_SESSION -> new OpenSession(ticket, body.fixed64());
            case KEEP_SESSION -> new KeepSession(ticket, IdCodec.readSession(body));
            case CLOSE_SESSION -> new CloseSession(ticket, IdCodec.readSession(body));
            case SESSION_STATE ->
                new SessionState(
                        ticket,
                        body.bool("session flag") ? IdCodec.readSession(body) : null,
                        body.varint("timeout", 1, Long.MAX_VALUE),
                        body.string("detail", Limits.REASON_CHARS));
            case INSTRUCTED -> new Instructed(ticket, body.string("refusal", Limits.REASON_CHARS));
            case PREPARE ->
                new Prepare(
                        ticket,
                        IdCodec.readPartition(body),
                        IdCodec.readEpoch(body),
                        IdCodec.readOperation(body),
                        body.varint32("age", 0, Integer.MAX_VALUE),
                        IdCodec.readSeq(body, "low water"),
                        Participant.readAll(body),
                        body.bytes("routing key", Limits.RECORD_KEY_BYTES),
                        Part.read(body),
                        body.remaining() == 0 ? 0 : body.varint("time taken", 0, Long.MAX_VALUE));
            case DECIDE ->
                new Decide(
                        ticket,
                        IdCodec.readPartition(body),
                        IdCodec.readEpoch(body),
                        IdCodec.readOperation(body),
                        IdCodec.readPartition(body),
                        body.bool("commit"),
                        body.bytes("routing key", Limits.RECORD_KEY_BYTES));
            case RESOLVE ->
                new Resolve(
                        ticket,
                        IdCodec.readPartition(body),
                        IdCodec.readEpoch(body),
                        IdCodec.readOperation(body),
                        IdCodec.readPartition(body),
                        body.bytes("routing key", Limits.RECORD_KEY_BYTES));
            default -> throw WireCodec.unknownType(type);
        };
    }

    private static List<ReplicaStatus> readReplicas(ByteReader body) {
        int count = body.count("replicas", 10);
        List<ReplicaStatus> replicas = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            replicas.add(new ReplicaStatus(
                    IdCodec.readPartition(body),
                    ViewCodec.readView(body),
                    body.bool("open flag"),
                    IdCodec.readSeq(body, "stored seq"),
                    IdCodec.readSeq(body, "committed seq"),
                    IdCodec.readSeq(body, "applied seq"),
                    body.varint("copied bytes", 0, Long.MAX_VALUE) - 1));
        }
        return replicas;
    }

    private static List<BrickId> readVoters(ByteReader body) {
        int count = body.varint32("voters", 0, MAX_VOTERS);
        List<BrickId> voters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            voters.add(IdCodec.readBrick(body));
        }
        return voters;
    }

    private static MetadataCommand.OfOperator command(Bytes encoded) {
        if (MetadataCodec.decodeCommand(encoded) instanceof MetadataCommand.OfOperator command) {
            return command;
        }
        throw new MalformedException("a command that is not for operators to give");
    }

    private static int code(ReadMode mode) {
        return switch (mode) {
            case LINEARIZABLE -> LINEARIZABLE;
            case STALE -> STALE;
            case CONFIRMED -> CONFIRMED;
        };
    }

    private static ReadMode mode(int code) {
        return switch (code) {
            case LINEARIZABLE -> ReadMode.LINEARIZABLE;
            case STALE -> ReadMode.STALE;
            case CONFIRMED -> ReadMode.CONFIRMED;
            default -> throw new MalformedException("read mode " + code + " is not known");
        };
    }

    private static Reason reason(int code) {
        for (Reason reason : REASONS) {
            if (reason.code() == code) {
                return reason;
            }
        }
        throw new MalformedException("reason " + code + " for a refusal is not known");
    }
}
