package io.brickwork.bricks.log;

import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogCorruptException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Reads what an earlier process left, decides where the log ends, and reports it.
 *
 * <p>How torn and rotten are told apart. A batch that cannot be read must have been synced, and is rot, if
 *
 * <ul>
 *   <li>a later segment begins behind it: a segment gets its name after the one before was synced;
 *   <li>any readable batch, before or <em>behind</em> it in the same segment, names a synced position above it. What
 *       lies behind is searched for byte by byte, because pages reach a disk in any order and the length in a torn
 *       header means nothing;
 *   <li>the log was closed in order at a position above it.
 * </ul>
 *
 * Otherwise no promise was given for it, nor for anything after it: it is a torn tail, and the log ends before it, even
 * if whole batches follow.
 *
 * <p>After an unclean stop everything above the last known synced position is copied to a segment of its own and
 * synced. This makes true that all that is reported is synced, also where a sync of the earlier process had failed and
 * the page cache lies; and it cuts the torn tail off for good: positions of the tail are used anew, and batches of the
 * earlier life must never be found behind new ones.
 */
final class Recovery {
    private final LogFiles files;
    private final SegmentSupply supply;
    /** Ascending. */
    private final List<Segment> segments = new ArrayList<>();

    Recovery(LogFiles files, SegmentSupply supply) {
        this.files = files;
        this.supply = supply;
    }

    /**
     * What is there.
     *
     * @param segments ascending, at least one; new batches go to the last
     * @param end where new batches begin; everything below is synced
     */
    record Recovered(List<Segment> segments, long end) {}

    Recovered run(Log.Replayer replayer) throws IOException {
        try {
            supply.adopt();
            openSegments();
            long end = replay(replayer);
            return new Recovered(List.copyOf(segments), end);
        } catch (IOException | RuntimeException e) {
            for (Segment segment : segments) {
                SegmentedLog.closeQuietly(segment.file());
            }
            throw e;
        }
    }

    private long replay(Log.Replayer replayer) throws IOException {
        OptionalLong mark = CleanMark.read(files);
        if (segments.isEmpty()) {
            if (mark.isPresent() && mark.getAsLong() > 0) {
                throw new LogCorruptException("the log in " + files.describe("") + " was closed at position "
                        + mark.getAsLong() + ", but its segment files are gone. Way out: put them back, or empty this"
                        + " brick's directory and let the brick join as new");
            }
            segments.add(supply.take(0, UUID.randomUUID(), 0, segment -> {}));
            CleanMark.remove(files);
            return 0;
        }
        for (int i = 0; i + 1 < segments.size(); i++) {
            replayFull(segments.get(i), segments.get(i + 1), replayer);
        }
        long end = mark.isPresent()
                ? replayClosed(segments.getLast(), mark.getAsLong(), replayer)
                : replayCrashed(replayer);
        CleanMark.remove(files);
        return end;
    }

    private void openSegments() throws IOException {
        for (String name : files.names()) {
            if (Segment.isName(name)) {
                Segment segment = Segment.open(files, name);
                segments.add(segment);
                if (!segment.logId().equals(segments.getFirst().logId())) {
                    throw Damage.corrupt(
                            files.describe(name),
                            0,
                            "a segment of log " + segments.getFirst().logId(),
                            "one of log " + segment.logId());
                }
            }
        }
    }

    /** A segment with another behind it: all of it was synced. */
    private void replayFull(Segment segment, Segment next, Log.Replayer replayer) throws IOException {
        SegmentScan scan = new SegmentScan(files, segment);
        SegmentScan.End end = scan.walk(next.first(), scan.reportTo(replayer));
        if (end.end() != next.first()) {
            throw end.damage().asRot(files, "segment " + next.name() + " goes on only at position " + next.first());
        }
    }

    /** The last segment after a clean stop. */
    private long replayClosed(Segment segment, long mark, Log.Replayer replayer) throws IOException {
        SegmentScan scan = new SegmentScan(files, segment);
        SegmentScan.End end = scan.walk(mark, scan.reportTo(replayer));
        if (end.end() != mark) {
            throw end.damage().asRot(files, "the log was closed in order at position " + mark);
        }
        return mark;
    }

    /** The last segment after an unclean stop. */
    private long replayCrashed(Log.Replayer replayer) throws IOException {
        Segment last = segments.getLast();
        ByteArrayOutputStream tail = new ByteArrayOutputStream();
        SegmentScan.End end = new SegmentScan(files, last).walk(last.limit(), (position, array, from, to) -> {});
        long behind = new SegmentScan(files, last).knownSyncedBehind(end.end());
        if (behind > end.end()) {
            throw end.damage().asRot(files, "a batch behind it says that all below position " + behind + " was synced");
        }
        long synced = Math.max(end.knownSynced(), behind);
        SegmentScan scan = new SegmentScan(files, last);
        SegmentScan.BatchTaker report = scan.reportTo(replayer);
        SegmentScan.End again = scan.walk(end.end(), (position, array, from, to) -> {
            if (position >= synced) {
                tail.write(array, from, to - from);
            }
            report.batch(position, array, from, to);
        });
        if (again.end() != end.end()) {
            throw again.damage().asRot(files, "it could be read a moment ago");
        }
        byte[] copy = tail.toByteArray();
        Segment next = supply.take(synced, last.logId(), copy.length, segment -> writeAnew(segment, copy));
        if (next.first() == last.first()) {
            // Nothing in it was known to be synced; the new file has taken its name.
            segments.removeLast();
            last.file().close();
        }
        segments.add(next);
        return end.end();
    }

    /** Writes batches into the segment they begin, sealed with its salt. */
    private static void writeAnew(Segment segment, byte[] batches) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(batches);
        int end;
        for (int start = 0; start < batches.length; start = end) {
            end = start + Batches.HEADER_BYTES + Batches.recordsBytes(all, start);
            Batches.seal(batches, start, end, segment.first() + start, segment.first(), segment.salt());
        }
        segment.file().write(all, segment.offset(segment.first()));
    }
}
