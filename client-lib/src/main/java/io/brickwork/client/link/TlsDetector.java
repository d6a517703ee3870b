package io.brickwork.client.link;

import io.brickwork.client.tls.Tls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of a connection that a data port takes: tells by the first byte whether the other end speaks TLS,
 * and has it turned away in words that it can read if the port does not speak as it does. Gone after the first bytes.
 */
final class TlsDetector extends ChannelInboundHandlerAdapter {
    static final String PLAIN_AT_TLS_PORT =
            "this port speaks TLS, and the other end does not: say which authority to trust, a client by DdsOptions.tls or --tls-trusted FILE, a brick by brickwork.brick.tls.trusted";
    static final String TLS_AT_PLAIN_PORT =
            "this port speaks no TLS, and the other end does: set brickwork.brick.tls.certificate, .key and .trusted of this brick, or dial it without TLS";

    /** The type of the record that begins a handshake. A frame that begins so would be longer than any may be. */
    private static final int HANDSHAKE = 22;

    private final @Nullable Tls tls;
    private final Consumer<String> turnAway;

    /** @param tls of the port; null if it has none */
    TlsDetector(@Nullable Tls tls, Consumer<String> turnAway) {
        this.tls = tls;
        this.turnAway = turnAway;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf first = (ByteBuf) message;
        boolean isHandshake = first.isReadable() && first.getUnsignedByte(first.readerIndex()) == HANDSHAKE;
        if (isHandshake && tls != null) {
            ctx.pipeline().replace(this, null, Transport.tlsHandler(tls.listening()));
        } else {
            ctx.pipeline().remove(this);
            if (isHandshake || tls != null) {
                turnAway.accept(isHandshake ? TLS_AT_PLAIN_PORT : PLAIN_AT_TLS_PORT);
            }
        }
        ctx.fireChannelRead(first);
    }
}
