package io.brickwork.client.link;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Role;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the bricks of a cluster and its operators know and nobody else does, and how either end of a link proves that it
 * knows it.
 *
 * <p>A proof is an HMAC-SHA256 over all that the greeting says, a nonce of each end, and which end gives it. So the
 * secret never crosses the network; a recorded greeting fits no other nonce; and the proof of one end is of no use to
 * the other. Bricks and operators have keys of their own, derived from the secret: what proves the one does not prove
 * the other.
 *
 * <p>A proof says who is at the other end when the link begins. It neither encrypts nor protects what follows: that
 * takes TLS.
 */
public final class ClusterSecret {
    /** A secret is at least so long, in bytes. */
    public static final int LEAST_BYTES = 32;

    static final int NONCE_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int FRESH_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Which end of a link gives a proof. */
    enum End {
        DIALLER,
        LISTENER
    }

    private final Bytes brickKey;
    private final Bytes operatorKey;
    private final Bytes passwordKey;

    private ClusterSecret(Bytes brickKey, Bytes operatorKey, Bytes passwordKey) {
        this.brickKey = brickKey;
        this.operatorKey = operatorKey;
        this.passwordKey = passwordKey;
    }

    /**
     * @param secret at least {@link #LEAST_BYTES} bytes that nobody can guess
     * @throws IllegalArgumentException if it is shorter
     */
    public static ClusterSecret of(Bytes secret) {
        Check.argument(
                secret.length() >= LEAST_BYTES,
                "the secret of the cluster has %d bytes; it must have at least %d",
                secret.length(),
                LEAST_BYTES);
        return new ClusterSecret(
                mac(secret, Bytes.utf8("brickwork link 2 brick")),
                mac(secret, Bytes.utf8("brickwork link 2 operator")),
                mac(secret, Bytes.utf8("brickwork password")));
    }

    /**
     * A short password that bricks share, for a protocol of others that has room for one and none for a proof. It
     * crosses the network as it is: it keeps out who does not know the secret, and not who has listened.
     *
     * @param purpose another one has another password
     * @param characters how long it is, in letters and digits, {@code -} and {@code _}; at most 40
     */
    public String password(String purpose, int characters) {
        return Base64.getUrlEncoder()
                .encodeToString(mac(passwordKey, Bytes.utf8(purpose)).toArray())
                .substring(0, characters);
    }

    /** The text of a new secret, drawn at random. */
    public static String fresh() {
        return HexFormat.of().formatHex(draw(FRESH_BYTES).toArray());
    }

    static Bytes nonce() {
        return draw(NONCE_BYTES);
    }

    private static Bytes draw(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    /**
     * What one end of a connection shows the other.
     *
     * @param hello what the dialler said, as this end sent or got it
     * @param listener who answers
     * @param listenerNonce drawn by the listener for this connection
     */
    Bytes proof(End end, Hello hello, BrickId listener, Bytes listenerNonce) {
        ByteWriter said = new ByteWriter(256);
        said.string("brickwork link").string(end.name());
        said.varint(hello.version())
                .u8(hello.role().code())
                .u8(hello.channel().code())
                .string(hello.cluster())
                .string(hello.name())
                .string(listener.name())
                .fixed64(hello.link().high())
                .fixed64(hello.link().low())
                .bytes(hello.nonce())
                .bytes(listenerNonce);
        return mac(hello.role() == Role.OPERATOR ? operatorKey : brickKey, said.toBytes());
    }

    /** Whether the other end's proof is right; takes the same time whatever it is. */
    boolean isProof(Bytes proof, End end, Hello hello, BrickId listener, Bytes listenerNonce) {
        return hello.nonce().length() == NONCE_BYTES
                && listenerNonce.length() == NONCE_BYTES
                && MessageDigest.isEqual(
                        proof(end, hello, listener, listenerNonce).toArray(), proof.toArray());
    }

    private static Bytes mac(Bytes key, Bytes text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.toArray(), ALGORITHM));
            return Bytes.wrap(mac.doFinal(text.toArray()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + ALGORITHM + ", which every JVM must have", e);
        }
    }

    /** Shows nothing of it. */
    @Override
    public String toString() {
        return "ClusterSecret";
    }
}
