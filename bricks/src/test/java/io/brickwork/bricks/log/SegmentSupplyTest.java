package io.brickwork.bricks.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.brickwork.core.log.LogContract;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.StoreFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a full disk, a slow disk, and a wrong directory do to a log. */
@Timeout(60)
class SegmentSupplyTest {
    private static final int FILE_BYTES = Segment.HEADER_BYTES + LogOnDisk.SEGMENT_BYTES;

    @Test
    void aFullDiskShowsWhileTheCurrentSegmentHasRoom() {
        MemoryDisk disk = new MemoryDisk();
        disk.limit(FILE_BYTES + 1000);
        LogOnDisk log = new LogOnDisk(disk);
        await().until(log.log::isSpaceLow);
        assertThat(log.log.lowSpaceReason().orElseThrow())
                .contains("memory/next.ready")
                .contains("" + LogOnDisk.SEGMENT_BYTES)
                .contains("No space left on device")
                .contains("free space");

        // A whole segment may still be written; only then the log ends, and what was written is there.
        while (log.log.writtenPosition() < LogOnDisk.SEGMENT_BYTES - 1500) {
            log.turn(1000);
        }
        log.sync();
        List<LogRecord> written = log.all();
        assertThatThrownBy(() -> log.turn(1400, 1400))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("could not begin log segment memory/")
                .hasMessageContaining("No space left on device");
        MemoryDisk left = log.kill();
        assertThat(LogOnDisk.replay(left)).startsWith(written.toArray(LogRecord[]::new));
    }

    @Test
    void roomThatComesBackIsUsed() {
        MemoryDisk disk = new MemoryDisk();
        disk.limit(FILE_BYTES + 1000);
        LogOnDisk log = new LogOnDisk(disk);
        await().until(log.log::isSpaceLow);
        disk.limit(Long.MAX_VALUE);
        await().until(() -> !log.log.isSpaceLow());
        while (log.log.writtenPosition() < 3 * LogOnDisk.SEGMENT_BYTES) {
            log.turn(1000);
        }
        assertThat(LogOnDisk.replay(log.kill())).isEqualTo(log.all());
    }

    @Test
    void afterACrashOnAFullDiskTheFileThatLayReadyIsUsed() {
        MemoryDisk disk = new MemoryDisk();
        LogOnDisk log = new LogOnDisk(disk);
        await().until(() -> disk.names().contains("next.ready"));
        log.turn(100).turn(200);
        MemoryDisk left = log.kill();
        left.limit(1);
        LogOnDisk again = new LogOnDisk(left);
        assertThat(again.all()).isEqualTo(log.all());
        again.turn(100);
        assertThat(again.log.read(again.records.lastKey()))
                .isEqualTo(again.records.lastEntry().getValue());
        await().until(again.log::isSpaceLow);
        again.close();
    }

    @Test
    void requestsDuringASyncAreAnsweredByOneSyncAfterIt() {
        MemoryDisk disk = new MemoryDisk();
        LogOnDisk log = new LogOnDisk(disk);
        int before = disk.segmentForces();
        CountDownLatch gate = new CountDownLatch(1);
        disk.gateForces(gate);
        for (int i = 0; i < 50; i++) {
            log.turn(10);
            log.log.requestSync();
        }
        assertThat(log.log.syncedPosition()).isLessThan(log.log.writtenPosition());
        gate.countDown();
        log.awaitIdle();
        assertThat(log.log.syncedPosition()).isEqualTo(log.log.writtenPosition());
        assertThat(disk.segmentForces() - before).isBetween(1, 2);
        log.close();
    }

    @Test
    void syncedPositionsAreToldInOrderAlsoWhenSegmentsEnd() {
        MemoryDisk disk = new MemoryDisk();
        List<Long> told = new ArrayList<>();
        SegmentedLog log = new SegmentedLog(disk, 4 << 10, told::add, failure -> {});
        log.replay((position, record) -> {});
        for (int i = 1; i <= 200; i++) {
            log.append(new LogRecord.Stored(LogContract.entry(1, i, 300)));
            log.requestSync();
            log.write();
        }
        log.close();
        assertThat(told).isSorted().doesNotHaveDuplicates().endsWith(log.writtenPosition());
    }

    @Test
    void aDirectoryThatIsAFileIsNamed(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("log"), "no directory");
        assertThatThrownBy(() -> new SegmentedLog(file, 1 << 20, position -> {}, failure -> {}))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aSegmentSizeOutOfRangeIsNamedWithTheRange() {
        assertThatThrownBy(() -> new SegmentedLog(new MemoryDisk(), 100, position -> {}, failure -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("100")
                .hasMessageContaining("4096")
                .hasMessageContaining("1073741824");
    }
}
