package io.brickwork.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.structure.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Log} must do, whatever it stands on. An implementation extends this class and says how its logs are
 * opened, crashed and made to fail; one object of it serves one test, and one store.
 */
public abstract class LogContract {
    private static final PartitionId PARTITION = new PartitionId(1, 3);

    /** Opens the store: empty at the first call, later what {@link Log#close} left. The log is not replayed yet. */
    protected abstract Log open();

    /**
     * Ends the open log without closing it and opens what the crash left. The log is not replayed yet.
     *
     * @param keepUnsynced true: the process died and the machine runs on. False: the machine lost all power, and what
     *     was not synced is lost, kept or torn as the implementation draws
     */
    protected abstract Log crash(boolean keepUnsynced);

    /** Returns once every sync that was asked for has ended, well or badly, and was reported. */
    protected abstract void settle();

    /** The next attempt to write fails. */
    protected abstract void failNextWrite();

    /** The next sync fails. */
    protected abstract void failNextSync();

    /** The greatest position that the open log has reported as synced through its callback; 0 before the first. */
    protected abstract long reportedSynced();

    /** How often the open log has reported its failure. */
    protected abstract int reportedFailures();

    /** About how many bytes of records fill a segment; not above 256 KiB, so that tests fill several. */
    protected abstract int segmentBytes();

    /** How many steps {@link #whateverHappensAPrefixIsLeft} takes; fewer on a slow store. */
    protected int steps() {
        return 150;
    }

    /** A record as it was reported or appended. */
    protected record Placed(long position, LogRecord record) {}

    @Test
    protected void anEmptyLogReplaysNothing() {
        Log log = open();
        assertThat(replay(log)).isEmpty();
        assertThat(log.writtenPosition()).isEqualTo(log.syncedPosition()).isEqualTo(log.headPosition());
        log.close();
        Log again = open();
        assertThat(replay(again)).isEmpty();
        again.close();
    }

    @Test
    protected void positionsGrowAndAreWrittenOnlyByWrite() {
        Log log = opened();
        long before = log.writtenPosition();
        long first = log.append(stored(1, 100));
        long second = log.append(stored(2, 100));
        assertThat(first).isGreaterThanOrEqualTo(before);
        assertThat(second).isGreaterThan(first);
        assertThat(log.writtenPosition()).isEqualTo(before);
        log.write();
        assertThat(log.writtenPosition()).isGreaterThan(second);
        long written = log.writtenPosition();
        log.write();
        assertThat(log.writtenPosition())
                .as("a turn without records writes nothing")
                .isEqualTo(written);
        assertThat(log.append(stored(3, 100))).isGreaterThanOrEqualTo(written);
        log.close();
    }

    @Test
    protected void everyRecordIsReadBackBeforeAndAfterItIsWritten() {
        Log log = opened();
        List<Placed> placed = new ArrayList<>();
        for (int turn = 0; turn < 20; turn++) {
            for (int i = 0; i < 10; i++) {
                placed.add(append(log, stored(placed.size() + 1, 10 * i)));
            }
            assertReadable(log, placed);
            log.write();
            assertReadable(log, placed);
        }
        log.close();
    }

    @Test
    protected void aClosedLogReplaysEverythingInOrderAtTheSamePositions() {
        Log log = opened();
        List<Placed> placed = new ArrayList<>();
        placed.add(append(log, new LogRecord.Promise(PARTITION, 4)));
        placed.add(append(log, stored(1, 300)));
        log.write();
        placed.add(append(log, stored(2, 0)));
        placed.add(append(log, new LogRecord.Cut(PARTITION, 1)));
        placed.add(append(log, stored(2, 7)));
        log.write();
        log.close();

        Log again = open();
        assertThat(replay(again)).isEqualTo(placed);
        assertReadable(again, placed);
        assertThat(again.syncedPosition())
                .as("what replay reports is synced")
                .isEqualTo(again.writtenPosition())
                .isGreaterThan(placed.getLast().position());
        placed.add(append(again, stored(3, 20)));
        again.write();
        again.close();

        Log third = open();
        assertThat(replay(third)).isEqualTo(placed);
        third.close();
    }

    @Test
    protected void whatIsWrittenSurvivesTheDeathOfTheProcess() {
        Log log = opened();
        List<Placed> placed = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            placed.add(append(log, stored(i, 50)));
            log.write();
        }
        log.append(stored(31, 50));
        Log again = crash(true);
        assertThat(replay(again).subList(0, 30)).isEqualTo(placed);
        again.close();
    }

    @Test
    protected void whatReplayReportedSurvivesTheLossOfPower() {
        Log log = opened();
        for (int i = 1; i <= 30; i++) {
            log.append(stored(i, 50));
            log.write();
        }
        Log again = crash(true);
        List<Placed> reported = replay(again);
        Log third = crash(false);
        assertThat(replay(third)).isEqualTo(reported);
        third.close();
    }

    @Test
    protected void whatIsSyncedSurvivesTheLossOfPower() {
        Log log = opened();
        List<Placed> placed = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            placed.add(append(log, stored(i, 50)));
            log.write();
            if (i == 25) {
                log.requestSync();
                settle();
            }
        }
        List<Placed> found = replay(crash(false));
        assertThat(found.size()).isBetween(25, 40);
        assertThat(found).isEqualTo(placed.subList(0, found.size()));
    }

    @Test
    protected void aSyncThatWasAskedForIsReported() {
        Log log = opened();
        long position = append(log, stored(1, 50)).position();
        log.write();
        log.requestSync();
        settle();
        assertThat(log.syncedPosition()).isGreaterThan(position).isEqualTo(log.writtenPosition());
        assertThat(reportedSynced()).isEqualTo(log.syncedPosition());
        log.close();
    }

    @Test
    protected void aSyncThatWasAskedForBeforeTheWriteCoversIt() {
        Log log = opened();
        long position = append(log, stored(1, 50)).position();
        log.requestSync();
        settle();
        assertThat(log.syncedPosition()).isLessThanOrEqualTo(position);
        log.write();
        settle();
        assertThat(log.syncedPosition()).isGreaterThan(position);
        assertThat(reportedSynced()).isEqualTo(log.syncedPosition());
        log.close();
    }

    @Test
    protected void nothingIsSyncedThatIsNotWritten() {
        Log log = opened();
        for (int i = 1; i <= 200; i++) {
            log.append(stored(i, 500));
            log.requestSync();
            assertThat(log.syncedPosition()).isLessThanOrEqualTo(log.writtenPosition());
            log.write();
            assertThat(log.syncedPosition()).isLessThanOrEqualTo(log.writtenPosition());
        }
        settle();
        assertThat(log.syncedPosition()).isEqualTo(log.writtenPosition());
        log.close();
    }

    @Test
    protected void manySmallRecordsComeBackAcrossSegments() {
        Log log = opened();
        List<Placed> placed = new ArrayList<>();
        Random random = new Random(42);
        while (log.writtenPosition() < 5L * segmentBytes()) {
            for (int i = random.nextInt(80); i >= 0; i--) {
                placed.add(append(log, stored(placed.size() + 1, random.nextInt(120))));
            }
            log.write();
        }
        assertReadable(log, placed);
        log.close();
        Log again = open();
        assertThat(replay(again)).isEqualTo(placed);
        assertReadable(again, placed);
        again.close();
    }

    @Test
    protected void theLargestEntriesComeBack() {
        Log log = opened();
        List<Placed> placed = new ArrayList<>();
        placed.add(append(log, stored(1, 10)));
        placed.add(append(log, new LogRecord.Stored(largeEntry(2))));
        placed.add(append(log, stored(3, 10)));
        placed.add(append(log, new LogRecord.Stored(largeEntry(4))));
        placed.add(append(log, new LogRecord.Stored(largeEntry(5))));
        assertReadable(log, placed);
        log.write();
        placed.add(append(log, new LogRecord.Stored(largeEntry(6))));
        log.write();
        placed.add(append(log, stored(7, 10)));
        log.write();
        assertReadable(log, placed);
        Log again = crash(true);
        assertThat(replay(again)).isEqualTo(placed);
        assertReadable(again, placed);
        again.close();
    }

    @Test
    protected void trimmingNeverPassesThePositionAndKeepsAFullSegment() {
        Log log = opened();
        List<Placed> placed = fillSegments(log, 6);
        long start = log.headPosition();
        long previous = start;
        for (Placed record : placed) {
            long head = log.headAfterTrim(record.position());
            assertThat(head).isBetween(previous, Math.max(start, record.position()));
            assertThat(log.headAfterTrim(head)).as("a border is its own border").isEqualTo(head);
            previous = head;
        }
        assertThat(log.headPosition()).as("asking trims nothing").isEqualTo(start);
        long last = log.headAfterTrim(log.writtenPosition());
        assertThat(last).isGreaterThan(start);
        assertThat(log.writtenPosition() - last).isGreaterThan(segmentBytes() / 2);
        log.close();
    }

    @Test
    protected void aTrimmedLogBeginsAtItsHead() {
        Log log = opened();
        List<Placed> placed = fillSegments(log, 6);
        long middle = placed.get(placed.size() / 2).position();
        long expected = log.headAfterTrim(middle);
        log.trim(middle);
        assertThat(log.headPosition()).isEqualTo(expected).isLessThanOrEqualTo(middle);
        List<Placed> kept =
                placed.stream().filter(record -> record.position() >= expected).toList();
        assertThat(kept).hasSizeLessThan(placed.size());
        assertReadable(log, kept);
        log.trim(middle);
        log.close();

        Log again = open();
        assertThat(replay(again)).isEqualTo(kept);
        assertThat(again.headPosition()).isEqualTo(expected);
        fillSegments(again, 3);
        again.trim(again.writtenPosition());
        long head = again.headPosition();
        assertThat(head).isGreaterThan(expected);
        Log third = crash(true);
        List<Placed> left = replay(third);
        assertThat(third.headPosition()).isLessThanOrEqualTo(head);
        assertThat(left.getFirst().position()).isLessThanOrEqualTo(head + segmentBytes());
        third.close();
    }

    @Test
    protected void afterAFailedWriteTheLogRefusesEverything() {
        Log log = opened();
        List<Placed> placed = new ArrayList<>();
        placed.add(append(log, stored(1, 50)));
        log.write();
        log.requestSync();
        settle();
        long written = log.writtenPosition();
        long synced = log.syncedPosition();
        log.append(stored(2, 50));
        failNextWrite();
        assertThatThrownBy(log::write).isInstanceOf(StoreFailedException.class);
        assertRefusesEverything(log, placed.getFirst().position());
        settle();
        assertThat(log.writtenPosition()).isEqualTo(written);
        assertThat(log.syncedPosition()).isEqualTo(synced);
        assertThat(reportedSynced()).isEqualTo(synced);
        assertThat(reportedFailures()).isEqualTo(1);
        Log again = crash(true);
        assertThat(replay(again)).startsWith(placed.getFirst()).hasSizeLessThanOrEqualTo(2);
        again.close();
    }

    @Test
    protected void afterAFailedSyncTheLogRefusesEverything() {
        Log log = opened();
        Placed first = append(log, stored(1, 50));
        log.write();
        log.requestSync();
        settle();
        long synced = log.syncedPosition();
        log.append(stored(2, 50));
        log.write();
        failNextSync();
        log.requestSync();
        settle();
        assertRefusesEverything(log, first.position());
        settle();
        assertThat(log.syncedPosition()).isEqualTo(synced);
        assertThat(reportedSynced()).isEqualTo(synced);
        assertThat(reportedFailures()).isEqualTo(1);
        log.close();
        Log again = crash(false);
        assertThat(replay(again)).startsWith(first).hasSizeLessThanOrEqualTo(2);
        again.close();
    }

    @Test
    protected void aLogIsReplayedOnceAndFirst() {
        Log log = open();
        assertThatThrownBy(() -> log.append(stored(1, 1))).isInstanceOf(IllegalStateException.class);
        replay(log);
        assertThatThrownBy(() -> replay(log)).isInstanceOf(IllegalStateException.class);
        log.close();
        log.close();
    }

    /** Everything at once, drawn from a seed, against a list. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    protected void whateverHappensAPrefixIsLeft(long seed) {
        Random random = new Random(seed);
        Log log = open();
        List<Placed> placed = new ArrayList<>();
        assertThat(replay(log)).isEmpty();
        long seq = 1;
        for (int step = 0; step < steps(); step++) {
            int draw = random.nextInt(100);
            if (draw < 60) {
                for (int i = random.nextInt(12); i >= 0; i--) {
                    placed.add(append(log, stored(seq++, random.nextInt(random.nextInt(30) == 0 ? 20_000 : 800))));
                }
                log.write();
            } else if (draw < 75) {
                log.requestSync();
            } else if (draw < 82) {
                settle();
            } else if (draw < 86 && !placed.isEmpty()) {
                Placed any = placed.get(random.nextInt(placed.size()));
                assertThat(log.read(any.position())).isEqualTo(any.record());
                log.trim(any.position());
                dropBelow(log.headPosition(), placed);
            } else if (draw >= 90) {
                log = reopen(random, log, placed);
            }
        }
        log.close();
        assertThat(replay(open())).isEqualTo(placed);
    }

    private Log reopen(Random random, Log log, List<Placed> placed) {
        long head = log.headPosition();
        long written = log.writtenPosition();
        long synced = log.syncedPosition();
        int how = random.nextInt(3);
        if (random.nextBoolean()) {
            placed.add(append(log, stored(1_000_000, 10)));
        }
        Log again;
        if (how == 0) {
            log.write();
            written = log.writtenPosition();
            log.close();
            again = open();
        } else {
            again = crash(how == 1);
        }
        long certain = how == 2 ? synced : written;
        // A crash may undo a trim that was under way, never more.
        List<Placed> found = new ArrayList<>(replay(again));
        assertThat(again.headPosition()).isLessThanOrEqualTo(head);
        dropBelow(head, found);
        again.trim(head);
        assertThat(found.size()).isLessThanOrEqualTo(placed.size());
        List<Placed> lost = placed.subList(found.size(), placed.size());
        assertThat(found).isEqualTo(placed.subList(0, found.size()));
        assertThat(lost).noneMatch(record -> record.position() < certain);
        lost.clear();
        return again;
    }

    private static void dropBelow(long head, List<Placed> placed) {
        placed.removeIf(record -> record.position() < head);
    }

    private static void assertRefusesEverything(Log log, long position) {
        assertThatThrownBy(() -> log.append(stored(9, 1))).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(log::write).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(log::requestSync).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(() -> log.read(position)).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(() -> log.trim(position)).isInstanceOf(StoreFailedException.class);
    }

    private List<Placed> fillSegments(Log log, int segments) {
        List<Placed> placed = new ArrayList<>();
        long end = log.writtenPosition() + (long) segments * segmentBytes();
        while (log.writtenPosition() < end) {
            for (int i = 0; i < 8; i++) {
                placed.add(append(log, stored(placed.size() + 1, 500)));
            }
            log.write();
        }
        log.requestSync();
        settle();
        return placed;
    }

    /** Opens and replays an empty log. */
    private Log opened() {
        Log log = open();
        assertThat(replay(log)).isEmpty();
        return log;
    }

    protected static Placed append(Log log, LogRecord record) {
        return new Placed(log.append(record), record);
    }

    protected static List<Placed> replay(Log log) {
        List<Placed> found = new ArrayList<>();
        log.replay((position, record) -> found.add(new Placed(position, record)));
        return found;
    }

    protected static void assertReadable(Log log, List<Placed> placed) {
        for (Placed record : placed) {
            assertThat(log.read(record.position())).isEqualTo(record.record());
        }
    }

    protected static LogRecord stored(long seq, int valueBytes) {
        return new LogRecord.Stored(entry(1, seq, valueBytes));
    }

    /** An entry with one put of a value of this length; the same arguments give the same entry. */
    public static Entry entry(long epoch, long seq, int valueBytes) {
        List<Effect> effects = List.of(new Effect(Bytes.utf8("key-" + seq), value(seq, valueBytes)));
        return EntryCodec.encode(Entry.Kind.WRITE, PARTITION, new Version(epoch, seq), null, 0, effects);
    }

    private static Entry largeEntry(long seq) {
        List<Effect> effects = List.of(
                new Effect(Bytes.utf8("a"), value(seq, Limits.VALUE_BYTES)),
                new Effect(Bytes.utf8("b"), value(seq + 1, Limits.VALUE_BYTES)),
                new Effect(Bytes.utf8("c"), value(seq + 2, Limits.VALUE_BYTES)));
        return EntryCodec.encode(Entry.Kind.WRITE, PARTITION, new Version(1, seq), null, 0, effects);
    }

    private static Bytes value(long seed, int length) {
        byte[] value = new byte[length];
        new Random(seed).nextBytes(value);
        return Bytes.wrap(value);
    }
}
