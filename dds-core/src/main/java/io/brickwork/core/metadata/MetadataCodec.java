package io.brickwork.core.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.ballot.PaxosCodec;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands, answers and the parts of the state ↔ bytes: u8 format = 1 · u8 kind · the fields in order. Whatever the
 * bytes, reading gives a value or throws {@link MalformedException}.
 */
public final class MetadataCodec {
    static final int FORMAT = 1;

    private static final int REGISTER_BRICK = 1;
    private static final int SET_LEAVING = 2;
    private static final int CREATE_STRUCTURE = 3;
    private static final int DROP_STRUCTURE = 4;
    private static final int CHANGE_VIEW = 5;
    private static final int OPEN_VIEW = 6;
    private static final int FOUND_LINEAGE = 7;
    private static final int OPEN_SESSION = 8;
    private static final int EXPIRE_SESSION = 9;
    private static final int SET_LEASE_TERM = 10;
    private static final int FORGET_BRICK = 11;
    private static final int SPLIT_PARTITION = 12;
    private static final int FINISH_SPLIT = 13;
    private static final int MERGE_PARTITIONS = 14;
    private static final int FINISH_MERGE = 15;
    private static final int CANCEL_MERGE = 16;

    private static final int DONE = 1;
    private static final int STRUCTURE = 2;
    private static final int REGISTERED = 3;
    private static final int REFUSED = 4;
    private static final int SESSION = 5;

    private MetadataCodec() {}

    public static Bytes encode(MetadataCommand command) {
        ByteWriter writer = new ByteWriter(128).u8(FORMAT);
        switch (command) {
            case MetadataCommand.RegisterBrick c -> {
                brick(writer.u8(REGISTER_BRICK), c.brick());
                optionalIncarnation(writer, c.expected());
                incarnation(writer, c.next());
                writer.string(c.host()).varint(c.port()).bool(c.isIntact());
            }
            case MetadataCommand.SetLeaving c ->
                brick(writer.u8(SET_LEAVING), c.brick()).bool(c.isLeaving());
            case MetadataCommand.CreateStructure c -> {
                Catalog.writeSpec(writer.u8(CREATE_STRUCTURE).string(c.name()), c.spec());
                Catalog.writeKeys(writer, c.lows());
            }
            case MetadataCommand.DropStructure c -> writer.u8(DROP_STRUCTURE).varint(c.structure());
            case MetadataCommand.ChangeView c -> {
                partition(writer.u8(CHANGE_VIEW), c.partition());
                brick(writer.varint(c.newestEpoch()).varint(c.openedEpoch()), c.primary());
                members(writer, c.members());
                members(writer, c.learners());
            }
            case MetadataCommand.OpenView c -> {
                partition(writer.u8(OPEN_VIEW), c.partition())
                        .varint(c.epoch())
                        .varint(c.fenced().size());
                c.fenced().forEach(fenced -> brick(writer, fenced));
            }
            case MetadataCommand.FoundLineage c -> {
                partition(writer.u8(FOUND_LINEAGE), c.partition());
                member(writer.varint(c.newestEpoch()).varint(c.openedEpoch()), c.founder());
            }
            case MetadataCommand.SplitPartition c ->
                partition(writer.u8(SPLIT_PARTITION), c.partition())
                        .bytes(c.key())
                        .bool(c.givesLower());
            case MetadataCommand.FinishSplit c ->
                version(
                        partition(writer.u8(FINISH_SPLIT), c.partition())
                                .varint(c.child().number()),
                        c.version());
            case MetadataCommand.MergePartitions c ->
                partition(partition(writer.u8(MERGE_PARTITIONS), c.into()), c.from());
            case MetadataCommand.FinishMerge c ->
                version(partition(partition(writer.u8(FINISH_MERGE), c.into()), c.from()), c.version());
            case MetadataCommand.CancelMerge c ->
                partition(partition(writer.u8(CANCEL_MERGE), c.into()), c.from())
                        .varint(c.epoch());
            case MetadataCommand.OpenSession c -> writer.u8(OPEN_SESSION).fixed64(c.drawn());
            case MetadataCommand.ExpireSession c -> session(writer.u8(EXPIRE_SESSION), c.session());
            case MetadataCommand.ForgetBrick c -> brick(writer.u8(FORGET_BRICK), c.brick());
            case MetadataCommand.SetLeaseTerm c -> writer.u8(SET_LEASE_TERM).varint(c.termNanos());
        }
        return writer.toBytes();
    }

    /** @throws MalformedException if the bytes are not one command */
    public static MetadataCommand decodeCommand(Bytes bytes) {
        ByteReader reader = begin(bytes, "metadata command");
        try {
            return readCommand(reader);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a metadata command: " + e.getMessage(), e);
        }
    }

    private static MetadataCommand readCommand(ByteReader reader) {
        int kind = reader.u8();
        return switch (kind) {
            case REGISTER_BRICK ->
                new MetadataCommand.RegisterBrick(
                        readBrick(reader),
                        readOptionalIncarnation(reader),
                        readIncarnation(reader),
                        reader.string("host", Limits.HOST_CHARS),
                        reader.varint32("port", 0, 65_535),
                        reader.bool("intact"));
            case SET_LEAVING -> new MetadataCommand.SetLeaving(readBrick(reader), reader.bool("leaving"));
            case CREATE_STRUCTURE ->
                new MetadataCommand.CreateStructure(
                        reader.string("name", Limits.NAME_CHARS), Catalog.readSpec(reader), Catalog.readKeys(reader));
            case DROP_STRUCTURE -> new MetadataCommand.DropStructure(readNumber(reader, "structure"));
            case CHANGE_VIEW ->
                new MetadataCommand.ChangeView(
                        readPartition(reader),
                        readLong(reader, "newest epoch"),
                        readLong(reader, "opened epoch"),
                        readBrick(reader),
                        readMembers(reader),
                        readMembers(reader));
            case OPEN_VIEW -> {
                PartitionId partition = readPartition(reader);
                long epoch = readLong(reader, "epoch");
                int count = reader.varint32("fenced", 0, Limits.GROUP_MEMBERS);
                List<BrickId> fenced = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    fenced.add(readBrick(reader));
                }
                yield new MetadataCommand.OpenView(partition, epoch, fenced);
            }
            case FOUND_LINEAGE ->
                new MetadataCommand.FoundLineage(
                        readPartition(reader),
                        readLong(reader, "newest epoch"),
                        readLong(reader, "opened epoch"),
                        readMember(reader));
            case SPLIT_PARTITION ->
                new MetadataCommand.SplitPartition(
                        readPartition(reader),
                        reader.bytes("split key", Limits.RECORD_KEY_BYTES),
                        reader.bool("lower part"));
            case FINISH_SPLIT -> {
                PartitionId parent = readPartition(reader);
                PartitionId child = new PartitionId(parent.structure(), readNumber(reader, "child"));
                yield new MetadataCommand.FinishSplit(parent, child, readVersion(reader));
            }
            case MERGE_PARTITIONS -> new MetadataCommand.MergePartitions(readPartition(reader), readPartition(reader));
            case FINISH_MERGE ->
                new MetadataCommand.FinishMerge(readPartition(reader), readPartition(reader), readVersion(reader));
            case CANCEL_MERGE ->
                new MetadataCommand.CancelMerge(
                        readPartition(reader), readPartition(reader), readLong(reader, "epoch"));
            case OPEN_SESSION -> new MetadataCommand.OpenSession(reader.fixed64());
            case EXPIRE_SESSION -> new MetadataCommand.ExpireSession(readSession(reader));
            case FORGET_BRICK -> new MetadataCommand.ForgetBrick(readBrick(reader));
            case SET_LEASE_TERM -> new MetadataCommand.SetLeaseTerm(readLong(reader, "lease term"));
            default -> throw new MalformedException("metadata command kind " + kind + " is not known");
        };
    }

    public static Bytes encode(MetadataAnswer answer) {
        ByteWriter writer = new ByteWriter(64).u8(FORMAT);
        switch (answer) {
            case MetadataAnswer.Done done -> writer.u8(DONE);
            case MetadataAnswer.Structure structure -> structure(writer.u8(STRUCTURE), structure.info());
            case MetadataAnswer.Registered registered ->
                optionalIncarnation(writer.u8(REGISTERED), registered.incarnation());
            case MetadataAnswer.Session opened -> session(writer.u8(SESSION), opened.session());
            case MetadataAnswer.Refused refused -> {
                String reason = refused.reason();
                writer.u8(REFUSED).string(reason.substring(0, Math.min(reason.length(), Limits.REASON_CHARS)));
            }
        }
        return writer.toBytes();
    }

    /** @throws MalformedException if the bytes are not one answer */
    public static MetadataAnswer decodeAnswer(Bytes bytes) {
        ByteReader reader = begin(bytes, "metadata answer");
        try {
            int kind = reader.u8();
            return switch (kind) {
                case DONE -> new MetadataAnswer.Done();
                case STRUCTURE -> new MetadataAnswer.Structure(readStructure(reader));
                case REGISTERED -> new MetadataAnswer.Registered(readOptionalIncarnation(reader));
                case SESSION -> new MetadataAnswer.Session(readSession(reader));
                case REFUSED -> new MetadataAnswer.Refused(reader.string("reason", Limits.REASON_CHARS));
                default -> throw new MalformedException("metadata answer kind " + kind + " is not known");
            };
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a metadata answer: " + e.getMessage(), e);
        }
    }

    static ByteReader begin(Bytes bytes, String what) {
        ByteReader reader = new ByteReader(bytes);
        int format = reader.u8();
        if (format != FORMAT) {
            throw new MalformedException(what + " format " + format + " is not known");
        }
        return reader;
    }

    // ---- parts

    static ByteWriter brick(ByteWriter writer, BrickId brick) {
        return writer.string(brick.name());
    }

    static BrickId readBrick(ByteReader reader) {
        return new BrickId(reader.string("brick name", BrickId.MAX_LENGTH));
    }

    static void incarnation(ByteWriter writer, Incarnation incarnation) {
        PaxosCodec.writeDisk(writer, incarnation.disk());
        writer.varint(incarnation.start());
    }

    static Incarnation readIncarnation(ByteReader reader) {
        return new Incarnation(PaxosCodec.readDisk(reader), readLong(reader, "start"));
    }

    private static void optionalIncarnation(ByteWriter writer, @Nullable Incarnation incarnation) {
        writer.bool(incarnation != null);
        if (incarnation != null) {
            incarnation(writer, incarnation);
        }
    }

    private static @Nullable Incarnation readOptionalIncarnation(ByteReader reader) {
        return reader.bool("incarnation flag") ? readIncarnation(reader) : null;
    }

    private static void member(ByteWriter writer, Member member) {
        incarnation(brick(writer, member.brick()), member.incarnation());
    }

    private static Member readMember(ByteReader reader) {
        return new Member(readBrick(reader), readIncarnation(reader));
    }

    private static void members(ByteWriter writer, List<Member> members) {
        writer.varint(members.size());
        members.forEach(member -> member(writer, member));
    }

    private static List<Member> readMembers(ByteReader reader) {
        int count = reader.varint32("members", 0, Limits.GROUP_MEMBERS);
        List<Member> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members.add(readMember(reader));
        }
        return members;
    }

    static ByteWriter partition(ByteWriter writer, PartitionId partition) {
        return writer.varint(partition.structure()).varint(partition.number());
    }

    static PartitionId readPartition(ByteReader reader) {
        return new PartitionId(readNumber(reader, "structure"), readNumber(reader, "partition"));
    }

    static void version(ByteWriter writer, Version version) {
        writer.varint(version.epoch()).varint(version.seq());
    }

    static Version readVersion(ByteReader reader) {
        return new Version(readLong(reader, "epoch"), readLong(reader, "seq"));
    }

    static void session(ByteWriter writer, SessionId session) {
        writer.fixed64(session.slot()).fixed64(session.drawn());
    }

    static SessionId readSession(ByteReader reader) {
        return new SessionId(reader.fixed64(), reader.fixed64());
    }

    static void structure(ByteWriter writer, StructureInfo info) {
        Catalog.writeSpec(writer.varint(info.id()).string(info.name()), info.spec());
    }

    static StructureInfo readStructure(ByteReader reader) {
        return new StructureInfo(
                readNumber(reader, "structure"), reader.string("name", Limits.NAME_CHARS), Catalog.readSpec(reader));
    }

    static void optionalView(ByteWriter writer, @Nullable GroupView view) {
        writer.bool(view != null);
        if (view != null) {
            writeView(writer, view);
        }
    }

    /** Appends a view. */
    public static void writeView(ByteWriter writer, GroupView view) {
        brick(writer.varint(view.epoch()), view.primary());
        members(writer, view.members());
        members(writer, view.learners());
        writer.varint(view.lineage());
    }

    static @Nullable GroupView readOptionalView(ByteReader reader) {
        return reader.bool("view flag") ? readView(reader) : null;
    }

    /**
     * Reads what {@link #writeView} wrote.
     *
     * @throws IllegalArgumentException if what is there cannot be a view
     */
    public static GroupView readView(ByteReader reader) {
        return new GroupView(
                readLong(reader, "epoch"),
                readBrick(reader),
                readMembers(reader),
                readMembers(reader),
                readLong(reader, "lineage"));
    }

    static int readNumber(ByteReader reader, String what) {
        return reader.varint32(what, 0, Integer.MAX_VALUE);
    }

    static long readLong(ByteReader reader, String what) {
        return reader.varint(what, 0, Long.MAX_VALUE);
    }
}
