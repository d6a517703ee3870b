package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import io.brickwork.core.Replication;
import org.jspecify.annotations.Nullable;

/** Who does what in a view of a replica group, by the way in which it replicates. Pure: the same everywhere for the same view. */
public interface GroupRules {
    /** The rules of a way of replication. */
    static GroupRules of(Replication replication) {
        return switch (replication) {
            case TWO_PHASE -> TwoPhaseRules.INSTANCE;
            case CHAIN -> ChainRules.INSTANCE;
        };
    }

    /** Who counts entries as committed, and so knows first: whom a member asks of an entry that it has stored and not heard more of. */
    BrickId witness(GroupView view);

    /** Who sends entries to this member of the view; null if nobody does. */
    @Nullable
    BrickId before(GroupView view, BrickId member);
}
