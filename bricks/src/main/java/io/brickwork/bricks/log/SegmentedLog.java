package io.brickwork.bricks.log;

import io.brickwork.bricks.disk.DiskFailure;
import io.brickwork.bricks.log.LogFiles.LogFile;
import io.brickwork.bricks.log.Recovery.Recovered;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.LogRecordCodec;
import io.brickwork.core.log.StoreFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of a brick in a directory of segment files.
 *
 * <p>A turn's records become one batch ({@link Batches}), written at once into space that was filled before
 * ({@link SegmentSupply}); a thread of its own syncs ({@link Syncer}). When a segment is full it is synced, then the
 * next one is begun; this alone makes {@link #write} wait for the disk. {@link Recovery} says what a crash leaves.
 *
 * <p>Threads: as {@link Log} says, one thread, which must not be interrupted while it is in here (an interrupt closes
 * files, and the log ends as at a failing disk). {@link #isSpaceLow}, {@link #segmentsBytes} and the positions may be
 * asked by any thread. {@link #close} may come from any thread once the lane has stopped.
 *
 * <p>Failure: the first write or sync that fails ends the log. The callback {@code failed} gets it once; everything
 * that would do something throws {@link StoreFailedException} from then on; positions stay where they were.
 */
public final class SegmentedLog implements Log {
    /** The size of a segment unless told otherwise. */
    public static final long DEFAULT_SEGMENT_BYTES = 64L << 20;

    public static final long MIN_SEGMENT_BYTES = 4 << 10;
    public static final long MAX_SEGMENT_BYTES = 1L << 30;

    private static final int WRITE_BUFFER_BYTES = 256 << 10;
    /**
     * So much is written without anybody asking for a sync, then the log asks: it bounds the wait at a segment's end.
     */
    private static final int UNREQUESTED_BYTES = 8 << 20;

    private static final int READ_AHEAD_BYTES = 4 << 10;

    private enum Phase {
        OPENED,
        REPLAYING,
        RUNNING,
        CLOSED
    }

    private final LogFiles files;
    private final long segmentBytes;
    private final Health health;
    private final SegmentSupply supply;
    private final Syncer syncer;
    /** By first position. */
    private final TreeMap<Long, Segment> segments = new TreeMap<>();

    private final TurnBuffer turn = new TurnBuffer();
    private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(WRITE_BUFFER_BYTES);
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_AHEAD_BYTES);
    /** The last of {@link #segments}; null before replay. */
    private @Nullable Segment current;

    private Phase phase = Phase.OPENED;
    private boolean isSyncWanted;
    /** Up to where the syncer was asked to sync. */
    private long syncRequested;

    /** Where the log may not end before. */
    private long reached;

    private volatile long written;
    private volatile long segmentsBytes;

    /**
     * Opens the log in a directory, which is made if it is not there. Reads nothing yet.
     *
     * @param segmentBytes room in a segment, from 4 KiB to 1 GiB; existing segments keep theirs
     * @param synced gets every new synced position, ascending; called by the syncing thread, or inside {@link #write}
     *     where a segment ends
     * @param failed gets the failure that ends the log, once; called by any of the log's threads or inside a call
     * @throws StoreFailedException if the directory cannot be made or read
     */
    public SegmentedLog(Path directory, long segmentBytes, LongConsumer synced, Consumer<StoreFailedException> failed) {
        this(open(directory), segmentBytes, synced, failed);
    }

    SegmentedLog(LogFiles files, long segmentBytes, LongConsumer synced, Consumer<StoreFailedException> failed) {
        Check.argument(
                segmentBytes >= MIN_SEGMENT_BYTES && segmentBytes <= MAX_SEGMENT_BYTES,
                "a log segment of %d bytes; allowed are %d to %d",
                segmentBytes,
                MIN_SEGMENT_BYTES,
                MAX_SEGMENT_BYTES);
        this.files = files;
        this.segmentBytes = segmentBytes;
        health = new Health(synced, failed, cause -> DiskFailure.explain(Path.of(files.describe("")), cause));
        supply = new SegmentSupply(files, segmentBytes, health);
        syncer = new Syncer(files, health);
    }

    private static LogFiles open(Path directory) {
        try {
            return new DiskFiles(directory);
        } catch (IOException e) {
            throw new StoreFailedException(
                    "could not open the log's directory " + directory + ": " + DiskFailure.explain(directory, e), e);
        }
    }

    /** Whether a log is there already: true from its first {@link #replay} on, for as long as its files are there. */
    public boolean isFounded() {
        try {
            return files.names().stream().anyMatch(Segment::isName);
        } catch (IOException e) {
            throw health.fail("could not list the log's files in " + files.describe(""), e);
        }
    }

    /**
     * What {@link #replay} finds must reach this position, which somebody else knows to have been synced; otherwise it
     * throws {@link LogCorruptException}.
     */
    public void mustReach(long position) {
        reached = position;
    }

    @Override
    public void replay(Replayer replayer) {
        Check.state(phase == Phase.OPENED, "a log is replayed once, right after it is opened; this one is %s", phase);
        phase = Phase.REPLAYING;
        Recovered recovered;
        try {
            recovered = new Recovery(files, supply).run(replayer);
        } catch (IOException e) {
            throw health.fail("could not recover the log in " + files.describe(""), e);
        }
        if (recovered.end() < reached) {
            throw new LogCorruptException(
                    "the log in %s ends at position %d, and the table knows that it was synced up to %d: what was written last is lost, or the log is an older copy. Put back an intact copy of the brick's whole directory; a brick of a cluster may also be started on an empty directory, and gets everything from the others"
                            .formatted(files.describe(""), recovered.end(), reached));
        }
        for (Segment segment : recovered.segments()) {
            segments.put(segment.first(), segment);
        }
        current = recovered.segments().getLast();
        written = recovered.end();
        syncRequested = recovered.end();
        health.start(recovered.end());
        turn.reset(recovered.end());
        countBytes();
        syncer.start();
        supply.refill();
        phase = Phase.RUNNING;
    }

    @Override
    public long append(LogRecord record) {
        Segment segment = running();
        return turn.append(record, segment.limit() - written, segmentBytes);
    }

    @Override
    public void write() {
        Segment segment = running();
        if (turn.batches() > 0) {
            long end = written;
            for (int batch = 0; batch < turn.batches(); batch++) {
                int start = turn.start(batch);
                int bytes = turn.end(batch) - start;
                if (end + bytes > segment.limit()) {
                    segment = roll(segment, end, bytes);
                }
                Batches.seal(turn.array(), start, start + bytes, end, health.syncedPosition(), segment.salt());
                write(segment, end, start, bytes);
                end += bytes;
            }
            turn.reset(end);
            written = end;
        }
        if (isSyncWanted || written - syncRequested >= UNREQUESTED_BYTES) {
            isSyncWanted = false;
            syncRequested = written;
            syncer.request(segment, written);
        }
    }

    private void write(Segment segment, long position, int start, int bytes) {
        try {
            for (int done = 0; done < bytes; done += writeBuffer.limit()) {
                int count = Math.min(WRITE_BUFFER_BYTES, bytes - done);
                writeBuffer.clear().put(turn.array(), start + done, count).flip();
                segment.file().write(writeBuffer, segment.offset(position) + done);
            }
        } catch (IOException | RuntimeException e) {
            throw health.fail("could not write to log segment " + files.describe(segment.name()), e);
        }
    }

    /** Leaves a full segment. The next one may be there only when all before it is synced. */
    private Segment roll(Segment full, long end, int neededBytes) {
        if (!syncer.syncThrough(full, end)) {
            health.check();
        }
        try {
            Segment next = supply.take(end, full.logId(), neededBytes, segment -> {});
            // An empty segment that is too small is replaced by one that begins at the same position.
            Segment replaced = segments.put(end, next);
            if (replaced != null) {
                replaced.file().close();
            }
            current = next;
            supply.refill();
            countBytes();
            return next;
        } catch (IOException | RuntimeException e) {
            throw health.fail(
                    "could not begin log segment " + files.describe(Segment.nameOf(end)) + " of at least " + neededBytes
                            + " bytes; free space on the disk and start the brick again",
                    e);
        }
    }

    @Override
    public void requestSync() {
        Segment segment = running();
        if (turn.batches() > 0) {
            isSyncWanted = true;
        } else if (health.syncedPosition() < written) {
            syncRequested = written;
            syncer.request(segment, written);
        }
    }

    @Override
    public long writtenPosition() {
        return written;
    }

    @Override
    public long syncedPosition() {
        return health.syncedPosition();
    }

    @Override
    public LogRecord read(long position) {
        running();
        Check.argument(
                position >= headPosition() && position < turn.endPosition(),
                "log position %d; there are records from %d to below %d",
                position,
                headPosition(),
                turn.endPosition());
        return position >= turn.basePosition()
                ? turn.read(position)
                : read(segments.floorEntry(position).getValue(), position);
    }

    private LogRecord read(Segment segment, long position) {
        long offset = segment.offset(position);
        try {
            readBuffer.clear();
            segment.file().read(readBuffer, offset);
            readBuffer.flip();
            int bytes = readBuffer.remaining() < Batches.RECORD_PREFIX_BYTES ? -1 : readBuffer.getInt();
            if (bytes < 0 || bytes > LogRecordCodec.MAX_RECORD_BYTES) {
                throw rotten(segment, offset, "a record of " + bytes + " bytes");
            }
            byte[] record = new byte[bytes];
            int here = Math.min(bytes, readBuffer.remaining());
            readBuffer.get(record, 0, here);
            if (here < bytes) {
                ByteBuffer rest = ByteBuffer.wrap(record, here, bytes - here);
                segment.file().read(rest, offset + Batches.RECORD_PREFIX_BYTES + here);
            }
            return LogRecordCodec.decode(Bytes.wrap(record));
        } catch (MalformedException e) {
            throw rotten(segment, offset, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw rotten(segment, offset, "the disk's answer " + e);
        }
    }

    private LogCorruptException rotten(Segment segment, long offset, String found) {
        return Damage.corrupt(files.describe(segment.name()), offset, "a log record", found);
    }

    @Override
    public long headAfterTrim(long position) {
        Check.state(phase == Phase.RUNNING, "the log is %s, not replayed and open", phase);
        Long lastFull = segments.lowerKey(segments.lastKey());
        Long border = segments.floorKey(position);
        return lastFull == null || border == null ? headPosition() : Math.min(lastFull, border);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Files go in the background and in order; after a crash some of them may be there again. What must outlive them
     * has to be synced before.
     */
    @Override
    public void trim(long position) {
        running();
        long head = headAfterTrim(position);
        while (segments.firstKey() < head) {
            supply.retire(segments.pollFirstEntry().getValue());
        }
        countBytes();
    }

    @Override
    public long headPosition() {
        return segments.isEmpty() ? 0 : segments.firstKey();
    }

    /**
     * True while the disk has no room for the segment after the current one. Writes go on until the current one is
     * full, then fail for good: from now on puts must be refused, as from a full disk. Turns false by itself when there
     * is room.
     */
    public boolean isSpaceLow() {
        return supply.lowSpace() != null;
    }

    /** What to tell a person while {@link #isSpaceLow}: file, size, reason and way out. Empty otherwise. Any thread. */
    public Optional<String> lowSpaceReason() {
        return Optional.ofNullable(supply.lowSpace());
    }

    /** The size of all segments that hold records. One or two files more lie ready. */
    public long segmentsBytes() {
        return segmentsBytes;
    }

    /** Returns once no sync is under way or asked for. */
    void awaitIdle() throws InterruptedException {
        syncer.awaitIdle();
    }

    /** Writes and syncs what was appended and marks the log as closed in order, unless it has failed before. */
    @Override
    public void close() {
        if (phase == Phase.CLOSED) {
            return;
        }
        Segment last = current;
        try {
            if (last != null && !health.isFailed()) {
                write();
            }
        } catch (StoreFailedException e) {
            // Reported by Health, like any other; what is left is to let go of the files.
            last = null;
        }
        phase = Phase.CLOSED;
        if (last != null) {
            syncer.close();
        }
        supply.close();
        Segment end = current;
        if (last != null && end != null && syncer.syncThrough(end, written)) {
            try {
                CleanMark.write(files, written);
            } catch (IOException | RuntimeException e) {
                health.fail("could not mark the log in " + files.describe("") + " as closed", e);
            }
        }
        for (Segment segment : segments.values()) {
            closeQuietly(segment.file());
        }
    }

    /**
     * Lets go of everything as the death of the process would: writes and syncs nothing more, and leaves no mark that
     * the log was closed in order. For a brick that halts.
     */
    public void abandon() {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        if (current != null) {
            syncer.close();
        }
        supply.close();
        for (Segment segment : segments.values()) {
            closeQuietly(segment.file());
        }
    }

    /** Closes a file whose content is synced or no longer counts. */
    static void closeQuietly(LogFile file) {
        try {
            file.close();
        } catch (IOException e) {
            // The descriptor is gone either way, and nothing depends on what a close has to say.
            return;
        }
    }

    private void countBytes() {
        long bytes = 0;
        for (Segment segment : segments.values()) {
            bytes += Segment.HEADER_BYTES + segment.capacityBytes();
        }
        segmentsBytes = bytes;
    }

    private Segment running() {
        health.check();
        Segment segment = current;
        if (phase != Phase.RUNNING || segment == null) {
            throw new IllegalStateException("the log is " + phase + ", not replayed and open");
        }
        return segment;
    }
}
