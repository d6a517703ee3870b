package io.brickwork.core.table;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.KeyRange;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A fingerprint of rows, one after the other: SHA-256 over the rows of {@link TableCodec}, so nothing in it depends on
 * the kind of table or on when it was written.
 *
 * <p>Used once, by one thread.
 */
public final class RecordsDigest {
    private final MessageDigest digest = sha256();
    private final ByteWriter row = new ByteWriter(1024);

    /**
     * Of all records within the range.
     *
     * @return 32 bytes
     * @throws CorruptRecordException if one cannot be read
     */
    public static Bytes of(Snapshot snapshot, int structure, KeyRange range) {
        RecordsDigest digest = new RecordsDigest();
        snapshot.scan(structure, range, (key, record) -> {
            digest.add(structure, key, record);
            return true;
        });
        return digest.end();
    }

    public void add(int structure, Bytes recordKey, TableRecord record) {
        TableCodec.encodeRecord(row, structure, recordKey, record.version(), record.value());
        update(recordKey, row);
    }

    /** Both lengths go first, so that no two lists of rows look the same. */
    void update(Bytes key, ByteWriter encoded) {
        ByteWriter lengths = new ByteWriter(16).fixed32(key.length()).fixed32(encoded.length());
        digest.update(lengths.array(), 0, lengths.length());
        digest.update(key.backingArray(), key.backingOffset(), key.length());
        digest.update(encoded.array(), 0, encoded.length());
    }

    /** The fingerprint, 32 bytes; nothing may be added afterwards. */
    public Bytes end() {
        return Bytes.wrap(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
