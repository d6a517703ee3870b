package io.brickwork.btree;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.Replication;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.CodecUse;
import io.brickwork.core.codec.OrderedCodec;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.map.MapSettings;
import java.util.List;
import java.util.TreeSet;

/**
 * What a tree should be: its name, its codecs, and how it is spread and kept.
 *
 * <p>What is not said is {@value #DEFAULT_PARTITIONS} partition, {@value MapSettings#DEFAULT_REPLICAS} replicas and
 * {@link Durability#SYNC} when the tree is created, and whatever the tree has when it exists. What <em>is</em> said
 * must be so: opening an existing tree with a codec that does not read what is stored ({@code docs/evolution.md}), or
 * with a number of replicas that it does not have, is {@link io.brickwork.core.DdsException.WrongType}. Immutable.
 */
public final class TreeSpec<K, V> {
    public static final int DEFAULT_PARTITIONS = 1;

    private final String name;
    private final OrderedCodec<K> keys;
    private final Codec<V> values;
    private final MapSettings settings;
    /** Encoded, ascending; empty if none were named. */
    private final List<Bytes> fences;

    private TreeSpec(String name, OrderedCodec<K> keys, Codec<V> values, MapSettings settings, List<Bytes> fences) {
        this.name = name;
        this.keys = keys;
        this.values = values;
        this.settings = settings;
        this.fences = List.copyOf(fences);
        structureSpec(); // refuses values out of range here, where they are said
    }

    public static <K, V> TreeSpec<K, V> of(String name, OrderedCodec<K> keys, Codec<V> values) {
        return new TreeSpec<>(name, keys, values, MapSettings.UNSAID, List.of());
    }

    /**
     * How many partitions a new tree begins with: a power of two up to {@link io.brickwork.core.Limits#PARTITIONS}.
     * They divide the first two bytes of encoded keys evenly, which suits keys like UUIDs and no others.
     */
    public TreeSpec<K, V> partitions(int partitions) {
        return new TreeSpec<>(name, keys, values, settings.withPartitions(partitions), List.of());
    }

    /**
     * Where the partitions of a new tree begin, but the first: at these keys, in any order. What is asked of a tree
     * that exists already is not compared with where its partitions are by then.
     *
     * @throws IllegalArgumentException if a key is named twice, or is the first of all keys, or if there are
     *     {@link Limits#PARTITIONS} keys or more, or they take more than {@link Limits#FENCE_BYTES} together
     */
    @SafeVarargs
    public final TreeSpec<K, V> partitionsAt(K... lowestKeys) {
        TreeSet<Bytes> encoded = new TreeSet<>();
        for (K key : lowestKeys) {
            Bytes fence = keys.encode(key);
            Check.argument(
                    !fence.isEmpty() && fence.length() <= Limits.KEY_BYTES && encoded.add(fence),
                    "a partition of tree '%s' cannot begin at %s: it is the first of all keys, is longer than %d bytes, or is named twice",
                    name,
                    key,
                    Limits.KEY_BYTES);
        }
        List<Bytes> fences = List.copyOf(encoded);
        String tooLarge = Catalog.whyTooLarge(name, fences.size() + 1, fences);
        if (tooLarge != null) {
            throw new IllegalArgumentException(tooLarge);
        }
        return new TreeSpec<>(name, keys, values, settings.withPartitions(null), fences);
    }

    /** How many bricks hold each partition; fewer if the cluster has fewer. */
    public TreeSpec<K, V> replicas(int replicas) {
        return new TreeSpec<>(name, keys, values, settings.withReplicas(replicas), fences);
    }

    public TreeSpec<K, V> durability(Durability durability) {
        return new TreeSpec<>(name, keys, values, settings.withDurability(durability), fences);
    }

    /** How what is written gets to all bricks of a partition; {@link Replication#DEFAULT} if nothing is said. */
    public TreeSpec<K, V> replication(Replication replication) {
        return new TreeSpec<>(name, keys, values, settings.withReplication(replication), fences);
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
        return settings.structureSpec(
                TreeType.NAME, keys, values, fences.isEmpty() ? DEFAULT_PARTITIONS : fences.size() + 1);
    }

    /** Where partitions of a new tree begin, but the first; empty if the type decides. */
    List<Bytes> fences() {
        return fences;
    }

    /**
     * The same with codecs that fit a tree that exists.
     *
     * @throws io.brickwork.core.DdsException.WrongType if it is not what this asks for; the message names both
     */
    TreeSpec<K, V> fitted(StructureInfo existing) {
        MapSettings.FittedCodecs<K, V> codecs =
                settings.fitted(existing, "tree", TreeType.NAME, CodecUse.ORDERED_KEY, keys, values);
        if (!(codecs.keys() instanceof OrderedCodec<K> ordered)) {
            throw new IllegalStateException("codec %s of the keys of tree '%s' gave one that keeps no order: %s"
                    .formatted(keys.name(), name, codecs.keys().name()));
        }
        return new TreeSpec<>(name, ordered, codecs.values(), settings, fences);
    }
}
