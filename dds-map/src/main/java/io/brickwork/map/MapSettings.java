package io.brickwork.map;

import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.Replication;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.CodecUse;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.Compatibility;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import org.jspecify.annotations.Nullable;

/**
 * How a map should be spread and kept, as far as it was said: what was not said is a default when the map is created,
 * and whatever the map has when it exists. What <em>was</em> said must be so.
 *
 * @param partitions how many a new map begins with: a power of two up to {@link io.brickwork.core.Limits#PARTITIONS}
 * @param replicas how many bricks hold each partition; fewer if the cluster has fewer
 * @param durability when a brick counts an entry as stored
 * @param replication how what is written gets to all bricks of a partition
 */
public record MapSettings(
        @Nullable Integer partitions,
        @Nullable Integer replicas,
        @Nullable Durability durability,
        @Nullable Replication replication) {
    public MapSettings {
        if (partitions != null) {
            Check.argument(
                    partitions >= 1 && partitions <= Limits.PARTITIONS && Integer.bitCount(partitions) == 1,
                    "%d partitions is not a power of two from 1 to %d; partitions that grow are split",
                    partitions,
                    Limits.PARTITIONS);
        }
    }

    public static final MapSettings UNSAID = new MapSettings(null, null, null, null);
    public static final int DEFAULT_REPLICAS = 3;

    public MapSettings withPartitions(@Nullable Integer count) {
        return new MapSettings(count, replicas, durability, replication);
    }

    public MapSettings withReplicas(int count) {
        return new MapSettings(partitions, count, durability, replication);
    }

    public MapSettings withDurability(Durability of) {
        return new MapSettings(partitions, replicas, of, replication);
    }

    public MapSettings withReplication(Replication of) {
        return new MapSettings(partitions, replicas, durability, of);
    }

    /**
     * The spec of a map that is created from this.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public StructureSpec structureSpec(String type, Codec<?> keys, Codec<?> values, int defaultPartitions) {
        return new StructureSpec(
                type,
                keys.name(),
                values.name(),
                partitions == null ? defaultPartitions : partitions,
                replicas == null ? DEFAULT_REPLICAS : replicas,
                durability == null ? Durability.SYNC : durability,
                replication == null ? Replication.DEFAULT : replication);
    }

    /**
     * Refuses a structure that is not what this asks for, and fits the codecs to one that is.
     *
     * @param noun what such a map is called
     * @param keyUse what its keys are compared by
     * @throws DdsException.WrongType that names both, and says what to do
     */
    public <K, V> FittedCodecs<K, V> fitted(
            StructureInfo existing, String noun, String type, CodecUse keyUse, Codec<K> keys, Codec<V> values) {
        StructureSpec is = existing.spec();
        String both = "'%s' is a %s of %s to %s; it was opened as a %s of %s to %s"
                .formatted(
                        existing.name(),
                        is.type(),
                        words(is.keyCodec(), keys),
                        words(is.valueCodec(), values),
                        type,
                        keys.words(),
                        values.words());
        if (!is.type().equals(type)) {
            throw new DdsException.WrongType(both + ". Open it as what it is, or give another name");
        }
        FittedCodecs<K, V> fitted = new FittedCodecs<>(
                fittedCodec(both + ". Keys: ", keys, is.keyCodec(), keyUse),
                fittedCodec(both + ". Values: ", values, is.valueCodec(), CodecUse.VALUE));
        checkSetting(existing, noun, "partitions", partitions, is.partitions());
        checkSetting(existing, noun, "replicas", replicas, is.replicas());
        checkSetting(existing, noun, "durability", durability, is.durability());
        checkSetting(existing, noun, "replication", replication, is.replication());
        return fitted;
    }

    /** The codecs of a map, which read what is stored in it. */
    public record FittedCodecs<K, V>(Codec<K> keys, Codec<V> values) {}

    private static String words(String storedName, Codec<?> codec) {
        return storedName.equals(codec.name()) ? codec.words() : Codecs.words(storedName);
    }

    private static <T> Codec<T> fittedCodec(String refusal, Codec<T> codec, String storedName, CodecUse use) {
        return switch (codec.compatibility(storedName, use)) {
            case Compatibility.Readable<T>(Codec<T> readable) -> readable;
            case Compatibility.Refused<T>(String reason) -> throw new DdsException.WrongType(refusal + reason);
        };
    }

    private static void checkSetting(
            StructureInfo existing, String noun, String what, @Nullable Object asked, Object is) {
        if (asked != null && !asked.equals(is)) {
            throw new DdsException.WrongType("%s '%s' exists with %s %s; it was opened with %s"
                    .formatted(noun, existing.name(), what, is, asked));
        }
    }
}
