package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import org.jspecify.annotations.Nullable;

/** The rules of {@link io.brickwork.core.Replication#TWO_PHASE}: the primary sends to all others, and counts. */
enum TwoPhaseRules implements WriteAllRules {
    INSTANCE;

    @Override
    public BrickId witness(GroupView view) {
        return view.primary();
    }

    @Override
    public @Nullable BrickId before(GroupView view, BrickId member) {
        return member.equals(view.primary()) ? null : view.primary();
    }
}
