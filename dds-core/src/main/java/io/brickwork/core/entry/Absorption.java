package io.brickwork.core.entry;

import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.KeyRange;

/**
 * What a partition takes in when a small neighbour is merged into it: all that the other one had, in the versions that
 * it had there. Whatever is in that range before counts for nothing.
 *
 * @param from the other partition, of the same structure; it had given up everything by then
 * @param range the record keys that it had
 * @param content of it, whole
 */
public record Absorption(PartitionId from, KeyRange range, TableChunk content) {
    /** What it may take, encoded: a part of an entry, so that it can be sent and stored like any other. */
    public static final int MOST_BYTES = 1 << 20;

    /** As bytes: varint number of the other partition · its range · bytes chunk, see {@link CopyCodec}. */
    public void write(ByteWriter writer) {
        range.write(writer.varint(from.number()));
        writer.bytes(CopyCodec.encode(from, content));
    }

    /**
     * Reads what {@link #write} wrote; what it holds are slices of the input.
     *
     * @throws MalformedException if it is not an absorption
     */
    public static Absorption read(ByteReader reader, int structure) {
        PartitionId from = new PartitionId(structure, reader.varint32("absorbed", 0, Integer.MAX_VALUE));
        KeyRange range = KeyRange.read(reader);
        TableChunk content = CopyCodec.decode(from, reader.bytes("content", 2 * MOST_BYTES));
        if (content.next() != null) {
            throw new MalformedException("what partition " + from + " had, and only a part of it");
        }
        return new Absorption(from, range, content);
    }
}
