package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.wire.ByteReader;
import io.brickwork.core.wire.ByteWriter;
import io.brickwork.core.wire.MalformedException;

/**
 * How a partition is split: its upper keys become those of another partition, its child. No record moves for it, since records do not say which partition they are of.
 *
 * @param child the new partition, of the same structure
 * @param kept the record keys that the partition still has afterwards
 * @param given those that the child has; they begin where the others end
 */
public record Split(PartitionId child, KeyRange kept, KeyRange given) {
    public Split {
        Check.argument(given.low().equals(kept.high()), "%s does not begin where %s ends", given, kept);
    }

    /**
     * The split of a range at a key.
     *
     * @throws IllegalArgumentException if nothing would be left on one side
     */
    public static Split of(KeyRange range, Bytes key, PartitionId child) {
        return new Split(child, new KeyRange(range.low(), key), new KeyRange(key, range.high()));
    }

    /** The lowest key that the child has. */
    public Bytes key() {
        return given.low();
    }

    /** What both have together. */
    public KeyRange whole() {
        return new KeyRange(kept.low(), given.high());
    }

    /** As bytes: varint number of the child · the whole range · bytes key. */
    public void write(ByteWriter writer) {
        writer.varint(child.number());
        whole().write(writer);
        writer.bytes(key());
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
        return of(whole, key, child);
    }
}
