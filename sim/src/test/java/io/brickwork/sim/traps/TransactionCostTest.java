package io.brickwork.sim.traps;

import static io.brickwork.sim.traps.Scene.MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.sim.workload.RegisterType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a transaction costs in messages and synced entries, when nothing goes wrong: the formula of
 * {@code docs/transactions.md}.
 */
class TransactionCostTest {
    private static final int MEMBERS = 3;

    /** What was sent, and stored. */
    private record Cost(int ofClients, int ofReplicas, int synced) {}

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void severalGroups(int groups) {
        Cost cost = cost(groups);
        System.out.printf(
                "a transaction in %d groups of %d members: %d messages between client and bricks, %d between bricks, %d synced entries%n",
                groups, MEMBERS, cost.ofClients, cost.ofReplicas, cost.synced);
        assertThat(cost.ofClients).as("prepare, vote, decide, acknowledge").isEqualTo(4 * groups);
        assertThat(cost.ofReplicas)
                .as("vote and outcome, to each backup and back")
                .isEqualTo(2 * 2 * groups * (MEMBERS - 1));
        assertThat(cost.synced).as("vote and outcome, at each member").isEqualTo(2 * groups * MEMBERS);
    }

    @Test
    void oneGroup() {
        Cost cost = cost(1);
        System.out.printf(
                "a transaction in one group of %d members: %d messages between client and bricks, %d between bricks, %d synced entries%n",
                MEMBERS, cost.ofClients, cost.ofReplicas, cost.synced);
        assertThat(cost).as("as a single write").isEqualTo(new Cost(2, 2 * (MEMBERS - 1), MEMBERS));
    }

    /**
     * Every entry that is stored is synced at each member, together with whatever else its brick has stored in the same
     * turn.
     */
    private static Cost cost(int groups) {
        Scene scene =
                new Stage("cost", Defences.ALL).bricks(MEMBERS).partitions(4).scene();
        List<Minitransaction.Item> items = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            String key = scene.keyIn(new PartitionId(scene.run.structure().id(), i));
            items.add(new Minitransaction.Write(
                    scene.run.structure(),
                    new Effect(RegisterType.TYPE.recordKey(scene.run.structure(), key), Bytes.utf8("v"))));
        }
        transact(scene, items); // opens the session
        scene.pass(2_000 * MS);
        AtomicInteger ofClients = new AtomicInteger();
        AtomicInteger ofReplicas = new AtomicInteger();
        AtomicInteger stored = new AtomicInteger();
        scene.hold(held -> {
            switch (held.message()) {
                case CallMessage.KeepSession keep -> {}
                case CallMessage.SessionState state -> {}
                case CallMessage call -> ofClients.incrementAndGet();
                case ReplicaMessage.Store store -> {
                    ofReplicas.incrementAndGet();
                    stored.incrementAndGet();
                }
                case ReplicaMessage.Stored acknowledged
                when acknowledged.committedSeq() < acknowledged.storedSeq() -> ofReplicas.incrementAndGet();
                default -> {}
            }
            return false;
        });
        transact(scene, items);
        scene.pass(500 * MS);
        int entries = stored.get() / (MEMBERS - 1);
        scene.finish();
        return new Cost(ofClients.get(), ofReplicas.get(), entries * MEMBERS);
    }

    private static void transact(Scene scene, List<Minitransaction.Item> items) {
        AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
        scene.client(1).transact(new Minitransaction(items), 0, 1_000 * MS, outcome::set);
        scene.pass(1_000 * MS);
        assertThat(outcome.get()).isInstanceOf(Outcome.Done.class);
    }
}
