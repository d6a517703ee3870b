package io.brickwork.bricks.log;

import io.brickwork.core.log.LogContract;
import io.brickwork.core.log.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A log on a {@link MemoryDisk} for tests of what lies below the contract: it knows where its batches begin. */
final class LogOnDisk implements AutoCloseable {
    static final int SEGMENT_BYTES = 16 << 10;

    final MemoryDisk disk;
    final SegmentedLog log;
    /** What replay reported and what was appended since, by position. */
    final TreeMap<Long, LogRecord> records = new TreeMap<>();
    /** The position of every batch written since the replay. */
    final List<Long> batches = new ArrayList<>();

    LogOnDisk(MemoryDisk disk) {
        this(disk, SEGMENT_BYTES);
    }

    LogOnDisk(MemoryDisk disk, int segmentBytes) {
        this.disk = disk;
        log = new SegmentedLog(disk, segmentBytes, position -> {}, failure -> {});
        try {
            log.replay(records::put);
        } catch (RuntimeException | Error e) {
            log.close();
            throw e;
        }
    }

    /** One turn with records of these value lengths. */
    LogOnDisk turn(int... valueBytes) {
        batches.add(log.writtenPosition());
        for (int bytes : valueBytes) {
            LogRecord record = new LogRecord.Stored(LogContract.entry(1, records.size() + 1, bytes));
            records.put(log.append(record), record);
        }
        log.write();
        return this;
    }

    LogOnDisk sync() {
        log.requestSync();
        awaitIdle();
        return this;
    }

    void awaitIdle() {
        try {
            log.awaitIdle();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The disk as the death of the process leaves it. */
    MemoryDisk kill() {
        MemoryDisk left = disk.kill();
        log.close();
        return left;
    }

    List<LogRecord> below(long position) {
        return List.copyOf(records.headMap(position).values());
    }

    List<LogRecord> all() {
        return List.copyOf(records.values());
    }

    @Override
    public void close() {
        log.close();
    }

    /** What a new log on this disk replays; the disk is left as a crash right afterwards leaves it. */
    static List<LogRecord> replay(MemoryDisk disk) {
        LogOnDisk opened = new LogOnDisk(disk);
        opened.kill();
        return opened.all();
    }
}
