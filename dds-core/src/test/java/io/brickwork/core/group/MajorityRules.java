package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a log of majorities, for tests: the primary sends to all others, and an entry is committed when more
 * than half of the members have stored it. The primary alone answers reads, since any other member may lack what is
 * committed.
 */
public class MajorityRules implements GroupRules {
    @Override
    public boolean isWriteQuorum(GroupView view, Collection<BrickId> stored) {
        return isMajority(view, stored);
    }

    @Override
    public boolean isReadQuorum(GroupView view, Collection<BrickId> heard) {
        return isMajority(view, heard);
    }

    private static boolean isMajority(GroupView view, Collection<BrickId> bricks) {
        long count = view.members().stream()
                .filter(member -> bricks.contains(member.brick()))
                .count();
        return 2 * count > view.members().size();
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
