package io.brickwork.core.partition.store;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Durability;
import io.brickwork.core.partition.OneReplica;
import org.junit.jupiter.api.Test;

class CommitPointTest {
    private final OneReplica replica = new OneReplica(Durability.REPLICATED).opened(view(1, B, A));

    @Test
    void nothingIsCommittedThatIsNotStored() {
        replica.store(1);
        replica.store(1);
        replica.commitPoint.advance(9);

        assertThat(replica.commitPoint.seq()).isEqualTo(2);
        assertThat(replica.committed).containsExactly(2L);
    }

    @Test
    void itNeverGoesBackAndTellsNothingTwice() {
        replica.store(1);
        replica.store(1);
        replica.commitPoint.advance(2);
        replica.commitPoint.advance(1);
        replica.commitPoint.advance(2);

        assertThat(replica.commitPoint.seq()).isEqualTo(2);
        assertThat(replica.committed).containsExactly(2L);
    }
}
