package io.brickwork.core.partition.view;

import io.brickwork.core.BrickId;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who should be in a view that takes the place of another, as its primary sees it. */
public final class Lineup {
    private Lineup() {}

    /** The same view with a learner as its last member. */
    public static GroupView promote(GroupView view, Member learner) {
        List<Member> members = new ArrayList<>(view.members());
        members.add(learner);
        return new GroupView(view.epoch(), view.primary(), members, without(view, learner), view.lineage());
    }

    /** The same view without a learner. */
    public static GroupView drop(GroupView view, Member learner) {
        return new GroupView(view.epoch(), view.primary(), view.members(), without(view, learner), view.lineage());
    }

    private static List<Member> without(GroupView view, Member learner) {
        return view.learners().stream().filter(one -> !one.equals(learner)).toList();
    }

    /**
     * The view that should take the place of one in which some members are silent: the metadata log may see them alive
     * where the primary cannot reach them (T24). The same without them, if enough stay; else the same led by another,
     * who may reach more.
     *
     * @param silent members that the primary waits for in vain
     * @param minInSync how many must stay
     * @param others whom the primary hears, the first of whom could lead instead
     * @return null if nobody is silent, or nothing else can be tried
     */
    public static @Nullable GroupView without(
            GroupView view, List<BrickId> silent, int minInSync, List<BrickId> others) {
        List<Member> staying = view.members().stream()
                .filter(member -> !silent.contains(member.brick()))
                .toList();
        if (staying.size() == view.members().size()) {
            return null;
        }
        if (staying.size() >= minInSync) {
            return new GroupView(view.epoch(), view.primary(), staying, view.learners(), view.lineage());
        }
        return view.members().size() > 2 && !others.isEmpty()
                ? new GroupView(view.epoch(), others.getFirst(), view.members(), view.learners(), view.lineage())
                : null;
    }
}
