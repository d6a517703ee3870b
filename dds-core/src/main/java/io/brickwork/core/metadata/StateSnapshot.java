package io.brickwork.core.metadata;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Merge;
import io.brickwork.core.group.Origin;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import org.jspecify.annotations.Nullable;

/**
 * {@link MetadataState} ↔ bytes.
 *
 * <pre>
 * u8 format = 1 · cluster id · varint slot · varint lease term · varint longest term · varint last structure
 * varint slot of the last expiry · bricks, structures, groups, sessions: each varint count, then the entries in order
 * of each structure how many partitions it has ever had · those that were merged: varint count, then the entries in order
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
            writeFamily(writer, group);
        }
        writer.varint(state.sessions.size());
        state.sessions.forEach(session -> MetadataCodec.session(writer, session));
        state.structures.keySet().forEach(structure -> writer.varint(state.partitionsGiven(structure)));
        writer.varint(state.absorbed.size());
        state.absorbed.forEach((partition, absorbed) -> {
            MetadataCodec.partition(writer, partition).varint(absorbed.into().number());
            MetadataCodec.version(writer, absorbed.version());
            absorbed.range().write(writer);
            writer.varint(absorbed.slot());
            writeOrigin(writer, absorbed.origin());
        });
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
        state.partitions.clear();
        for (Integer structure : state.structures.keySet()) {
            state.partitions.put(structure, MetadataCodec.readNumber(reader, "partitions"));
        }
        state.absorbed.clear();
        for (int left = reader.count("merged partitions", 8); left > 0; left--) {
            PartitionId partition = MetadataCodec.readPartition(reader);
            state.absorbed.put(
                    partition,
                    new Absorbed(
                            new PartitionId(partition.structure(), MetadataCodec.readNumber(reader, "merged into")),
                            MetadataCodec.readVersion(reader),
                            KeyRange.read(reader),
                            MetadataCodec.readLong(reader, "slot"),
                            readOrigin(reader, partition.structure())));
        }
    }

    /** What the group is about to become, and what it has come of: bool · (split) · bool · (merge) · bool · (origin). */
    private static void writeFamily(ByteWriter writer, Group group) {
        Split split = group.split();
        writer.bool(split != null);
        if (split != null) {
            split.write(writer);
        }
        Merge merge = group.merge();
        writer.bool(merge != null);
        if (merge != null) {
            writer.varint(merge.other().number()).bool(merge.absorbs());
        }
        writeOrigin(writer, group.origin());
    }

    private static void writeOrigin(ByteWriter writer, @Nullable Origin origin) {
        writer.bool(origin != null);
        if (origin != null) {
            MetadataCodec.version(writer.varint(origin.parent().number()), origin.version());
            origin.range().write(writer);
            writer.varint(origin.firstEpoch());
        }
    }

    private static @Nullable Merge readMerge(ByteReader reader, int structure) {
        return !reader.bool("merge flag")
                ? null
                : new Merge(
                        new PartitionId(structure, MetadataCodec.readNumber(reader, "neighbour")),
                        reader.bool("absorbs"));
    }

    private static @Nullable Origin readOrigin(ByteReader reader, int structure) {
        return !reader.bool("origin flag")
                ? null
                : new Origin(
                        new PartitionId(structure, MetadataCodec.readNumber(reader, "parent")),
                        MetadataCodec.readVersion(reader),
                        KeyRange.read(reader),
                        MetadataCodec.readLong(reader, "first epoch"));
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
                MetadataCodec.readOptionalView(reader),
                reader.bool("split flag") ? Split.read(reader, partition.structure()) : null,
                readMerge(reader, partition.structure()),
                readOrigin(reader, partition.structure()));
    }
}
