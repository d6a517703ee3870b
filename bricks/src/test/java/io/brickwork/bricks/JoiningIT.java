package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.settings.SecretFile;
import io.brickwork.client.Dds;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.core.BrickId;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.hashtable.DdsHashTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bricks come to a cluster that runs, and go. */
class JoiningIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final BrickId NEW = new BrickId("z");

    @TempDir
    Path temp;

    private BrickSettings joining(String seeds, int port) {
        return BrickSettings.of(
                ConfigFactory.parseString("""
                brickwork.brick {
                  id = z
                  seeds = ["%s"]
                  address = "127.0.0.1:%d"
                  directory = "%s"
                  secret-file = "%s"
                  log-segment = 1 MiB
                  control-plane = off
                }
                """.formatted(seeds, port, temp.resolve("z"), TestCluster.secretFile(temp))));
    }

    private BrickProbe operator(HostedBrick brick) {
        return new BrickProbe(
                "127.0.0.1",
                brick.address().getPort(),
                "brickwork",
                LinkOptions.DEFAULT.withSecret(SecretFile.read(TestCluster.secretFile(temp))),
                PATIENCE);
    }

    private static BrickProbe probe(HostedBrick brick) {
        return new BrickProbe("127.0.0.1", brick.address().getPort(), "brickwork", "", PATIENCE);
    }

    private static MetadataState metadata(HostedBrick brick) {
        try (BrickProbe probe = probe(brick)) {
            return probe.cluster().state();
        }
    }

    private static void await(HostedBrick at, String what, Predicate<MetadataState> holds) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> holds.test(metadata(at)));
    }

    private static long groupsOf(MetadataState state, BrickId brick) {
        return state.groups().stream()
                .map(Group::newest)
                .filter(view -> view.member(brick) != null)
                .count();
    }

    private static boolean isWhole(MetadataState state) {
        return state.groups().stream()
                .allMatch(group -> group.isOpen()
                        && group.newest().learners().isEmpty()
                        && group.newest().members().size() == group.replicas());
    }

    @Test
    void aFourthBrickJoinsTakesItsShareAndIsEmptiedAgain() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 3);
                Dds dds = Dds.connect("127.0.0.1:" + cluster.brick(0).address().getPort(), TestCluster::patiently)) {
            DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
            for (int i = 0; i < 500; i++) {
                table.set("k" + i, "v" + i);
            }
            AtomicBoolean isOver = new AtomicBoolean();
            AtomicLong written = new AtomicLong();
            Thread writer = Thread.ofPlatform().start(() -> {
                while (!isOver.get()) {
                    table.set("w" + written.get() % 100, "x" + written.incrementAndGet());
                }
            });
            int port = FreePorts.take(1)[0];
            String seed = "127.0.0.1:" + cluster.brick(2).address().getPort();
            try (HostedBrick joined = HostedBrick.start(joining(seed, port))) {
                await(cluster.brick(0), "its share", state -> groupsOf(state, NEW) == 12 && isWhole(state));
                assertThat(metadata(cluster.brick(1)).groups().stream()
                                .map(Group::newest)
                                .map(GroupView::primary))
                        .as("and of the primaries")
                        .contains(NEW);
                for (int i = 0; i < 500; i++) {
                    assertThat(table.get("k" + i)).isEqualTo("v" + i);
                }
                for (int brick = 0; brick < 3; brick++) {
                    cluster.stop(brick); // and it knows the others as they know it
                    cluster.restart(brick);
                }
                await(joined, "all are back", state -> state.bricks().size() == 4 && isWhole(state));

                try (BrickProbe probe = operator(cluster.brick(1))) {
                    assertThat(probe.instruct(new MetadataCommand.SetLeaving(NEW, true)))
                            .isEmpty();
                    assertThat(probe.instruct(new MetadataCommand.SetLeaving(new BrickId("nobody"), true)))
                            .hasValue("there is no brick nobody");
                }
                await(cluster.brick(0), "it is empty", state -> state.isEmpty(NEW) && isWhole(state));
            }
            await(cluster.brick(0), "it is forgotten", state -> state.brick(NEW) == null);
            long before = written.get();
            table.set("after", "all");
            Awaitility.await("the writer gets on").atMost(Duration.ofMinutes(1)).until(() -> written.get() > before);
            isOver.set(true);
            writer.join();
            for (int i = 0; i < 500; i++) {
                assertThat(table.get("k" + i)).isEqualTo("v" + i);
            }
        }
    }

    /** Others are in its place before it stops, so that nobody waits for its lease. */
    @Test
    void aBrickThatStopsInOrderIsReplacedBefore() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 3);
                Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
            table.set("k", "v");
            await(cluster.brick(0), "whole", JoiningIT::isWhole);
            HostedBrick stopping = cluster.brick(2);
            BrickId id = stopping.id();
            stopping.close();
            MetadataState after = metadata(cluster.brick(0));
            assertThat(groupsOf(after, id)).isZero();
            // The last views may be open and this brick not know it yet; nobody waits for a lease.
            await(cluster.brick(0), "open", state -> state.groups().stream().allMatch(Group::isOpen));
            table.set("k", "w");
            cluster.restart(2);
            await(cluster.brick(0), "whole again", JoiningIT::isWhole);
            assertThat(table.get("k")).isEqualTo("w");
        }
    }

    @Test
    void whoIsGivenSeedsOfNobodyIsToldSo() throws Exception {
        SecretFile.make(TestCluster.secretFile(temp));
        assertThatThrownBy(() -> joining("127.0.0.1", 7400))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("host:port");
        assertThatThrownBy(() -> BrickSettings.of(ConfigFactory.parseString(
                        "brickwork.brick { id = z, seeds = [\"h:1\"], members = [\"z=h:2\"], directory = d }")))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("seeds and brickwork.brick.members");
        assertThatThrownBy(() -> BrickSettings.of(
                        ConfigFactory.parseString("brickwork.brick { id = z, seeds = [\"h:1\"], directory = d }")))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("address is missing");
    }
}
