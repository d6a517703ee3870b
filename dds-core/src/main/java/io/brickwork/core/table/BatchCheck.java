package io.brickwork.core.table;

import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.Split;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a batch goes on exactly where a table stands. Every table asks before it applies one: what it then does is
 * right, or this breaks an invariant and nothing is done.
 *
 * <p>Used once.
 */
public final class BatchCheck {
    /** What a table knows of its partitions. */
    public interface State {
        Version applied(PartitionId partition);

        @Nullable
        CopyMark mark(PartitionId partition);
    }

    /** Where a partition stands at some point of the batch. */
    private record Stand(Version applied, @Nullable CopyMark mark) {}

    private final State state;
    private final Map<PartitionId, Stand> stands = new TreeMap<>();

    private BatchCheck(State state) {
        this.state = state;
    }

    /** Breaks an invariant unless the batch can be applied to a table in this state. */
    public static void check(Table.Batch batch, State state) {
        BatchCheck check = new BatchCheck(state);
        batch.steps().forEach(check::onStep);
        batch.parts().forEach(check::onPart);
    }

    private void onStep(CopyStep step) {
        PartitionId partition = step.partition();
        boolean isFirst = !stands.containsKey(partition);
        Stand before = stand(partition);
        switch (step) {
            case CopyStep.Begin ignored -> onClear(partition, isFirst);
            case CopyStep.Drop ignored -> onClear(partition, isFirst);
            case CopyStep.Chunk ignored -> {
                checkCleared(before, step);
                stands.put(partition, before);
            }
            case CopyStep.Repair ignored -> {
                Check.invariant(
                        before.mark == null,
                        "a record of partition %s, which is incomplete, is to be repaired",
                        partition);
                stands.put(partition, before);
            }
            case CopyStep.Finish finish -> {
                checkCleared(before, step);
                stands.put(partition, new Stand(finish.version(), null));
            }
        }
    }

    /** Whether it is cleared afterwards is known only when it is done: nothing may follow. */
    private void onClear(PartitionId partition, boolean isFirst) {
        Check.invariant(isFirst, "partition %s is to be cleared in the middle of a batch", partition);
        stands.put(partition, new Stand(Version.NONE, CopyMark.clearing(partition)));
    }

    private static void checkCleared(Stand stand, CopyStep step) {
        Check.invariant(
                stand.mark != null && stand.mark.isCleared(),
                "partition %s is not cleared (%s) and is to take %s",
                step.partition(),
                stand.mark == null ? "no mark" : stand.mark,
                step instanceof CopyStep.Chunk ? "a chunk" : "the end of a copy");
    }

    private void onPart(Table.Part part) {
        PartitionId partition = part.partition();
        Stand stand = stand(partition);
        Check.invariant(
                stand.mark == null, "entries are to be applied to partition %s, which is incomplete", partition);
        Version before = stand.applied;
        for (Entry entry : part.entries()) {
            Version version = entry.version();
            Check.invariant(
                    entry.partition().equals(partition),
                    "entry %s of partition %s is to be applied to partition %s",
                    version,
                    entry.partition(),
                    partition);
            Check.invariant(
                    version.seq() == before.seq() + 1 && version.epoch() >= before.epoch(),
                    "entry %s of partition %s is to be applied after %s",
                    version,
                    partition,
                    before);
            Check.invariant(
                    entry.split() == null
                            || entry.seq() == part.entries().getLast().seq(),
                    "entry %s, which splits partition %s, is not the last one of its part",
                    version,
                    partition);
            Check.invariant(
                    entry.absorption() == null
                            || entry.seq() == part.entries().getFirst().seq(),
                    "entry %s, by which partition %s takes in another, is not the first one of its part",
                    version,
                    partition);
            before = version;
        }
        stands.put(partition, new Stand(before, null));
        Split split = part.split();
        if (split != null) {
            Stand child = stand(split.child());
            Check.invariant(
                    child.mark == null && child.applied.equals(Version.NONE),
                    "partition %s is to be split off %s, and is here already: applied %s, mark %s",
                    split.child(),
                    partition,
                    child.applied,
                    child.mark == null ? "none" : child.mark);
            stands.put(split.child(), new Stand(before, null));
        }
    }

    private Stand stand(PartitionId partition) {
        Stand known = stands.get(partition);
        return known != null ? known : new Stand(state.applied(partition), state.mark(partition));
    }
}
