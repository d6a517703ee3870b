package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.Plausible;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fences that came before this brick had learned of their views from the metadata log: by partition, the newest one.
 * Without the view the brick does not know which keys the partition has.
 */
final class HeldFences {
    /** A fence beyond this many partitions is dropped; its primary sends it again. */
    private static final int MAX_HELD = 1 << 17;

    /** A fence and who sent it. */
    record Held(BrickId from, ReplicaMessage.Fence fence) {}

    private final TreeMap<PartitionId, Held> held = new TreeMap<>();

    /**
     * Why the fence cannot be true: only a view's primary fences for it, and which view an epoch has is the metadata
     * log's to say.
     *
     * @param group of the partition, as far as this brick knows; null if it knows none
     * @return null if it may be true
     */
    static @Nullable String objection(BrickId from, ReplicaMessage.Fence fence, @Nullable Group group) {
        GroupView view = fence.view();
        long known = group == null ? 0 : group.newest().epoch();
        if (!view.primary().equals(from)) {
            return "partition %s: it fences for epoch %d, whose primary is %s"
                    .formatted(fence.partition(), view.epoch(), view.primary());
        }
        if (view.epoch() - known > Plausible.EPOCHS_AHEAD) {
            return "partition %s: epoch %d cannot be: this brick knows of %d"
                    .formatted(fence.partition(), view.epoch(), known);
        }
        return group != null && view.epoch() == known && !view.equals(group.newest())
                ? "partition %s: epoch %d is %s, not %s".formatted(fence.partition(), known, group.newest(), view)
                : null;
    }

    void hold(BrickId from, ReplicaMessage.Fence fence) {
        Held before = held.get(fence.partition());
        if (before == null && held.size() >= MAX_HELD) {
            return;
        }
        if (before == null || before.fence.view().epoch() <= fence.view().epoch()) {
            held.put(fence.partition(), new Held(from, fence));
        }
    }

    /** The partition's fence has got to its replica. */
    void release(PartitionId partition) {
        held.remove(partition);
    }

    /** The fence has turned out to be untrue. */
    void forget(ReplicaMessage.Fence fence) {
        held.values().removeIf(one -> one.fence.equals(fence));
    }

    List<Held> all() {
        return List.copyOf(held.values());
    }
}
