package io.brickwork.client.link;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.LinkId;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Challenge;
import io.brickwork.core.message.LinkMessage.Goodbye;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Member;
import io.brickwork.core.message.LinkMessage.Proof;
import io.brickwork.core.message.LinkMessage.Welcome;
import io.brickwork.core.message.Message;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A brick's one door: takes connections, hears a {@code Hello} on each, and makes a {@link Link} of two that belong
 * together.
 *
 * <p>Whoever knocks is a stranger until his hello has been accepted: right token, right cluster, in time, in one small
 * frame. Until then nothing else is parsed and little memory is spent; whatever is wrong costs him his connection, with
 * a goodbye that says why, and nobody else anything. Who says that he is a brick or an operator must prove on each
 * connection that he knows the cluster's secret ({@link ClusterSecret}), and at a port with TLS must have shown a
 * certificate; a port without a secret takes clients only.
 *
 * <p>Loopback by default: a data port on any other address must have TLS, and know clients by a token or by
 * certificates. On one event loop, with all its links.
 */
public final class DataPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataPort.class);
    private static final long CLOSE_SECONDS = 5;
    private static final int BACKLOG = 1024;

    /**
     * Who answers.
     *
     * @param cluster the cluster's name; a dialler must know it
     * @param members all bricks and their data ports, asked for at each welcome, on the event loop
     * @param tokens which tokens open the port; null if that is the token of the options alone
     */
    public record Identity(
            BrickId brick,
            String cluster,
            Supplier<List<Member>> members,
            @Nullable TokenCheck tokens) {
        /** One whose port is opened by the token of its options. */
        public Identity(BrickId brick, String cluster, Supplier<List<Member>> members) {
            this(brick, cluster, members, null);
        }
    }

    /** Of all connections, those that only bricks and operators may use, at most; a quarter of a small port. */
    private static final int RESERVED_AT_MOST = 64;
    /** When there is no room, a guest has this part of the usual time for its hello. */
    private static final int HASTE = 10;

    private final EventLoop loop;
    private final Identity identity;
    private final LinkOptions options;
    private final LinkMemory memory;
    private final LinkHandler handler;
    private final Complaints complaints = new Complaints(LOG);

    /** All connections that have not been closed, those of links included. */
    private int connections;

    /** Connections whose hello has not come or whose link is not complete. */
    private final Set<Guest> guests = new LinkedHashSet<>();
    /** Of these, the first connection of each link. */
    private final Map<LinkId, Guest> halves = new LinkedHashMap<>();

    private final Set<Link> links = new LinkedHashSet<>();
    private volatile @Nullable Channel server;
    private boolean isClosed;

    private DataPort(EventLoop loop, Identity identity, LinkOptions options, LinkMemory memory, LinkHandler handler) {
        this.loop = loop;
        this.identity = identity;
        this.options = options;
        this.memory = memory;
        this.handler = handler;
    }

    /**
     * Opens the port and begins to take connections. Blocks shortly; not for event loops.
     *
     * @param address port 0 for any that is free
     * @throws BindException if the port is in use or cannot be opened; the message names it
     * @throws IllegalArgumentException if the address is not a loopback one, and TLS is missing or what clients are
     *     known by; the message says what to set
     */
    public static DataPort bind(
            EventLoop loop, InetSocketAddress address, Identity identity, LinkOptions options, LinkHandler handler)
            throws BindException {
        return bind(loop, address, identity, options, LinkMemory.unlimited(), handler);
    }

    /**
     * The same, with links that share memory with other links of the loop.
     *
     * @throws BindException if the port is in use or cannot be opened; the message names it
     */
    public static DataPort bind(
            EventLoop loop,
            InetSocketAddress address,
            Identity identity,
            LinkOptions options,
            LinkMemory memory,
            LinkHandler handler)
            throws BindException {
        Check.state(!loop.inEventLoop(), "a data port is opened on an event loop");
        TokenCheck tokens = identity.tokens();
        checkSafe(address, options, tokens == null ? !options.token().isEmpty() : tokens.demandsToken());
        DataPort port = new DataPort(loop, identity, options, memory, handler);
        ChannelFuture bound = new ServerBootstrap()
                .group(loop, loop)
                .channel(Transport.serverSocketType(loop))
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(1024, 16 << 10, 256 << 10))
                .childHandler(port.new Porter())
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String cause = String.valueOf(bound.cause().getMessage());
            String what = "data port " + address.getPort() + " on " + address.getHostString();
            BindException failure = new BindException(
                    cause.contains("in use")
                            ? what + " is in use: another brick, or another program, is running there"
                            : what + " cannot be opened: " + cause);
            failure.initCause(bound.cause());
            throw failure;
        }
        port.server = bound.channel();
        return port;
    }

    private static void checkSafe(InetSocketAddress address, LinkOptions options, boolean demandsToken) {
        Check.argument(!address.isUnresolved(), "the name %s is not known", address.getHostString());
        if (address.getAddress().isLoopbackAddress()) {
            return;
        }
        List<String> missing = new ArrayList<>();
        if (options.tls() == null) {
            missing.add("TLS (brickwork.brick.tls.certificate, .key and .trusted)");
        }
        if (!demandsToken && !options.clientCertificates()) {
            missing.add(
                    "a token (brickwork.brick.token or .tokens-file) or brickwork.brick.tls.client-certificates = on");
        }
        Check.argument(
                missing.isEmpty(),
                "a data port on %s could be reached from other machines: set %s, or listen on 127.0.0.1",
                address,
                String.join(" and ", missing));
    }

    /** Where the port is, with its real number. */
    public InetSocketAddress address() {
        Channel open = server;
        if (open == null) {
            throw new IllegalStateException("the data port is not open");
        }
        return (InetSocketAddress) open.localAddress();
    }

    /**
     * Closes the port and all its links, which go down. Any thread; waits until the port is free again, except on the
     * event loop.
     */
    @Override
    public void close() {
        Channel open = server;
        if (open == null || loop.isShutdown()) {
            return;
        }
        ChannelFuture closed = open.close();
        try {
            loop.execute(this::sendAllAway);
        } catch (RejectedExecutionException e) {
            LOG.debug("The event loop of data port {} is shut down already", open);
        }
        if (!loop.inEventLoop()) {
            closed.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void sendAllAway() {
        isClosed = true;
        List.copyOf(links).forEach(link -> link.close("the data port is closing"));
        List.copyOf(guests).forEach(guest -> guest.turnAway("the data port is closing"));
    }

    private void onHello(Guest guest, Hello hello) {
        String noToken = objectionToToken(hello);
        String objection = noToken == null ? objection(guest, hello) : null;
        if (noToken != null) {
            guest.connection.close(new Goodbye(noToken, LinkMessage.Cause.TOKEN), true);
        } else if (objection != null) {
            guest.turnAway(objection);
        } else if (hello.role().mustProve()) {
            challenge(guest, hello);
        } else {
            admit(guest, hello);
        }
    }

    private void challenge(Guest guest, Hello hello) {
        ClusterSecret secret = options.secret();
        if (secret == null) {
            guest.turnAway(
                    "brick " + identity.brick()
                            + " has no secret of the cluster, so it takes neither bricks nor operators: start it with the secret that the others have (--secret-file)");
            return;
        }
        Bytes nonce = ClusterSecret.nonce();
        guest.asked = new Asked(hello, nonce);
        guest.connection.challenge(new Challenge(
                identity.brick(), nonce, secret.proof(ClusterSecret.End.LISTENER, hello, identity.brick(), nonce)));
    }

    private void onProof(Guest guest, Proof proof) {
        Asked asked = guest.asked;
        ClusterSecret secret = options.secret();
        if (asked == null
                || secret == null
                || !secret.isProof(
                        proof.proof(), ClusterSecret.End.DIALLER, asked.hello, identity.brick(), asked.nonce)) {
            String who = asked == null
                    ? "somebody"
                    : asked.hello.role().name().toLowerCase(Locale.ROOT) + " '" + asked.hello.name() + "'";
            guest.turnAway(who + " has not proved that it knows the secret of the cluster as brick " + identity.brick()
                    + " has it: compare the secret files of both");
            return;
        }
        guest.asked = null;
        admit(guest, asked.hello);
    }

    /**
     * How many connections may be open while a client's is taken: so many clients there may be that no brick gets in,
     * but for these.
     */
    private int connectionsForClients() {
        return options.connections() - Math.min(RESERVED_AT_MOST, options.connections() / 4);
    }

    /**
     * Has the guest that has been silent for longest make room for another; false if nobody has been for
     * {@link #HASTE}th of the time that there is for a hello.
     */
    private boolean turnAwayASilentOne() {
        long nowNanos = System.nanoTime();
        long silentNanos = options.helloTimeout().toNanos() / HASTE;
        for (Guest guest : guests) {
            if (nowNanos - guest.sinceNanos < silentNanos) {
                return false;
            }
            if (guest.hello == null && guest.asked == null) {
                guest.connection.close("too many connections are open, and no Hello came over this one", false);
                return true;
            }
        }
        return false;
    }

    /** The guest is who it says it is. */
    private void admit(Guest guest, Hello hello) {
        if (!hello.role().mustProve() && connections > connectionsForClients()) {
            guest.turnAway(connections + " connections are open, and clients may use " + connectionsForClients()
                    + " of the " + options.connections() + " that this brick takes");
            return;
        }
        guest.hello = hello;
        Guest other = halves.get(hello.link());
        if (other == null) {
            halves.put(hello.link(), guest);
            return;
        }
        Hello otherHello = other.hello;
        if (otherHello == null || !belongTogether(otherHello, hello)) {
            guest.turnAway("the link's other connection said another hello");
            return;
        }
        halves.remove(hello.link());
        guest.leave();
        other.leave();
        boolean isUrgent = hello.channel() == LinkMessage.Channel.URGENT;
        Connection urgent = isUrgent ? guest.connection : other.connection;
        Connection bulk = isUrgent ? other.connection : guest.connection;
        Link[] made = new Link[1];
        Link link = new Link(loop, options, memory, handler, hello, urgent, bulk, reason -> links.remove(made[0]));
        made[0] = link;
        links.add(link);
        link.welcome(new Welcome(
                Math.min(hello.version(), LinkMessage.VERSION),
                identity.brick(),
                identity.members().get(),
                options.credits()));
    }

    /** Who has not shown a token that opens the port learns nothing else. */
    private @Nullable String objectionToToken(Hello hello) {
        TokenCheck tokens = identity.tokens();
        if (tokens != null) {
            return tokens.objection(hello);
        }
        if (!options.token().isEmpty()
                && !MessageDigest.isEqual(
                        options.token().toArray(), hello.token().toArray())) {
            return hello.token().isEmpty() ? "a token is required" : "the token is wrong";
        }
        return null;
    }

    private @Nullable String objection(Guest guest, Hello hello) {
        if (options.tls() != null && mustShowCertificate(hello) && !guest.connection.hasShownCertificate()) {
            return hello.role().name().toLowerCase(Locale.ROOT) + " '" + hello.name()
                    + "' has shown no certificate of an authority that brick " + identity.brick()
                    + " trusts (brickwork.brick.tls.trusted), and must: give a brick brickwork.brick.tls.certificate and .key, a command --tls-certificate and --tls-key, a program DdsOptions.tls with all three files";
        }
        if (!hello.cluster().equals(identity.cluster())) {
            return "this is cluster '" + identity.cluster() + "', not '" + hello.cluster() + "'";
        }
        if (hello.role().isBrick()) {
            try {
                new BrickId(hello.name());
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        }
        if (hello.role().mustProve() && hello.nonce().length() != ClusterSecret.NONCE_BYTES) {
            return "a nonce of " + hello.nonce().length() + " bytes came with the Hello, and "
                    + ClusterSecret.NONCE_BYTES
                    + " are due: a brick or an operator of an older version cannot be linked to this one, so update all bricks";
        }
        return null;
    }

    private boolean mustShowCertificate(Hello hello) {
        return hello.role().mustProve() || options.clientCertificates();
    }

    private static boolean belongTogether(Hello one, Hello other) {
        return one.channel() != other.channel()
                && one.role() == other.role()
                && one.version() == other.version()
                && one.name().equals(other.name());
    }

    /** Meets each connection. */
    private final class Porter extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            if (isClosed || (connections >= options.connections() && !turnAwayASilentOne())) {
                complaints.log(
                        "{} connections are open, which is the limit: closed one from {}",
                        connections,
                        channel.remoteAddress());
                channel.close();
                return;
            }
            connections++;
            channel.closeFuture().addListener(closed -> connections--);
            Guest guest = new Guest();
            guests.add(guest);
            channel.pipeline().addLast(new TlsDetector(options.tls(), guest::turnAway), guest.connection);
        }
    }

    /** What a guest has said, and the nonce that its proof must hold. */
    private record Asked(Hello hello, Bytes nonce) {}

    /** A connection that is not part of a link yet. */
    private final class Guest implements Connection.Owner {
        private final Connection connection = new Connection(true, options.tls(), this);
        private final long sinceNanos = System.nanoTime();
        /** Once it has been admitted. */
        private @Nullable Hello hello;
        /** While its proof is waited for. */
        private @Nullable Asked asked;

        private final ScheduledFuture<?> patience = loop.schedule(
                () -> turnAway(
                        hello == null
                                ? (asked == null ? "no Hello within " : "no Proof within ") + options.helloTimeout()
                                : "the link's other connection did not come within " + options.helloTimeout()),
                options.helloTimeout().toNanos(),
                TimeUnit.NANOSECONDS);

        /** Becomes part of a link. */
        void leave() {
            patience.cancel(false);
            guests.remove(this);
        }

        void turnAway(String reason) {
            connection.close(reason, true);
        }

        @Override
        public void connected(Connection connection) {}

        @Override
        public void greeted(Connection connection, LinkMessage greeting) {
            if (greeting instanceof Hello first) {
                onHello(this, first);
            } else if (greeting instanceof Proof proof) {
                onProof(this, proof);
            }
        }

        @Override
        public void received(Connection connection, Message message) {}

        @Override
        public void drained(Connection connection) {}

        @Override
        public void closed(Connection connection, String reason) {
            leave();
            Hello said = hello;
            if (said != null) {
                halves.remove(said.link(), this);
            }
            if (said == null && reason.equals(Connection.CLOSED_BY_PEER)) {
                LOG.debug("{} only looked whether something listens", connection.remote());
            } else if (!isClosed) {
                complaints.log("Turned away a connection from {}: {}", connection.remote(), reason);
            }
        }
    }
}
