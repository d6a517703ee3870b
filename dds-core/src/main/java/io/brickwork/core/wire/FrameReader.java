package io.brickwork.core.wire;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one direction of one connection, as a {@link FrameWriter} wrote them, after the transport has cut
 * them out of the stream.
 *
 * <pre>
 * bytes = FrameReader.checkLength(the four bytes of the length, limit)      before memory for the frame is taken
 * reader.begin(frame); while ((message = reader.next()) != null) …
 * </pre>
 *
 * <p>Messages are slices of the frame. After a {@link MalformedException} the connection is of no further use: close
 * it. One thread at a time.
 */
public final class FrameReader {
    /** How many bytes come before a frame: its length. */
    public static final int LENGTH_BYTES = 4;

    private static final Bytes NOTHING = Bytes.EMPTY;

    /** The number that the next frame must have. */
    private long expectedNumber = 1;

    private ByteReader rest = new ByteReader(NOTHING);

    /**
     * What the length field of a frame says, if it is not too much.
     *
     * @param field the field as a signed number
     * @throws MalformedException if the frame claims to be longer than the limit, or too short to be one
     */
    public static int checkLength(int field, int limitBytes) {
        long claim = Integer.toUnsignedLong(field);
        if (claim > limitBytes) {
            throw new MalformedException("a frame claims " + claim + " bytes; the limit is " + limitBytes);
        }
        if (claim < 2) {
            throw new MalformedException("a frame claims " + claim + " bytes, too short for its format and number");
        }
        return field;
    }

    /**
     * Begins the next frame.
     *
     * @param frame what follows the length field, all of it
     */
    public void begin(Bytes frame) {
        ByteReader reader = new ByteReader(frame);
        int format = reader.u8();
        if (format != FrameWriter.FORMAT) {
            throw new MalformedException(
                    "frame format " + format + " is not known; this version reads format " + FrameWriter.FORMAT);
        }
        long number = reader.varint();
        if (number != expectedNumber) {
            throw new MalformedException(
                    "frame " + Long.toUnsignedString(number) + " where frame " + expectedNumber + " is due");
        }
        expectedNumber++;
        rest = reader;
    }

    /** The frame's next message, or null at its end. */
    public @Nullable Message next() {
        return rest.remaining() == 0 ? null : WireCodec.read(rest);
    }

    /**
     * The frame's only message, which must be a {@code Hello}; a message of any other type is refused unread.
     *
     * @throws MalformedException if the frame holds anything else
     */
    public Hello onlyHello() {
        if (rest.remaining() == 0 || rest.peekU8() != LinkCodec.HELLO) {
            throw new MalformedException("the first message is not a Hello");
        }
        Message message = WireCodec.read(rest);
        if (rest.remaining() > 0) {
            throw new MalformedException(rest.remaining() + " bytes follow the Hello");
        }
        return (Hello) message;
    }

    /**
     * The frame's only message, which must be a {@code Proof}, or a {@code Goodbye} in its place; a message of any
     * other type is refused unread.
     *
     * @throws MalformedException if the frame holds anything else
     */
    public LinkMessage onlyProof() {
        int type = rest.remaining() == 0 ? 0 : rest.peekU8();
        if (type != LinkCodec.PROOF && type != LinkCodec.GOODBYE) {
            throw new MalformedException("the answer to a Challenge is not a Proof");
        }
        Message message = WireCodec.read(rest);
        if (rest.remaining() > 0) {
            throw new MalformedException(rest.remaining() + " bytes follow the Proof");
        }
        return (LinkMessage) message;
    }
}
