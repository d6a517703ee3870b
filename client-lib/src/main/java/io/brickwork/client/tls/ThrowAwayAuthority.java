package io.brickwork.client.tls;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.security.auth.x500.X500Principal;

/**
 * An authority of certificates for a cluster on one machine and for tests: everything is in PEM files of one directory,
 * its own key among them, readable by their owner only. Keys are ECDSA on P-256.
 *
 * <p>The JDK reads certificates but has no public way to make them, and its {@code keytool} is a process of its own for
 * each; so the certificate is written here ({@link Der}) and signed by the JDK. For a cluster that others can reach,
 * take the certificates of your organization.
 */
public final class ThrowAwayAuthority {
    private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    private static final Duration VALIDITY = Duration.ofDays(365);
    /** Clocks of one machine's processes agree, those of containers and test machines nearly. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

    private static final int SERIAL_BITS = 120;
    private static final String NAME = "authority";

    /** ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
    private static final byte[] SIGNED_WITH =
            Der.sequence(new byte[] {0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02});

    private static final int SUBJECT_ALTERNATIVE_NAME = 17;
    private static final int BASIC_CONSTRAINTS = 19;
    private static final int KEY_USAGE = 15;

    private final Path directory;
    private final X500Principal name;
    private final PrivateKey key;

    private ThrowAwayAuthority(Path directory, X500Principal name, PrivateKey key) {
        this.directory = directory;
        this.name = name;
        this.key = key;
    }

    /** Whether the directory has an authority. */
    public static boolean isIn(Path directory) {
        return Files.exists(certificate(directory, NAME)) && Files.exists(key(directory, NAME));
    }

    /**
     * The authority of a directory that is there; made if the directory has none.
     *
     * @throws IllegalArgumentException if its files cannot be used; says why
     */
    public static ThrowAwayAuthority in(Path directory) throws IOException {
        if (isIn(directory)) {
            Credentials own = Credentials.read(files(directory, NAME), Instant.now());
            PrivateKey key = own.key();
            if (key == null) {
                throw new IllegalStateException("credentials without a key: " + own);
            }
            return new ThrowAwayAuthority(directory, own.chain().getFirst().getSubjectX500Principal(), key);
        }
        KeyPair pair = newPair();
        Instant now = Instant.now();
        X500Principal name = new X500Principal("CN=Brickwork throw-away authority " + serial().toString(36));
        ThrowAwayAuthority made = new ThrowAwayAuthority(directory, name, pair.getPrivate());
        byte[] extensions = Der.sequence(
                extension(BASIC_CONSTRAINTS, Der.sequence(Der.yes())),
                extension(KEY_USAGE, Der.bits(2, new byte[] {0b0000_0100}))); // keyCertSign
        write(key(directory, NAME), pair.getPrivate());
        write(
                certificate(directory, NAME),
                made.signed(
                        name, pair.getPublic(), now.minus(CLOCK_TOLERANCE), now.plus(AUTHORITY_VALIDITY), extensions));
        return made;
    }

    /** The files of a name, whether they are there or not. */
    public static TlsFiles files(Path directory, String name) {
        return TlsFiles.of(certificate(directory, name), key(directory, name), certificate(directory, NAME));
    }

    /**
     * Makes a key and a certificate, valid for a year, in place of those that the name has.
     *
     * @param name of who shows it, and of its files
     * @param hosts names and addresses that it can be dialled by
     */
    public TlsFiles issue(String name, List<String> hosts) throws IOException {
        Instant now = Instant.now();
        return issue(name, hosts, now.minus(CLOCK_TOLERANCE), now.plus(VALIDITY));
    }

    /** The same, for a time of its own. */
    public TlsFiles issue(String name, List<String> hosts, Instant from, Instant until) throws IOException {
        KeyPair pair = newPair();
        byte[] usage = extension(KEY_USAGE, Der.bits(7, new byte[] {(byte) 0b1000_0000})); // digitalSignature
        byte[] alternatives =
                Der.sequence(hosts.stream().map(ThrowAwayAuthority::generalName).toArray(byte[][]::new));
        byte[] extensions = hosts.isEmpty()
                ? Der.sequence(usage)
                : Der.sequence(usage, extension(SUBJECT_ALTERNATIVE_NAME, alternatives));
        write(key(directory, name), pair.getPrivate());
        write(
                certificate(directory, name),
                signed(new X500Principal("CN=" + name), pair.getPublic(), from, until, extensions));
        return files(directory, name);
    }

    /** A {@code Certificate} of RFC 5280 §4.1. */
    private byte[] signed(X500Principal subject, PublicKey owner, Instant from, Instant until, byte[] extensions) {
        byte[] version = Der.value(0xa0, Der.integer(BigInteger.TWO)); // the third, which has extensions
        byte[] content = Der.sequence(
                version,
                Der.integer(serial()),
                SIGNED_WITH,
                name.getEncoded(),
                Der.sequence(Der.time(from), Der.time(until)),
                subject.getEncoded(),
                owner.getEncoded(),
                Der.value(0xa3, extensions));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(content);
            return Der.sequence(content, SIGNED_WITH, Der.bits(0, signature.sign()));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this JDK does not sign with ECDSA", missing);
        }
    }

    /** A critical one of those that begin with 2.5.29, RFC 5280 §4.2.1. */
    private static byte[] extension(int id, byte[] content) {
        byte[] oid = {0x06, 0x03, 0x55, 0x1d, (byte) id};
        return Der.sequence(oid, Der.yes(), Der.octets(content));
    }

    private static byte[] generalName(String host) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        return address != null
                ? Der.value(0x87, address)
                : Der.value(0x82, host.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII));
    }

    private static KeyPair newPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this JDK has no elliptic curves", missing);
        }
    }

    private static BigInteger serial() {
        return new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS);
    }

    private static Path certificate(Path directory, String name) {
        return directory.resolve(name + ".crt");
    }

    private static Path key(Path directory, String name) {
        return directory.resolve(name + ".key");
    }

    private static void write(Path file, PrivateKey key) throws IOException {
        write(file, "PRIVATE KEY", key.getEncoded());
    }

    private static void write(Path file, byte[] certificate) throws IOException {
        write(file, "CERTIFICATE", certificate);
    }

    /** Replaces the file at once: nobody reads half of it. A temporary file is readable by its owner only. */
    private static void write(Path file, String kind, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "fresh-", ".pem");
        Files.writeString(fresh, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, base64, kind));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
