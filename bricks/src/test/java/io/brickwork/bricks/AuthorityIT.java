package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.settings.SecretFile;
import io.brickwork.client.Dds;
import io.brickwork.client.link.ClusterSecret;
import io.brickwork.client.link.Dialler;
import io.brickwork.client.link.Link;
import io.brickwork.client.link.LinkHandler;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.client.link.Transport;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.hashtable.DdsHashTable;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attacks on the data ports of a real cluster: by clients, under a brick's name, as a brick that joins, with and
 * without a secret.
 */
@Timeout(300)
class AuthorityIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final LinkOptions QUICK =
            LinkOptions.DEFAULT.withRetries(Duration.ofMillis(20), Duration.ofMillis(50));

    @TempDir
    Path temp;

    private final EventLoopGroup loops =
            Transport.newLoops(1, Thread.ofPlatform().name("attacker").daemon().factory());
    private final EventLoop loop = loops.next();

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static MetadataState metadata(HostedBrick brick) {
        try (BrickProbe probe = new BrickProbe("127.0.0.1", brick.address().getPort(), "brickwork", "", PATIENCE)) {
            return probe.cluster().state();
        }
    }

    /** Says one message over a link of its own, and gives what became of it. */
    private String whatBecomesOf(Role role, String name, LinkOptions options, HostedBrick brick, Message message)
            throws InterruptedException {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        LinkHandler handler = new LinkHandler() {
            @Override
            public void up(Link link) {
                link.send(message);
                link.flush();
            }

            @Override
            public void received(Link link, Message answer) {
                if (!(answer instanceof LinkMessage)) {
                    told.add("answered " + answer);
                }
            }

            @Override
            public void down(Link link, String reason) {
                told.add("down: " + reason);
            }
        };
        try (Dialler dialler = Dialler.start(
                loop,
                "127.0.0.1",
                brick.address().getPort(),
                new Dialler.Identity(role, "brickwork", name, null),
                options,
                handler)) {
            for (int i = 0; i < 600; i++) {
                String first = told.poll(50, TimeUnit.MILLISECONDS);
                if (first != null) {
                    return first;
                }
                if (dialler.lastFailure() != null) {
                    return "no link: " + dialler.lastFailure();
                }
            }
        }
        return "nothing";
    }

    @Test
    void nobodyWithoutTheSecretChangesACluster() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 3);
                Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
            for (int i = 0; i < 50; i++) {
                table.set("k" + i, "v" + i);
            }
            MetadataState before = metadata(cluster.brick(0));
            int structure = before.structures().iterator().next().id();
            Group group = before.groups().iterator().next();
            PartitionId partition = group.partition();
            BrickInfo someone = before.bricks().iterator().next();
            MetadataCommand.DropStructure drop = new MetadataCommand.DropStructure(structure);
            Ballot highest = new Ballot(Long.MAX_VALUE, new PaxosMember(new BrickId("z"), new DiskId(1, 1)));
            long next = before.slot() + 1;
            List<Message> attacks = List.of(
                    new PaxosMessage.Learn(
                            highest, next, next, List.of(new PaxosValue.Commands(List.of(MetadataCodec.encode(drop))))),
                    new PaxosMessage.Prepare(highest, next),
                    new PaxosMessage.Propose(1, MetadataCodec.encode(drop)),
                    new ReplicaMessage.Fence(partition, group.newest()),
                    new ReplicaMessage.WrongEpoch(partition, group.newest().epoch(), Long.MAX_VALUE),
                    new LeaseMessage.Grant(1, Long.MAX_VALUE, 0),
                    new CallMessage.Instruct(1, drop),
                    new CallMessage.Instruct(1, new MetadataCommand.SetLeaseTerm(60_000_000_000L)),
                    new CallMessage.Instruct(1, new MetadataCommand.SetLeaving(someone.brick(), true)),
                    new CallMessage.Instruct(
                            1,
                            new MetadataCommand.FoundLineage(
                                    partition, group.newest().epoch(), group.openedEpoch(), someone.member())),
                    new LinkMessage.Members(List.of()));
            LinkOptions wrong = QUICK.withSecret(ClusterSecret.of(Bytes.utf8(ClusterSecret.fresh())));
            for (int i = 0; i < 3; i++) {
                HostedBrick brick = cluster.brick(i);
                for (Message attack : attacks) {
                    boolean isInstruction = attack instanceof CallMessage.Instruct;
                    assertThat(whatBecomesOf(Role.CLIENT, "b", QUICK, brick, attack))
                            .as("a client with a brick's name says %s", attack)
                            .startsWith(isInstruction ? "answered Instructed" : "down: closed by the other end")
                            .contains(isInstruction ? "needs the right 'admin'" : "a client may not say");
                }
                for (Role role : List.of(Role.BRICK, Role.JOINING, Role.OPERATOR)) {
                    for (String name : List.of("b", "z")) {
                        assertThat(whatBecomesOf(role, name, wrong, brick, attacks.getFirst()))
                                .as("%s %s with another secret", role, name)
                                .startsWith("no link:")
                                .contains("secret");
                    }
                }
                assertThat(brick.halted().toCompletableFuture()).isNotDone();
            }
            for (int i = 0; i < 50; i++) {
                assertThat(table.get("k" + i)).isEqualTo("v" + i);
            }
            table.set("after", "all");
            for (int i = 0; i < 3; i++) {
                MetadataState after = metadata(cluster.brick(i));
                assertThat(after.structure(structure)).isNotNull();
                assertThat(after.leaseTermNanos()).isEqualTo(before.leaseTermNanos());
                assertThat(after.bricks()).noneMatch(BrickInfo::isLeaving);
                assertThat(after.group(partition).newest().lineage()).isZero();
                assertThat(after.sessions()).as("what a client sees of others").isEmpty();
            }

            LinkOptions right = QUICK.withSecret(SecretFile.read(TestCluster.secretFile(temp)));
            assertThat(whatBecomesOf(
                            Role.OPERATOR, "an operator", right, cluster.brick(1), new CallMessage.Instruct(1, drop)))
                    .as("who knows the secret may")
                    .startsWith("answered Instructed");
        }
    }

    @Test
    void severalBricksNeedASecretThatNobodyElseCanRead() throws Exception {
        BrickSettings withSecret = TestCluster.settings(temp, 2).getFirst();
        BrickSettings without = BrickSettings.of(ConfigFactory.parseString(
                """
                brickwork.brick { id = a, members = ["a=%s", "b=127.0.0.1:1/2"], directory = "%s" }
                """.formatted("127.0.0.1:" + withSecret.self().dataPort(), temp.resolve("a"))));
        assertThatThrownBy(() -> HostedBrick.start(without))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("./dds secret FILE")
                .hasMessageContaining("--secret-file")
                .hasMessageContaining("BRICKWORK_SECRET");
        Path file = TestCluster.secretFile(temp);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> SecretFile.read(file))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("rw-r-----")
                .hasMessageContaining("chmod 600");
        Path empty = Files.createFile(
                temp.resolve("empty"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        assertThatThrownBy(() -> SecretFile.read(empty))
                .hasMessageContaining("0 bytes")
                .hasMessageContaining("at least 32");
        assertThatThrownBy(() -> SecretFile.read(temp)).hasMessageContaining("is a directory");
        assertThatThrownBy(() -> SecretFile.read(temp.resolve("nowhere")))
                .hasMessageContaining("there is no secret file");
    }
}
