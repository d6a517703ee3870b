package io.brickwork.core.wire;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.PaxosCodec;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.message.PaxosMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * The bodies of {@link PaxosMessage}s: their fields in order, as {@link PaxosCodec} writes them. A slot that may be -1
 * is written as one more than it is.
 */
final class PaxosMessageCodec {
    private static final int PRE_VOTE = 64;
    private static final int PRE_VOTED = 65;
    private static final int PREPARE = 66;
    private static final int PROMISE = 67;
    private static final int ACCEPT = 68;
    private static final int ACCEPTED = 69;
    private static final int HEARTBEAT = 70;
    private static final int HEARTBEAT_ANSWER = 71;
    private static final int REFUSED = 72;
    private static final int ASK = 73;
    private static final int LEARN = 74;
    private static final int LEARN_SNAPSHOT = 75;
    private static final int PROPOSE = 76;
    private static final int PROPOSED = 77;
    private static final int FOUND_ASK = 78;
    private static final int FOUND_ANSWER = 79;

    /** An answer to a proposal is no longer. */
    private static final int ANSWER_BYTES = 64 << 10;

    private PaxosMessageCodec() {}

    static int type(PaxosMessage message) {
        return switch (message) {
            case PaxosMessage.PreVote m -> PRE_VOTE;
            case PaxosMessage.PreVoted m -> PRE_VOTED;
            case PaxosMessage.Prepare m -> PREPARE;
            case PaxosMessage.Promise m -> PROMISE;
            case PaxosMessage.Accept m -> ACCEPT;
            case PaxosMessage.Accepted m -> ACCEPTED;
            case PaxosMessage.Heartbeat m -> HEARTBEAT;
            case PaxosMessage.HeartbeatAnswer m -> HEARTBEAT_ANSWER;
            case PaxosMessage.Refused m -> REFUSED;
            case PaxosMessage.Ask m -> ASK;
            case PaxosMessage.Learn m -> LEARN;
            case PaxosMessage.LearnSnapshot m -> LEARN_SNAPSHOT;
            case PaxosMessage.Propose m -> PROPOSE;
            case PaxosMessage.Proposed m -> PROPOSED;
            case PaxosMessage.FoundAsk m -> FOUND_ASK;
            case PaxosMessage.FoundAnswer m -> FOUND_ANSWER;
        };
    }

    static void write(ByteWriter writer, PaxosMessage message) {
        switch (message) {
            case PaxosMessage.PreVote m -> ballot(writer, m.ballot()).varint(m.chosen());
            case PaxosMessage.PreVoted m ->
                ballot(writer, m.ballot()).bool(m.isGranted()).varint(m.chosen());
            case PaxosMessage.Prepare m -> ballot(writer, m.ballot()).varint(m.chosen());
            case PaxosMessage.Promise m -> {
                ballot(writer, m.ballot())
                        .varint(m.silentNanos())
                        .varint(m.votes().size());
                for (PaxosMessage.Vote vote : m.votes()) {
                    ballot(writer.varint(vote.slot()), vote.ballot());
                    PaxosCodec.writeValue(writer, vote.value());
                }
            }
            case PaxosMessage.Accept m ->
                values(ballot(writer, m.ballot()).varint(m.chosen()).varint(m.firstSlot()), m.values());
            case PaxosMessage.Accepted m ->
                ballot(writer, m.ballot()).varint(m.firstSlot()).varint(m.lastSlot());
            case PaxosMessage.Heartbeat m ->
                ballot(writer, m.ballot()).varint(m.round()).varint(m.chosen());
            case PaxosMessage.HeartbeatAnswer m -> ballot(writer, m.ballot()).varint(m.round());
            case PaxosMessage.Refused m -> ballot(writer, m.promised()).varint(m.chosen());
            case PaxosMessage.Ask m ->
                writer.varint(m.nextSlot()).varint(m.snapshotSlot() + 1).varint(m.offsetBytes());
            case PaxosMessage.Learn m ->
                values(ballot(writer, m.leading()).varint(m.chosen()).varint(m.firstSlot()), m.values());
            case PaxosMessage.LearnSnapshot m -> {
                PaxosCodec.writeMembership(ballot(writer, m.leading()).varint(m.slot()), m.members());
                writer.varint(m.offsetBytes()).varint(m.totalBytes()).bytes(m.bytes());
            }
            case PaxosMessage.Propose m -> writer.varint(m.number()).bytes(m.command());
            case PaxosMessage.Proposed m ->
                writer.varint(m.number()).varint(m.slot()).bytes(m.answer());
            case PaxosMessage.FoundAsk m -> {
                writer.varint(m.founders().size());
                m.founders().forEach(founder -> IdCodec.writeBrick(writer, founder));
                PaxosCodec.writeDisk(writer, m.disk());
            }
            case PaxosMessage.FoundAnswer m -> {
                PaxosCodec.writeDisk(writer, m.asker());
                PaxosCodec.writeDisk(writer, m.disk());
                writer.bool(m.isEmpty());
            }
        }
    }

    static PaxosMessage read(int type, ByteReader body) {
        return switch (type) {
            case PRE_VOTE -> new PaxosMessage.PreVote(PaxosCodec.readBallot(body), slot(body));
            case PRE_VOTED -> new PaxosMessage.PreVoted(PaxosCodec.readBallot(body), body.bool("grant"), slot(body));
            case PREPARE -> new PaxosMessage.Prepare(PaxosCodec.readBallot(body), slot(body));
            case PROMISE ->
                new PaxosMessage.Promise(
                        PaxosCodec.readBallot(body), body.varint("silence", 0, Long.MAX_VALUE), readVotes(body));
            case ACCEPT ->
                new PaxosMessage.Accept(PaxosCodec.readBallot(body), slot(body), slot(body), readValues(body));
            case ACCEPTED -> new PaxosMessage.Accepted(PaxosCodec.readBallot(body), slot(body), slot(body));
            case HEARTBEAT -> new PaxosMessage.Heartbeat(PaxosCodec.readBallot(body), body.varint(), slot(body));
            case HEARTBEAT_ANSWER -> new PaxosMessage.HeartbeatAnswer(PaxosCodec.readBallot(body), body.varint());
            case REFUSED -> new PaxosMessage.Refused(PaxosCodec.readBallot(body), slot(body));
            case ASK -> new PaxosMessage.Ask(slot(body), slot(body) - 1, slot(body));
            case LEARN -> new PaxosMessage.Learn(PaxosCodec.readBallot(body), slot(body), slot(body), readValues(body));
            case LEARN_SNAPSHOT ->
                new PaxosMessage.LearnSnapshot(
                        PaxosCodec.readBallot(body),
                        slot(body),
                        PaxosCodec.readMembership(body),
                        slot(body),
                        slot(body),
                        body.bytes("snapshot", PaxosCodec.PART_BYTES));
            case PROPOSE ->
                new PaxosMessage.Propose(body.varint(), copied(body.bytes("command", PaxosValue.COMMAND_BYTES)));
            case PROPOSED ->
                new PaxosMessage.Proposed(body.varint(), slot(body), copied(body.bytes("answer", ANSWER_BYTES)));
            case FOUND_ASK -> {
                int count = body.varint32("founders", 0, Limits.GROUP_MEMBERS);
                List<BrickId> founders = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    founders.add(IdCodec.readBrick(body));
                }
                yield new PaxosMessage.FoundAsk(founders, PaxosCodec.readDisk(body));
            }
            case FOUND_ANSWER ->
                new PaxosMessage.FoundAnswer(
                        PaxosCodec.readDisk(body), PaxosCodec.readDisk(body), body.bool("emptiness"));
            default -> throw WireCodec.unknownType(type);
        };
    }

    /** Commands and answers outlive the frame that they came in. */
    private static Bytes copied(Bytes bytes) {
        return bytes.compact();
    }

    private static ByteWriter ballot(ByteWriter writer, Ballot ballot) {
        PaxosCodec.writeBallot(writer, ballot);
        return writer;
    }

    private static long slot(ByteReader body) {
        return PaxosCodec.readSlot(body, 0);
    }

    private static void values(ByteWriter writer, List<PaxosValue> values) {
        writer.varint(values.size());
        values.forEach(value -> PaxosCodec.writeValue(writer, value));
    }

    private static List<PaxosValue> readValues(ByteReader body) {
        int count = body.count("values", 1);
        List<PaxosValue> values = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            values.add(PaxosCodec.readValue(body));
        }
        return values;
    }

    private static List<PaxosMessage.Vote> readVotes(ByteReader body) {
        int count = body.count("votes", 20);
        List<PaxosMessage.Vote> votes = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            votes.add(new PaxosMessage.Vote(
                    PaxosCodec.readSlot(body, 1), PaxosCodec.readBallot(body), PaxosCodec.readValue(body)));
        }
        return votes;
    }
}
