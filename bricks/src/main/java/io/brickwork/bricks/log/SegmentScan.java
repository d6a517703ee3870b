package io.brickwork.bricks.log;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.LogRecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Walks over the batches of one segment. One thread. */
final class SegmentScan {
    /** Takes the batches of a walk. */
    @FunctionalInterface
    interface BatchTaker {
        /** The batch stands in the array from {@code start} to {@code end}, header included; it may change later. */
        void batch(long position, byte[] array, int start, int end) throws IOException;
    }

    /**
     * How a walk ended.
     *
     * @param end the position after the last valid batch
     * @param knownSynced the greatest position that a batch on the way, or the segment itself, names as synced
     * @param damage why there is no batch at {@code end}
     */
    record End(long end, long knownSynced, Damage damage) {}

    private final LogFiles files;
    private final Segment segment;
    private final SegmentReader reader;

    SegmentScan(LogFiles files, Segment segment) {
        this.files = files;
        this.segment = segment;
        reader = new SegmentReader(segment);
    }

    /** Walks from the segment's beginning to the first batch that is not valid or would end above {@code limit}. */
    End walk(long limit, BatchTaker taker) throws IOException {
        long position = segment.first();
        long knownSynced = segment.first();
        while (true) {
            Damage damage = damageAt(position, limit);
            if (damage != null) {
                return new End(position, knownSynced, damage);
            }
            int start = reader.index(position);
            int end = start + Batches.HEADER_BYTES + Batches.recordsBytes(reader.window(), start);
            knownSynced = Math.max(knownSynced, Batches.synced(reader.window(), start));
            taker.batch(position, reader.window().array(), start, end);
            position += end - start;
        }
    }

    /**
     * Looks for valid batches behind one that is not, at every byte, since the length of the bad one cannot be trusted.
     *
     * @return the greatest position that one of them names as synced; 0 if there are none
     */
    long knownSyncedBehind(long position) throws IOException {
        long knownSynced = 0;
        for (long at = position + 1; reader.load(at, Batches.HEADER_BYTES); at++) {
            if (Batches.beginsAt(reader.window(), reader.index(at), at) && damageAt(at, segment.limit()) == null) {
                knownSynced = Math.max(knownSynced, Batches.synced(reader.window(), reader.index(at)));
            }
        }
        return knownSynced;
    }

    /** Takes batches apart and reports their records, each in memory of its own. */
    BatchTaker reportTo(Log.Replayer replayer) {
        return (position, array, start, end) -> {
            ByteBuffer batch = ByteBuffer.wrap(array);
            int at = start + Batches.HEADER_BYTES;
            while (at < end) {
                int bytes = end - at < Batches.RECORD_PREFIX_BYTES ? -1 : batch.getInt(at);
                int from = at + Batches.RECORD_PREFIX_BYTES;
                long recordPosition = position + at - start;
                if (bytes < 0 || bytes > end - from) {
                    throw unreadable(recordPosition, "a record of " + bytes + " bytes in a batch with less left");
                }
                LogRecord record;
                try {
                    record = LogRecordCodec.decode(Bytes.wrap(Arrays.copyOfRange(array, from, from + bytes)));
                } catch (MalformedException e) {
                    throw unreadable(recordPosition, String.valueOf(e.getMessage()));
                }
                replayer.record(recordPosition, record);
                at = from + bytes;
            }
        };
    }

    private RuntimeException unreadable(long position, String found) {
        return new Damage(segment, position, "a log record that this version can read", found)
                .asRot(files, "a batch with the right checksum holds it");
    }

    /** Null if a valid batch begins at the position; it is then loaded whole. */
    private @Nullable Damage damageAt(long position, long limit) throws IOException {
        if (!reader.load(position, Batches.HEADER_BYTES) || position + Batches.HEADER_BYTES > limit) {
            return new Damage(segment, position, "another batch", "the end of the segment");
        }
        ByteBuffer window = reader.window();
        int index = reader.index(position);
        if (!Batches.beginsAt(window, index, position)) {
            String found =
                    "byte %02x, position %d".formatted(window.get(index) & 0xFF, Batches.position(window, index));
            return new Damage(
                    segment, position, "a batch: byte %02x and its position".formatted(Batches.FORMAT), found);
        }
        int bytes = Batches.recordsBytes(window, index);
        if (bytes <= 0 || bytes > Batches.MAX_BYTES || position + Batches.HEADER_BYTES + bytes > limit) {
            return new Damage(
                    segment,
                    position,
                    "a batch of at most " + Math.min(Batches.MAX_BYTES, limit - position) + " bytes",
                    "one of " + bytes);
        }
        if (!reader.load(position, Batches.HEADER_BYTES + bytes)) {
            return new Damage(segment, position, "a batch of " + bytes + " bytes", "the end of the file");
        }
        index = reader.index(position);
        int expected = Batches.storedCrc(reader.window(), index);
        int found = Batches.crc(reader.window().array(), index, index + Batches.HEADER_BYTES + bytes, segment.salt());
        return expected == found
                ? null
                : new Damage(segment, position, "batch checksum %08x".formatted(expected), "%08x".formatted(found));
    }
}
