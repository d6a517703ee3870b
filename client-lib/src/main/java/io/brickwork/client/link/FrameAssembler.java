package io.brickwork.client.link;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.wire.FrameReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Assembles the frames of one connection from the bytes that come, and waits where there is no memory for the next
 * frame.
 *
 * <p>Bytes are copied once, out of the network's buffer into an array of the frame's own size, which is taken after the
 * frame's length field has been checked. Frames are counted against a {@link LinkMemory} only if the other end is a
 * client. While a frame waits for memory, what comes is kept as it is.
 *
 * <p>All on the connection's event loop.
 */
final class FrameAssembler {
    /** For so many ticks a slow sender may keep memory that others wait for. */
    private static final int SLOW_FRAME_TICKS = 3;

    /** Takes the frames of a connection. */
    interface Sink {
        /** How long the frame that comes next may be. */
        int limitBytes();

        void onFrame(Bytes frame);

        /** A length field is not of the protocol. */
        void onMalformed(MalformedException malformed);

        /** {@link FrameAssembler#isWaiting} may have changed: while it is true, nothing should be read. */
        void onWaitingChanged();

        EventLoop eventLoop();
    }

    private final Sink sink;
    /** What frames are counted against, if the other end is a client; null before that is known, and for bricks. */
    private @Nullable LinkMemory memory;

    /** The length field as far as it has come. */
    private int lengthField;

    private int lengthBytes;
    /** The frame that is coming in, and how much of it is there. */
    private byte @Nullable [] frame;

    private int frameFilled;
    /** A frame whose length has come and for which there is no memory yet; 0 without one. */
    private int waitingFrameBytes;
    /** What had been read of the waiting frame, and behind it. */
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    /** For how many ticks the frame that is coming in has kept memory for which others wait. */
    private int holdingTicks;

    private boolean isClosed;

    FrameAssembler(Sink sink) {
        this.sink = sink;
    }

    /** From here on frames are counted, and wait for memory. */
    void countAgainst(LinkMemory counted) {
        memory = counted;
    }

    /** Whether a frame waits for memory. */
    boolean isWaiting() {
        return waitingFrameBytes > 0;
    }

    int waitingFrameBytes() {
        return waitingFrameBytes;
    }

    /** Takes over what was read, and lets go of it in the end. */
    void take(ByteBuf in) {
        if (waitingFrameBytes > 0 && !isClosed) {
            held.addLast(in);
            return;
        }
        takeAll(in);
    }

    /**
     * Takes in all of the buffer, or keeps what is left of it if memory has to be waited for; then it lets go of it.
     */
    private void takeAll(ByteBuf in) {
        try {
            while (!isClosed && waitingFrameBytes == 0 && in.isReadable()) {
                takeIn(in);
            }
            if (!isClosed && in.isReadable()) {
                held.addLast(in.retain());
            }
        } finally {
            in.release();
        }
    }

    private void takeIn(ByteBuf in) {
        byte[] filling = frame;
        if (filling == null) {
            while (lengthBytes < FrameReader.LENGTH_BYTES && in.isReadable()) {
                lengthField = lengthField << 8 | in.readUnsignedByte();
                lengthBytes++;
            }
            if (lengthBytes < FrameReader.LENGTH_BYTES) {
                return;
            }
            int bytes;
            try {
                bytes = FrameReader.checkLength(lengthField, sink.limitBytes());
            } catch (MalformedException e) {
                sink.onMalformed(e);
                return;
            }
            LinkMemory counted = memory;
            if (counted != null && !counted.tryTake(this, bytes)) {
                waitingFrameBytes = bytes;
                sink.onWaitingChanged();
                return;
            }
            filling = begin(bytes);
        }
        int more = Math.min(in.readableBytes(), filling.length - frameFilled);
        in.readBytes(filling, frameFilled, more);
        frameFilled += more;
        if (frameFilled == filling.length) {
            frame = null;
            lengthBytes = 0;
            lengthField = 0;
            LinkMemory counted = memory; // as it was when the frame began: a hello is not counted
            try {
                sink.onFrame(Bytes.wrap(filling));
            } finally {
                if (counted != null) {
                    counted.giveBackSoon(sink.eventLoop(), filling.length);
                }
            }
        }
    }

    private byte[] begin(int bytes) {
        byte[] filling = new byte[bytes];
        frame = filling;
        frameFilled = 0;
        holdingTicks = 0;
        return filling;
    }

    /** The frame that has waited for memory has got it. */
    void resume() {
        begin(waitingFrameBytes);
        waitingFrameBytes = 0;
        sink.eventLoop().execute(() -> {
            while (!isClosed && waitingFrameBytes == 0 && !held.isEmpty()) {
                ByteBuf next = held.removeFirst();
                if (held.isEmpty()) {
                    takeAll(next);
                } else {
                    takeBeforeOthers(next);
                }
            }
            sink.onWaitingChanged();
        });
    }

    /** As {@link #takeAll}, where what is left goes before what has been kept already. */
    private void takeBeforeOthers(ByteBuf next) {
        ArrayDeque<ByteBuf> others = new ArrayDeque<>(held);
        held.clear();
        takeAll(next);
        if (isClosed) {
            others.forEach(ByteBuf::release);
        } else {
            held.addAll(others);
        }
    }

    /**
     * Called once every ping interval: a sender that does not get on with a large frame must not keep the memory that
     * others wait for.
     *
     * @return why the connection must be closed; null if it may go on
     */
    @Nullable
    String tick() {
        byte[] filling = frame;
        LinkMemory counted = memory;
        if (filling == null
                || counted == null
                || filling.length <= LinkMemory.SMALL_FRAME_BYTES
                || !counted.isShort()) {
            holdingTicks = 0;
            return null;
        }
        return ++holdingTicks > SLOW_FRAME_TICKS
                ? "a frame of %,d bytes of which %,d have come keeps memory that others wait for"
                        .formatted(filling.length, frameFilled)
                : null;
    }

    /** Takes no more, and gives back all memory. Called once. */
    void close() {
        isClosed = true;
        LinkMemory counted = memory;
        byte[] unfinished = frame;
        frame = null;
        if (counted != null && unfinished != null) {
            counted.giveBack(unfinished.length);
        }
        if (counted != null && waitingFrameBytes > 0) {
            counted.forget(this);
        }
        held.forEach(ByteBuf::release);
        held.clear();
    }
}
