package io.brickwork.bricks.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.structure.Effect;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What recovery makes of files that a crash, or a bad disk, has left. */
@Timeout(60)
class RecoveryTest {
    private final Random random = new Random(11);

    @Test
    void aLastBatchTornAtAnyByteEndsTheLog() {
        LogOnDisk log =
                new LogOnDisk(new MemoryDisk()).turn(40, 3).sync().turn(20).turn(30, 5);
        long last = log.batches.getLast();
        List<LogRecord> kept = log.below(last);
        int from = offset(last);
        int to = offset(log.log.writtenPosition());
        MemoryDisk left = log.kill();
        String name = left.segments().getLast();
        byte[] whole = left.content(name);
        byte[] garbage = new byte[whole.length - from];
        random.nextBytes(garbage);
        for (int cut = from; cut < to; cut++) {
            byte[] endLost = whole.clone();
            Arrays.fill(endLost, cut, to, (byte) 0);
            assertEnds(left, name, endLost, kept);
            byte[] beginLost = whole.clone();
            Arrays.fill(beginLost, from, cut + 1, (byte) 0);
            assertEnds(left, name, beginLost, kept);
            byte[] endGarbage = whole.clone();
            System.arraycopy(garbage, 0, endGarbage, cut, whole.length - cut);
            assertEnds(left, name, endGarbage, kept);
            byte[] flipped = whole.clone();
            flipped[cut] ^= (byte) (1 << random.nextInt(8));
            assertEnds(left, name, flipped, kept);
        }
    }

    @Test
    void garbageBehindTheLastBatchIsNothing() {
        LogOnDisk log = new LogOnDisk(new MemoryDisk()).turn(40, 3).sync().turn(20);
        List<LogRecord> all = log.all();
        int end = offset(log.log.writtenPosition());
        MemoryDisk left = log.kill();
        String name = left.segments().getLast();
        byte[] whole = left.content(name);
        byte[] garbage = new byte[whole.length - end];
        random.nextBytes(garbage);
        System.arraycopy(garbage, 0, whole, end, garbage.length);
        assertEnds(left, name, whole, all);
    }

    @Test
    void anyFlippedBitBelowTheSyncedPositionIsFoundAndNamed() {
        LogOnDisk log =
                new LogOnDisk(new MemoryDisk()).turn(10, 3).turn(0).sync().turn(20);
        List<Long> batches = log.batches;
        MemoryDisk left = log.kill();
        String name = left.segments().getLast();
        byte[] whole = left.content(name);
        for (int at = offset(batches.get(0)); at < offset(batches.get(2)); at++) {
            byte[] rotten = whole.clone();
            rotten[at] ^= (byte) (1 << random.nextInt(8));
            int damaged = at < offset(batches.get(1)) ? offset(batches.get(0)) : offset(batches.get(1));
            assertThatThrownBy(() -> LogOnDisk.replay(with(left, name, rotten)))
                    .isInstanceOf(LogCorruptException.class)
                    .hasMessageContaining("memory/" + name)
                    .hasMessageContaining("at byte " + damaged + ":")
                    .hasMessageContaining("expected ")
                    .hasMessageContaining("found ")
                    .hasMessageContaining("Way out");
        }
    }

    @Test
    void anyFlippedBitInAFullSegmentIsRot() {
        LogOnDisk log = new LogOnDisk(new MemoryDisk(), 4 << 10);
        while (log.log.writtenPosition() < (9 << 10)) {
            log.turn(700, 80);
        }
        MemoryDisk left = log.kill();
        for (String name : left.segments().subList(0, 2)) {
            long first = Long.parseLong(name.substring(0, 16), 16);
            String next = left.segments().get(left.segments().indexOf(name) + 1);
            int end = (int) (Long.parseLong(next.substring(0, 16), 16) - first) + Segment.HEADER_BYTES;
            for (int at = Segment.HEADER_BYTES; at < end; at += 1 + random.nextInt(9)) {
                byte[] rotten = left.content(name);
                rotten[at] ^= (byte) (1 << random.nextInt(8));
                assertThatThrownBy(() -> LogOnDisk.replay(with(left, name, rotten)))
                        .isInstanceOf(LogCorruptException.class)
                        .hasMessageContaining("memory/" + name);
            }
        }
    }

    @Test
    void anyFlippedBitInASegmentHeaderIsRot() {
        MemoryDisk left = new LogOnDisk(new MemoryDisk()).turn(10).kill();
        String name = left.segments().getLast();
        for (int bit = 0; bit < 45 * 8; bit++) {
            byte[] rotten = left.content(name);
            rotten[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> LogOnDisk.replay(with(left, name, rotten)))
                    .isInstanceOf(LogCorruptException.class)
                    .hasMessageContaining("memory/" + name);
        }
    }

    /** T72: pages reach the disk in any order, so whole batches may stand behind a torn one. */
    @Test
    void wholeBatchesBehindATornOneAreNotTakenForALog() {
        LogOnDisk log = new LogOnDisk(new MemoryDisk())
                .turn(10)
                .sync()
                .turn(50)
                .turn(60)
                .turn(70);
        List<LogRecord> kept = log.below(log.batches.get(1));
        int torn = offset(log.batches.get(1));
        MemoryDisk left = log.kill();
        String name = left.segments().getLast();
        byte[] content = left.content(name);
        content[torn + 30] ^= 1;

        // The same lengths again: without a new segment the old third batch would follow the new second one.
        LogOnDisk second = new LogOnDisk(with(left, name, content));
        assertThat(second.all()).isEqualTo(kept);
        second.turn(50);
        List<LogRecord> all = second.all();
        assertThat(LogOnDisk.replay(second.kill())).isEqualTo(all).hasSize(2);
    }

    /** T72: the other way round, with a length that can no longer be trusted. */
    @Test
    void aSyncedBatchBehindABadOneProvesRot() {
        LogOnDisk log = new LogOnDisk(new MemoryDisk())
                .turn(10)
                .turn(50)
                .turn(60)
                .sync()
                .turn(70);
        int bad = offset(log.batches.get(1));
        MemoryDisk left = log.kill();
        String name = left.segments().getLast();
        byte[] content = left.content(name);
        Arrays.fill(content, bad, bad + Batches.HEADER_BYTES + 40, (byte) 0);
        assertThatThrownBy(() -> LogOnDisk.replay(with(left, name, content)))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("at byte " + bad + ":");
    }

    @Test
    void aValueThatLooksLikeABatchProvesNothing() {
        LogOnDisk log = new LogOnDisk(new MemoryDisk()).turn(10).sync();
        long position = log.log.writtenPosition();
        // A client's value that knows its place in the log and claims that everything is synced.
        byte[] forged = new byte[200];
        int start = 100;
        int inValue = 200 - start;
        Bytes key = Bytes.utf8("k");
        long valueAt = position + Batches.HEADER_BYTES + Batches.RECORD_PREFIX_BYTES + 2 + entryBytesBefore(key);
        Batches.seal(forged, start, start + inValue, valueAt + start, Long.MAX_VALUE >> 1, 0);
        log.log.append(new LogRecord.Stored(entry(key, Bytes.wrap(forged))));
        log.log.write();
        MemoryDisk left = log.kill();
        String name = left.segments().getLast();
        byte[] content = left.content(name);
        assertThat(Arrays.copyOfRange(content, offset(valueAt), offset(valueAt) + 200))
                .as("the forged batch stands where it says")
                .isEqualTo(forged);
        content[offset(position) + 30] ^= 1;
        assertThat(LogOnDisk.replay(with(left, name, content))).hasSize(1);
    }

    @Test
    void aLogClosedInOrderMayMissNothing() {
        LogOnDisk log = new LogOnDisk(new MemoryDisk()).turn(10).turn(20);
        int last = offset(log.batches.getLast());
        log.close();
        String name = log.disk.segments().getLast();
        byte[] content = log.disk.content(name);
        content[last + 40] ^= 1;
        assertThatThrownBy(() -> LogOnDisk.replay(with(log.disk.kill(), name, content)))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("at byte " + last + ":")
                .hasMessageContaining("closed in order");
    }

    @Test
    void aDamagedCleanMarkIsAsGoodAsNone() {
        LogOnDisk log = new LogOnDisk(new MemoryDisk()).turn(10).turn(20);
        log.close();
        byte[] mark = log.disk.content(CleanMark.NAME);
        MemoryDisk left = log.disk.kill();
        for (int bit = 0; bit < mark.length * 8; bit++) {
            byte[] rotten = mark.clone();
            rotten[bit / 8] ^= (byte) (1 << (bit % 8));
            MemoryDisk disk = with(left, CleanMark.NAME, rotten);
            assertThat(LogOnDisk.replay(disk)).isEqualTo(log.all());
        }
        MemoryDisk shortMark = with(left, CleanMark.NAME, new byte[3]);
        assertThat(LogOnDisk.replay(shortMark)).isEqualTo(log.all());
    }

    @Test
    void aMissingSegmentIsRot() throws Exception {
        LogOnDisk log = new LogOnDisk(new MemoryDisk(), 4 << 10);
        while (log.log.writtenPosition() < (16 << 10)) {
            log.turn(700);
        }
        log.close();
        MemoryDisk middle = log.disk.kill();
        MemoryDisk all = middle.kill();
        MemoryDisk one = all.kill();
        one.delete(one.segments().get(1));
        assertThatThrownBy(() -> LogOnDisk.replay(one))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining(log.disk.segments().get(0));
        MemoryDisk none = one.kill();
        for (String name : none.segments()) {
            none.delete(name);
        }
        assertThatThrownBy(() -> LogOnDisk.replay(none))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("segment files are gone");
    }

    @Test
    void segmentsOfTwoLogsAreNotOneLog() {
        LogOnDisk one = new LogOnDisk(new MemoryDisk(), 4 << 10);
        LogOnDisk other = new LogOnDisk(new MemoryDisk(), 4 << 10);
        while (one.disk.segments().size() < 3) {
            one.turn(700);
            other.turn(700);
        }
        MemoryDisk left = one.kill();
        String name = left.segments().get(1);
        byte[] foreign = other.kill().content(name);
        assertThatThrownBy(() -> LogOnDisk.replay(with(left, name, foreign)))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("memory/" + name)
                .hasMessageContaining("a segment of log");
    }

    @Test
    void oldBatchesInARecycledSegmentAreNeverFound() {
        MemoryDisk disk = new MemoryDisk();
        LogOnDisk log = new LogOnDisk(disk, 4 << 10);
        for (int round = 0; round < 60; round++) {
            // Always the same lengths, so that old batches stand exactly where new ones will.
            log.turn(700).turn(700).turn(700);
            log.log.trim(log.log.writtenPosition());
            log.records.headMap(log.log.headPosition()).clear();
            if (round % 7 == 6) {
                int creations = disk.creations();
                List<LogRecord> expected = log.all();
                disk = log.kill();
                assertThat(creations).as("segments are used again").isLessThan(12);
                log = new LogOnDisk(disk, 4 << 10);
                // A trim that the crash has undone shows older records first.
                assertThat(log.all()).endsWith(expected.toArray(LogRecord[]::new));
            }
        }
        log.close();
    }

    private static void assertEnds(MemoryDisk left, String name, byte[] content, List<LogRecord> expected) {
        LogOnDisk again = new LogOnDisk(with(left, name, content));
        assertThat(again.all()).isEqualTo(expected);
        again.turn(9);
        assertThat(LogOnDisk.replay(again.kill())).isEqualTo(again.all());
    }

    /** A copy of the disk with one file changed. */
    private static MemoryDisk with(MemoryDisk disk, String name, byte[] content) {
        MemoryDisk copy = disk.kill();
        copy.put(name, content);
        return copy;
    }

    /** Where a position of the first segment stands in its file. */
    private static int offset(long position) {
        return (int) position + Segment.HEADER_BYTES;
    }

    private static Entry entry(Bytes key, Bytes value) {
        return EntryCodec.encode(
                Entry.Kind.WRITE, new PartitionId(1, 3), new Version(1, 2), null, 0, List.of(new Effect(key, value)));
    }

    /** How many bytes of an entry stand before its only value, which is 200 bytes long. */
    private static int entryBytesBefore(Bytes key) {
        Bytes value = Bytes.wrap(new byte[200]);
        return entry(key, value).encoded().length() - 200 - 4;
    }
}
