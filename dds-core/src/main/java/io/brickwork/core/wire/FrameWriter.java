package io.brickwork.core.wire;

import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the messages that one turn sends over one connection into frames, all in one array.
 *
 * <pre>
 * fixed32 length of the rest · u8 format = 1 · varint frame number · message…
 * </pre>
 *
 * <p>Frames are numbered from 1 for each connection and direction, without gaps. A frame is closed once it holds
 * {@link #SOFT_BYTES}, and before it would exceed {@link Limits#FRAME_BYTES}. One thread at a time; the array is used
 * again after {@link #clear}.
 */
public final class FrameWriter {
    /** The format that this code writes and reads. */
    public static final int FORMAT = 1;
    /** From this size on a frame takes no further message. */
    public static final int SOFT_BYTES = 256 << 10;

    private static final int LENGTH_BYTES = 4;
    private static final int NOT_OPEN = -1;
    /** An array that grew beyond this is not kept. */
    private static final int KEPT_BYTES = 1 << 20;

    private static final int INITIAL_BYTES = 4096;
    private static final PartitionId NO_PARTITION = new PartitionId(0, 0);

    private ByteWriter writer = new ByteWriter(INITIAL_BYTES);
    /** The number of the next frame to be begun. */
    private long nextNumber = 1;
    /** Where the open frame begins, or {@link #NOT_OPEN}. */
    private int frameStart = NOT_OPEN;
    /** Frames gathered since the last {@link #clear}. */
    private int frames;

    /**
     * Appends a message. Its parts are bounded when they are made, so one that fits into no frame is our bug; but for
     * answers to callers, which grow with what the caller asks about and with the cluster: a refusal that says so takes
     * the place of one that is too large.
     */
    public void append(Message message) {
        int bytes = tryAppend(message);
        if (bytes > Limits.FRAME_BYTES) {
            Message instead = refusalInPlaceOf(message, bytes);
            Check.invariant(
                    instead != null && tryAppend(instead) <= Limits.FRAME_BYTES,
                    "a %s takes %d bytes with its frame; the limit is %d",
                    message.getClass().getSimpleName(),
                    bytes,
                    Limits.FRAME_BYTES);
        }
    }

    private static @Nullable Message refusalInPlaceOf(Message message, int bytes) {
        String detail = "the answer takes %d bytes; the limit is %d: ask for less at a time"
                .formatted(bytes, Limits.FRAME_BYTES);
        return switch (message) {
            case CallMessage.Answer answer ->
                new CallMessage.Refusal(
                        answer.ticket(), answer.partition(), CallMessage.Reason.TOO_LARGE, detail, null);
            case CallMessage.Status status -> refusal(status.ticket(), detail);
            case CallMessage.Metadata metadata -> refusal(metadata.ticket(), detail);
            default -> null;
        };
    }

    private static Message refusal(long ticket, String detail) {
        return new CallMessage.Refusal(ticket, NO_PARTITION, CallMessage.Reason.TOO_LARGE, detail, null);
    }

    /**
     * Appends the message if it fits into a frame; returns how many bytes its frame takes, more than the limit if it
     * does not.
     */
    private int tryAppend(Message message) {
        if (frameStart == NOT_OPEN) {
            open();
        }
        int before = writer.length();
        WireCodec.write(writer, message);
        if (frameBytes() > Limits.FRAME_BYTES && before > frameStart + headerBytes()) {
            // The message is the one that is too many: the frame ends before it.
            writer.truncate(before);
            close();
            open();
            before = writer.length();
            WireCodec.write(writer, message);
        }
        int bytes = frameBytes();
        if (bytes > Limits.FRAME_BYTES) {
            writer.truncate(before);
        } else if (bytes >= SOFT_BYTES) {
            close();
        }
        return bytes;
    }

    public boolean isEmpty() {
        return frames == 0;
    }

    /** How many bytes are gathered, frame headers included. */
    public int length() {
        return writer.length();
    }

    /**
     * Ends the open frame and gives the array: whole frames from index 0 to {@link #length}, valid until the next call
     * of any other method.
     */
    public byte[] finish() {
        if (frameStart != NOT_OPEN) {
            close();
        }
        return writer.array();
    }

    /** Forgets the frames, which have been sent. */
    public void clear() {
        frames = 0;
        frameStart = NOT_OPEN;
        if (writer.array().length > KEPT_BYTES) {
            writer = new ByteWriter(INITIAL_BYTES);
        } else {
            writer.clear();
        }
    }

    /** Forgets the frames, which have not been sent: their numbers are given again. */
    public void discard() {
        nextNumber -= frames;
        clear();
    }

    private void open() {
        frameStart = writer.length();
        writer.fixed32(0).u8(FORMAT).varint(nextNumber);
        nextNumber++;
        frames++;
    }

    private void close() {
        writer.patchFixed32(frameStart, frameBytes());
        frameStart = NOT_OPEN;
    }

    /** The open frame without its length. */
    private int frameBytes() {
        return writer.length() - frameStart - LENGTH_BYTES;
    }

    private int headerBytes() {
        return LENGTH_BYTES + 1 + ByteWriter.varintBytes(nextNumber - 1);
    }
}
