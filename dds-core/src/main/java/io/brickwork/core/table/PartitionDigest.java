package io.brickwork.core.table;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.structure.KeyRange;

/**
 * A fingerprint of everything that a table holds of one partition: how far it is applied, its records with their
 * versions, its completion records.
 *
 * <p>Everything that changes a table is an entry, so replicas of a partition that are applied up to the same version
 * have the same digest; if they have not, at least one of them is wrong, whatever it was that went wrong. SHA-256 over
 * the rows of {@link TableCodec}, keys in order, so nothing in it depends on the kind of table or on when it was
 * written.
 *
 * <p>Safe for use from any thread; the snapshot is the caller's.
 */
public final class PartitionDigest {
    private PartitionDigest() {}

    /**
     * Reads the whole partition.
     *
     * @param range of the partition's record keys
     * @return 32 bytes
     * @throws CorruptRecordException if a row cannot be read
     */
    public static Bytes of(Snapshot snapshot, PartitionId partition, KeyRange range) {
        RecordsDigest digest = new RecordsDigest();
        ByteWriter row = new ByteWriter(1024);
        TableCodec.encodeApplied(row, snapshot.applied(partition));
        digest.update(TableCodec.partitionKey(partition), row);
        snapshot.scan(partition.structure(), range, (key, record) -> {
            digest.add(partition.structure(), key, record);
            return true;
        });
        for (SessionRow session : snapshot.sessions(partition)) {
            TableCodec.encodeSession(row, partition, session);
            digest.update(TableCodec.sessionKey(partition, session.session()), row);
        }
        return digest.end();
    }
}
