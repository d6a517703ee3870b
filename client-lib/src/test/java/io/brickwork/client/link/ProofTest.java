package io.brickwork.client.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.client.link.Ends.Recorder;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.LinkId;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Challenge;
import io.brickwork.core.message.LinkMessage.Channel;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Proof;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.LinkMessage.Welcome;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bricks and operators prove themselves to a brick, and it to them; nobody who does not know the secret gets further,
 * whatever he has recorded.
 */
@Timeout(120)
class ProofTest {
    private static final LinkOptions OPTIONS = LinkOptions.DEFAULT.withSecret(Ends.SECRET);
    private static final ClusterSecret ANOTHER =
            ClusterSecret.of(Bytes.utf8("another secret, which is as long as it must be"));
    private static final LinkId LINK = new LinkId(1, 2);

    private final Ends ends = new Ends();
    private final Recorder brick = new Recorder();
    private int port;

    @BeforeEach
    void listen() throws Exception {
        port = ends.bind(0, OPTIONS, brick).address().getPort();
    }

    @AfterEach
    void close() throws Exception {
        ends.close();
    }

    private static Hello hello(Role role, Channel channel, String name) {
        return new Hello(
                LinkMessage.VERSION, role, channel, Ends.CLUSTER, name, LINK, Bytes.EMPTY, ClusterSecret.nonce());
    }

    private static Proof proof(ClusterSecret secret, ClusterSecret.End end, Hello hello, Challenge challenge) {
        return new Proof(secret.proof(end, hello, challenge.brick(), challenge.nonce()));
    }

    @Test
    void whatAStrangerSaysCanNeitherBreakALineOfTheLogNorSteerATerminal() {
        assertThat(Complaints.printable("a\nFATAL b\u009b31m\u2028c\u202ed\u200be äö"))
                .isEqualTo("a?FATAL b?31m?c?d?e äö");
    }

    @Test
    void passwordsFollowFromTheSecretAndThePurpose() {
        ClusterSecret one = ClusterSecret.of(Bytes.utf8("one secret of thirty-two letters"));
        ClusterSecret same = ClusterSecret.of(Bytes.utf8("one secret of thirty-two letters"));
        ClusterSecret other = ClusterSecret.of(Bytes.utf8("two secret of thirty-two letters"));
        assertThat(one.password("a", 4)).matches("[A-Za-z0-9_-]{4}").isEqualTo(same.password("a", 4));
        assertThat(one.password("a", 40)).isNotEqualTo(other.password("a", 40)).isNotEqualTo(one.password("b", 40));
    }

    @Test
    void whoKnowsTheSecretComesUpInEachRole() throws Exception {
        for (Role role : Role.values()) {
            Recorder dialler = new Recorder();
            ends.dial(port, new Dialler.Identity(role, Ends.CLUSTER, "b2", Ends.BRICK), OPTIONS, dialler);
            assertThat(dialler.awaitUp().welcome().brick()).isEqualTo(Ends.BRICK);
            Link taken = brick.awaitUp();
            assertThat(taken.hello().role()).isEqualTo(role);
            assertThat(taken.peerBrick()).isEqualTo(role.isBrick() ? new BrickId("b2") : null);
        }
    }

    @Test
    void neitherSilentConnectionsNorClientsKeepBricksOut() throws Exception {
        LinkOptions few = OPTIONS.withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(20))
                .withBounds(10, 64L << 20, 4L << 20, 8);
        int small = ends.bind(0, few, brick).address().getPort();
        Dialler.Identity client = new Dialler.Identity(Role.CLIENT, Ends.CLUSTER, "c", null);
        List<RawPeer> silent = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            silent.add(new RawPeer(small));
        }
        for (int i = 0; i < 3; i++) {
            Recorder one = new Recorder();
            ends.dial(small, client, LinkOptions.DEFAULT, one);
            one.awaitUp();
        }
        for (RawPeer peer : silent) {
            peer.hearEnd();
            peer.close();
        }
        Dialler tooMany = ends.dial(small, client, LinkOptions.DEFAULT, new Recorder());
        ends.awaitFailure(tooMany);
        assertThat(tooMany.lastFailure()).contains("connections are open, and clients may use 6 of the 8");
        tooMany.close();
        Recorder joins = new Recorder();
        ends.dial(small, new Dialler.Identity(Role.BRICK, Ends.CLUSTER, "b2", Ends.BRICK), OPTIONS, joins);
        assertThat(joins.awaitUp().welcome().brick()).isEqualTo(Ends.BRICK);
    }

    @Test
    void anotherSecretIsToldToBothEnds() throws Exception {
        for (Role role : List.of(Role.BRICK, Role.JOINING, Role.OPERATOR)) {
            Dialler dialler = ends.dial(
                    port,
                    new Dialler.Identity(role, Ends.CLUSTER, "b2", null),
                    OPTIONS.withSecret(ANOTHER),
                    new Recorder());
            ends.awaitFailure(dialler);
            assertThat(dialler.lastFailure())
                    .contains("has not proved that it knows the secret of the cluster", "compare the secret files");
            try (RawPeer raw = new RawPeer(port)) {
                Hello hello = hello(role, Channel.URGENT, "b2");
                raw.say(hello);
                raw.say(proof(ANOTHER, ClusterSecret.End.DIALLER, hello, challenge(raw)));
                assertThat(raw.hearEnd())
                        .contains("'b2' has not proved that it knows the secret", "compare the secret files");
            }
        }
        assertThat(brick.isQuiet()).isTrue();
    }

    @Test
    void withoutASecretNobodyIsTakenButClientsAndNobodyDials() throws Exception {
        int alone = ends.bind(0, LinkOptions.DEFAULT, brick).address().getPort();
        Dialler refused =
                ends.dial(alone, new Dialler.Identity(Role.JOINING, Ends.CLUSTER, "b2", null), OPTIONS, new Recorder());
        Dialler hasNone = ends.dial(
                port, new Dialler.Identity(Role.BRICK, Ends.CLUSTER, "b2", null), LinkOptions.DEFAULT, new Recorder());
        ends.awaitFailure(refused);
        ends.awaitFailure(hasNone);
        assertThat(refused.lastFailure()).contains("has no secret of the cluster", "--secret-file");
        assertThat(hasNone.lastFailure()).contains("no secret of the cluster to prove itself with", "--secret-file");
        assertThat(brick.isQuiet()).isTrue();
    }

    /** Both connections of a good greeting, played again byte for byte. */
    @Test
    void aRecordedGreetingIsOfNoUse() throws Exception {
        List<Hello> hellos = List.of(hello(Role.BRICK, Channel.URGENT, "b2"), hello(Role.BRICK, Channel.BULK, "b2"));
        List<Proof> recorded = new ArrayList<>();
        try (RawPeer urgent = new RawPeer(port);
                RawPeer bulk = new RawPeer(port)) {
            for (RawPeer raw : List.of(urgent, bulk)) {
                Hello hello = hellos.get(recorded.size());
                raw.say(hello);
                Proof proof = proof(Ends.SECRET, ClusterSecret.End.DIALLER, hello, challenge(raw));
                recorded.add(proof);
                raw.say(proof);
            }
            assertThat(brick.awaitUp().peerBrick()).isEqualTo(new BrickId("b2"));
            for (int i = 0; i < 2; i++) {
                try (RawPeer again = new RawPeer(port)) {
                    again.say(hellos.get(i));
                    challenge(again);
                    again.say(recorded.get(i));
                    assertThat(again.hearEnd()).contains("has not proved");
                }
            }
            assertThat(brick.isQuiet())
                    .as("the real link stays, no other comes up")
                    .isTrue();
        }
    }

    /** What the listener has proved, or another listener proves to the attacker, is shown to it as the dialler's. */
    @Test
    void aProofIsNotReflectedNorUsedInAnotherRoleOrUnderAnotherName() throws Exception {
        Hello hello = hello(Role.BRICK, Channel.URGENT, "b2");
        try (RawPeer raw = new RawPeer(port)) {
            raw.say(hello);
            raw.say(new Proof(challenge(raw).proof()));
            assertThat(raw.hearEnd()).contains("has not proved");
        }
        List<Hello> others = List.of(
                hello(Role.OPERATOR, Channel.URGENT, "b2"),
                hello(Role.JOINING, Channel.URGENT, "b2"),
                hello(Role.BRICK, Channel.BULK, "b2"),
                hello(Role.BRICK, Channel.URGENT, "b3"));
        for (Hello other : others) {
            try (RawPeer raw = new RawPeer(port)) {
                raw.say(hello);
                raw.say(proof(Ends.SECRET, ClusterSecret.End.DIALLER, other, challenge(raw)));
                assertThat(raw.hearEnd()).contains("has not proved");
            }
        }
        assertThat(brick.isQuiet()).isTrue();
    }

    @Test
    void nothingButAProofFollowsAChallenge() throws Exception {
        for (LinkMessage other : List.of(
                hello(Role.BRICK, Channel.URGENT, "b2"),
                new LinkMessage.Ping(1),
                new Welcome(2, Ends.BRICK, List.of(), 1))) {
            try (RawPeer raw = new RawPeer(port)) {
                raw.say(hello(Role.BRICK, Channel.URGENT, "b2"));
                challenge(raw);
                raw.say(other);
                assertThat(raw.hearEnd()).contains("the answer to a Challenge is not a Proof");
            }
        }
        try (RawPeer raw = new RawPeer(port)) {
            raw.say(new Hello(1, Role.BRICK, Channel.URGENT, Ends.CLUSTER, "b2", LINK, Bytes.EMPTY));
            assertThat(raw.hearEnd())
                    .as("who has never heard of proofs")
                    .contains("a nonce of 0 bytes", "update all bricks");
        }
        assertThat(brick.isQuiet()).isTrue();
    }

    @Test
    void aClientWithABricksNameIsAClient() throws Exception {
        ends.dial(
                port, new Dialler.Identity(Role.CLIENT, Ends.CLUSTER, "b2", null), LinkOptions.DEFAULT, new Recorder());
        assertThat(brick.awaitUp().peerBrick()).isNull();
    }

    /** A stranger on a brick's port. */
    @Test
    void aDiallerTakesNoListenerThatDoesNotProveItself() throws Exception {
        Hello known = hello(Role.BRICK, Channel.URGENT, "b2");
        Bytes nonce = ClusterSecret.nonce();
        Bytes right = Ends.SECRET.proof(ClusterSecret.End.LISTENER, known, Ends.BRICK, nonce);
        assertThat(whatADiallerSaysTo(new Welcome(2, Ends.BRICK, List.of(), 1)))
                .contains("has not proved that it knows the secret");
        assertThat(whatADiallerSaysTo(new Challenge(Ends.BRICK, nonce, right)))
                .as("a proof of another greeting")
                .contains("has not proved that it knows the secret");
        assertThat(whatADiallerSaysTo(new Challenge(new BrickId("b9"), nonce, right)))
                .contains("brick b9 answers", "where brick " + Ends.BRICK);
    }

    private String whatADiallerSaysTo(LinkMessage answer) throws Exception {
        Recorder lost = new Recorder();
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Dialler dialler = ends.dial(
                        listener.getLocalPort(),
                        new Dialler.Identity(Role.BRICK, Ends.CLUSTER, "b2", Ends.BRICK),
                        OPTIONS,
                        lost);
                RawPeer raw = new RawPeer(listener.accept())) {
            assertThat(raw.hear()).isInstanceOf(Hello.class);
            raw.say(answer);
            ends.awaitFailure(dialler);
            assertThat(lost.isQuiet()).isTrue();
            return String.valueOf(dialler.lastFailure());
        }
    }

    @Test
    void aSecretIsLongAndShowsNothingOfItself() {
        assertThat(ClusterSecret.fresh()).hasSizeGreaterThanOrEqualTo(64).isNotEqualTo(ClusterSecret.fresh());
        assertThat(Ends.SECRET.toString()).isEqualTo("ClusterSecret");
        assertThat(OPTIONS.toString()).contains("secret set").doesNotContain("0123456789");
        assertThatThrownBy(() -> ClusterSecret.of(Bytes.utf8("short")))
                .hasMessageContaining("5 bytes")
                .hasMessageContaining("at least 32");
    }

    private static Challenge challenge(RawPeer raw) throws Exception {
        return (Challenge) raw.hear();
    }
}
