package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import io.brickwork.bricks.lane.BrickActor;
import io.brickwork.bricks.lane.BrickCommand;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.tokens.TokenFile;
import io.brickwork.client.Dds;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.rights.Right;
import io.brickwork.hashtable.DdsHashTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that run a brick of a cluster, and use it. */
class MemberIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private static DdsHashTable<String, String> table(Dds dds) {
        return dds.hashTable("t", String.class, String.class);
    }

    @Test
    void whatOneMemberWritesEveryMemberReadsAndAHaltedOneUsesTheOthers() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 3);
                Dds a = cluster.brick(0).dds(TestCluster::patiently);
                Dds b = cluster.brick(1).dds(TestCluster::patiently);
                Dds client = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            for (int i = 0; i < 200; i++) {
                String key = "k" + i;
                table(i % 2 == 0 ? a : client).set(key, "v" + i);
                assertThat(table(b).get(key)).isEqualTo("v" + i);
            }
            a.transact(tx -> tx.on(table(a)).merge("k1", "!", String::concat));
            assertThat(table(b).get("k1")).isEqualTo("v1!");

            Brick first = Objects.requireNonNull(cluster.brick(0).brick());
            first.lane().halt(new StoreFailedException("the disk said no"));
            assertThat(table(a).get("k2")).isEqualTo("v2");
            table(a).set("k2", "w2");
            assertThat(table(b).get("k2")).isEqualTo("w2");
        }
    }

    /** A member reads on its own thread what its brick has a replica of, even while the brick's lane is held up. */
    @Test
    void readsOfAMemberNeedNoTurnOfItsBrick() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 3);
                Dds a = cluster.brick(0).dds(TestCluster::patiently)) {
            DdsHashTable<String, String> table = table(a);
            table.set("k", "v");
            Brick brick = Objects.requireNonNull(cluster.brick(0).brick());
            await().atMost(PATIENCE).until(() -> isReadWhileHeldUp(brick, table));
        }
    }

    private static boolean isReadWhileHeldUp(Brick brick, DdsHashTable<String, String> table) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        brick.lane().loop().execute(() -> {
            held.countDown();
            Uninterruptibles.awaitUninterruptibly(read, 500, TimeUnit.MILLISECONDS);
        });
        held.await();
        try {
            return table.async().get("k").toCompletableFuture().isDone();
        } finally {
            read.countDown();
        }
    }

    /** A tokens file is for clients; whoever runs a brick of the cluster is none. */
    @Test
    void membersNeedNoToken() throws Exception {
        Path tokens = temp.resolve("tokens");
        TokenFile.add(tokens, "reader", Right.READ, List.of("*"));
        try (TestCluster cluster = TestCluster.start(temp, 3, "tokens-file = \"%s\"".formatted(tokens));
                Dds a = cluster.brick(0).dds(TestCluster::patiently);
                Dds b = cluster.brick(1).dds(TestCluster::patiently)) {
            for (int i = 0; i < 20; i++) {
                table(a).set("k" + i, "v" + i);
                assertThat(table(b).get("k" + i)).isEqualTo("v" + i);
            }
        }
    }

    @Test
    void twoLinesMakeAMember() throws Exception {
        int port = FreePorts.take(1)[0];
        Map<String, Object> settings = Map.of(
                "id", "shop-1",
                "members", List.of("shop-1=127.0.0.1:" + port),
                "directory", temp.resolve("data").toString(),
                "log-segment", "1 MiB",
                "control-plane", "off");
        try (Dds dds = Dds.member(settings, TestCluster::patiently)) {
            table(dds).set("k", "v");
        }
        Path file = Files.writeString(temp.resolve("brick.conf"), """
                brickwork.brick {
                  id = shop-1, members = ["shop-1=127.0.0.1:%d"], directory = "%s", log-segment = 1 MiB, control-plane = off
                }
                """.formatted(port, temp.resolve("data")));
        try (Dds dds = Dds.member(file, TestCluster::patiently)) {
            assertThat(table(dds).get("k")).isEqualTo("v");
        }
        assertThatThrownBy(() -> Dds.member(Map.of("id", "x", "member", List.of())))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("no setting brickwork.brick.member; did you mean members?");
        assertThatThrownBy(() -> Dds.member(temp.resolve("none.conf")))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("none.conf");
    }

    @Test
    void receptionistsOfAllNodesKnowAllStorageActors() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 2, "control-plane = on")) {
            for (int i = 0; i < 2; i++) {
                HostedBrick brick = cluster.brick(i);
                await().atMost(PATIENCE)
                        .until(
                                () -> brick.actorSystem()
                                        .map(MemberIT::storageActors)
                                        .map(Set::size),
                                size -> size.equals(Optional.of(2)));
            }
        }
    }

    private static Set<ActorRef<BrickCommand>> storageActors(ActorSystem<?> system) {
        return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
                        system.receptionist(),
                        replyTo -> Receptionist.find(BrickActor.KEY, replyTo),
                        Duration.ofSeconds(10),
                        system.scheduler())
                .toCompletableFuture()
                .join()
                .getServiceInstances(BrickActor.KEY);
    }
}
