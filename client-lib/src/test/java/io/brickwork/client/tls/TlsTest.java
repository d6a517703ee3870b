package io.brickwork.client.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** What failures that no test of links can bring about are in words. */
class TlsTest {
    private final Tls tls;

    TlsTest() throws NoSuchAlgorithmException {
        tls = Tls.of(SSLContext.getDefault());
    }

    private static Throwable handshake(String message, Throwable cause) {
        return new IOException(new SSLHandshakeException(message).initCause(cause));
    }

    @Test
    void clocksThatDifferAreNamed() {
        assertThat(tls.explain(handshake("PKIX", new CertificateNotYetValidException("NotBefore: tomorrow"))))
                .contains("is not valid yet (NotBefore: tomorrow): compare the clocks of both machines");
    }

    @Test
    void whatIsUnheardOfIsToldAsItCame() {
        assertThat(tls.explain(handshake("no cipher suites in common", null)))
                .isEqualTo("TLS failed: no cipher suites in common");
        assertThat(tls.explain(handshake("PKIX", new CertificateException("No love lost"))))
                .isEqualTo("TLS failed: PKIX");
    }

    @Test
    void alertsOfTheOtherEndAreTold() {
        assertThat(tls.explain(handshake("(protocol_version) Received fatal alert: protocol_version", null)))
                .isEqualTo(
                        "the other end has refused the TLS handshake (alert protocol_version), and its log says why");
    }

    @Test
    void otherFailuresAreNotOfTls() {
        assertThat(tls.explain(new IOException("Connection reset"))).isNull();
    }
}
