package io.brickwork.client.link;

import io.brickwork.client.tls.Tls;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.LinkId;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.Message;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a link to one address up, for ever: whenever there is none it dials, soon at first, then at growing intervals
 * with jitter, so that a brick which comes back is found at once and one which stays away costs nothing.
 *
 * <p>The handler is told of each link on the event loop, one after another: {@code down} of the last comes before
 * {@code up} of the next.
 */
public final class Dialler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dialler.class);
    private static final SecureRandom LINK_IDS = new SecureRandom();
    private static final int MOST_DOUBLINGS = 30;

    /**
     * Who dials whom.
     *
     * @param role what this process is
     * @param cluster the cluster's name; must be the listener's
     * @param name a brick's id, or anything that tells a client in logs
     * @param expected the brick that must answer; null if any may
     */
    public record Identity(
            LinkMessage.Role role,
            String cluster,
            String name,
            @Nullable BrickId expected) {}

    private final EventLoop loop;
    private final String host;
    private final int port;
    private final Identity identity;
    private final LinkOptions options;
    private final LinkMemory memory;
    private final LinkHandler handler;

    /** Attempts in a row that brought no link, or one that did not last. */
    private int failures;

    /** Addresses of the host that are still to be tried before the next pause. */
    private final ArrayDeque<InetSocketAddress> untried = new ArrayDeque<>();

    private @Nullable Link current;
    private boolean isClosed;
    private volatile @Nullable String lastFailure;

    private final NameService names;

    /** Looks names up. */
    interface NameService {
        InetAddress[] lookUp(String host) throws UnknownHostException;
    }

    private Dialler(
            EventLoop loop,
            String host,
            int port,
            Identity identity,
            LinkOptions options,
            LinkMemory memory,
            LinkHandler handler,
            NameService names) {
        this.names = names;
        this.loop = loop;
        this.host = host;
        this.port = port;
        this.identity = identity;
        this.options = options;
        this.memory = memory;
        this.handler = handler;
    }

    /**
     * Begins to dial. Any thread.
     *
     * @param host a name or an address; a name is looked up again for each attempt, off the event loop, and all
     *     addresses that it has are tried one after the other
     */
    public static Dialler start(
            EventLoop loop, String host, int port, Identity identity, LinkOptions options, LinkHandler handler) {
        return start(loop, host, port, identity, options, LinkMemory.unlimited(), handler);
    }

    /** The same with names of its own, for tests. */
    static Dialler start(
            EventLoop loop,
            String host,
            int port,
            Identity identity,
            LinkOptions options,
            LinkHandler handler,
            NameService names) {
        return start(loop, host, port, identity, options, LinkMemory.unlimited(), handler, names);
    }

    /** The same, with a link that shares memory with other links of the loop. */
    public static Dialler start(
            EventLoop loop,
            String host,
            int port,
            Identity identity,
            LinkOptions options,
            LinkMemory memory,
            LinkHandler handler) {
        return start(loop, host, port, identity, options, memory, handler, InetAddress::getAllByName);
    }

    private static Dialler start(
            EventLoop loop,
            String host,
            int port,
            Identity identity,
            LinkOptions options,
            LinkMemory memory,
            LinkHandler handler,
            NameService names) {
        Check.argument(port >= 1 && port <= 65_535, "port %d is not from 1 to 65535", port);
        Dialler dialler = new Dialler(loop, host, port, identity, options, memory, handler, names);
        loop.execute(() -> dialler.dial());
        return dialler;
    }

    /**
     * Why the newest attempt failed or the newest link went down; null if nothing has since the link came up. Any
     * thread.
     */
    public @Nullable String lastFailure() {
        return lastFailure;
    }

    /** Closes the link, if there is one, and dials no more. Any thread; {@code down} may follow. */
    @Override
    public void close() {
        try {
            loop.execute(() -> {
                isClosed = true;
                Link link = current;
                if (link != null) {
                    link.close("closed by the dialler");
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("The event loop of {} is shut down already", this);
        }
    }

    private void dial() {
        if (isClosed) {
            return;
        }
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            dial(new InetSocketAddress(host, port));
            return;
        }
        // Looking up a name blocks, which an event loop must not.
        Thread.ofVirtual().name("look up " + host).start(() -> {
            List<InetSocketAddress> addresses = lookUp();
            try {
                loop.execute(() -> {
                    untried.clear();
                    untried.addAll(addresses.subList(1, addresses.size()));
                    dial(addresses.getFirst());
                });
            } catch (RejectedExecutionException e) {
                LOG.debug("The event loop of {} is shut down", this);
            }
        });
    }

    /** All addresses of the name; one that is not resolved if there is none. */
    private List<InetSocketAddress> lookUp() {
        try {
            return Arrays.stream(names.lookUp(host))
                    .map(address -> new InetSocketAddress(address, port))
                    .toList();
        } catch (UnknownHostException unknown) {
            return List.of(InetSocketAddress.createUnresolved(host, port));
        }
    }

    private void dial(InetSocketAddress address) {
        if (isClosed) {
            return;
        }
        if (address.isUnresolved()) {
            onEnded("the name " + host + " is not known", false);
            return;
        }
        if (!options.token().isEmpty()
                && options.tls() == null
                && !address.getAddress().isLoopbackAddress()) {
            onEnded(
                    "the token is not sent to " + address
                            + " without TLS: say which authority to trust, a client by DdsOptions.tls or --tls-trusted FILE, a brick by brickwork.brick.tls.trusted",
                    false);
            return;
        }
        boolean mustProve = identity.role().mustProve();
        if (mustProve && options.secret() == null) {
            onEnded(
                    identity.role().name().toLowerCase(Locale.ROOT) + " '" + identity.name()
                            + "' has no secret of the cluster to prove itself with: give it the one that the bricks have (--secret-file)",
                    false);
            return;
        }
        long startedNanos = System.nanoTime();
        Hello hello = new Hello(
                LinkMessage.VERSION,
                identity.role(),
                LinkMessage.Channel.URGENT,
                identity.cluster(),
                identity.name(),
                new LinkId(LINK_IDS.nextLong(), LINK_IDS.nextLong()),
                options.token(),
                mustProve ? ClusterSecret.nonce() : Bytes.EMPTY);
        Link link = new Link(loop, options, memory, new Watch(), hello, identity.expected(), reason -> {
            boolean lasted =
                    System.nanoTime() - startedNanos > options.longestRetry().toNanos();
            onEnded(reason, lasted);
        });
        current = link;
        connect(address, link.urgent());
        connect(address, link.bulk());
    }

    private void connect(InetSocketAddress address, Connection connection) {
        Tls tls = options.tls();
        new Bootstrap()
                .group(loop)
                .channel(Transport.socketType(loop))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        Math.min(options.helloTimeout().toMillis() + 1, Integer.MAX_VALUE))
                .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(1024, 16 << 10, 256 << 10))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(Transport.tlsHandler(tls.dialling(host, port)));
                        }
                        channel.pipeline().addLast(connection);
                    }
                })
                .connect(address)
                .addListener((ChannelFutureListener) connected -> {
                    if (!connected.isSuccess()) {
                        connection.close(String.valueOf(connected.cause().getMessage()), false);
                    }
                });
    }

    private void onEnded(String reason, boolean lasted) {
        Link ended = current;
        current = null;
        if (isClosed) {
            return;
        }
        if (ended != null && ended.isTokenRefused()) {
            handler.tokenRefused(reason);
        }
        if (!reason.equals(lastFailure)) {
            LOG.info("No link to {}: {}", at(), reason);
        }
        lastFailure = reason;
        InetSocketAddress other = lasted ? null : untried.poll();
        if (other != null) {
            dial(other);
            return;
        }
        failures = lasted ? 0 : Math.min(failures + 1, MOST_DOUBLINGS);
        long longest = options.longestRetry().toNanos();
        long first = options.firstRetry().toNanos();
        long step = first > longest >> failures ? longest : first << failures;
        long delay = step / 2 + ThreadLocalRandom.current().nextLong(step / 2 + 1);
        try {
            loop.schedule(() -> dial(), delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The event loop of {} is shut down", this);
        }
    }

    private String at() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return "dialler of " + at();
    }

    /** Looks who answers before the handler is told. */
    private final class Watch implements LinkHandler {
        private boolean isTold;

        @Override
        public void up(Link link) {
            BrickId expected = identity.expected();
            if (expected != null && !expected.equals(link.welcome().brick())) {
                link.close("brick " + link.welcome().brick() + " answers at " + at() + ", where brick " + expected
                        + " should be");
                return;
            }
            lastFailure = null;
            isTold = true;
            handler.up(link);
        }

        @Override
        public void received(Link link, Message message) {
            handler.received(link, message);
        }

        @Override
        public void down(Link link, String reason) {
            if (isTold) {
                handler.down(link, reason);
            }
        }

        @Override
        public void writable(Link link) {
            handler.writable(link);
        }
    }
}
