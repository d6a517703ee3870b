package io.brickwork.core.table;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.structure.KeyRange;

/**
 * What a table does to a partition that comes from no entry of it: to take a copy of it from another table, to forget
 * it, or to repair a record.
 *
 * <pre>
 *             Begin…                Chunk…              Finish
 * anything ─────────▶ clearing ──▶ cleared ──▶ cleared ──────▶ whole
 *             Drop…
 * anything ─────────▶ clearing ──▶ nothing
 * </pre>
 *
 * <p>From the first {@link Begin} or {@link Drop} on the table holds a {@link CopyMark}: what is there of the partition
 * is no state that the partition ever had, and counts for nothing, after a restart as before
 * ({@link Snapshot#isIncomplete}). Only {@link Finish}, or the end of dropping, takes it away. A copy that was
 * interrupted begins anew with {@link Begin}.
 *
 * <p><b>Begin and Drop are repeated.</b> A partition may have millions of records, and one transaction that removes
 * them all would keep every other partition of the brick waiting, and hold more changed pages than LMDB and the disk
 * like. So each carries out one slice of the removal, of a size that the table chooses, the mark before anything else;
 * the caller asks for the same step again, batch after batch, until a snapshot says that it is done:
 * {@link CopyMark#isCleared} after {@link Begin}, no mark after {@link Drop}. The table does not repeat it by itself,
 * because then a batch would be several transactions, of which a crash could leave some, and the entries of other
 * partitions would wait for all of them.
 */
public sealed interface CopyStep {
    PartitionId partition();

    /**
     * Marks the partition incomplete, takes its {@link Applied} away, and removes some of its records within the range
     * and of its completion rows; when none is left, the mark says {@linkplain CopyMark#isCleared cleared}. Whatever
     * was there before: nothing, a whole partition, or half a copy.
     *
     * @param range of the partition's record keys; what lies outside is not touched
     */
    record Begin(PartitionId partition, KeyRange range) implements CopyStep {}

    /**
     * Puts what a chunk holds, over what is there. A chunk that was put before changes nothing. The partition is
     * {@linkplain CopyMark#isCleared cleared}: not in the batch that clears it, but before.
     */
    record Chunk(PartitionId partition, TableChunk chunk) implements CopyStep {}

    /**
     * Makes the partition whole: sets {@link Applied} and takes the mark away. The partition is
     * {@linkplain CopyMark#isCleared cleared}.
     *
     * <p>The live records are those that the table has counted as it put them. The source's count would be wrong: it
     * holds for one version, and chunks are read while the source goes on being written. Which is also why the entries
     * above {@code version} find some of their effects there already; applied in order, they lead to what the source
     * has.
     *
     * @param version the least {@linkplain TableChunk#applied() version} of the copy's chunks: the next entry to apply
     *     is the one after it
     */
    record Finish(PartitionId partition, Version version) implements CopyStep {}

    /**
     * Removes all of a partition that this brick is no replica of any more; like {@link Begin}, but at the end nothing
     * is left, not even the mark. A partition of which nothing is here is dropped already.
     *
     * @param range of the partition's record keys; no other partition on this brick has any within it
     */
    record Drop(PartitionId partition, KeyRange range) implements CopyStep {}

    /**
     * Puts the record in the place of one that cannot be read. Changes nothing if what is there can be read, or nothing
     * is there: then the partition's own entries have been faster. The partition is whole, and nothing else of it
     * changes: neither how far it is applied nor the count of its records.
     */
    record Repair(PartitionId partition, TableChunk.Row row) implements CopyStep {}
}
