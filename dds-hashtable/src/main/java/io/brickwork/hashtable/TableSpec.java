package io.brickwork.hashtable;

import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.CodecUse;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.map.MapSettings;

/**
 * What a hash table should be: its name, its codecs, and how it is spread and kept.
 *
 * <p>What is not said is {@value #DEFAULT_PARTITIONS} partitions, {@value MapSettings#DEFAULT_REPLICAS} replicas and
 * {@link Durability#SYNC} when the table is created, and whatever the table has when it exists. What <em>is</em> said
 * must be so: opening an existing table with a codec that does not read what is stored ({@code docs/evolution.md}), or
 * with a number of replicas that it does not have, is {@link io.brickwork.core.DdsException.WrongType}. Immutable.
 */
public final class TableSpec<K, V> {
    public static final int DEFAULT_PARTITIONS = 16;

    private final String name;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final MapSettings settings;

    private TableSpec(String name, Codec<K> keys, Codec<V> values, MapSettings settings) {
        this.name = name;
        this.keys = keys;
        this.values = values;
        this.settings = settings;
        structureSpec(); // refuses values out of range here, where they are said
    }

    public static <K, V> TableSpec<K, V> of(String name, Codec<K> keys, Codec<V> values) {
        return new TableSpec<>(name, keys, values, MapSettings.UNSAID);
    }

    /**
     * How many partitions a new table begins with: a power of two up to {@link io.brickwork.core.Limits#PARTITIONS}.
     */
    public TableSpec<K, V> partitions(int partitions) {
        return new TableSpec<>(name, keys, values, settings.withPartitions(partitions));
    }

    /** How many bricks hold each partition; fewer if the cluster has fewer. */
    public TableSpec<K, V> replicas(int replicas) {
        return new TableSpec<>(name, keys, values, settings.withReplicas(replicas));
    }

    public TableSpec<K, V> durability(Durability durability) {
        return new TableSpec<>(name, keys, values, settings.withDurability(durability));
    }

    /** How what is written gets to all bricks of a partition; {@link Replication#DEFAULT} if nothing is said. */
    public TableSpec<K, V> replication(Replication replication) {
        return new TableSpec<>(name, keys, values, settings.withReplication(replication));
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
        return settings.structureSpec(HashTableType.NAME, keys, values, DEFAULT_PARTITIONS);
    }

    /**
     * The same with codecs that fit a table that exists.
     *
     * @throws io.brickwork.core.DdsException.WrongType if it is not what this asks for; the message names both
     */
    TableSpec<K, V> fitted(StructureInfo existing) {
        MapSettings.FittedCodecs<K, V> codecs =
                settings.fitted(existing, "hash table", HashTableType.NAME, CodecUse.KEY, keys, values);
        return new TableSpec<>(name, codecs.keys(), codecs.values(), settings);
    }
}
