package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.KeyRange;

/**
 * How a partition is split: some of its keys become those of another partition, its child. No record moves for it,
 * since records do not say which partition they are of.
 *
 * @param child the new partition, of the same structure
 * @param kept the record keys that the partition still has afterwards
 * @param given those that the child has: the lower ones or the upper ones
 */
public record Split(PartitionId child, KeyRange kept, KeyRange given) {
    public Split {
        Check.argument(
                given.low().equals(kept.high()) || kept.low().equals(given.high()),
                "%s and %s do not meet",
                kept,
                given);
    }

    /**
     * The split of a range.
     *
     * @param key the lowest one of the upper part
     * @param givesLower whether the child has the lower part
     * @throws IllegalArgumentException if nothing would be left in one of them
     */
    public static Split of(KeyRange range, Bytes key, boolean givesLower, PartitionId child) {
        KeyRange lower = new KeyRange(range.low(), key);
        KeyRange upper = new KeyRange(key, range.high());
        return givesLower ? new Split(child, upper, lower) : new Split(child, lower, upper);
    }

    /** Whether the child has the lower part. */
    public boolean givesLower() {
        return given.low().compareTo(kept.low()) < 0;
    }

    /** The lowest key of the upper part. */
    public Bytes key() {
        return givesLower() ? kept.low() : given.low();
    }

    /** What both have together. */
    public KeyRange whole() {
        return kept.hull(given);
    }

    /**
     * As bytes: varint number of the child · the whole range · bytes key · bool whether the child has the lower part.
     */
    public void write(ByteWriter writer) {
        writer.varint(child.number());
        whole().write(writer);
        writer.bytes(key()).bool(givesLower());
    }

    /**
     * Reads what {@link #write} wrote; its keys are slices of the input.
     *
     * @throws MalformedException if it is not a split
     */
    public static Split read(ByteReader reader, int structure) {
        PartitionId child = new PartitionId(structure, reader.varint32("child", 0, Integer.MAX_VALUE));
        KeyRange whole = KeyRange.read(reader);
        Bytes key = reader.bytes("split key", Limits.RECORD_KEY_BYTES);
        if (key.compareTo(whole.low()) <= 0 || !whole.contains(key)) {
            throw new MalformedException("a split of " + whole + " at " + key);
        }
        return of(whole, key, reader.bool("lower part"), child);
    }
}
