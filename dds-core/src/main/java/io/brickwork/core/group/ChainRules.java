package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@link io.brickwork.core.Replication#CHAIN}: each member sends to the next. The primary is the head; the
 * others follow as they stand in the view, so that whoever joins becomes the tail. Source: van Renesse and Schneider
 * 2004 §3.
 *
 * <p>Asked for every entry and for every read of a dirty record, so nothing is allocated here.
 */
public enum ChainRules implements WriteAllRules {
    INSTANCE;

    /** The tail: what it has stored, all have (§3, Update Propagation). */
    @Override
    public BrickId witness(GroupView view) {
        List<Member> members = view.members();
        for (int i = members.size() - 1; i >= 0; i--) {
            BrickId brick = members.get(i).brick();
            if (!brick.equals(view.primary())) {
                return brick;
            }
        }
        return view.primary();
    }

    @Override
    public @Nullable BrickId before(GroupView view, BrickId member) {
        if (member.equals(view.primary())) {
            return null;
        }
        List<Member> members = view.members();
        BrickId before = view.primary();
        for (int i = 0; i < members.size(); i++) {
            BrickId brick = members.get(i).brick();
            if (brick.equals(member)) {
                return before;
            }
            if (!brick.equals(view.primary())) {
                before = brick;
            }
        }
        return null;
    }

    /** To whom this member of the view sends entries; null if it is the tail, or no member. */
    public @Nullable BrickId after(GroupView view, BrickId member) {
        List<Member> members = view.members();
        boolean isNext = member.equals(view.primary());
        for (int i = 0; i < members.size(); i++) {
            BrickId brick = members.get(i).brick();
            if (brick.equals(view.primary())) {
                continue;
            }
            if (isNext) {
                return brick;
            }
            isNext = brick.equals(member);
        }
        return null;
    }
}
