package io.brickwork.client.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TlsFiles} hold: read, and fit for use at the moment of reading.
 *
 * @param chain shown to the other end, this end's own certificate first; empty for none
 * @param key of the first certificate; null if there is none
 * @param trusted authorities; at least one
 */
record Credentials(List<X509Certificate> chain, @Nullable PrivateKey key, List<X509Certificate> trusted) {
    private static final char[] NO_PASSWORD = {};
    /** By the algorithm of a key, that of its signatures. */
    private static final Map<String, String> SIGNATURES =
            Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA", "EdDSA", "EdDSA");

    /**
     * Reads and checks the files.
     *
     * @throws IllegalArgumentException naming the setting and the file that cannot be used, why, and what to do
     */
    static Credentials read(TlsFiles files, Instant now) {
        List<X509Certificate> trusted = new PemFile(files.prefix() + "trusted", files.trusted()).certificates();
        Path certificate = files.certificate();
        Path key = files.key();
        if (certificate == null || key == null) {
            return new Credentials(List.of(), null, trusted);
        }
        PemFile certificateFile = new PemFile(files.prefix() + "certificate", certificate);
        List<X509Certificate> chain = certificateFile.certificates();
        X509Certificate own = chain.getFirst();
        Instant until = own.getNotAfter().toInstant();
        Instant from = own.getNotBefore().toInstant();
        if (now.isAfter(until)) {
            throw certificateFile.wrong(
                    "holds a certificate that expired at %s, and it is %s: have it renewed".formatted(until, now));
        }
        if (now.isBefore(from)) {
            throw certificateFile.wrong(
                    "holds a certificate that is valid from %s on, and it is %s by the clock of this machine: look whether that clock is right"
                            .formatted(from, now));
        }
        PemFile keyFile = new PemFile(files.prefix() + "key", key);
        PrivateKey ownKey = keyFile.key(own.getPublicKey());
        if (!belongTogether(ownKey, own.getPublicKey())) {
            throw keyFile.wrong(
                    "is not the key of the first certificate in %s: name the two that were made together, and in a chain put this end's own certificate first"
                            .formatted(certificate));
        }
        return new Credentials(chain, ownKey, trusted);
    }

    private static boolean belongTogether(PrivateKey key, PublicKey owner) {
        try {
            String algorithm = SIGNATURES.get(owner.getAlgorithm());
            if (algorithm == null) {
                throw new IllegalArgumentException("a certificate with a key of the kind %s; TLS has %s"
                        .formatted(owner.getAlgorithm(), SIGNATURES.keySet()));
            }
            Signature signature = Signature.getInstance(algorithm);
            byte[] text = {1};
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(owner);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException other) {
            return false; // a curve or a size of its own
        }
    }

    /** For engines of both ends. */
    SSLContext context() {
        try {
            KeyStore authorities = emptyStore();
            for (int i = 0; i < trusted.size(); i++) {
                authorities.setCertificateEntry("trusted-" + i, trusted.get(i));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException unfit) {
            throw new IllegalArgumentException("TLS cannot be set up with these files: " + unfit.getMessage(), unfit);
        }
    }

    private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
        if (key == null) {
            return null;
        }
        KeyStore own = emptyStore();
        own.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(new X509Certificate[0]));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, NO_PASSWORD);
        return keys.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return chain.isEmpty()
                ? "no certificate"
                : "the certificate of %s, valid until %s"
                        .formatted(
                                chain.getFirst().getSubjectX500Principal().getName(),
                                chain.getFirst().getNotAfter().toInstant());
    }
}
