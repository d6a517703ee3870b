package io.brickwork.core.metadata;

import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import java.util.Collection;
import java.util.Collections;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The structures, by id and by name, and the numbers that their partitions were given. No id and no number is given
 * twice. A part of {@link MetadataState}.
 */
final class NamedStructures {
    private final TreeMap<Integer, StructureInfo> structures = new TreeMap<>();
    private final TreeMap<String, Integer> ids = new TreeMap<>();
    /** How many partitions each structure has had: the next one's number. */
    private final TreeMap<Integer, Integer> partitions = new TreeMap<>();
    /** The id that was given last, also if that structure was dropped since. */
    private int lastId;

    // ---- commands

    /** Creates a structure under a name that is free, with the partitions of its spec. */
    StructureInfo create(String name, StructureSpec spec) {
        StructureInfo info = new StructureInfo(++lastId, name, spec);
        put(info);
        partitions.put(info.id(), spec.partitions());
        return info;
    }

    void drop(int id) {
        StructureInfo info = structures.remove(id);
        if (info != null) {
            ids.remove(info.name());
            partitions.remove(id);
        }
    }

    /** Gives the number of one more partition. */
    PartitionId addPartition(int id) {
        int number = partitionsGiven(id);
        partitions.put(id, number + 1);
        return new PartitionId(id, number);
    }

    private void put(StructureInfo info) {
        structures.put(info.id(), info);
        ids.put(info.name(), info.id());
    }

    // ---- questions

    /** All of them, in the order of their ids. */
    Collection<StructureInfo> all() {
        return Collections.unmodifiableCollection(structures.values());
    }

    @Nullable
    StructureInfo get(int id) {
        return structures.get(id);
    }

    @Nullable
    StructureInfo get(String name) {
        Integer id = ids.get(name);
        return id == null ? null : structures.get(id);
    }

    /** What the partition's structure is; the structure must be there. */
    StructureSpec spec(PartitionId partition) {
        return Check.present(structures.get(partition.structure()), "partition %s has no structure", partition)
                .spec();
    }

    /** The rules by which the partition's structure replicates; the structure must be there. */
    GroupRules rules(PartitionId partition) {
        return GroupRules.of(spec(partition).replication());
    }

    /** How many partitions the structure has had so far; 0 if the structure is not there. */
    int partitionsGiven(int id) {
        return partitions.getOrDefault(id, 0);
    }

    // ---- snapshots

    /** Appends varint last id. */
    void writeLastId(ByteWriter writer) {
        writer.varint(lastId);
    }

    void readLastId(ByteReader reader) {
        lastId = MetadataCodec.readNumber(reader, "last structure");
    }

    /** Appends varint count · the structures. */
    void write(ByteWriter writer) {
        writer.varint(structures.size());
        structures.values().forEach(info -> MetadataCodec.structure(writer, info));
    }

    /** Takes in what {@link #write} wrote, in place of all that is here. */
    void read(ByteReader reader) {
        structures.clear();
        ids.clear();
        for (int left = reader.count("structures", 8); left > 0; left--) {
            put(MetadataCodec.readStructure(reader));
        }
    }

    /** Appends, of each structure in order, varint partitions given. */
    void writePartitionsGiven(ByteWriter writer) {
        partitions.values().forEach(writer::varint);
    }

    /** Takes in what {@link #writePartitionsGiven} wrote, after {@link #read}. */
    void readPartitionsGiven(ByteReader reader) {
        partitions.clear();
        for (Integer id : structures.keySet()) {
            partitions.put(id, MetadataCodec.readNumber(reader, "partitions"));
        }
    }
}
