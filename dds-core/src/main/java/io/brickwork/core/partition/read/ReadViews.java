package io.brickwork.core.partition.read;

import io.brickwork.core.Bytes;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The open {@link ReadView}s of a brick, by where their partitions begin: callers in its process need not know which
 * partition has a key.
 *
 * <p>Written by the lane, read by any thread. What is found may not have the key, or no more: the view itself says so.
 */
public final class ReadViews {
    private record Place(int structure, Bytes low) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return structure != other.structure
                    ? Integer.compare(structure, other.structure)
                    : low.compareTo(other.low);
        }
    }

    private final ConcurrentSkipListMap<Place, ReadView> views = new ConcurrentSkipListMap<>();

    void put(int structure, Bytes low, ReadView view) {
        views.put(new Place(structure, low), view);
    }

    /** Takes the view away, unless another has taken its place. */
    void remove(int structure, Bytes low, ReadView view) {
        views.remove(new Place(structure, low), view);
    }

    /** The view that has the key, if any that is open has it. */
    public @Nullable ReadView find(int structure, Bytes routingKey) {
        Map.Entry<Place, ReadView> found = views.floorEntry(new Place(structure, routingKey));
        return found == null || found.getKey().structure != structure ? null : found.getValue();
    }
}
