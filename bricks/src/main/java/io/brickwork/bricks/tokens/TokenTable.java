package io.brickwork.bricks.tokens;

import io.brickwork.core.Bytes;
import io.brickwork.core.rights.Rights;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rights of each token, found by the token's hash.
 *
 * <p>The hash is SHA-256 without salt or repetition: a token is 256 random bits ({@link TokenFile#add}), which nobody
 * finds by trying, and two tokens are never the same. For the same reason looking one up takes no constant time: what
 * an attacker could learn from it is about hashes.
 */
public final class TokenTable {
    private final Map<String, Rights> byHash;

    /** @param byHash by the hash of each token, as {@link #hash} gives it */
    TokenTable(Map<String, Rights> byHash) {
        this.byHash = Map.copyOf(byHash);
    }

    /** What the holder of the token may do; null if there is no such token. */
    @Nullable
    Rights rights(Bytes token) {
        return byHash.get(hash(token));
    }

    /** The hash of a token, as 64 hexadecimal digits. */
    static String hash(Bytes token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
        }
    }
}
