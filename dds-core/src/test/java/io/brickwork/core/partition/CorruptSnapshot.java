package io.brickwork.core.partition;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Snapshot;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** A snapshot in which the records of some keys cannot be read. */
record CorruptSnapshot(Snapshot sound, SortedSet<Bytes> corrupt) implements Snapshot {
    private void check(Bytes recordKey) {
        if (corrupt.contains(recordKey)) {
            throw new CorruptRecordException("record " + recordKey + " is corrupt", recordKey);
        }
    }

    private Visitor checked(Visitor visitor) {
        return (recordKey, record) -> {
            check(recordKey);
            return visitor.visit(recordKey, record);
        };
    }

    @Override
    public @Nullable TableRecord get(int structure, Bytes recordKey) {
        check(recordKey);
        return sound.get(structure, recordKey);
    }

    @Override
    public void scan(int structure, KeyRange range, Visitor visitor) {
        sound.scan(structure, range, checked(visitor));
    }

    @Override
    public void scanBackward(int structure, KeyRange range, Visitor visitor) {
        sound.scanBackward(structure, range, checked(visitor));
    }

    @Override
    public Applied applied(PartitionId partition) {
        return sound.applied(partition);
    }

    @Override
    public List<Applied> partitions() {
        return sound.partitions();
    }

    @Override
    public @Nullable CopyMark mark(PartitionId partition) {
        return sound.mark(partition);
    }

    @Override
    public List<CopyMark> incomplete() {
        return sound.incomplete();
    }

    @Override
    public void scanSessions(PartitionId partition, @Nullable SessionId after, SessionVisitor visitor) {
        sound.scanSessions(partition, after, visitor);
    }

    @Override
    public void close() {
        sound.close();
    }
}
