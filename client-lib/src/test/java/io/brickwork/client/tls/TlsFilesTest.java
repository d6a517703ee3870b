package io.brickwork.client.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
    private static final List<String> HOSTS = List.of("127.0.0.1", "localhost", "::1");

    @TempDir
    private Path directory;

    private ThrowAwayAuthority authority;
    private TlsFiles files;
    private Path certificate;
    private Path key;

    @BeforeEach
    void makeFiles() throws IOException {
        authority = ThrowAwayAuthority.in(directory);
        files = authority.issue("a", HOSTS).named("brickwork.brick.tls.");
        certificate = directory.resolve("a.crt");
        key = directory.resolve("a.key");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String setting, Path file) {
        return assertThatThrownBy(() -> Tls.of(files))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("brickwork.brick.tls." + setting + ": the file " + file + " ");
    }

    @Test
    void goodFilesMakeEnginesForBothEnds() {
        Tls tls = Tls.of(files);
        assertThat(tls.listening().getWantClientAuth()).isTrue();
        assertThat(tls.listening().getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
        assertThat(tls.dialling("localhost", 7400).getSSLParameters().getEndpointIdentificationAlgorithm())
                .isEqualTo("HTTPS");
    }

    @Test
    void authorityIsFoundAgainInItsDirectory() throws Exception {
        byte[] before = Files.readAllBytes(directory.resolve("authority.crt"));
        TlsFiles other = ThrowAwayAuthority.in(directory).issue("b", HOSTS);
        assertThat(Files.readAllBytes(directory.resolve("authority.crt"))).isEqualTo(before);
        List<Credentials> both =
                List.of(Credentials.read(files, Instant.now()), Credentials.read(other, Instant.now()));
        for (Credentials one : both) {
            one.chain().getFirst().verify(one.trusted().getFirst().getPublicKey());
            assertThat(one.chain().getFirst().getSubjectAlternativeNames()).hasSize(HOSTS.size());
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("authority.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void missingFileIsNamed() throws IOException {
        Files.delete(directory.resolve("authority.crt"));
        assertRefused("trusted", directory.resolve("authority.crt")).hasMessageEndingWith("is not there");
    }

    @Test
    void keyWithoutCertificateIsRefused() {
        assertThatThrownBy(() -> new TlsFiles("--tls-", null, key, certificate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--tls-key is given without --tls-certificate: set both, or neither");
    }

    @Test
    void whatIsNoPemIsRefused() throws IOException {
        Files.write(
                certificate,
                Base64.getMimeDecoder().decode(Files.readString(certificate).split("-----")[2]));
        assertRefused("certificate", certificate)
                .hasMessageContaining("is not in PEM")
                .hasMessageContaining("openssl");
        Files.writeString(certificate, "");
        assertRefused("certificate", certificate).hasMessageEndingWith("is empty");
    }

    @Test
    void halfWrittenFileIsRefusedWhereverItEnds() throws IOException {
        String whole = Files.readString(certificate);
        for (int length = 30; length < whole.length() - 2; length += 7) {
            Files.writeString(certificate, whole.substring(0, length));
            assertRefused("certificate", certificate).hasMessageContaining("half written");
        }
        Files.writeString(certificate, whole + whole.substring(0, 100));
        assertRefused("certificate", certificate).hasMessageContaining("half written");
        Files.writeString(certificate, whole.substring(0, 100) + whole.substring(165));
        assertRefused("certificate", certificate).hasMessageContaining("cannot be read");
    }

    @Test
    void keyOfAnotherCertificateIsRefused() throws Exception {
        authority.issue("b", HOSTS);
        Files.copy(directory.resolve("b.key"), key, StandardCopyOption.REPLACE_EXISTING);
        assertRefused("key", key).hasMessageContaining("is not the key of the first certificate in " + certificate);
        writeKey(
                "PRIVATE KEY",
                KeyPairGenerator.getInstance("Ed25519")
                        .generateKeyPair()
                        .getPrivate()
                        .getEncoded());
        assertRefused("key", key).hasMessageContaining("holds no key of the kind of the certificate's, which is EC");
    }

    @Test
    void exchangedKeyAndCertificateAreRefused() {
        files = new TlsFiles("brickwork.brick.tls.", key, certificate, directory.resolve("authority.crt"));
        assertRefused("certificate", key).hasMessageContaining("holds no certificate but a PRIVATE KEY");
    }

    @Test
    void keysInFormsThatAreNotReadSayHowToConvertThem() throws IOException {
        writeKey("ENCRYPTED PRIVATE KEY", new byte[100]);
        assertRefused("key", key).hasMessageContaining("is encrypted").hasMessageContaining("openssl pkcs8 -topk8");
        writeKey("EC PRIVATE KEY", new byte[100]);
        assertRefused("key", key).hasMessageContaining("PKCS#8 is needed").hasMessageContaining("openssl pkcs8");
    }

    private void writeKey(String kind, byte[] content) throws IOException {
        Files.writeString(
                key,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(kind, Base64.getMimeEncoder().encodeToString(content), kind));
    }

    @Test
    void keyThatOthersCanReadIsRefused() throws IOException {
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertRefused("key", key).hasMessageContaining("has mode rw-r-----").hasMessageContaining("chmod 600 " + key);
    }

    @Test
    void certificateIsRefusedBeforeAndAfterItsTime() throws IOException {
        Instant now = Instant.now();
        authority.issue("a", HOSTS, now.minusSeconds(7200), now.minusSeconds(60));
        assertRefused("certificate", certificate)
                .hasMessageContaining("expired at")
                .hasMessageContaining("renewed");
        authority.issue("a", HOSTS, now.plusSeconds(7200), now.plusSeconds(9000));
        assertRefused("certificate", certificate)
                .hasMessageContaining("is valid from")
                .hasMessageContaining("look whether that clock is right");
    }

    @Test
    void filesAreReadAgainWhenTheyHaveChanged() throws Exception {
        AtomicLong nowNanos = new AtomicLong();
        FileContext contexts = new FileContext(files, nowNanos::get);
        SSLContext first = contexts.current();
        authority.issue("a", HOSTS);
        assertThat(contexts.current()).as("within the interval").isSameAs(first);
        nowNanos.addAndGet(FileContext.INTERVAL.toNanos());
        SSLContext second = contexts.current();
        assertThat(second).isNotSameAs(first);
        nowNanos.addAndGet(FileContext.INTERVAL.toNanos());
        assertThat(contexts.current()).as("nothing has changed").isSameAs(second);
    }

    @Test
    void filesThatCannotBeUsedLeaveTheLastGoodOnesInForce() throws Exception {
        AtomicLong nowNanos = new AtomicLong();
        FileContext contexts = new FileContext(files, nowNanos::get);
        SSLContext first = contexts.current();
        String whole = Files.readString(certificate);
        Files.writeString(certificate, whole.substring(0, 200));
        nowNanos.addAndGet(FileContext.INTERVAL.toNanos());
        assertThat(contexts.current()).as("half written").isSameAs(first);
        Files.delete(certificate);
        nowNanos.addAndGet(FileContext.INTERVAL.toNanos());
        assertThat(contexts.current()).as("gone").isSameAs(first);
        Files.writeString(certificate, whole);
        nowNanos.addAndGet(FileContext.INTERVAL.toNanos());
        assertThat(contexts.current()).as("whole again").isNotSameAs(first);
    }
}
