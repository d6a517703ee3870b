package io.brickwork.core.table;

import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.Split;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Port: the table of one brick: all <em>committed</em> and applied records of its partitions, with the completion
 * records and the point up to which each partition is applied.
 *
 * <p>It holds nothing that may be undone. A batch is applied in one synced transaction: after a restart it is there
 * whole or not at all. Since {@code Applied} is told later than the transaction commits, a snapshot may show more than
 * the machine has been told.
 */
public interface Table extends AutoCloseable {
    /**
     * A consistent view of everything applied so far. Any thread; cheap, pooled; must be closed soon, by the thread
     * that opened it or another.
     */
    Snapshot snapshot();

    /**
     * The same for threads of callers, who wait for each other when many are open. A brick's lane does not wait for
     * them.
     */
    default Snapshot callersSnapshot() {
        return snapshot();
    }

    /**
     * Applies a batch in the background; {@code BrickInput.Applied} with its number follows, or the brick halts. Lane
     * only; one batch at a time.
     */
    void apply(Batch batch);

    /**
     * How full the fuller of disk and configured capacity is, log included, in thousandths. Cheap; may be some hundred
     * milliseconds old.
     */
    int fillPermille();

    @Override
    void close();

    /**
     * What is applied together: first the copy steps, in their order, then the parts. It breaks an invariant if a step
     * or a part meets its partition in a state that it is not for; entries of an incomplete partition are not applied.
     *
     * @param number counted by the machine
     * @param steps several {@link CopyStep.Chunk}s of one partition may go together, and its {@link CopyStep.Finish}
     *     and entries with them; {@link CopyStep.Begin} and {@link CopyStep.Drop} are all that the batch holds of their
     *     partition
     */
    record Batch(long number, List<CopyStep> steps, List<Part> parts) {
        public Batch {
            Check.argument(!parts.isEmpty() || !steps.isEmpty(), "batch %d is empty", number);
            steps = List.copyOf(steps);
            parts = List.copyOf(parts);
        }

        /** Without copy steps. */
        public Batch(long number, List<Part> parts) {
            this(number, List.of(), parts);
        }
    }

    /**
     * Entries of one partition, ascending and without gaps, the first one above what is applied. For each: its effects,
     * then its completion folded into the session's {@link SessionRow}; then the partition's {@link Applied} is set to
     * the last one's version, with the live records counted.
     *
     * <p>An entry with a {@link Split} is the last one. Its child, of which nothing is here before, has from then on an
     * {@link Applied} of the entry's version, the live records of the keys that it was given, which are the parent's no
     * more, and all session rows of the parent.
     *
     * <p>An entry with an {@link Absorption} is the first one of its part, so that nothing of the part lies in the
     * range that it brings: whatever is there is removed, uncounted; then its records are put, and its session rows
     * brought together with the partition's.
     */
    record Part(PartitionId partition, List<Entry> entries) {
        public Part {
            Check.argument(!entries.isEmpty(), "no entries to apply for partition %s", partition);
            entries = List.copyOf(entries);
        }

        /** What the partition takes in at the beginning; null if it is nothing. */
        public @Nullable Absorption absorption() {
            return entries.getFirst().absorption();
        }

        /** How the partition is split at the end; null if it is not. */
        public @Nullable Split split() {
            return entries.getLast().split();
        }
    }
}
