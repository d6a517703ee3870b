package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.tokens.TokenFile;
import io.brickwork.client.Dds;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.PartitionId;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.rights.Right;
import io.brickwork.hashtable.DdsHashTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Clients with tokens of several rights, on a real cluster whose bricks share a tokens file. */
@Timeout(300)
class TokensIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = temp.resolve("tokens.conf");
    }

    private TestCluster start(int bricks) throws IOException {
        return TestCluster.start(temp, bricks, "tokens-file = \"" + file + "\"");
    }

    private static Dds connect(TestCluster cluster, String token) {
        return Dds.connect(
                cluster.addresses(), o -> o.token(token).timeout(PATIENCE).connectTimeout(PATIENCE));
    }

    private static DdsHashTable<String, String> table(Dds dds, String name) {
        return dds.hashTable(name, String.class, String.class);
    }

    @Test
    void aReaderReadsAndAWriterOfSomeStructuresWritesThose() throws IOException {
        String reader = TokenFile.add(file, "dashboard", Right.READ, List.of("*"));
        String shop = TokenFile.add(file, "shop", Right.WRITE, List.of("orders", "orders-*"));
        String all = TokenFile.add(file, "all", Right.WRITE, List.of("*"));
        try (TestCluster cluster = start(3);
                Dds writing = connect(cluster, all);
                Dds reading = connect(cluster, reader);
                Dds shopping = connect(cluster, shop)) {
            table(writing, "users").put("k", "v");
            table(shopping, "orders-1").put("o", "1");

            assertThat(table(reading, "users").get("k")).isEqualTo("v");
            assertThat(table(reading, "orders-1").size()).isEqualTo(1);
            assertForbidden(() -> table(reading, "users").put("k", "w"), "token 'dashboard'", "'write' on 'users'");
            assertForbidden(() -> table(reading, "new"), "token 'dashboard'", "'write' on 'new'");
            assertThat(table(writing, "users").get("k")).isEqualTo("v");

            assertForbidden(() -> table(shopping, "users").get("k"), "token 'shop'", "'read' on 'users'");
            assertForbidden(() -> table(shopping, "users").clear(), "token 'shop'", "'users'");
            assertForbidden(() -> table(shopping, "other"), "token 'shop'", "'write' on 'other'");

            DdsHashTable<String, String> readingUsers = table(reading, "users");
            String seen = reading.transactAndGet(tx -> tx.on(readingUsers).get("k"));
            assertThat(seen).as("in a transaction that only reads").isEqualTo("v");
            assertForbidden(
                    () -> reading.transact(tx -> tx.on(readingUsers).put("k", "w")), "token 'dashboard'", "'users'");
            DdsHashTable<String, String> orders = table(shopping, "orders-1");
            DdsHashTable<String, String> users = table(shopping, "users");
            assertForbidden(
                    () -> shopping.transact(tx -> {
                        tx.on(orders).put("o", "2");
                        tx.on(users).put("k", "w");
                    }),
                    "token 'shop'",
                    "'users'");
            assertThat(orders.get("o")).as("nothing of the transaction is done").isEqualTo("1");
            shopping.transact(tx -> tx.on(orders).put("o", "3"));
            assertThat(orders.get("o")).isEqualTo("3");
        }
    }

    private static void assertForbidden(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... said) {
        assertThatExceptionOfType(DdsException.Forbidden.class).isThrownBy(call).satisfies(forbidden -> {
            assertThat(forbidden.certainlyDidNotHappen()).isTrue();
            assertThat(forbidden.getMessage()).contains(said);
        });
    }

    @Test
    void aTokenThatIsRevokedEndsWhatItsHolderDoes() throws Exception {
        String shop = TokenFile.add(file, "shop", Right.WRITE, List.of("*"));
        String other = TokenFile.add(file, "other", Right.WRITE, List.of("*"));
        try (TestCluster cluster = start(3);
                Dds shopping = connect(cluster, shop);
                Dds staying = connect(cluster, other)) {
            DdsHashTable<String, String> orders = table(shopping, "orders");
            orders.put("o", "1");
            TokenFile.revoke(file, "shop");
            DdsException failure = null;
            for (int i = 0; failure == null && i < 60_000; i++) {
                try {
                    orders.get("o");
                    Thread.sleep(1);
                } catch (DdsException refused) {
                    failure = refused;
                }
            }
            assertThat(failure)
                    .as("long before its deadline")
                    .isInstanceOf(DdsException.Forbidden.class)
                    .hasMessageContaining("was revoked");
            assertForbidden(() -> orders.get("o"), "does not have this token in its tokens file");
            assertThat(table(staying, "orders").get("o")).as("others stay").isEqualTo("1");
        }
    }

    @Test
    void rightsThatShrinkHoldForTheNextRequestAndABadFileChangesNothing() throws Exception {
        String shop = TokenFile.add(file, "shop", Right.WRITE, List.of("*"));
        try (TestCluster cluster = start(1);
                Dds shopping = connect(cluster, shop)) {
            DdsHashTable<String, String> orders = table(shopping, "orders");
            String whole = Files.readString(file);
            Queue<String> warnings = listen("io.brickwork.bricks.tokens.TokenWatch");
            Files.writeString(file, whole.substring(0, whole.indexOf("shop")));
            await(warnings, "is malformed");
            orders.put("o", "1");
            Files.writeString(file, whole.replace("write =", "raed ="));
            await(warnings, "has a 'raed'");
            orders.put("o", "2");
            assertThat(warnings).as("each once").hasSize(2);

            Files.writeString(file, whole.replace("write =", "read ="));
            DdsException failure = null;
            for (int i = 0; failure == null && i < 60_000; i++) {
                try {
                    orders.put("o", "3");
                    Thread.sleep(1);
                } catch (DdsException refused) {
                    failure = refused;
                }
            }
            assertThat(failure)
                    .isInstanceOf(DdsException.Forbidden.class)
                    .hasMessageContaining("token 'shop' has 'read' there");
            assertThat(orders.get("o")).as("over the same links").isEqualTo("3");
        }
    }

    private static void await(Queue<String> lines, String part) throws InterruptedException {
        for (int i = 0; i < 6_000; i++) {
            if (lines.stream().anyMatch(line -> line.contains(part))) {
                return;
            }
            Thread.sleep(10);
        }
        assertThat(lines).anyMatch(line -> line.contains(part));
    }

    /** What the logger says from here on, at the level that it has. */
    private static Queue<String> listen(String name) {
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        Logger logger = (Logger) LoggerFactory.getLogger(name);
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event.getFormattedMessage());
            }
        };
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
        return lines;
    }

    @Test
    void whoeverHasTheRightToDoItSplitsAndTheAuditTells() throws IOException {
        String writer = TokenFile.add(file, "shop", Right.WRITE, List.of("*"));
        String admin = TokenFile.add(file, "keeper", Right.ADMIN, List.of("orders*"));
        try (TestCluster cluster = start(1);
                Dds shopping = connect(cluster, writer)) {
            table(shopping, "orders").put("o", "1");
            table(shopping, "users").put("k", "v");
            PartitionId orders = partition(shopping, "orders");
            PartitionId users = partition(shopping, "users");
            Logger audit = (Logger) LoggerFactory.getLogger("io.brickwork.audit");
            audit.setLevel(ch.qos.logback.classic.Level.INFO);
            Queue<String> lines = listen("io.brickwork.audit");
            MetadataCommand.SplitPartition split =
                    new MetadataCommand.SplitPartition(orders, Bytes.wrap(new byte[] {8}), false);
            try (BrickProbe probe = probe(cluster, writer)) {
                assertThat(probe.instruct(split).orElse(""))
                        .contains("SplitPartition needs the right 'admin' on 'orders', and token 'shop' has 'write'");
            }
            try (BrickProbe probe = probe(cluster, admin)) {
                assertThat(probe.instruct(new MetadataCommand.DropStructure(users.structure()))
                                .orElse(""))
                        .contains("'admin' on 'users'");
                assertThat(probe.instruct(new MetadataCommand.SetLeaseTerm(3_000_000_000L))
                                .orElse(""))
                        .contains("'admin' on all structures");
                assertThat(probe.instruct(split)).isEmpty();
            }
            assertThat(lines)
                    .as("what is asked for without any right to it is no act of an operator")
                    .hasSize(3)
                    .allMatch(line -> line.contains("token 'keeper'") && line.contains("at /127.0.0.1:"));
            assertThat(List.copyOf(lines).getFirst()).contains("DropStructure", "refused");
            assertThat(List.copyOf(lines).getLast()).contains("SplitPartition", ": done");
        }
    }

    private static PartitionId partition(Dds dds, String name) {
        return dds.structures().stream()
                .filter(info -> info.name().equals(name))
                .map(info -> new PartitionId(info.id(), 0))
                .findFirst()
                .orElseThrow();
    }

    private static BrickProbe probe(TestCluster cluster, String token) {
        return new BrickProbe("127.0.0.1", cluster.brick(0).address().getPort(), "brickwork", token, PATIENCE);
    }

    @Test
    void aBrickDoesNotStartWithABadFile() throws IOException {
        Files.writeString(file, "tokens {");
        assertThatThrownBy(() -> start(1).close())
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("the tokens file " + file);
    }
}
