package io.brickwork.core.partition.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.partition.port.LogPort;
import io.brickwork.core.structure.Effect;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A replica's log as it is rebuilt from what a trimmed log still holds. */
class PartitionLogTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);

    /** A replay writes nothing. */
    private static final LogPort NO_WRITES = new LogPort() {
        @Override
        public long append(LogRecord record, long seq) {
            throw new AssertionError("appends " + record);
        }

        @Override
        public void requestSync() {
            throw new AssertionError("asks for a sync");
        }

        @Override
        public LogRecord read(long position) {
            throw new AssertionError("reads at " + position);
        }
    };

    private static LogRecord.Stored stored(long epoch, long seq) {
        Version version = new Version(epoch, seq);
        return new LogRecord.Stored(EntryCodec.encode(
                Entry.Kind.WRITE,
                PARTITION,
                version,
                null,
                0,
                List.of(new Effect(Bytes.utf8("k"), Bytes.utf8("v" + seq)))));
    }

    private static PartitionLog appliedUpTo(long epoch, long seq) {
        return new PartitionLog(new Applied(PARTITION, new Version(epoch, seq), 0), List.of(), NO_WRITES);
    }

    @Test
    void trimmingMayNotPassTheOldestEntryThatIsStillHereIfOlderOnesAreNeeded() {
        PartitionLog log = appliedUpTo(1, 10);
        log.replay(400, new LogRecord.Promise(PARTITION, 1));
        for (int seq = 5; seq <= 12; seq++) {
            log.replay(100 * seq, stored(1, seq));
        }
        log.endReplay();

        // After a restart a backup knows of nothing that is synced everywhere.
        assertThat(log.positionAbove(0)).isEqualTo(500);
        assertThat(log.positionAbove(4)).isEqualTo(500);
        assertThat(log.positionAbove(10)).isEqualTo(1100);
        assertThat(log.positionAbove(12)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void entriesAtTheHeadThatAreCutFurtherOnMayStandOnTrimmedOnes() {
        PartitionLog log = appliedUpTo(1, 5);
        log.replay(700, new LogRecord.Promise(PARTITION, 3));
        log.replay(800, stored(1, 8));
        log.replay(900, stored(1, 9));
        log.replay(1000, new LogRecord.Cut(PARTITION, 8));
        log.replay(1100, stored(2, 9));
        log.replay(1200, new LogRecord.Cut(PARTITION, 5));
        log.replay(1300, stored(3, 6));
        log.endReplay();

        assertThat(log.last()).isEqualTo(new Version(3, 6));
        assertThat(log.positionAbove(5)).isEqualTo(1300);
    }

    /**
     * The partition was given up, its promise was trimmed away, and the brick went down before the table had forgotten
     * its part.
     */
    @Test
    void whatWasGivenUpMayHaveLostItsPromise() {
        PartitionLog log = appliedUpTo(2, 20);
        log.replay(800, new LogRecord.Cut(PARTITION, 0));
        log.endReplay();

        log.check();
        assertThat(log.promisedEpoch()).isEqualTo(2);
    }

    @Test
    void aLogWithoutTheTablesPromiseIsCorrupt() {
        PartitionLog log = appliedUpTo(2, 20);
        log.replay(800, new LogRecord.Cut(PARTITION, 20));
        log.replay(900, stored(2, 21));

        assertThatThrownBy(log::endReplay)
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("promise of epoch 0");
    }

    @Test
    void entriesThatAreMissingInTheMiddleAreACorruptLog() {
        PartitionLog atTheHead = appliedUpTo(1, 5);
        atTheHead.replay(800, stored(1, 8));
        assertThatThrownBy(atTheHead::endReplay)
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("8");

        PartitionLog behind = appliedUpTo(1, 5);
        behind.replay(600, stored(1, 6));
        assertThatThrownBy(() -> behind.replay(800, stored(1, 8))).isInstanceOf(LogCorruptException.class);
    }
}
