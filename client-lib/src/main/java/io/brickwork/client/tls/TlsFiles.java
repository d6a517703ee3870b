package io.brickwork.client.tls;

import io.brickwork.core.Check;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files of one end of TLS connections. Nothing is read before {@link Tls#of(TlsFiles)}.
 *
 * @param prefix what the names of the three settings begin with, for errors: {@code "brickwork.brick.tls."}
 * @param certificate the chain that this end shows, its own certificate first; null if it shows none
 * @param key the private key of the first certificate, in PKCS#8, not encrypted, readable by its owner only; null if
 *     there is no certificate
 * @param trusted certificates of the authorities that must have signed what the other end shows
 */
public record TlsFiles(
        String prefix, @Nullable Path certificate, @Nullable Path key, Path trusted) {
    private static final String PREFIX = "TlsFiles.";

    public TlsFiles {
        Check.argument(
                (certificate == null) == (key == null),
                "%s is given without %s: set both, or neither",
                prefix + (certificate == null ? "key" : "certificate"),
                prefix + (certificate == null ? "certificate" : "key"));
    }

    /** An end that shows a certificate: a brick, an operator, or a client where clients must show one. */
    public static TlsFiles of(Path certificate, Path key, Path trusted) {
        return new TlsFiles(PREFIX, certificate, key, trusted);
    }

    /** A client that shows no certificate. */
    public static TlsFiles trusting(Path trusted) {
        return new TlsFiles(PREFIX, null, null, trusted);
    }

    /** The same files, given by settings of other names. */
    public TlsFiles named(String prefix) {
        return new TlsFiles(prefix, certificate, key, trusted);
    }
}
