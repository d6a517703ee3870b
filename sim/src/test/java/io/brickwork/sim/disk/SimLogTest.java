package io.brickwork.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.entry.Entry;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogContract;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.sim.kernel.EventQueue;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.kernel.Harms;
import io.brickwork.sim.kernel.SimRandom;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SimLogTest extends LogContract {
    private static final int SEGMENT_BYTES = 16 << 10;

    private final EventQueue queue = new EventQueue();
    private final Harms harms = new Harms();
    private final SimDisk disk =
            new SimDisk(queue, new SimRandom(0x109), DiskOptions.DEFAULT.withSegmentBytes(SEGMENT_BYTES), harms);
    private long reportedSynced;
    private int reportedFailures;
    private @Nullable SimLog log;

    @Override
    protected Log open() {
        return openOn(disk);
    }

    private SimLog openOn(SimDisk on) {
        reportedSynced = 0;
        reportedFailures = 0;
        SimLog opened = on.openLog(new SimDisk.LogListener() {
            @Override
            public void synced(long position) {
                reportedSynced = position;
            }

            @Override
            public void failed(StoreFailedException failure) {
                reportedFailures++;
            }
        });
        log = opened;
        return opened;
    }

    private SimLog opened() {
        assertThat(log).isNotNull();
        return log;
    }

    @Override
    protected Log crash(boolean keepUnsynced) {
        if (keepUnsynced) {
            disk.killProcess();
        } else {
            disk.losePower();
        }
        return open();
    }

    @Override
    protected void settle() {
        while (queue.runNext()) {
            // Until nothing is left to happen.
        }
    }

    @Override
    protected void failNextWrite() {
        opened().failNextWrite();
    }

    @Override
    protected void failNextSync() {
        opened().failNextSync();
    }

    @Override
    protected long reportedSynced() {
        return reportedSynced;
    }

    @Override
    protected int reportedFailures() {
        return reportedFailures;
    }

    @Override
    protected int segmentBytes() {
        return SEGMENT_BYTES;
    }

    /**
     * Losing power at the same moment leaves, by luck, everything, nothing but the synced records, or something
     * between, torn batches included.
     */
    @Test
    void whatPowerLossLeavesIsDrawn() {
        TreeSet<Integer> left = new TreeSet<>();
        for (int seed = 0; seed < 200; seed++) {
            SimDisk drawn = new SimDisk(queue, new SimRandom(seed), DiskOptions.DEFAULT, harms);
            SimLog first = openOn(drawn);
            replay(first);
            first.append(stored(1, 10));
            first.write();
            first.requestSync();
            settle();
            for (int batch = 0; batch < 2; batch++) {
                for (int i = 0; i < 3; i++) {
                    first.append(stored(2 + 3 * batch + i, 10));
                }
                first.write();
            }
            drawn.losePower();
            left.add(replay(openOn(drawn)).size());
        }
        assertThat(left).containsExactly(1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void anEntryThatIsCutIsNotHeld() {
        replay(open());
        Entry kept = entry(1, 1, 10);
        Entry cut = entry(1, 2, 10);
        opened().append(new LogRecord.Stored(kept));
        opened().append(new LogRecord.Stored(cut));
        opened().append(new LogRecord.Cut(kept.partition(), 1));
        opened().write();
        assertHeld(kept, true);
        assertHeld(cut, false);

        Entry replacement = entry(2, 2, 10);
        opened().append(new LogRecord.Stored(replacement));
        opened().write();
        assertHeld(replacement, true);
        assertHeld(cut, false);
    }

    @Test
    void anEntryIsHeldAgainWhenPowerIsLostBeforeItsCutIsSynced() {
        Entry entry = entry(1, 1, 10);
        boolean isCutLost = false;
        for (int seed = 0; seed < 20; seed++) {
            SimDisk drawn = new SimDisk(queue, new SimRandom(seed), DiskOptions.DEFAULT, harms);
            SimLog first = openOn(drawn);
            replay(first);
            first.append(new LogRecord.Stored(entry));
            first.write();
            first.requestSync();
            settle();
            first.append(new LogRecord.Cut(entry.partition(), 0));
            first.write();
            drawn.losePower();
            boolean isCut = replay(openOn(drawn)).size() == 2;
            assertThat(drawn.holds(entry.partition(), entry.version(), true)).isEqualTo(!isCut);
            isCutLost |= !isCut;
        }
        assertThat(isCutLost).isTrue();
    }

    @Test
    void aPartitionIsAbandonedUntilTheLogSaysMoreOfIt() {
        replay(open());
        Entry entry = entry(1, 1, 10);
        LogRecord abandon = new LogRecord.Cut(entry.partition(), 0);
        for (LogRecord more : List.of(new LogRecord.Promise(entry.partition(), 2), new LogRecord.Stored(entry))) {
            opened().append(new LogRecord.Stored(entry));
            opened().write();
            assertThat(disk.isAbandoned(entry.partition())).isFalse();
            opened().append(abandon);
            opened().write();
            assertThat(disk.isAbandoned(entry.partition())).isTrue();
            opened().append(more);
            opened().write();
            assertThat(disk.isAbandoned(entry.partition())).isFalse();
        }
    }

    private void assertHeld(Entry entry, boolean isHeld) {
        assertThat(disk.holds(entry.partition(), entry.version(), false)).isEqualTo(isHeld);
        assertThat(entry.version().equals(disk.version(entry.partition(), entry.seq())))
                .isEqualTo(isHeld);
    }

    @Test
    void aWriteThatIsCutShortLeavesAPrefix() {
        open();
        replay(opened());
        for (int i = 1; i <= 5; i++) {
            opened().append(stored(i, 10));
        }
        opened().writePartly(2);
        assertThat(replay(crash(true))).hasSize(2);
    }

    @Test
    void aFullDiskFailsTheWrite() {
        SimDisk small = new SimDisk(
                queue,
                new SimRandom(1),
                DiskOptions.DEFAULT.withSegmentBytes(1024).withCapacityBytes(4096),
                harms);
        SimLog full = openOn(small);
        replay(full);
        full.append(stored(1, 2000));
        full.write();
        assertThat(small.fillPermille()).isBetween(400, 600);
        full.append(stored(2, 3000));
        assertThatThrownBy(full::write).isInstanceOf(StoreFailedException.class).hasMessageContaining("full");
        assertThat(reportedFailures()).isEqualTo(1);
    }

    @Test
    void aStalledDiskSyncsAfterwards() {
        open();
        replay(opened());
        opened().append(stored(1, 10));
        opened().write();
        opened().requestSync();
        disk.stallUntil(5_000_000_000L);
        queue.runUntil(4_999_999_999L);
        assertThat(reportedSynced()).isZero();
        queue.runUntil(5_000_000_000L);
        assertThat(reportedSynced()).isPositive();
    }

    @Test
    void rotIsNotTakenForATornTail() {
        open();
        replay(opened());
        opened().append(stored(1, 10));
        opened().write();
        opened().requestSync();
        settle();
        assertThat(disk.rotLog()).isTrue();
        Log again = crash(false);
        assertThatThrownBy(() -> replay(again)).isInstanceOf(LogCorruptException.class);
    }

    @Test
    void aDiskThatOthersFillRefusesWritesUntilThereIsRoomAgain() {
        open();
        replay(opened());
        disk.fillUpTo(900);
        assertThat(disk.fillPermille()).isBetween(895, 905);
        disk.fillUpTo(1000);
        opened().append(stored(1, 10));
        assertThatThrownBy(opened()::write)
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("full");
        disk.fillUpTo(0);
        replay(crash(true));
        opened().append(stored(1, 10));
        opened().write();
        assertThat(opened().unwrittenRecords()).isZero();
    }

    @Test
    void aSlowDiskTakesLonger() {
        open();
        replay(opened());
        disk.slowDown(1_000);
        opened().append(stored(1, 10));
        opened().write();
        opened().requestSync();
        queue.runUntil(1_000 * DiskOptions.DEFAULT.syncMinNanos() - 1);
        assertThat(reportedSynced()).isZero();
        settle();
        assertThat(reportedSynced()).isPositive();
        assertThat(harms.of(Harm.DISK_SLOWED)).isPositive();
    }

    @Test
    void whatASlowDiskHasBegunEndsWithinFiveSeconds() {
        open();
        replay(opened());
        disk.slowDown(1_000_000);
        opened().append(stored(1, 10));
        opened().write();
        opened().requestSync();
        disk.recover();
        queue.runUntil(5_000_000_000L);
        assertThat(reportedSynced()).isPositive();
    }

    @Test
    void aCalmDiskTakesNoLongerThanItMay() {
        DiskOptions slow = new DiskOptions(0, 10_000_000_000L, 0, 0, SEGMENT_BYTES, 1L << 30);
        SimDisk calm = new SimDisk(queue, new SimRandom(1), slow, harms);
        SimLog log = openOn(calm);
        replay(log);
        calm.calm(true);
        for (int i = 1; i <= 20; i++) {
            log.append(stored(i, 10));
            log.write();
            log.requestSync();
            queue.runUntil(queue.nowNanos() + SimDisk.CALM_NANOS);
            assertThat(reportedSynced()).isEqualTo(log.writtenPosition());
        }
        calm.calm(false);
        log.append(stored(21, 10));
        log.write();
        log.requestSync();
        queue.runUntil(queue.nowNanos() + SimDisk.CALM_NANOS);
        assertThat(reportedSynced()).isLessThan(log.writtenPosition());
    }

    @Test
    void anImageHoldsWhatWasWrittenThen() {
        open();
        replay(opened());
        opened().append(stored(1, 10));
        opened().write();
        SimDisk.Image image = disk.image();
        opened().append(stored(2, 10));
        opened().write();
        disk.killProcess();
        disk.restore(image);
        assertThat(replay(open())).hasSize(1);
        disk.killProcess();
        disk.wipe();
        assertThat(replay(open())).isEmpty();
    }
}
