package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.View;
import io.brickwork.core.message.LinkMessage.Member;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The client's two maps: key → partition (DP map) and partition → view (RG map), as soft state (Gribble 2000 §4.2).
 *
 * <p>Both may be wrong at any time; a brick that is asked in vain answers with the repair. The first view is a guess,
 * members in order from the partition's number, with epoch 0; a view that a brick told is replaced only by one of a
 * higher epoch, so however old the start map and however late a refusal, the map only gets better.
 */
final class Router {
    private final StructureTypes types;
    /** The bricks of the cluster, in the order that guesses go by; empty until the first link is up. */
    private List<BrickId> bricks = List.of();

    private final TreeMap<Integer, Route> routes = new TreeMap<>();

    Router(StructureTypes types) {
        this.types = types;
    }

    /** Takes in who the cluster's bricks are; guesses made from another list are forgotten. */
    void onMembers(List<Member> members) {
        List<BrickId> listed = members.stream().map(Member::brick).toList();
        if (!listed.equals(bricks)) {
            bricks = listed;
            routes.values().forEach(Route::forgetGuesses);
        }
    }

    /** Whether a link was up, so that it is known which bricks there are. */
    boolean knowsBricks() {
        return !bricks.isEmpty();
    }

    /**
     * The partition that owns the key.
     *
     * @throws IllegalArgumentException if the structure's type is not known here
     */
    PartitionId partition(StructureInfo structure, Bytes routingKey) {
        Route route = routes.get(structure.id());
        if (route == null) {
            PartitionMap map = types.get(structure.spec().type()).initialPartitions(structure.spec());
            route = new Route(structure, map);
            routes.put(structure.id(), route);
        }
        return route.partitionOf(routingKey);
    }

    /**
     * The partition that owns the key, as far as this client knows by now; {@link #partition} has given one of the
     * structure.
     */
    PartitionId owner(int structure, Bytes routingKey) {
        return Check.present(routes.get(structure), "structure %d was never asked", structure)
                .partitionOf(routingKey);
    }

    /** Takes in what a brick told of a partition's range. */
    void learn(PartitionId partition, KeyRange range) {
        Route route = routes.get(partition.structure());
        if (route != null) {
            route.learn(partition.number(), range);
        }
    }

    /** The newest view known of a partition that {@link #partition} gave; null as long as no brick is known. */
    @Nullable
    View view(PartitionId partition) {
        Route route = routes.get(partition.structure());
        if (route == null) {
            return null;
        }
        View known = route.view(partition.number());
        if (known != null || bricks.isEmpty()) {
            return known;
        }
        route.setView(partition.number(), guess(partition.number(), route.replicas));
        return route.view(partition.number());
    }

    /** The epoch of {@link #view}; 0 if no brick has told one. */
    long epoch(PartitionId partition) {
        View view = view(partition);
        return view == null ? 0 : view.epoch();
    }

    /** Takes in a view that a brick told, if it is newer than what is known. */
    void learn(PartitionId partition, View told) {
        Route route = routes.get(partition.structure());
        View known = view(partition);
        if (route != null && (known == null || told.epoch() > known.epoch())) {
            route.setView(partition.number(), told);
        }
    }

    private View guess(int partition, int replicas) {
        int count = Math.min(replicas, bricks.size());
        List<BrickId> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members.add(bricks.get((partition + i) % bricks.size()));
        }
        return new View(0, members.get(0), members);
    }

    /** What is known of one structure. */
    private static final class Route {
        final int replicas;
        private final int structure;
        private final GroupRules rules;
        /** What its type says that it began with: the first guess. */
        private final PartitionMap initial;
        /** Partitions by their low fences, once a brick has told of one that is not as guessed. */
        private @Nullable TreeMap<Bytes, Integer> told;

        private @Nullable PartitionId[] ids = new PartitionId[0];
        private @Nullable View[] views = new View[0];

        Route(StructureInfo info, PartitionMap map) {
            structure = info.id();
            replicas = info.spec().replicas();
            rules = GroupRules.of(info.spec().replication());
            initial = map;
        }

        PartitionId partitionOf(Bytes routingKey) {
            int number = locate(routingKey);
            ensure(number);
            PartitionId id = ids[number];
            if (id == null) {
                id = new PartitionId(structure, number);
                ids[number] = id;
            }
            return id;
        }

        private int locate(Bytes routingKey) {
            TreeMap<Bytes, Integer> known = told;
            if (known == null) {
                return initial.locate(routingKey);
            }
            return Check.present(known.floorEntry(routingKey), "no partition has %s", routingKey)
                    .getValue();
        }

        /** The partition has this range; what others were thought to have of it they have not. */
        void learn(int number, KeyRange range) {
            TreeMap<Bytes, Integer> known = told;
            if (known == null) {
                known = new TreeMap<>();
                for (int partition : initial.partitions()) {
                    known.put(initial.range(partition).low(), partition);
                }
                told = known;
            }
            Bytes high = range.high();
            if (high != null && !known.containsKey(high)) {
                known.put(high, locate(high)); // whoever was thought to have what follows
            }
            if (high == null) {
                known.tailMap(range.low(), true).clear();
            } else {
                known.subMap(range.low(), true, high, false).clear();
            }
            known.put(range.low(), number);
        }

        @Nullable
        View view(int number) {
            return number < views.length ? views[number] : null;
        }

        /** Keeps of the view what callers need: the primary, which takes writes, and the members that answer reads. */
        void setView(int number, View view) {
            ensure(number);
            views[number] = new View(view.epoch(), view.primary(), rules.readers(view));
        }

        void forgetGuesses() {
            for (int i = 0; i < views.length; i++) {
                View view = views[i];
                if (view != null && view.epoch() == 0) {
                    views[i] = null;
                }
            }
        }

        private void ensure(int number) {
            if (number >= views.length) {
                int length = Math.max(number + 1, 2 * views.length);
                views = Arrays.copyOf(views, length);
                ids = Arrays.copyOf(ids, length);
            }
        }
    }
}
