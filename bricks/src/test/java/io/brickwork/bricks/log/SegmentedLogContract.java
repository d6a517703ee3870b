package io.brickwork.bricks.log;

import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogContract;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** The hooks of the contract over a {@link MemoryDisk}, which may have a real directory beside it. */
@Timeout(60)
abstract class SegmentedLogContract extends LogContract {
    static final int SEGMENT_BYTES = 32 << 10;

    private final Random random = new Random(7);
    private MemoryDisk disk = new MemoryDisk();
    private SegmentedLog log;
    private Probe probe;

    /** What one log has reported. */
    static final class Probe {
        final AtomicLong synced = new AtomicLong();
        final AtomicInteger failures = new AtomicInteger();
    }

    /** The files a log is opened on; they begin with what the disk holds. */
    abstract LogFiles files(MemoryDisk disk);

    @Override
    protected Log open() {
        return open(log == null);
    }

    private Log open(boolean isFirst) {
        if (!isFirst) {
            disk = disk.kill();
        }
        Probe fresh = new Probe();
        probe = fresh;
        log = new SegmentedLog(
                files(disk), SEGMENT_BYTES, fresh.synced::set, failure -> fresh.failures.incrementAndGet());
        return log;
    }

    @Override
    protected Log crash(boolean keepUnsynced) {
        SegmentedLog dead = log;
        MemoryDisk left = keepUnsynced ? disk.kill() : disk.losePower(random);
        dead.close();
        disk = left;
        return open(true);
    }

    @AfterEach
    void endThreads() {
        disk.kill();
        log.close();
    }

    @Override
    protected void settle() {
        try {
            log.awaitIdle();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected void failNextWrite() {
        disk.failNextWrite();
    }

    @Override
    protected void failNextSync() {
        disk.failNextForce();
    }

    @Override
    protected long reportedSynced() {
        return probe.synced.get();
    }

    @Override
    protected int reportedFailures() {
        return probe.failures.get();
    }

    @Override
    protected int segmentBytes() {
        return SEGMENT_BYTES;
    }
}
