package io.brickwork.client.link;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SSLEngine;

/** Which of Netty's transports is used: epoll where it is there, else Java's own; and TLS over it. */
public final class Transport {
    private Transport() {}

    /** Event loops for links and data ports. The caller shuts them down. */
    public static IoEventLoopGroup newLoops(int threads, ThreadFactory factory) {
        return new MultiThreadIoEventLoopGroup(
                threads, factory, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /** What a loop of {@link #newLoops} connects with. */
    public static Class<? extends SocketChannel> socketType(EventLoop loop) {
        return isEpoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** What a loop of {@link #newLoops} listens with. */
    public static Class<? extends ServerSocketChannel> serverSocketType(EventLoop loop) {
        return isEpoll(loop) ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** Speaks TLS. What a handshake computes takes milliseconds, so it is done off the event loop. */
    static SslHandler tlsHandler(SSLEngine engine) {
        return new SslHandler(engine, task -> Thread.ofVirtual().name("tls").start(task));
    }

    private static boolean isEpoll(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
    }
}
