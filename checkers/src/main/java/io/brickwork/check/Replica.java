package io.brickwork.check;

import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import io.brickwork.core.entry.SessionRow;
import java.util.List;
import java.util.TreeMap;

/**
 * What one replica's table holds of one partition at one moment.
 *
 * @param name which brick
 * @param partition which partition of which structure
 * @param applied the version up to which it is applied
 * @param digest of everything it holds, see {@link io.brickwork.core.table.PartitionDigest}
 * @param records its records by key
 * @param sessions its completion records
 */
public record Replica(
        String name,
        String partition,
        Version applied,
        Bytes digest,
        TreeMap<String, Held> records,
        List<SessionRow> sessions) {
    /** A record as a replica holds it. */
    public record Held(Version version, String value) {}
}
