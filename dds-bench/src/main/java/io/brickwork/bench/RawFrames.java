package io.brickwork.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * The least that can be done with frames of a fixed size on a connection: each is copied out of the network buffer; at
 * the end of a turn the handler is told how many have come, and what it answers is written at once. The floors of
 * {@code dds bench} are made of these.
 */
abstract class RawFrames extends ChannelInboundHandlerAdapter {
    private final int frameBytes;
    /** The frame under way, and how much of it is there. */
    private final byte[] frame;

    private int filled;
    /** Of this turn. */
    private int frames;

    /** The open connection. */
    protected @Nullable Channel channel;

    RawFrames(int frameBytes) {
        this.frameBytes = frameBytes;
        frame = new byte[frameBytes];
    }

    /** A frame has come. */
    void taken(byte[] frame) {}

    /** Frames have come, all that were ready. */
    abstract void received(int count);

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        while (in.isReadable()) {
            int more = Math.min(frameBytes - filled, in.readableBytes());
            in.readBytes(frame, filled, more);
            filled += more;
            if (filled == frameBytes) {
                filled = 0;
                frames++;
                taken(frame);
            }
        }
        in.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        int count = frames;
        frames = 0;
        if (count > 0) {
            received(count);
        }
    }

    /** Sends frames in one system call. */
    static void send(Channel to, int count, int frameBytes) {
        int length = count * frameBytes;
        to.writeAndFlush(to.alloc().ioBuffer(length, length).writeZero(length), to.voidPromise());
    }
}
