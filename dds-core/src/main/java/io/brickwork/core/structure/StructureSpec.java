package io.brickwork.core.structure;

import io.brickwork.core.Check;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.Replication;

/**
 * What a structure is, as its creator asked for it. Stored in the catalog and never changed.
 *
 * @param type name of its {@link StructureType}
 * @param keyCodec name and version of the codec of its keys, such as {@code "string/1"}
 * @param valueCodec name and version of the codec of its values
 * @param partitions how many partitions it begins with; from 1 to {@link Limits#PARTITION_NUMBERS}: more than a new
 *     structure may have, since older ones are read back too
 * @param replicas how many bricks hold each partition, 1 to {@link Limits#GROUP_MEMBERS}; fewer if the cluster has
 *     fewer
 * @param durability when a member counts an entry as stored
 * @param replication how a replica group gets what is written to its members
 */
public record StructureSpec(
        String type,
        String keyCodec,
        String valueCodec,
        int partitions,
        int replicas,
        Durability durability,
        Replication replication) {
    public StructureSpec {
        checkName("type", type, Limits.NAME_CHARS);
        checkName("key codec", keyCodec, Limits.CODEC_NAME_CHARS);
        checkName("value codec", valueCodec, Limits.CODEC_NAME_CHARS);
        Check.argument(
                partitions >= 1 && partitions <= Limits.PARTITION_NUMBERS,
                "%d partitions is not from 1 to %d",
                partitions,
                Limits.PARTITION_NUMBERS);
        Check.argument(
                replicas >= 1 && replicas <= Limits.GROUP_MEMBERS,
                "%d replicas is not from 1 to %d",
                replicas,
                Limits.GROUP_MEMBERS);
    }

    /** The same, replicated another way. */
    public StructureSpec withReplication(Replication other) {
        return new StructureSpec(type, keyCodec, valueCodec, partitions, replicas, durability, other);
    }

    private static void checkName(String what, String name, int limitChars) {
        Check.argument(
                !name.isEmpty() && name.length() <= limitChars,
                "%s name '%s' is not 1 to %d characters long",
                what,
                name,
                limitChars);
    }
}
