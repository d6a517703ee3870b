package io.brickwork.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.client.link.Ends.Recorder;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.message.CallMessage;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TlsLinkTest {
    private static final Bytes TOKEN = Bytes.utf8("the token");
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path directory;

    private static SslContext listenTls;
    private static SslContext dialTls;
    private static SslContext strangersTls;

    private final Ends ends = new Ends();
    private final Recorder brick = new Recorder((link, message) -> {
        link.send(message);
        link.flush();
    });
    private final Recorder client = new Recorder();

    @BeforeAll
    static void makeCertificates() throws Exception {
        KeyStore brickKeys = selfSigned("brick");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(brickKeys, PASSWORD);
        listenTls = SslContextBuilder.forServer(keys).build();
        dialTls =
                SslContextBuilder.forClient().trustManager(trusting(brickKeys)).build();
        strangersTls = SslContextBuilder.forClient()
                .trustManager(trusting(selfSigned("stranger")))
                .build();
    }

    private static KeyStore selfSigned(String name) throws Exception {
        Path file = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "30",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    /** Trusts the one certificate in the store. */
    private static TrustManagerFactory trusting(KeyStore keys) throws Exception {
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        String alias = keys.aliases().nextElement();
        certificates.setCertificateEntry(alias, keys.getCertificate(alias));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(certificates);
        return trust;
    }

    @AfterEach
    void closeAll() throws Exception {
        ends.close();
    }

    @Test
    void linkWorksOverTls() throws Exception {
        int port = listen();
        ends.dial(port, LinkOptions.DEFAULT.withTls(null, dialTls).withToken(TOKEN), client);
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
    void plainDiallerAndStrangersCertificateAreTurnedAwayWhileAGoodLinkWorks() throws Exception {
        int port = listen();
        ends.dial(port, LinkOptions.DEFAULT.withTls(null, dialTls).withToken(TOKEN), client);
        Link good = client.awaitUp();
        Recorder lost = new Recorder();
        Dialler plain = ends.dial(port, LinkOptions.DEFAULT.withToken(TOKEN), lost);
        Dialler untrusting =
                ends.dial(port, LinkOptions.DEFAULT.withTls(null, strangersTls).withToken(TOKEN), lost);
        ends.awaitFailure(plain);
        ends.awaitFailure(untrusting);
        assertThat(untrusting.lastFailure()).containsIgnoringCase("certificat");
        assertThat(lost.isQuiet()).isTrue();
        ends.onDialling(() -> {
            good.send(LinkTest.stored(3));
            good.flush();
        });
        assertThat(client.awaitMessage()).isEqualTo(LinkTest.stored(3));
    }

    @Test
    void otherAddressesAreServedWithTlsAndAToken() throws Exception {
        try (DataPort everywhere = DataPort.bind(
                ends.listeningLoop(),
                new InetSocketAddress("0.0.0.0", 0),
                Ends.identity(),
                LinkOptions.DEFAULT.withTls(listenTls, null).withToken(TOKEN),
                brick)) {
            ends.dial(
                    everywhere.address().getPort(),
                    LinkOptions.DEFAULT.withTls(null, dialTls).withToken(TOKEN),
                    client);
            client.awaitUp();
        }
    }

    private int listen() throws Exception {
        return ends.bind(0, LinkOptions.DEFAULT.withTls(listenTls, null).withToken(TOKEN), brick)
                .address()
                .getPort();
    }
}
