package io.brickwork.client.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Makes the TLS engines of one end's connections, for listening and for dialling. A dialler checks that the certificate
 * it is shown is for the host that it dialled; a listener asks for a certificate, and goes on without one: whoever
 * listens asks {@link #hasShownCertificate}. Any thread.
 */
public final class Tls {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String ALERT = "Received fatal alert: ";

    private final Supplier<SSLContext> contexts;
    /** Null if the user has brought an {@code SSLContext}. */
    private final @Nullable TlsFiles files;

    private Tls(Supplier<SSLContext> contexts, @Nullable TlsFiles files) {
        this.contexts = contexts;
        this.files = files;
    }

    /** Engines of a context that decides itself which protocols it speaks, what it shows and whom it trusts. */
    public static Tls of(SSLContext context) {
        return new Tls(() -> context, null);
    }

    /**
     * Engines of PEM files, for TLS 1.3 and 1.2. The files are read here, and again for new connections when they have
     * changed.
     *
     * @throws IllegalArgumentException if a file cannot be used; names the setting and the file, and says what to do
     */
    public static Tls of(TlsFiles files) {
        return of(files, System::nanoTime);
    }

    static Tls of(TlsFiles files, LongSupplier nanoTime) {
        return new Tls(new FileContext(files, nanoTime)::current, files);
    }

    /** The files that this was made of; null if it was made of a context. */
    public @Nullable TlsFiles files() {
        return files;
    }

    /** For one connection that is taken. */
    public SSLEngine listening() {
        SSLEngine engine = contexts.get().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters(engine));
        engine.setWantClientAuth(true);
        return engine;
    }

    /**
     * For one connection that is dialled.
     *
     * @param host the name or address that the other end's certificate must be for
     */
    public SSLEngine dialling(String host, int port) {
        SSLEngine engine = contexts.get().createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    private SSLParameters parameters(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        if (files != null) {
            parameters.setProtocols(PROTOCOLS);
        }
        return parameters;
    }

    /** Whether the other end of a session has shown a certificate that this end trusts. */
    public static boolean hasShownCertificate(SSLSession session) {
        try {
            return session.getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException none) {
            return false;
        }
    }

    /**
     * Why TLS failed, and what to do.
     *
     * @return null if the failure does not come from TLS
     */
    public @Nullable String explain(Throwable failure) {
        SSLException tls = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String what = String.valueOf(cause.getMessage());
            switch (cause) {
                case CertificateExpiredException expired -> {
                    return "the certificate of the other end has expired (" + what
                            + "): have it renewed there; its file is read again while the brick runs";
                }
                case CertificateNotYetValidException early -> {
                    return "the certificate of the other end is not valid yet (" + what
                            + "): compare the clocks of both machines";
                }
                case CertPathBuilderException untrusted -> {
                    return "no authority that this end trusts has signed the certificate of the other end: add the authority's certificate to "
                            + setting("trusted");
                }
                case CertificateException otherHost
                when what.startsWith("No subject alternative") || what.startsWith("No name matching") -> {
                    return "the certificate of the other end is for another host (" + what
                            + "): dial a name or an address that it is for, or have one made with this one as a subject alternative name";
                }
                case SSLException ssl -> tls = tls == null ? ssl : tls;
                default -> {}
            }
        }
        return tls == null ? null : alert(String.valueOf(tls.getMessage()));
    }

    private String alert(String what) {
        int at = what.indexOf(ALERT);
        if (at < 0) {
            return "TLS failed: " + what;
        }
        String alert = what.substring(at + ALERT.length());
        return switch (alert.toLowerCase(Locale.ROOT).replaceAll("\\W.*", "")) {
            case "certificate_required" ->
                "the other end demands a certificate of an authority that it trusts, and this one has shown none: see "
                        + setting("certificate") + "; clients have no business at a brick's control port";
            case "bad_certificate", "certificate_unknown", "certificate_expired", "unknown_ca", "access_denied" ->
                "the other end does not accept the certificate of this one (alert " + alert
                        + "), and its log says why: it may have expired, be for another host, or be signed by an authority that the other end does not trust; see "
                        + setting("certificate");
            default -> "the other end has refused the TLS handshake (alert " + alert + "), and its log says why";
        };
    }

    private String setting(String which) {
        return files == null ? "the SSLContext" : files.prefix() + which;
    }
}
