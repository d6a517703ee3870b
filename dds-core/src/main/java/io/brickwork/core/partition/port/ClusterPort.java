package io.brickwork.core.partition.port;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.metadata.MetadataState;
import org.jspecify.annotations.Nullable;

/** What the brick knows of itself and of its cluster. */
public interface ClusterPort {
    BrickId self();

    /** This life of the brick; null until the cluster knows of it. */
    @Nullable
    Member member();

    /** How many bricks the cluster has, as far as this one knows. */
    int clusterBricks();

    /** What this brick has carried out of the metadata log; only to look at. */
    MetadataState metadata();

    /** Has the metadata log carry this out; may be lost. */
    void propose(MetadataCommand command);

    /** Whether a rule is kept: always, but in simulations that leave it out. */
    boolean defends(Defence defence);

    /** The replica is in the situation; of interest to simulations. */
    void reached(Situation situation);

    /** The limit that a rule sets, or the one without the rule. The rule is asked for only if it makes a difference. */
    default long limit(Defence rule, long kept, long otherwise) {
        return kept == otherwise || defends(rule) ? kept : otherwise;
    }
}
