package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a log of majorities: the primary sends to all others, and an entry is committed when more than half of the members have stored it. The primary alone answers reads, since any other member may lack what is
 * committed. In tests only: nothing replicates so.
 */
public enum MajorityRules implements GroupRules {
    INSTANCE;

    @Override
    public boolean isWriteQuorum(GroupView view, Collection<BrickId> stored) {
        return 2 * count(view, stored) > view.members().size();
    }

    @Override
    public boolean isReadQuorum(GroupView view, Collection<BrickId> heard) {
        return 2 * count(view, heard) > view.members().size();
    }

    private static long count(GroupView view, Collection<BrickId> bricks) {
        return view.members().stream()
                .filter(member -> bricks.contains(member.brick()))
                .count();
    }

    @Override
    public int minInSync(int members) {
        return members / 2 + 1;
    }

    @Override
    public List<BrickId> readers(View view) {
        return List.of(view.primary());
    }

    @Override
    public BrickId witness(GroupView view) {
        return view.primary();
    }

    @Override
    public @Nullable BrickId before(GroupView view, BrickId member) {
        return member.equals(view.primary()) ? null : view.primary();
    }
}
