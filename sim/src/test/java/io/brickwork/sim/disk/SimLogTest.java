package io.brickwork.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogContract;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.structure.Effect;
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

    /**
     * What a cut has made void is not there, whoever looks at the disk; a loss of power may take the cut away again.
     */
    @Test
    void whatACutHasMadeVoidIsNotThere() {
        open();
        replay(opened());
        opened().append(stored(1, 10));
        opened().append(stored(2, 10));
        opened().write();
        assertThat(disk.version(PARTITION, 2)).isEqualTo(new Version(1, 2));
        assertThat(disk.holds(PARTITION, new Version(1, 2), false)).isTrue();

        opened().append(new LogRecord.Cut(PARTITION, 1));
        opened().write();
        assertThat(disk.version(PARTITION, 1)).isEqualTo(new Version(1, 1));
        assertThat(disk.version(PARTITION, 2)).isNull();
        assertThat(disk.holds(PARTITION, new Version(1, 2), false)).isFalse();
    }

    /** What was trimmed away counts as synced; a void entry that was trimmed away does not. */
    @Test
    void whatWasTrimmedCountsAsSyncedUnlessItWasVoid() {
        open();
        replay(opened());
        opened().append(stored(1, 2 * SEGMENT_BYTES));
        opened().append(stored(2, 2 * SEGMENT_BYTES));
        opened().append(new LogRecord.Cut(PARTITION, 1));
        for (int filler = 0; filler < 3; filler++) {
            opened().append(ofAnother(filler + 1));
        }
        opened().write();
        opened().requestSync();
        settle();
        opened().trim(opened().writtenPosition());
        assertThat(disk.version(PARTITION, 1)).isNull();
        assertThat(disk.holds(PARTITION, new Version(1, 1), true)).isTrue();
        assertThat(disk.holds(PARTITION, new Version(1, 2), true)).isFalse();
    }

    private static LogRecord ofAnother(long seq) {
        byte[] encoded = new byte[2 * SEGMENT_BYTES];
        Effect effect = new Effect(Bytes.utf8("k"), Bytes.wrap(encoded));
        return new LogRecord.Stored(EntryCodec.encode(
                Entry.Kind.WRITE, new PartitionId(1, 4), new Version(1, seq), null, 0, List.of(effect)));
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
