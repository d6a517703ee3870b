package io.brickwork.btree;

import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.OrderedCodec;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.map.MapSettings;

/**
 * What a tree should be: its name, its codecs, and how it is spread and kept.
 *
 * <p>What is not said is {@value #DEFAULT_PARTITIONS} partition, {@value MapSettings#DEFAULT_REPLICAS} replicas and {@link Durability#SYNC} when the tree is created, and whatever the tree has when it exists.
 * What <em>is</em> said must be so: opening an existing tree with another codec, or with a number of replicas that it does not have, is {@link io.brickwork.core.DdsException.WrongType}. Immutable.
 */
public final class TreeSpec<K, V> {
    public static final int DEFAULT_PARTITIONS = 1;

    private final String name;
    private final OrderedCodec<K> keys;
    private final Codec<V> values;
    private final MapSettings settings;

    private TreeSpec(String name, OrderedCodec<K> keys, Codec<V> values, MapSettings settings) {
        this.name = name;
        this.keys = keys;
        this.values = values;
        this.settings = settings;
        structureSpec(); // refuses values out of range here, where they are said
    }

    public static <K, V> TreeSpec<K, V> of(String name, OrderedCodec<K> keys, Codec<V> values) {
        return new TreeSpec<>(name, keys, values, MapSettings.UNSAID);
    }

    /** How many partitions a new tree begins with: a power of two up to {@link io.brickwork.core.Limits#PARTITIONS}. They divide the first two bytes of encoded keys evenly, which suits keys like UUIDs and no others. */
    public TreeSpec<K, V> partitions(int partitions) {
        return new TreeSpec<>(name, keys, values, settings.withPartitions(partitions));
    }

    /** How many bricks hold each partition; fewer if the cluster has fewer. */
    public TreeSpec<K, V> replicas(int replicas) {
        return new TreeSpec<>(name, keys, values, settings.withReplicas(replicas));
    }

    public TreeSpec<K, V> durability(Durability durability) {
        return new TreeSpec<>(name, keys, values, settings.withDurability(durability));
    }

    public String name() {
        return name;
    }

    public OrderedCodec<K> keys() {
        return keys;
    }

    public Codec<V> values() {
        return values;
    }

    /** The spec of a tree that is created from this. */
    public StructureSpec structureSpec() {
        return settings.structureSpec(TreeType.NAME, keys, values, DEFAULT_PARTITIONS);
    }

    /** Refuses a structure that is not what this asks for; the message names both. */
    void checkFits(StructureInfo existing) {
        settings.checkFits(existing, "tree", TreeType.NAME, keys, values);
    }
}
