package io.brickwork.core.metadata;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.wire.ByteReader;
import io.brickwork.core.wire.ByteWriter;

/**
 * {@link MetadataState} ↔ bytes.
 *
 * <pre>
 * u8 format = 1 · cluster id · varint slot · varint lease term · varint longest term · varint last structure
 * varint slot of the last expiry · bricks, structures, groups, sessions: each varint count, then the entries in order
 * </pre>
 */
final class StateSnapshot {
    private static final int CLUSTER_ID_BYTES = 64;

    private StateSnapshot() {}

    static Bytes write(MetadataState state) {
        ByteWriter writer = new ByteWriter(4096).u8(1).bytes(state.clusterId);
        writer.varint(state.slot)
                .varint(state.leaseTermNanos)
                .varint(state.longestTermNanos)
                .varint(state.lastStructure)
                .varint(state.lastExpirySlot);
        writer.varint(state.bricks.size());
        for (BrickInfo brick : state.bricks.values()) {
            MetadataCodec.incarnation(MetadataCodec.brick(writer, brick.brick()), brick.incarnation());
            writer.string(brick.host())
                    .varint(brick.port())
                    .bool(brick.isLeaving())
                    .varint(brick.intactSince());
        }
        writer.varint(state.structures.size());
        state.structures.values().forEach(info -> MetadataCodec.structure(writer, info));
        writer.varint(state.groups.size());
        for (Group group : state.groups.values()) {
            group.range().write(MetadataCodec.partition(writer, group.partition()));
            writer.varint(group.replicas()).varint(group.minInSync()).varint(group.newestSlot());
            MetadataCodec.optionalView(writer, group.newest());
            MetadataCodec.optionalView(writer, group.opened());
            MetadataCodec.optionalView(writer, group.base());
        }
        writer.varint(state.sessions.size());
        state.sessions.forEach(session -> MetadataCodec.session(writer, session));
        return writer.toBytes();
    }

    static void read(MetadataState state, Bytes bytes) {
        ByteReader reader = MetadataCodec.begin(bytes, "metadata snapshot");
        state.clusterId = reader.bytes("cluster id", CLUSTER_ID_BYTES).compact();
        state.slot = MetadataCodec.readLong(reader, "slot");
        state.leaseTermNanos = MetadataCodec.readLong(reader, "lease term");
        state.longestTermNanos = MetadataCodec.readLong(reader, "longest term");
        state.lastStructure = MetadataCodec.readNumber(reader, "last structure");
        state.lastExpirySlot = MetadataCodec.readLong(reader, "slot of the last expiry");
        state.bricks.clear();
        for (int left = reader.count("bricks", 20); left > 0; left--) {
            BrickInfo brick = new BrickInfo(
                    MetadataCodec.readBrick(reader),
                    MetadataCodec.readIncarnation(reader),
                    reader.string("host", Limits.HOST_CHARS),
                    reader.varint32("port", 0, 65_535),
                    reader.bool("leaving"),
                    MetadataCodec.readLong(reader, "intact since"));
            state.bricks.put(brick.brick(), brick);
        }
        state.structures.clear();
        state.names.clear();
        for (int left = reader.count("structures", 8); left > 0; left--) {
            StructureInfo info = MetadataCodec.readStructure(reader);
            state.structures.put(info.id(), info);
            state.names.put(info.name(), info.id());
        }
        state.groups.clear();
        for (int left = reader.count("groups", 8); left > 0; left--) {
            Group group = readGroup(reader);
            state.groups.put(group.partition(), group);
        }
        state.sessions.clear();
        for (int left = reader.count("sessions", 16); left > 0; left--) {
            state.sessions.add(MetadataCodec.readSession(reader));
        }
    }

    private static Group readGroup(ByteReader reader) {
        var partition = MetadataCodec.readPartition(reader);
        KeyRange range = KeyRange.read(reader);
        int replicas = reader.varint32("replicas", 1, Limits.GROUP_MEMBERS);
        int minInSync = reader.varint32("least members", 1, Limits.GROUP_MEMBERS);
        long newestSlot = MetadataCodec.readLong(reader, "slot");
        GroupView newest = Check.present(MetadataCodec.readOptionalView(reader), "a group without a view");
        return new Group(
                partition,
                range,
                replicas,
                minInSync,
                newest,
                newestSlot,
                MetadataCodec.readOptionalView(reader),
                MetadataCodec.readOptionalView(reader));
    }
}
