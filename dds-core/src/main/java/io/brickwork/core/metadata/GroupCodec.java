package io.brickwork.core.metadata;

import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Merge;
import io.brickwork.core.group.Origin;
import io.brickwork.core.structure.KeyRange;
import org.jspecify.annotations.Nullable;

/** {@link Group} and {@link Absorbed} ↔ bytes, as snapshots of the metadata hold them. */
final class GroupCodec {
    private GroupCodec() {}

    /**
     * Appends partition · range · varint replicas · varint minInSync · varint newest slot · the views newest, opened,
     * base · bool · (split) · bool · (merge) · bool · (origin).
     */
    static void write(ByteWriter writer, Group group) {
        group.range().write(MetadataCodec.partition(writer, group.partition()));
        writer.varint(group.replicas()).varint(group.minInSync()).varint(group.newestSlot());
        MetadataCodec.optionalView(writer, group.newest());
        MetadataCodec.optionalView(writer, group.opened());
        MetadataCodec.optionalView(writer, group.base());
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

    static Group readGroup(ByteReader reader) {
        PartitionId partition = MetadataCodec.readPartition(reader);
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

    /**
     * Appends partition · varint number of the one that took it in · version · range · varint slot · bool · (origin).
     */
    static void write(ByteWriter writer, PartitionId partition, Absorbed absorbed) {
        MetadataCodec.partition(writer, partition).varint(absorbed.into().number());
        MetadataCodec.version(writer, absorbed.version());
        absorbed.range().write(writer);
        writer.varint(absorbed.slot());
        writeOrigin(writer, absorbed.origin());
    }

    /** Reads what follows the partition. */
    static Absorbed readAbsorbed(ByteReader reader, int structure) {
        return new Absorbed(
                new PartitionId(structure, MetadataCodec.readNumber(reader, "merged into")),
                MetadataCodec.readVersion(reader),
                KeyRange.read(reader),
                MetadataCodec.readLong(reader, "slot"),
                readOrigin(reader, structure));
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
}
