package io.brickwork.core.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where replicas and primaries go: to the brick with the fewest, by name among equals. Counts what it has placed
 * itself. Deterministic.
 */
final class Placement {
    private final List<BrickInfo> hosts;
    private final TreeMap<BrickId, Integer> replicas = new TreeMap<>();
    private final TreeMap<BrickId, Integer> primaries = new TreeMap<>();

    Placement(List<BrickInfo> hosts, Collection<Group> groups) {
        this.hosts = List.copyOf(hosts);
        for (Group group : groups) {
            count(group.newest());
        }
    }

    private void count(GroupView view) {
        view.members().forEach(member -> replicas.merge(member.brick(), 1, Integer::sum));
        view.learners().forEach(learner -> replicas.merge(learner.brick(), 1, Integer::sum));
        primaries.merge(view.primary(), 1, Integer::sum);
    }

    int replicas(BrickId brick) {
        return replicas.getOrDefault(brick, 0);
    }

    int primaries(BrickId brick) {
        return primaries.getOrDefault(brick, 0);
    }

    /** The first view of a new group, with as many members as there are bricks for. */
    GroupView first(int wanted) {
        List<BrickInfo> sorted = new ArrayList<>(hosts);
        sorted.sort(Comparator.comparingInt((BrickInfo host) -> replicas(host.brick()))
                .thenComparing(BrickInfo::brick));
        List<Member> members = sorted.stream()
                .limit(wanted)
                .map(BrickInfo::member)
                .sorted(Comparator.comparing(Member::brick))
                .toList();
        GroupView view = new GroupView(1, primary(members), members, List.of(), 0);
        count(view);
        return view;
    }

    /** Who of these has the fewest primaries. */
    BrickId primary(List<Member> candidates) {
        BrickId best = candidates.getFirst().brick();
        for (Member candidate : candidates) {
            if (primaries(candidate.brick()) < primaries(best)) {
                best = candidate.brick();
            }
        }
        return best;
    }

    /** The brick with the fewest replicas among those that may have one more, which it gets; null if there is none. */
    @Nullable
    BrickInfo learner(Predicate<BrickInfo> mayHave) {
        BrickInfo best = emptiest(mayHave);
        if (best != null) {
            replicas.merge(best.brick(), 1, Integer::sum);
        }
        return best;
    }

    /** The brick with the fewest replicas among those that may have one more; null if there is none. */
    @Nullable
    BrickInfo emptiest(Predicate<BrickInfo> mayHave) {
        BrickInfo best = null;
        for (BrickInfo host : hosts) {
            if (mayHave.test(host) && (best == null || replicas(host.brick()) < replicas(best.brick()))) {
                best = host;
            }
        }
        return best;
    }

    void moveReplica(BrickId from, BrickId to) {
        replicas.merge(from, -1, Integer::sum);
        replicas.merge(to, 1, Integer::sum);
    }

    void movePrimary(BrickId from, BrickId to) {
        primaries.merge(from, -1, Integer::sum);
        primaries.merge(to, 1, Integer::sum);
    }
}
