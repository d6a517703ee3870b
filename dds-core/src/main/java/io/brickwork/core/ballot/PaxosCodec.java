package io.brickwork.core.ballot;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of messages and log records ↔ bytes.
 *
 * <pre>
 * member       string brick · 2 × fixed64 disk
 * membership   varint count [ member ]…
 * ballot       varint round · member
 * value        u8 kind · 1 commands: varint count [ varint length · bytes ]… · 2 members: membership · 3 nothing
 * record       u8 kind · 1 promised: ballot · 2 accepted: slot, ballot, value · 3 learned: slot, value · 4 chosen: slot
 *              5 part of a snapshot: slot, membership, varint part, varint parts, varint length · bytes
 * </pre>
 *
 * All reading throws {@link MalformedException}, or {@link IllegalArgumentException} for values that no constructor
 * takes.
 */
public final class PaxosCodec {
    /** A part of a snapshot is no longer, in bytes. */
    public static final int PART_BYTES = 1 << 20;

    private static final int COMMANDS = 1;
    private static final int CHANGE_MEMBERS = 2;
    private static final int NO_OP = 3;

    private static final int PROMISED = 1;
    private static final int ACCEPTED = 2;
    private static final int LEARNED = 3;
    private static final int CHOSEN = 4;
    private static final int SNAPSHOT_PART = 5;

    private PaxosCodec() {}

    public static void writeDisk(ByteWriter writer, DiskId disk) {
        writer.fixed64(disk.high()).fixed64(disk.low());
    }

    public static DiskId readDisk(ByteReader reader) {
        return new DiskId(reader.fixed64(), reader.fixed64());
    }

    public static void writeMember(ByteWriter writer, PaxosMember member) {
        writeDisk(writer.string(member.brick().name()), member.disk());
    }

    public static PaxosMember readMember(ByteReader reader) {
        return new PaxosMember(new BrickId(reader.string("brick name", BrickId.MAX_LENGTH)), readDisk(reader));
    }

    public static void writeMembership(ByteWriter writer, Membership membership) {
        writer.varint(membership.members().size());
        membership.members().forEach(member -> writeMember(writer, member));
    }

    public static Membership readMembership(ByteReader reader) {
        int count = reader.varint32("metadata members", 1, Membership.MAX_MEMBERS);
        List<PaxosMember> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members.add(readMember(reader));
        }
        return new Membership(members);
    }

    public static void writeBallot(ByteWriter writer, Ballot ballot) {
        writeMember(writer.varint(ballot.round()), ballot.leader());
    }

    public static Ballot readBallot(ByteReader reader) {
        return new Ballot(reader.varint("ballot round", 0, Long.MAX_VALUE), readMember(reader));
    }

    public static void writeValue(ByteWriter writer, PaxosValue value) {
        switch (value) {
            case PaxosValue.Commands commands -> {
                writer.u8(COMMANDS).varint(commands.commands().size());
                commands.commands().forEach(writer::bytes);
            }
            case PaxosValue.ChangeMembers change -> writeMembership(writer.u8(CHANGE_MEMBERS), change.next());
            case PaxosValue.NoOp noOp -> writer.u8(NO_OP);
        }
    }

    public static PaxosValue readValue(ByteReader reader) {
        int kind = reader.u8();
        return switch (kind) {
            case COMMANDS -> {
                int count = reader.count("commands", 1);
                List<Bytes> commands = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    // A slot keeps it for longer than the frame lives that it came in.
                    commands.add(
                            reader.bytes("command", PaxosValue.COMMAND_BYTES).compact());
                }
                yield new PaxosValue.Commands(commands);
            }
            case CHANGE_MEMBERS -> new PaxosValue.ChangeMembers(readMembership(reader));
            case NO_OP -> new PaxosValue.NoOp();
            default -> throw new MalformedException("metadata value kind " + kind + " is not known");
        };
    }

    /** About how many bytes the value takes. */
    public static int bytesOf(PaxosValue value) {
        int bytes = 16;
        if (value instanceof PaxosValue.Commands(List<Bytes> commands)) {
            for (Bytes command : commands) {
                bytes += 3 + command.length();
            }
        }
        return bytes;
    }

    public static void writeRecord(ByteWriter writer, PaxosRecord record) {
        switch (record) {
            case PaxosRecord.Promised promised -> writeBallot(writer.u8(PROMISED), promised.ballot());
            case PaxosRecord.Accepted accepted -> {
                writeBallot(writer.u8(ACCEPTED).varint(accepted.slot()), accepted.ballot());
                writeValue(writer, accepted.value());
            }
            case PaxosRecord.Learned learned -> writeValue(writer.u8(LEARNED).varint(learned.slot()), learned.value());
            case PaxosRecord.Chosen chosen -> writer.u8(CHOSEN).varint(chosen.slot());
            case PaxosRecord.SnapshotPart part -> {
                writeMembership(writer.u8(SNAPSHOT_PART).varint(part.slot()), part.members());
                writer.varint(part.part()).varint(part.parts()).bytes(part.bytes());
            }
        }
    }

    public static PaxosRecord readRecord(ByteReader reader) {
        int kind = reader.u8();
        return switch (kind) {
            case PROMISED -> new PaxosRecord.Promised(readBallot(reader));
            case ACCEPTED -> new PaxosRecord.Accepted(readSlot(reader, 1), readBallot(reader), readValue(reader));
            case LEARNED -> new PaxosRecord.Learned(readSlot(reader, 1), readValue(reader));
            case CHOSEN -> new PaxosRecord.Chosen(readSlot(reader, 0));
            case SNAPSHOT_PART ->
                new PaxosRecord.SnapshotPart(
                        readSlot(reader, 0),
                        readMembership(reader),
                        reader.varint32("part", 0, Integer.MAX_VALUE),
                        reader.varint32("parts", 1, Integer.MAX_VALUE),
                        reader.bytes("snapshot", PART_BYTES));
            default -> throw new MalformedException("metadata record kind " + kind + " is not known");
        };
    }

    public static long readSlot(ByteReader reader, long least) {
        return reader.varint("slot", least, Long.MAX_VALUE);
    }
}
