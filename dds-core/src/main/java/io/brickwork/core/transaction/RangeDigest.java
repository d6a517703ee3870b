package io.brickwork.core.transaction;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A fingerprint of which records a range has, and in which versions: SHA-256 over them in the order of their keys. Used
 * once.
 */
public final class RangeDigest {
    public static final int BYTES = 32;

    private final MessageDigest digest;
    private final ByteWriter row = new ByteWriter(64);

    public RangeDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new Check.InvariantBroken("every Java has SHA-256: " + e.getMessage());
        }
    }

    /** The next record. */
    public void add(Bytes recordKey, Version version) {
        row.clear();
        row.bytes(recordKey).varint(version.epoch()).varint(version.seq());
        digest.update(row.array(), 0, row.length());
    }

    public Bytes end() {
        return Bytes.wrap(digest.digest());
    }
}
