package io.brickwork.core.wire;

import io.brickwork.core.BrickId;
import io.brickwork.core.LinkId;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;

/** Ids ↔ bytes, as parts of messages. */
final class IdCodec {
    private IdCodec() {}

    static void writePartition(ByteWriter writer, PartitionId partition) {
        writer.varint(partition.structure()).varint(partition.number());
    }

    static PartitionId readPartition(ByteReader reader) {
        return new PartitionId(
                reader.varint32("structure", 0, Integer.MAX_VALUE), reader.varint32("partition", 0, Integer.MAX_VALUE));
    }

    static void writeVersion(ByteWriter writer, Version version) {
        writer.varint(version.epoch()).varint(version.seq());
    }

    static Version readVersion(ByteReader reader) {
        return new Version(readEpoch(reader), readSeq(reader, "seq"));
    }

    static long readEpoch(ByteReader reader) {
        return reader.varint("epoch", 0, Long.MAX_VALUE);
    }

    /** Reads a sequence number, or a count of entries. */
    static long readSeq(ByteReader reader, String what) {
        return reader.varint(what, 0, Long.MAX_VALUE);
    }

    static void writeBrick(ByteWriter writer, BrickId brick) {
        writer.string(brick.name());
    }

    static BrickId readBrick(ByteReader reader) {
        return new BrickId(reader.string("brick name", BrickId.MAX_LENGTH));
    }

    static void writeLink(ByteWriter writer, LinkId link) {
        writer.fixed64(link.high()).fixed64(link.low());
    }

    static LinkId readLink(ByteReader reader) {
        return new LinkId(reader.fixed64(), reader.fixed64());
    }

    static void writeSession(ByteWriter writer, SessionId session) {
        writer.fixed64(session.slot()).fixed64(session.drawn());
    }

    static SessionId readSession(ByteReader reader) {
        return new SessionId(reader.fixed64(), reader.fixed64());
    }

    static void writeOperation(ByteWriter writer, OperationId operation) {
        writeSession(writer, operation.session());
        writer.varint(operation.number());
    }

    static OperationId readOperation(ByteReader reader) {
        return new OperationId(readSession(reader), reader.varint("operation number", 1, Long.MAX_VALUE));
    }
}
