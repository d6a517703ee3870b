package io.brickwork.client.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.client.link.Ends.Recorder;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.LinkId;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Channel;
import io.brickwork.core.message.LinkMessage.Goodbye;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.LinkMessage.Welcome;
import io.brickwork.core.message.Message;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whoever says something wrong loses the connection and learns why; a good link beside him works on, before, meanwhile
 * and afterwards.
 */
@Timeout(120)
class StrangerTest {
    private static final Bytes TOKEN = Bytes.utf8("the token of the cluster");
    private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(1);
    private static final LinkOptions PLAIN =
            LinkOptions.DEFAULT.withTimeouts(HELLO_TIMEOUT, Duration.ofSeconds(1), Duration.ofSeconds(20));

    private final Ends ends = new Ends();
    private final Recorder client = new Recorder();
    /** The listener: answers every message with the same one. */
    private final Recorder brick = new Recorder((link, message) -> {
        link.send(message);
        link.flush();
    });

    private Link good;
    private int port;
    private long rounds;

    @BeforeEach
    void listenAndMakeAGoodLink() throws Exception {
        port = ends.bind(0, PLAIN, brick).address().getPort();
        // The first connections of a process take their time.
        ends.dial(port, LinkOptions.DEFAULT, client);
        good = client.awaitUp();
        brick.awaitUp();
    }

    @AfterEach
    void goodLinkStillWorksAndNobodyElseCameUp() throws Exception {
        rounds++;
        ends.onDialling(() -> {
            good.send(LinkTest.stored(rounds));
            good.flush();
        });
        assertThat(client.awaitMessage()).isEqualTo(LinkTest.stored(rounds));
        assertThat(brick.awaitMessage()).isEqualTo(LinkTest.stored(rounds));
        ends.close();
    }

    @Test
    void garbageIsTurnedAway() throws Exception {
        Random random = new Random(20);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[1 + random.nextInt(2000)];
            random.nextBytes(garbage);
            try (RawPeer stranger = new RawPeer(port)) {
                stranger.send(garbage);
                stranger.hearEnd();
            }
        }
    }

    @Test
    void browserIsTurnedAway() throws Exception {
        try (RawPeer stranger = new RawPeer(port)) {
            stranger.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(stranger.hearEnd()).contains("a frame claims 1195725856 bytes; the limit is 4096");
        }
    }

    @Test
    void claimOfTwoGigabytesIsTurnedAwayAtOnce() throws Exception {
        for (int claim :
                new int[] {Integer.MAX_VALUE, 1 << 31, -1, Limits.FRAME_BYTES, Connection.HELLO_FRAME_BYTES + 1}) {
            try (RawPeer stranger = new RawPeer(port)) {
                stranger.send(new ByteWriter(4).fixed32(claim).toBytes().toArray());
                assertThat(stranger.hearEnd())
                        .contains("claims " + Integer.toUnsignedString(claim) + " bytes; the limit is 4096");
            }
        }
    }

    @Test
    void claimOfTwoGigabytesOverAnAcceptedLinkClosesIt() throws Exception {
        try (RawLink raw = new RawLink()) {
            raw.bulk.send(new ByteWriter(4).fixed32(Integer.MAX_VALUE).toBytes().toArray());
            assertThat(raw.bulk.hearEnd()).contains("claims 2147483647 bytes; the limit is " + Limits.FRAME_BYTES);
            assertThat(raw.urgent.hearEnd()).contains("2147483647");
            assertThat(brick.awaitDown()).contains("2147483647");
        }
    }

    @Test
    void halfAFrameIsWaitedForNoLongerThanTheTimeout() throws Exception {
        try (RawPeer stranger = new RawPeer(port)) {
            byte[] hello = stranger.framed(RawPeer.hello(Channel.URGENT, new LinkId(1, 1)));
            stranger.send(java.util.Arrays.copyOf(hello, hello.length - 1));
            assertThat(stranger.hearEnd()).isEqualTo("no Hello within PT1S");
        }
    }

    @Test
    void silenceIsHeardNoLongerThanTheTimeout() throws Exception {
        try (RawPeer stranger = new RawPeer(port)) {
            assertThat(stranger.hearEnd()).isEqualTo("no Hello within PT1S");
        }
    }

    @Test
    void halfAFrameAndNoMoreHarmsNobody() throws Exception {
        for (int length = 0; length < 40; length++) {
            try (RawPeer stranger = new RawPeer(port)) {
                byte[] hello = stranger.framed(RawPeer.hello(Channel.URGENT, new LinkId(1, 1)));
                stranger.send(java.util.Arrays.copyOf(hello, length));
            }
        }
    }

    @Test
    void oneConnectionIsNoLink() throws Exception {
        try (RawPeer stranger = new RawPeer(port)) {
            stranger.say(RawPeer.hello(Channel.URGENT, new LinkId(1, 1)));
            assertThat(stranger.hearEnd()).isEqualTo("the link's other connection did not come within PT1S");
        }
    }

    @Test
    void connectionsThatDoNotBelongTogetherAreNoLink() throws Exception {
        LinkId id = new LinkId(1, 1);
        Hello first = RawPeer.hello(Channel.URGENT, id);
        List<Hello> seconds = List.of(
                first,
                new Hello(2, Role.CLIENT, Channel.BULK, Ends.CLUSTER, "somebody else", id, Bytes.EMPTY),
                new Hello(1, Role.CLIENT, Channel.BULK, Ends.CLUSTER, "raw", id, Bytes.EMPTY));
        for (Hello second : seconds) {
            try (RawPeer one = new RawPeer(port);
                    RawPeer other = new RawPeer(port)) {
                one.say(first);
                other.say(second);
                // Which of the two is read first is the network's choice; one is turned away at once, the other when
                // its time is up.
                assertThat(List.of(one.hearEnd(), other.hearEnd()))
                        .containsExactlyInAnyOrder(
                                "the link's other connection said another hello",
                                "the link's other connection did not come within PT1S");
            }
        }
    }

    @Test
    void messagesBeforeTheHelloAreNotParsed() throws Exception {
        // The second does not even hold a message: only its type is looked at.
        for (Message message : List.of(LinkTest.stored(1), new LinkMessage.Ping(1), new Goodbye("x"))) {
            try (RawPeer stranger = new RawPeer(port)) {
                stranger.say(message);
                assertThat(stranger.hearEnd()).contains("the first message is not a Hello");
            }
        }
        try (RawPeer stranger = new RawPeer(port)) {
            stranger.send(frame(new ByteWriter(16).u8(1).varint(1).u8(39).varint(1L << 40)));
            assertThat(stranger.hearEnd()).contains("the first message is not a Hello");
        }
    }

    @Test
    void messagesBeforeTheWelcomeAreRefused() throws Exception {
        try (RawPeer stranger = new RawPeer(port)) {
            stranger.say(RawPeer.hello(Channel.URGENT, new LinkId(1, 1)));
            stranger.say(LinkTest.stored(1));
            assertThat(stranger.hearEnd()).contains("before it was welcomed");
        }
    }

    @Test
    void unknownFrameFormatAndWrongNumbersAreRefused() throws Exception {
        Hello hello = RawPeer.hello(Channel.URGENT, new LinkId(1, 1));
        try (RawPeer stranger = new RawPeer(port)) {
            byte[] frame = stranger.framed(hello);
            frame[4] = 2;
            stranger.send(frame);
            assertThat(stranger.hearEnd()).contains("frame format 2 is not known");
        }
        try (RawPeer stranger = new RawPeer(port)) {
            byte[] frame = stranger.framed(hello);
            frame[5] = 2;
            stranger.send(frame);
            assertThat(stranger.hearEnd()).contains("frame 2 where frame 1 is due");
        }
        try (RawPeer stranger = new RawPeer(port)) {
            byte[] frame = stranger.framed(hello);
            frame[8] = 0;
            stranger.send(frame);
            assertThat(stranger.hearEnd()).contains("wire version is 0");
        }
    }

    @Test
    void repeatedLostAndUnreadableFramesCloseTheLink() throws Exception {
        try (RawLink raw = new RawLink()) {
            byte[] second = raw.bulk.framed(LinkTest.stored(1));
            raw.bulk.send(second);
            assertThat(brick.awaitMessage()).isEqualTo(LinkTest.stored(1));
            raw.bulk.send(second);
            assertThat(brick.awaitDown()).contains("frame 2 where frame 3 is due");
        }
        try (RawLink raw = new RawLink()) {
            raw.urgent.framed(LinkTest.stored(1));
            raw.urgent.say(LinkTest.stored(2));
            assertThat(brick.awaitDown()).contains("frame 3 where frame 2 is due");
        }
        try (RawLink raw = new RawLink()) {
            raw.bulk.send(frame(new ByteWriter(16).u8(1).varint(2).u8(200).varint(0)));
            assertThat(brick.awaitDown()).contains("message type 200 is not known");
        }
        try (RawLink raw = new RawLink()) {
            raw.bulk.say(RawPeer.hello(Channel.BULK, new LinkId(1, 1)));
            assertThat(brick.awaitDown()).contains("a second Hello came");
        }
    }

    @Test
    void frameThatComesByteByByteIsRead() throws Exception {
        try (RawLink raw = new RawLink()) {
            for (byte each : raw.bulk.framed(LinkTest.stored(1), LinkTest.stored(2))) {
                raw.bulk.send(each);
            }
            assertThat(brick.awaitMessage()).isEqualTo(LinkTest.stored(1));
            assertThat(brick.awaitMessage()).isEqualTo(LinkTest.stored(2));
        }
        assertThat(brick.awaitDown()).isNotEmpty();
    }

    @Test
    void newerDiallerIsAnsweredInTheOlderVersion() throws Exception {
        LinkId id = new LinkId(5, 5);
        try (RawPeer urgent = new RawPeer(port);
                RawPeer bulk = new RawPeer(port)) {
            urgent.say(new Hello(9, Role.CLIENT, Channel.URGENT, Ends.CLUSTER, "raw", id, Bytes.EMPTY));
            bulk.say(new Hello(9, Role.CLIENT, Channel.BULK, Ends.CLUSTER, "raw", id, Bytes.EMPTY));
            brick.awaitUp();
            assertThat(((Welcome) urgent.hear()).version()).isEqualTo(LinkMessage.VERSION);
        }
        assertThat(brick.awaitDown()).isNotEmpty();
    }

    @Test
    void wrongClusterIsNamed() throws Exception {
        Recorder lost = new Recorder();
        Dialler dialler = ends.dial(
                port, new Dialler.Identity(Role.CLIENT, "another", "a client", null), LinkOptions.DEFAULT, lost);
        ends.awaitFailure(dialler);
        assertThat(dialler.lastFailure())
                .isEqualTo("refused by the other end: this is cluster 'test-cluster', not 'another'");
        assertThat(lost.isQuiet()).isTrue();
    }

    @Test
    void brickWithoutABricksNameIsTurnedAway() throws Exception {
        Dialler dialler = ends.dial(
                port,
                new Dialler.Identity(Role.BRICK, Ends.CLUSTER, "not a brick", null),
                LinkOptions.DEFAULT.withSecret(Ends.SECRET),
                new Recorder());
        ends.awaitFailure(dialler);
        assertThat(dialler.lastFailure()).contains("brick name 'not a brick' is not");
    }

    @Test
    void onlyTheRightTokenOpens() throws Exception {
        Recorder guarded = new Recorder();
        int safe = ends.bind(0, PLAIN.withToken(TOKEN), guarded).address().getPort();
        Dialler without = ends.dial(safe, LinkOptions.DEFAULT, new Recorder());
        Dialler wrong =
                ends.dial(safe, LinkOptions.DEFAULT.withToken(Bytes.utf8("the token of a cluster")), new Recorder());
        Dialler wrongCluster = ends.dial(
                safe,
                new Dialler.Identity(Role.CLIENT, "another", "a client", null),
                LinkOptions.DEFAULT,
                new Recorder());
        ends.awaitFailure(without);
        ends.awaitFailure(wrong);
        ends.awaitFailure(wrongCluster);
        assertThat(without.lastFailure()).isEqualTo("refused by the other end: a token is required");
        assertThat(wrong.lastFailure()).isEqualTo("refused by the other end: the token is wrong");
        assertThat(wrongCluster.lastFailure())
                .as("who has no token does not learn the cluster's name")
                .isEqualTo("refused by the other end: a token is required");
        assertThat(guarded.isQuiet()).isTrue();
        ends.dial(safe, LinkOptions.DEFAULT.withToken(TOKEN), new Recorder());
        guarded.awaitUp();
    }

    @Test
    void connectionsAboveTheLimitAreClosedUnheard() throws Exception {
        int small = ends.bind(0, PLAIN.withBounds(10, 64L << 20, 4L << 20, 3), new Recorder())
                .address()
                .getPort();
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RawPeer peer = new RawPeer(small);
            peer.say(RawPeer.hello(Channel.URGENT, new LinkId(1, i)));
            peers.add(peer);
        }
        try (RawPeer tooMany = new RawPeer(small)) {
            assertThat(tooMany.hearEnd()).isEmpty();
        }
        for (RawPeer peer : peers) {
            assertThat(peer.hearEnd()).contains("did not come within");
            peer.close();
        }
        Recorder late = new Recorder();
        ends.dial(small, LinkOptions.DEFAULT, late);
        late.awaitUp();
    }

    /** The other way round: a dialler trusts no listener either. */
    @Test
    void diallerClosesOnWhateverIsNoWelcome() throws Exception {
        assertThat(whatADiallerSaysTo(raw -> raw.send("SSH-2.0-OpenSSH_9.6\r\n".getBytes(StandardCharsets.US_ASCII))))
                .contains("a frame claims 1397966893 bytes; the limit is 262144");
        assertThat(whatADiallerSaysTo(raw -> raw.say(LinkTest.stored(1))))
                .contains("the first frame is not a Welcome, a Challenge or a Goodbye");
        assertThat(whatADiallerSaysTo(raw -> raw.say(new Welcome(LinkMessage.VERSION + 1, Ends.BRICK, List.of(), 1))))
                .contains("the other end speaks version 3, this one up to 2");
        assertThat(whatADiallerSaysTo(RawPeer::close)).containsAnyOf("closed by the other end", "reset");
    }

    @Test
    void twoBricksBehindOneAddressAreNoLink() throws Exception {
        int[] answers = new int[1];
        assertThat(whatADiallerSaysTo(
                        raw -> raw.say(new Welcome(1, new BrickId("brick-" + answers[0]++), List.of(), 1))))
                .contains("two bricks answer at one address");
    }

    private interface Answer {
        void to(RawPeer dialler) throws IOException;
    }

    private String whatADiallerSaysTo(Answer answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Recorder told = new Recorder();
            List<Socket> sockets = new ArrayList<>();
            try (Dialler dialler = ends.dial(
                    server.getLocalPort(),
                    Ends.client(),
                    LinkOptions.DEFAULT.withRetries(Duration.ofSeconds(30), Duration.ofSeconds(30)),
                    told)) {
                for (int i = 0; i < 2; i++) {
                    Socket socket = server.accept();
                    sockets.add(socket);
                    answer.to(new RawPeer(socket));
                }
                ends.awaitFailure(dialler);
                assertThat(told.isQuiet()).isTrue();
                return dialler.lastFailure();
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void portInUseIsNamed() {
        assertThatThrownBy(() -> ends.bind(port, PLAIN, new Recorder()))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("data port " + port)
                .hasMessageContaining("is in use");
    }

    @Test
    void addressThatOthersCanReachNeedsTlsAndAToken() throws Exception {
        for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), 7400);
            assertThatThrownBy(() -> DataPort.bind(ends.listeningLoop(), address, Ends.identity(), PLAIN, brick))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(address))
                    .hasMessageContaining(
                            "set TLS (brickwork.brick.tls.certificate, .key and .trusted) and a token (brickwork.brick.token or .tokens-file)");
            assertThatThrownBy(() -> DataPort.bind(
                            ends.listeningLoop(), address, Ends.identity(), PLAIN.withToken(TOKEN), brick))
                    .hasMessageContaining("set TLS (brickwork.brick.tls.certificate, .key and .trusted), or");
        }
    }

    @Test
    void tokenIsNotSentToOtherMachinesWithoutTls() {
        Dialler dialler = Dialler.start(
                ends.listeningLoop(), "192.0.2.1", 7400, Ends.client(), PLAIN.withToken(TOKEN), new Recorder());
        ends.awaitFailure(dialler);
        assertThat(dialler.lastFailure()).contains("the token is not sent to /192.0.2.1:7400 without TLS");
        dialler.close();
    }

    @Test
    void tokenIsNotPrinted() {
        String secret = TOKEN.toString();
        assertThat(PLAIN.withToken(TOKEN).toString()).contains("token set").doesNotContain(secret);
        assertThat(new Hello(1, Role.CLIENT, Channel.BULK, "c", "n", new LinkId(1, 1), TOKEN).toString())
                .doesNotContain(secret);
    }

    private static byte[] frame(ByteWriter rest) {
        return new ByteWriter(64)
                .fixed32(rest.length())
                .raw(rest.toBytes())
                .toBytes()
                .toArray();
    }

    /** A link that has been welcomed and can then misbehave. */
    private final class RawLink implements AutoCloseable {
        private final RawPeer urgent = new RawPeer(port);
        private final RawPeer bulk = new RawPeer(port);

        RawLink() throws IOException {
            LinkId id = new LinkId(7, 7);
            urgent.say(RawPeer.hello(Channel.URGENT, id));
            bulk.say(RawPeer.hello(Channel.BULK, id));
            brick.awaitUp();
            assertThat(urgent.hear()).isInstanceOf(Welcome.class);
            assertThat(bulk.hear()).isInstanceOf(Welcome.class);
        }

        @Override
        public void close() throws IOException {
            urgent.close();
            bulk.close();
        }
    }
}
