package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of {@link io.brickwork.core.Replication#CHAIN}: each member sends to the next. The primary is the head; the others follow as they stand in the view, so that whoever joins becomes the tail. Source: van Renesse and Schneider 2004 §3. */
public enum ChainRules implements WriteAllRules {
    INSTANCE;

    /** The members from head to tail. */
    public List<BrickId> order(GroupView view) {
        List<BrickId> order = new ArrayList<>(view.members().size());
        order.add(view.primary());
        for (Member member : view.members()) {
            if (!member.brick().equals(view.primary())) {
                order.add(member.brick());
            }
        }
        return order;
    }

    @Override
    public BrickId witness(GroupView view) {
        return order(view).getLast();
    }

    @Override
    public @Nullable BrickId before(GroupView view, BrickId member) {
        List<BrickId> order = order(view);
        int at = order.indexOf(member);
        return at <= 0 ? null : order.get(at - 1);
    }

    /** To whom this member of the view sends entries; null if it is the tail. */
    public @Nullable BrickId after(GroupView view, BrickId member) {
        List<BrickId> order = order(view);
        int at = order.indexOf(member);
        return at < 0 || at == order.size() - 1 ? null : order.get(at + 1);
    }
}
