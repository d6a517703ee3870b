package io.brickwork.bench;

import io.brickwork.client.link.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers of the raw floors. One event loop each, as a brick has, and no logic:
 *
 * <pre>
 * echo      client ──frames──▶ echo ──as many──▶ client
 * copies    client ──frames──▶ primary ──the same, in one piece──▶ two backups
 *           client ◀──as many── primary ◀──"so many more", once a turn── each backup
 * </pre>
 */
final class RawServers {
    private static final int ACK_BYTES = Long.BYTES;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private RawServers() {}

    /** An event loop such as a brick's lane; ends with the process. */
    static EventLoop newLoop(String name) {
        return Transport.newLoops(1, Thread.ofPlatform().name(name).daemon().factory())
                .next();
    }

    /** Answers each frame with one. Returns the port. */
    static int echo(int frameBytes) {
        return listen(newLoop("echo"), () -> new RawFrames(frameBytes) {
            @Override
            void received(int count) {
                send(open(channel), count, frameBytes);
            }
        });
    }

    /** Answers the frames of a turn with their number. Returns the port. */
    static int backup(int frameBytes) {
        return listen(newLoop("backup"), () -> new RawFrames(frameBytes) {
            @Override
            void received(int count) {
                Channel to = open(channel);
                to.writeAndFlush(to.alloc().ioBuffer(ACK_BYTES, ACK_BYTES).writeLong(count), to.voidPromise());
            }
        });
    }

    /** Answers each frame with one when all backups have it. Returns the port. */
    static int primary(int frameBytes, List<Integer> backupPorts) {
        EventLoop loop = newLoop("primary");
        Copies copies = new Copies(frameBytes);
        for (int port : backupPorts) {
            Acks acks = new Acks(copies);
            copies.backups.add(connect(loop, port, acks));
            copies.acknowledged.add(acks);
        }
        return listen(loop, () -> copies.new Requests());
    }

    static Channel connect(EventLoop loop, int port, ChannelHandler handler) {
        return new Bootstrap()
                .group(loop)
                .channel(Transport.socketType(loop))
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(handler)
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .syncUninterruptibly()
                .channel();
    }

    private static int listen(EventLoop loop, Supplier<ChannelHandler> handlers) {
        Channel listening = new ServerBootstrap()
                .group(loop)
                .channel(Transport.serverSocketType(loop))
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline().addLast(handlers.get());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    static <T> T open(@Nullable T channel) {
        if (channel == null) {
            throw new IllegalStateException("no connection is open yet");
        }
        return channel;
    }

    /** The primary's state; on its loop only. */
    private static final class Copies {
        private final int frameBytes;
        private final List<Channel> backups = new ArrayList<>();
        private final List<Acks> acknowledged = new ArrayList<>();
        private long answered;
        private @Nullable Channel client;

        Copies(int frameBytes) {
            this.frameBytes = frameBytes;
        }

        void answer() {
            long all = Long.MAX_VALUE;
            for (Acks acks : acknowledged) {
                all = Math.min(all, acks.frames);
            }
            if (all > answered) {
                RawFrames.send(open(client), (int) (all - answered), frameBytes);
                answered = all;
            }
        }

        /** What the client asks. */
        private final class Requests extends RawFrames {
            Requests() {
                super(frameBytes);
            }

            @Override
            void received(int count) {
                client = channel;
                for (Channel backup : backups) {
                    send(backup, count, frameBytes);
                }
            }
        }
    }

    /** What one backup has. */
    private static final class Acks extends RawFrames {
        private final Copies copies;
        private long frames;

        Acks(Copies copies) {
            super(ACK_BYTES);
            this.copies = copies;
        }

        @Override
        void taken(byte[] frame) {
            frames += (long) LONG.get(frame, 0);
        }

        @Override
        void received(int count) {
            copies.answer();
        }
    }
}
