package io.brickwork.core.group;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.member;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Who stands where in a chain (van Renesse and Schneider 2004 §3). */
class ChainRulesTest {
    private static final ChainRules CHAIN = ChainRules.INSTANCE;

    @Test
    void thePrimaryIsTheHeadAndTheOthersFollowAsTheyStand() {
        GroupView led = new GroupView(5, B, List.of(member(A), member(B), member(C)), List.of(), 0);

        assertThat(CHAIN.before(led, B)).isNull();
        assertThat(CHAIN.before(led, A)).isEqualTo(B);
        assertThat(CHAIN.before(led, C)).isEqualTo(A);
        assertThat(CHAIN.after(led, B)).isEqualTo(A);
        assertThat(CHAIN.after(led, A)).isEqualTo(C);
        assertThat(CHAIN.after(led, C)).isNull();
    }

    @Test
    void whoIsNoMemberHasNoPlace() {
        GroupView learning = new GroupView(5, A, List.of(member(A), member(B)), List.of(member(C)), 0);

        assertThat(CHAIN.before(learning, C)).isNull();
        assertThat(CHAIN.after(learning, C)).isNull();
    }

    @Test
    void whoeverJoinsBecomesTheTail() {
        assertThat(CHAIN.witness(view(5, A, B))).isEqualTo(B);
        assertThat(CHAIN.witness(view(6, A, B, C))).isEqualTo(C);
        assertThat(CHAIN.after(view(6, A, B, C), B)).isEqualTo(C);
    }
}
