package io.brickwork.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.client.link.Ends.Recorder;
import io.brickwork.client.tls.ThrowAwayAuthority;
import io.brickwork.client.tls.Tls;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Role;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TlsLinkTest {
    private static final Bytes TOKEN = Bytes.utf8("the token");
    private static final List<String> HOSTS = List.of("127.0.0.1");

    @TempDir
    private static Path directory;

    private static ThrowAwayAuthority authority;
    private static TlsFiles brickFiles;
    private static TlsFiles otherBrickFiles;
    private static TlsFiles strangersFiles;
    /** Of a client that shows no certificate. */
    private static TlsFiles trusting;

    private final Ends ends = new Ends();
    private final Recorder brick = new Recorder((link, message) -> {
        link.send(message);
        link.flush();
    });
    private final Recorder client = new Recorder();

    @BeforeAll
    static void makeCertificates() throws IOException {
        authority = ThrowAwayAuthority.in(directory);
        brickFiles = authority.issue("brick-1", HOSTS);
        otherBrickFiles = authority.issue("brick-2", HOSTS);
        strangersFiles = ThrowAwayAuthority.in(Files.createDirectory(directory.resolve("strangers")))
                .issue("stranger", HOSTS);
        trusting = TlsFiles.trusting(brickFiles.trusted());
    }

    @AfterEach
    void closeAll() throws Exception {
        ends.close();
    }

    private static LinkOptions options(TlsFiles files) {
        return LinkOptions.DEFAULT.withTls(Tls.of(files)).withToken(TOKEN);
    }

    private static LinkOptions member(TlsFiles files) {
        return options(files).withSecret(Ends.SECRET);
    }

    private static Dialler.Identity brickIdentity() {
        return new Dialler.Identity(Role.BRICK, Ends.CLUSTER, "brick-2", Ends.BRICK);
    }

    private int listen() throws Exception {
        return listen(member(brickFiles));
    }

    private int listen(LinkOptions options) throws Exception {
        return ends.bind(0, options, brick).address().getPort();
    }

    /** Why a dialler gets no link. */
    private String failure(Dialler dialler) {
        ends.awaitFailure(dialler);
        assertThat(client.isQuiet()).isTrue();
        return dialler.lastFailure();
    }

    private String failure(int port, LinkOptions options) {
        return failure(ends.dial(port, options, client));
    }

    @Test
    void linkWorksOverTls() throws Exception {
        ends.dial(listen(), options(trusting), client);
        Link link = client.awaitUp();
        byte[] value = new byte[Limits.VALUE_BYTES];
        new java.util.Random(4).nextBytes(value);
        CallMessage.Answer large = new CallMessage.Answer(
                1, new PartitionId(1, 0), Completion.Status.DONE, Version.NONE, Bytes.wrap(value));
        ends.onDialling(() -> {
            for (int i = 0; i < 5; i++) {
                link.send(large);
            }
            link.send(LinkTest.askCommitted(1));
            link.flush();
        });
        int values = 0;
        int urgent = 0;
        for (int i = 0; i < 6; i++) {
            if (client.awaitMessage().equals(large)) {
                values++;
            } else {
                urgent++;
            }
        }
        assertThat(values).isEqualTo(5);
        assertThat(urgent).isEqualTo(1);
    }

    @Test
    void clientWithAContextOfItsOwnIsTaken() throws Exception {
        ends.dial(
                listen(),
                LinkOptions.DEFAULT
                        .withTls(Tls.of(contextThatTrusts(trusting.trusted())))
                        .withToken(TOKEN),
                client);
        client.awaitUp();
    }

    private static SSLContext contextThatTrusts(Path certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void bricksShowCertificatesToEachOther() throws Exception {
        ends.dial(listen(), brickIdentity(), member(otherBrickFiles), client);
        assertThat(client.awaitUp().welcome().brick()).isEqualTo(Ends.BRICK);
        assertThat(brick.awaitUp().peerBrick()).hasToString("brick-2");
    }

    @Test
    void brickAndOperatorWithoutACertificateAreTurnedAway() throws Exception {
        int port = listen();
        assertThat(failure(ends.dial(port, brickIdentity(), member(trusting), client)))
                .contains("brick 'brick-2' has shown no certificate of an authority that brick brick-1 trusts")
                .contains("brickwork.brick.tls.certificate");
        Dialler.Identity operator = new Dialler.Identity(Role.OPERATOR, Ends.CLUSTER, "probe", null);
        assertThat(failure(ends.dial(port, operator, member(trusting), client)))
                .contains("operator 'probe' has shown no certificate")
                .contains("--tls-certificate");
    }

    @Test
    void clientsNeedACertificateWherePortsAskAllForOne() throws Exception {
        int port = listen(LinkOptions.DEFAULT.withTls(Tls.of(brickFiles)).withClientCertificates(true));
        assertThat(failure(port, LinkOptions.DEFAULT.withTls(Tls.of(trusting))))
                .contains("client 'a client' has shown no certificate");
        ends.dial(port, LinkOptions.DEFAULT.withTls(Tls.of(otherBrickFiles)), client);
        client.awaitUp();
    }

    @Test
    void plainDiallerIsToldThatThePortSpeaksTls() throws Exception {
        assertThat(failure(listen(), LinkOptions.DEFAULT.withToken(TOKEN)))
                .contains("this port speaks TLS, and the other end does not")
                .contains("--tls-trusted");
    }

    @Test
    void tlsDiallerIsToldThatThePortIsPlain() throws Exception {
        assertThat(failure(listen(LinkOptions.DEFAULT.withToken(TOKEN)), options(trusting)))
                .contains("the other end does not speak TLS, and this one does")
                .contains("brickwork.brick.tls.certificate");
    }

    @Test
    void certificateOfAnUntrustedAuthorityIsRefusedByEitherEnd() throws Exception {
        int port = listen();
        assertThat(failure(port, options(TlsFiles.trusting(strangersFiles.trusted()))))
                .contains("no authority that this end trusts has signed the certificate of the other end")
                .contains("trusted");
        TlsFiles untrusted = TlsFiles.of(strangersFiles.certificate(), strangersFiles.key(), brickFiles.trusted());
        assertThat(failure(ends.dial(port, brickIdentity(), member(untrusted), client)))
                .contains("has shown no certificate of an authority that brick brick-1 trusts");
    }

    @Test
    void certificateForAnotherHostIsRefused() throws Exception {
        int port = listen(options(authority.issue("elsewhere", List.of("192.0.2.1", "elsewhere.example"))));
        assertThat(failure(port, options(trusting)))
                .contains("the certificate of the other end is for another host")
                .contains("127.0.0.1");
    }

    @Test
    void certificateThatExpiresWhileItsOwnerRunsIsRefusedByEitherEnd() throws Exception {
        Instant end = Instant.now().plusSeconds(3);
        TlsFiles brief = authority.issue("brief", HOSTS, end.minusSeconds(60), end);
        int briefPort = listen(options(brief));
        LinkOptions briefMember = member(brief);
        ends.letPass(Duration.between(Instant.now(), end.plusSeconds(1)));
        assertThat(failure(briefPort, options(trusting)))
                .contains("the certificate of the other end has expired")
                .contains("renewed");
        assertThat(failure(ends.dial(listen(), brickIdentity(), briefMember, client)))
                .contains("the other end does not accept the certificate of this one")
                .contains("its log says why");
    }

    @Test
    void goodLinkWorksOnWhileOthersAreTurnedAway() throws Exception {
        int port = listen();
        ends.dial(port, options(trusting), client);
        Link good = client.awaitUp();
        Recorder lost = new Recorder();
        for (LinkOptions bad :
                List.of(LinkOptions.DEFAULT.withToken(TOKEN), options(TlsFiles.trusting(strangersFiles.trusted())))) {
            ends.awaitFailure(ends.dial(port, bad, lost));
        }
        assertThat(lost.isQuiet()).isTrue();
        ends.onDialling(() -> {
            good.send(LinkTest.stored(3));
            good.flush();
        });
        assertThat(client.awaitMessage()).isEqualTo(LinkTest.stored(3));
    }

    @Test
    void portThatHangsUpWithoutAWordIsNamedAsWhatItMayBe() throws Exception {
        try (ServerSocket other = new ServerSocket(0)) {
            Thread.ofVirtual().start(() -> {
                while (!other.isClosed()) {
                    try (Socket socket = other.accept()) {
                        socket.getInputStream().read();
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
            assertThat(failure(other.getLocalPort(), LinkOptions.DEFAULT.withToken(TOKEN)))
                    .contains("control port");
        }
    }

    @Test
    void whoSpeaksAnotherProtocolToAPortWithTlsGetsNoTls() throws Exception {
        try (Socket stranger = new Socket("127.0.0.1", listen())) {
            stranger.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = stranger.getInputStream();
            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("this port speaks TLS");
        }
    }

    @Test
    void otherAddressesAreServedWithTlsAndATokenOrCertificates() throws Exception {
        LinkOptions plain = LinkOptions.DEFAULT.withTls(Tls.of(brickFiles));
        for (LinkOptions safe : List.of(plain.withToken(TOKEN), plain.withClientCertificates(true))) {
            try (DataPort everywhere = DataPort.bind(
                    ends.listeningLoop(), new InetSocketAddress("0.0.0.0", 0), Ends.identity(), safe, brick)) {
                ends.dial(everywhere.address().getPort(), options(otherBrickFiles), client);
                client.awaitUp();
            }
            client.awaitDown();
        }
    }
}
