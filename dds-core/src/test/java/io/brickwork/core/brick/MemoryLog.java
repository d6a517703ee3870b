package io.brickwork.core.brick;

import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * A log in memory, for tests that drive a machine by hand: a record takes ten positions, a segment ten records, and
 * nothing is synced before {@link #sync}.
 */
public final class MemoryLog implements Log {
    private static final int STEP = 10;
    private static final int SEGMENT = 10 * STEP;

    private final List<LogRecord> records = new ArrayList<>();
    private long written;
    private long synced;
    private long head;
    private boolean isSyncAsked;

    /** Everything as it is, as if somebody had made an image of the disk. */
    public MemoryLog copy() {
        MemoryLog copy = new MemoryLog();
        copy.records.addAll(records);
        copy.written = written;
        copy.synced = synced;
        copy.head = head;
        return copy;
    }

    @Override
    public void replay(Replayer replayer) {
        for (long position = head; position < records.size() * (long) STEP; position += STEP) {
            replayer.record(position, records.get((int) (position / STEP)));
        }
        written = records.size() * (long) STEP;
        synced = written;
    }

    @Override
    public long append(LogRecord record) {
        records.add(record);
        return (records.size() - 1L) * STEP;
    }

    @Override
    public void write() {
        written = records.size() * (long) STEP;
    }

    @Override
    public void requestSync() {
        isSyncAsked = true;
    }

    public boolean isSyncAsked() {
        return isSyncAsked;
    }

    /** Syncs what is written. */
    public long sync() {
        isSyncAsked = false;
        synced = written;
        return synced;
    }

    /** The machine lost all power: what was not synced is gone. */
    public void losePower() {
        while (records.size() * (long) STEP > synced) {
            records.removeLast();
        }
        written = synced;
    }

    /** The process was killed: what was not written is gone. */
    public void kill() {
        while (records.size() * (long) STEP > written) {
            records.removeLast();
        }
    }

    @Override
    public long writtenPosition() {
        return written;
    }

    @Override
    public long syncedPosition() {
        return synced;
    }

    @Override
    public LogRecord read(long position) {
        if (position < head) {
            throw new IllegalArgumentException("position " + position + " was trimmed; the head is " + head);
        }
        return records.get((int) (position / STEP));
    }

    @Override
    public long headAfterTrim(long position) {
        return Math.max(head, Math.min(position, written - SEGMENT) / SEGMENT * SEGMENT); // the last full segment stays
    }

    @Override
    public void trim(long position) {
        head = headAfterTrim(position);
    }

    @Override
    public long headPosition() {
        return head;
    }

    @Override
    public void close() {}
}
