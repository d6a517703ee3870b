package io.brickwork.bricks.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.log.LogContract;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.StoreFailedException;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process dies, or the power goes, after every single change or sync that the log makes on its disk. */
@Timeout(120)
class CrashPointTest {
    private static final int SEGMENT_BYTES = 4 << 10;

    /** What a run has promised when it ends. */
    private record Run(MemoryDisk disk, SegmentedLog log, TreeMap<Long, LogRecord> appended, boolean isComplete) {}

    @Test
    void noCrashAnywhereLosesWhatWasPromised() {
        boolean isComplete = false;
        for (long operations = 0; !isComplete; operations++) {
            for (boolean isPowerLost : new boolean[] {false, true}) {
                Run run = run(new MemoryDisk(), operations);
                isComplete = run.isComplete();
                assertKept(run, isPowerLost, new Random(operations), "crash after operation " + operations);
            }
        }
    }

    @Test
    void noCrashOfARecoveryLosesWhatWasThere() {
        LogOnDisk log = new LogOnDisk(new MemoryDisk(), SEGMENT_BYTES);
        log.turn(700)
                .turn(700)
                .turn(900)
                .turn(900)
                .turn(400)
                .sync()
                .turn(300)
                .turn(50)
                .turn(60);
        log.turn(900).turn(900).turn(100);
        List<LogRecord> all = log.all();
        MemoryDisk left = log.kill();
        boolean isComplete = false;
        for (long operations = 0; !isComplete; operations++) {
            MemoryDisk disk = left.kill();
            disk.dieAfter(operations);
            isComplete = hasReplayed(disk);
            MemoryDisk killed = disk.kill();
            assertThat(LogOnDisk.replay(killed))
                    .as("recovery dies after operation %d", operations)
                    .isEqualTo(all);
        }
    }

    private static boolean hasReplayed(MemoryDisk disk) {
        SegmentedLog log = new SegmentedLog(disk, SEGMENT_BYTES, position -> {}, failure -> {});
        try {
            log.replay((position, record) -> {});
            return true;
        } catch (StoreFailedException e) {
            return false;
        } finally {
            log.close();
        }
    }

    private static Run run(MemoryDisk disk, long operations) {
        SegmentedLog log = new SegmentedLog(disk, SEGMENT_BYTES, position -> {}, failure -> {});
        TreeMap<Long, LogRecord> appended = new TreeMap<>();
        disk.dieAfter(operations);
        boolean isComplete = false;
        try {
            log.replay((position, record) -> {});
            for (int turn = 1; turn <= 24; turn++) {
                LogRecord record = new LogRecord.Stored(LogContract.entry(1, turn, 250 + 40 * turn));
                appended.put(log.append(record), record);
                log.write();
                if (turn % 3 == 0) {
                    log.requestSync();
                }
                if (turn % 5 == 0) {
                    log.awaitIdle();
                    log.trim(log.writtenPosition());
                }
            }
            isComplete = true;
        } catch (StoreFailedException e) {
            assertThat(e).hasStackTraceContaining("the disk is dead");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return new Run(disk, log, appended, isComplete);
    }

    private static void assertKept(Run run, boolean isPowerLost, Random random, String when) {
        SegmentedLog dead = run.log();
        long certain = isPowerLost ? dead.syncedPosition() : dead.writtenPosition();
        long head = dead.headPosition();
        MemoryDisk left =
                isPowerLost ? run.disk().losePower(random) : run.disk().kill();
        dead.close();
        TreeMap<Long, LogRecord> found = new TreeMap<>();
        SegmentedLog log = new SegmentedLog(left, SEGMENT_BYTES, position -> {}, failure -> {});
        try {
            log.replay(found::put);
        } catch (LogCorruptException e) {
            throw new AssertionError(when + ": taken for rot", e);
        }
        log.close();
        assertThat(found).as(when).containsAllEntriesOf(run.appended().subMap(head, Math.max(head, certain)));
        assertThat(run.appended()).as(when).containsAllEntriesOf(found);
        if (!found.isEmpty()) {
            assertThat(found)
                    .as("%s: without holes", when)
                    .isEqualTo(run.appended().subMap(found.firstKey(), true, found.lastKey(), true));
        }
    }
}
