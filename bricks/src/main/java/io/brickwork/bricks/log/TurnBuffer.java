package io.brickwork.bricks.log;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.LogRecordCodec;
import java.util.Arrays;

/**
 * The records of the current turn, encoded and not yet written: one batch, or several where one would be too long or
 * would not fit into what is left of the segment. Positions are dense over batches and segments, so the buffer is a
 * piece of the log as it will be.
 */
final class TurnBuffer {
    /** An array that grew beyond this is not kept for the next turn. */
    private static final int KEPT_BYTES = 4 << 20;

    private ByteWriter bytes = new ByteWriter(64 << 10);
    /** Where in the buffer each batch begins. */
    private int[] starts = new int[4];

    private int batches;
    /** The position at which the buffer begins. */
    private long base;
    /** The last batch should not grow beyond this. */
    private long limitBytes;

    /** Begins anew at a position. */
    void reset(long position) {
        base = position;
        batches = 0;
        if (bytes.array().length > KEPT_BYTES) {
            bytes = new ByteWriter(64 << 10);
        }
        bytes.clear();
    }

    /**
     * Encodes a record and gives its position.
     *
     * @param leftBytes what is left of the current segment
     * @param segmentBytes the room in a segment to come
     */
    long append(LogRecord record, long leftBytes, long segmentBytes) {
        if (batches == 0) {
            begin(leftBytes);
        }
        int at = encode(record);
        if (bytes.length() - start(batches - 1) > limitBytes) {
            if (at > start(batches - 1) + Batches.HEADER_BYTES) {
                bytes.truncate(at);
                begin(segmentBytes);
                at = encode(record);
            } else {
                // The batch's only record goes into the next segment, whatever its length.
                limitBytes = Math.min(segmentBytes, Batches.MAX_BYTES);
            }
        }
        return base + at;
    }

    private void begin(long roomBytes) {
        if (batches == starts.length) {
            starts = Arrays.copyOf(starts, 2 * batches);
        }
        starts[batches++] = bytes.length();
        for (int i = 0; i < Batches.HEADER_BYTES; i++) {
            bytes.u8(0);
        }
        limitBytes = Math.min(roomBytes, Batches.MAX_BYTES);
    }

    private int encode(LogRecord record) {
        int at = bytes.length();
        bytes.fixed32(0);
        LogRecordCodec.encode(record, bytes);
        bytes.patchFixed32(at, bytes.length() - at - Batches.RECORD_PREFIX_BYTES);
        return at;
    }

    /** The record that begins at a position in this buffer, in memory of its own. */
    LogRecord read(long position) {
        int at = (int) (position - base) + Batches.RECORD_PREFIX_BYTES;
        int length = java.nio.ByteBuffer.wrap(bytes.array()).getInt(at - Batches.RECORD_PREFIX_BYTES);
        return LogRecordCodec.decode(Bytes.wrap(Arrays.copyOfRange(bytes.array(), at, at + length)));
    }

    int batches() {
        return batches;
    }

    /** Where in the buffer a batch begins. */
    int start(int batch) {
        return starts[batch];
    }

    /** Where in the buffer a batch ends. */
    int end(int batch) {
        return batch + 1 < batches ? starts[batch + 1] : bytes.length();
    }

    /** The position of what comes next, or of the buffer's beginning. */
    long basePosition() {
        return base;
    }

    long endPosition() {
        return base + bytes.length();
    }

    byte[] array() {
        return bytes.array();
    }
}
