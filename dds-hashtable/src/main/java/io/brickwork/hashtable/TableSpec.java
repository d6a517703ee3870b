package io.brickwork.hashtable;

import io.brickwork.core.DdsException;
import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import org.jspecify.annotations.Nullable;

/**
 * What a hash table should be: its name, its codecs, and how it is spread and kept.
 *
 * <p>What is not said is {@value #DEFAULT_PARTITIONS} partitions, {@value #DEFAULT_REPLICAS} replicas and {@link Durability#SYNC} when the table is created, and whatever the table has when it exists.
 * What <em>is</em> said must be so: opening an existing table with another codec, or with a number of replicas that it does not have, is {@link DdsException.WrongType}. Immutable.
 */
public final class TableSpec<K, V> {
    public static final int DEFAULT_PARTITIONS = 16;
    public static final int DEFAULT_REPLICAS = 3;

    private final String name;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final @Nullable Integer partitions;
    private final @Nullable Integer replicas;
    private final @Nullable Durability durability;

    private TableSpec(
            String name,
            Codec<K> keys,
            Codec<V> values,
            @Nullable Integer partitions,
            @Nullable Integer replicas,
            @Nullable Durability durability) {
        this.name = name;
        this.keys = keys;
        this.values = values;
        this.partitions = partitions;
        this.replicas = replicas;
        this.durability = durability;
        structureSpec(); // refuses values out of range here, where they are said
    }

    public static <K, V> TableSpec<K, V> of(String name, Codec<K> keys, Codec<V> values) {
        return new TableSpec<>(name, keys, values, null, null, null);
    }

    /** How many partitions a new table begins with: a power of two up to {@link io.brickwork.core.Limits#PARTITIONS}. */
    public TableSpec<K, V> partitions(int partitions) {
        return new TableSpec<>(name, keys, values, partitions, replicas, durability);
    }

    /** How many bricks hold each partition; fewer if the cluster has fewer. */
    public TableSpec<K, V> replicas(int replicas) {
        return new TableSpec<>(name, keys, values, partitions, replicas, durability);
    }

    public TableSpec<K, V> durability(Durability durability) {
        return new TableSpec<>(name, keys, values, partitions, replicas, durability);
    }

    public String name() {
        return name;
    }

    public Codec<K> keys() {
        return keys;
    }

    public Codec<V> values() {
        return values;
    }

    /** The spec of a table that is created from this. */
    public StructureSpec structureSpec() {
        return new StructureSpec(
                HashTableType.NAME,
                keys.name(),
                values.name(),
                partitions == null ? DEFAULT_PARTITIONS : partitions,
                replicas == null ? DEFAULT_REPLICAS : replicas,
                durability == null ? Durability.SYNC : durability,
                StructureSpec.Protocol.TWO_PHASE);
    }

    /** Refuses a structure that is not what this asks for; the message names both. */
    void checkFits(StructureInfo existing) {
        StructureSpec is = existing.spec();
        boolean sameTypes = is.type().equals(HashTableType.NAME)
                && is.keyCodec().equals(keys.name())
                && is.valueCodec().equals(values.name());
        if (!sameTypes) {
            throw new DdsException.WrongType("'%s' is a %s of %s to %s; it was opened as a %s of %s to %s"
                    .formatted(
                            existing.name(),
                            is.type(),
                            is.keyCodec(),
                            is.valueCodec(),
                            HashTableType.NAME,
                            keys.name(),
                            values.name()));
        }
        checkSetting(existing, "partitions", partitions, is.partitions());
        checkSetting(existing, "replicas", replicas, is.replicas());
        checkSetting(existing, "durability", durability, is.durability());
    }

    private static void checkSetting(StructureInfo existing, String what, @Nullable Object asked, Object is) {
        if (asked != null && !asked.equals(is)) {
            throw new DdsException.WrongType("hash table '%s' exists with %s %s; it was opened with %s"
                    .formatted(existing.name(), what, is, asked));
        }
    }
}
