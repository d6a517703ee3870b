package io.brickwork.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.brickwork.client.link.LinkOptions;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A {@link Dds} over real sockets, against bricks that keep everything in memory. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DdsConnectTest {
    private static final LinkOptions QUICK =
            LinkOptions.DEFAULT.withRetries(Duration.ofMillis(5), Duration.ofMillis(50));
    private static final Consumer<DdsOptions> TEST_CLUSTER = o -> o.cluster("test-cluster");

    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster(3, QUICK);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private Dds connect() {
        return Dds.connect(cluster.addresses(), TEST_CLUSTER);
    }

    @Test
    void aTableOverSocketsIsAMap() {
        try (Dds dds = connect()) {
            DdsHashTable<String, Long> table = dds.hashTable("counts", String.class, Long.class);
            for (int i = 0; i < 200; i++) {
                assertThat(table.put("key " + i, (long) i)).isNull();
            }
            assertThat(table.put("key 7", 70L)).isEqualTo(7L);
            assertThat(table.get("key 7")).isEqualTo(70L);
            assertThat(table.merge("key 7", 1L, Long::sum)).isEqualTo(71L);
            assertThat(table).hasSize(200).contains(Map.entry("key 199", 199L));
            assertThat(cluster.brick(0).requests.get()).isPositive();
            assertThat(cluster.brick(1).requests.get()).isPositive();
            assertThat(cluster.brick(2).requests.get()).isPositive();
        }
    }

    @Test
    void structuresAreListedAndReopenedAsTheyAre() {
        try (Dds dds = connect()) {
            dds.hashTable(TableSpec.of("b", Codecs.string(), Codecs.int64()).replicas(2));
            dds.hashTable("a", String.class, String.class).set("k", "v");
            assertThat(dds.structures()).extracting(StructureInfo::name).containsExactly("a", "b");
        }
        try (Dds dds = connect()) {
            assertThat(dds.hashTable("a", String.class, String.class)).containsEntry("k", "v");
            assertThat(dds.hashTable("b", String.class, Long.class).spec().replicas())
                    .isEqualTo(2);
        }
    }

    @Test
    void openingATableWithOtherTypesNamesBoth() {
        try (Dds dds = connect()) {
            dds.hashTable("a", String.class, Long.class);
            assertThatExceptionOfType(DdsException.WrongType.class)
                    .isThrownBy(() -> dds.hashTable("a", String.class, String.class))
                    .withMessageContainingAll("'a'", "String to Long", "String to String");
        }
    }

    private static final class Unheard {}

    @Test
    void aClassWithoutACodecNamesTheLineToAdd() {
        try (Dds dds = connect()) {
            assertThatExceptionOfType(DdsException.Unregistered.class)
                    .isThrownBy(() -> dds.hashTable("a", String.class, Unheard.class))
                    .withMessageContainingAll("register(", "Unheard.class");
        }
    }

    @Test
    void oneAddressIsEnoughToFindAllBricks() {
        try (Dds dds = Dds.connect(cluster.address(1), TEST_CLUSTER)) {
            DdsHashTable<String, String> table = dds.hashTable("a", String.class, String.class);
            for (int i = 0; i < 50; i++) {
                table.set("key " + i, "value");
            }
            assertThat(cluster.brick(0).links).hasValue(1);
            assertThat(cluster.brick(1).links).hasValue(1);
            assertThat(cluster.brick(2).links).hasValue(1);
        }
    }

    @Test
    void oneBrickUnderTwoNamesGetsOneLink() {
        String twice = cluster.address(0) + "," + cluster.address(0).replace("127.0.0.1", "localhost");
        try (Dds dds = Dds.connect(twice, TEST_CLUSTER)) {
            DdsHashTable<String, String> table = dds.hashTable("a", String.class, String.class);
            for (int i = 0; i < 50; i++) {
                table.set("key " + i, "value " + i);
            }
            assertThat(table).hasSize(50);
        }
    }

    @Test
    void callsGoOnWhenABrickIsBack() throws Exception {
        try (Dds dds = connect()) {
            DdsHashTable<String, String> table = dds.hashTable("a", String.class, String.class);
            table.set("k", "v");
            for (int i = 0; i < 3; i++) {
                cluster.brick(i).stop();
            }
            CompletableFuture<String> read = table.async().get("k").toCompletableFuture();
            CompletableFuture<?> write = table.async().set("l", "w").toCompletableFuture();
            for (int i = 0; i < 3; i++) {
                cluster.brick(i).startAgain();
            }
            assertThat(read.get()).isEqualTo("v");
            write.get();
            assertThat(table.get("l")).isEqualTo("w");
        }
    }

    @Test
    void aLostAnswerDoesNotMakeAnOperationHappenTwice() throws Exception {
        try (Dds dds = connect()) {
            DdsHashTable<String, String> table = dds.hashTable("a", String.class, String.class);
            table.set("warm", "up");
            cluster.isSilent = true;
            int before = cluster.executed.get();
            CompletableFuture<?> write = table.async().set("k", "v").toCompletableFuture();
            cluster.keptBack.acquire();
            cluster.isSilent = false;
            write.join(); // answered at the second attempt, a second later
            assertThat(cluster.executed).hasValue(before + 1);
        }
    }

    @Test
    void anUnknownOutcomeCanBeAskedForByItsId() {
        try (Dds dds = connect()) {
            DdsHashTable<String, String> table = dds.hashTable("a", String.class, String.class);
            table.set("warm", "up");
            cluster.isSilent = true;
            DdsException.UnknownOutcome unknown = catchThrowableOfType(
                    DdsException.UnknownOutcome.class,
                    () -> table.withTimeout(Duration.ofMillis(100)).set("k", "v"));
            assertThat(unknown).hasMessageContainingAll("set", "'a'");
            cluster.isSilent = false;
            OperationId id = unknown.id().orElseThrow();
            assertThat(dds.outcome(id)).isEqualTo(new OperationOutcome.Done());
            assertThat(dds.outcome(id)).isInstanceOf(OperationOutcome.Forgotten.class);
        }
    }

    @Test
    void valuesOfAMegabyteInManyCallsDoNotBreakTheLink() {
        try (Dds dds = connect()) {
            DdsHashTable<String, byte[]> table = dds.hashTable("large", String.class, byte[].class);
            byte[] value = new byte[Limits.VALUE_BYTES - 64];
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                writes.add(table.async().set("key " + i, value).toCompletableFuture());
            }
            CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).join();
            assertThat(table.size()).isEqualTo(120);
        }
    }

    @Test
    void closingFailsLaterCallsAsClosed() {
        Dds dds = connect();
        DdsHashTable<String, String> table = dds.hashTable("a", String.class, String.class);
        dds.close();
        dds.close();
        assertThatExceptionOfType(DdsException.Closed.class).isThrownBy(() -> table.get("k"));
    }

    @Test
    void anUnreachableClusterIsToldWithEachAddressAndWhy() throws IOException {
        int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        String addresses = "127.0.0.1:" + unused + ",no-such-host.invalid:7400";
        assertThatExceptionOfType(DdsException.Unavailable.class)
                .isThrownBy(() -> Dds.connect(addresses, o -> o.connectTimeout(Duration.ofMillis(700))))
                .withMessageContainingAll(
                        "700 ms", "127.0.0.1:" + unused + ": ", "refused", "no-such-host.invalid:7400: ", "not known");
    }

    @Test
    void anotherClusterIsToldByItsName() {
        assertThatExceptionOfType(DdsException.Unavailable.class)
                .isThrownBy(() -> Dds.connect(
                        cluster.addresses(), o -> o.cluster("other").connectTimeout(Duration.ofMillis(300))))
                .withMessageContainingAll("'other'", "this is cluster 'test-cluster'");
    }

    @Test
    void aMissingTokenIsTold() throws IOException {
        try (FakeCluster guarded = new FakeCluster(1, QUICK.withToken(Bytes.utf8("secret")))) {
            assertThatExceptionOfType(DdsException.Unavailable.class)
                    .isThrownBy(() -> Dds.connect(
                            guarded.addresses(), o -> o.cluster("test-cluster").connectTimeout(Duration.ofMillis(300))))
                    .withMessageContaining("a token is required");
            Dds.connect(guarded.addresses(), o -> o.cluster("test-cluster").token("secret"))
                    .close();
        }
    }

    @Test
    void nonsenseInAddressesAndOptionsIsRefusedAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> Dds.connect("localhost"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dds.connect(cluster.addresses(), o -> o.timeout(Duration.ZERO)));
        assertThatIllegalArgumentException().isThrownBy(() -> Dds.connect(cluster.addresses(), o -> o.openCalls(0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dds.connect(cluster.addresses(), o -> o.register(Unheard.class, 1)));
    }

    @Test
    void embeddedWithoutABrickOnTheClassPathNamesTheArtifact() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Dds.embedded(Path.of("unused")))
                .withMessageContaining("io.brickwork:bricks");
    }
}
