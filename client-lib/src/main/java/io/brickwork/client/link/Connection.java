package io.brickwork.client.link;

import io.brickwork.client.tls.Tls;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.wire.FrameReader;
import io.brickwork.core.wire.FrameWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One socket: takes frames apart into messages, gathers messages into frames, answers pings, and ends once.
 *
 * <p>Reading: a {@link FrameAssembler} makes frames of the bytes that come. Until the greeting has been accepted only
 * small frames are taken, and a listener looks at nothing but a {@code Hello}.
 *
 * <p>Writing: messages wait in one array until {@link #flush}, which copies them into buffers of the network. Pings and
 * pongs never flush what a turn has gathered but not released: a turn may hold back messages until its log is written.
 *
 * <p>All on the channel's event loop.
 */
final class Connection extends ChannelInboundHandlerAdapter {
    /** A hello is less than this. */
    static final int HELLO_FRAME_BYTES = 4096;
    /** The reason of a connection that the other end closed without a word. */
    static final String CLOSED_BY_PEER = "the connection was closed by the other end";

    /** A welcome lists all bricks. */
    private static final int WELCOME_FRAME_BYTES = 256 << 10;

    private static final int WRITE_BYTES = 256 << 10;
    /** With more than this waiting, a pong would tell nobody anything. */
    private static final int PONG_BACKLOG_BYTES = 1 << 20;
    /** With more than this waiting, a goodbye would come too late. */
    private static final int GOODBYE_BACKLOG_BYTES = 64 << 10;

    private static final long GOODBYE_SECONDS = 1;

    /** Whom a connection belongs to: a data port until the greeting, then a link. */
    interface Owner {
        /** The socket is connected. */
        void connected(Connection connection);

        /**
         * The other end greets: a {@code Hello} first and then, if it was {@linkplain Connection#challenge challenged},
         * a {@code Proof} for a listener; a {@code Challenge}, if there is one, and then a {@code Welcome} for a
         * dialler.
         */
        void greeted(Connection connection, LinkMessage greeting);

        void received(Connection connection, Message message);

        /** Some of what waited has been handed to the network. */
        void drained(Connection connection);

        /** Once; nothing else is told afterwards. */
        void closed(Connection connection, String reason);
    }

    private enum Phase {
        GREETING,
        /** A listener has asked for a proof. */
        PROVING,
        /** The greeting came; the link's other connection is not there yet. */
        WAITING,
        OPEN,
        CLOSED
    }

    private final boolean listens;
    private final @Nullable Tls tls;
    private Owner owner;
    private Phase phase = Phase.GREETING;
    private @Nullable Channel channel;

    private final FrameReader reader = new FrameReader();
    private final FrameAssembler frames = new FrameAssembler(new FrameSink());
    /** Frames that came before the link was up. One burst at most, since reading stops then. */
    private final ArrayDeque<Bytes> early = new ArrayDeque<>();

    private final FrameWriter writer = new FrameWriter();
    /** Bytes handed to Netty that the socket has not taken. */
    private long unwrittenBytes;

    /** Whether the link wants nothing to be read. */
    private boolean isPaused;

    private boolean hasSent;
    private boolean hasHeard;
    private int silentTicks;
    private long pings;
    /** Whether the other end has said goodbye because of this end's token. */
    private boolean isTokenRefused;

    /** @param tls that it is made with; null for none */
    Connection(boolean listens, @Nullable Tls tls, Owner owner) {
        this.listens = listens;
        this.tls = tls;
        this.owner = owner;
    }

    /** From here on the link is told. */
    void handTo(Owner link) {
        owner = link;
    }

    /** From here on frames are counted, and wait for memory. */
    void countAgainst(LinkMemory counted) {
        frames.countAgainst(counted);
    }

    boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    /** What waits here: gathered, or on its way into the socket. */
    long pendingBytes() {
        return writer.length() + unwrittenBytes;
    }

    /** The other end, for messages. */
    String remote() {
        Channel socket = channel;
        return socket == null || socket.remoteAddress() == null
                ? "an unknown address"
                : socket.remoteAddress().toString();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        if (phase == Phase.CLOSED) {
            ctx.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (phase != Phase.CLOSED) {
            owner.connected(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        hasHeard = true;
        frames.take((ByteBuf) message);
    }

    /** Reads nothing more until it is told to go on. */
    void pause(boolean isToPause) {
        isPaused = isToPause;
        readOrNot();
    }

    private void readOrNot() {
        if (phase == Phase.OPEN) {
            socket().config().setAutoRead(!isPaused && !frames.isWaiting());
        }
    }

    /** Takes what the {@link FrameAssembler} makes of the bytes that come. */
    private final class FrameSink implements FrameAssembler.Sink {
        @Override
        public int limitBytes() {
            return switch (phase) {
                case GREETING -> listens ? HELLO_FRAME_BYTES : WELCOME_FRAME_BYTES;
                case PROVING -> HELLO_FRAME_BYTES;
                case WAITING, OPEN, CLOSED -> Limits.FRAME_BYTES;
            };
        }

        @Override
        public void onFrame(Bytes frame) {
            Connection.this.onFrame(frame);
        }

        @Override
        public void onMalformed(MalformedException malformed) {
            refuse(malformed);
        }

        @Override
        public void onWaitingChanged() {
            readOrNot();
        }

        @Override
        public EventLoop eventLoop() {
            return socket().eventLoop();
        }
    }

    private void onFrame(Bytes bytes) {
        switch (phase) {
            case GREETING, PROVING -> greet(bytes);
            case WAITING -> {
                if (listens) {
                    close("the other end spoke before it was welcomed", true);
                } else {
                    early.add(bytes);
                }
            }
            case OPEN -> read(bytes);
            case CLOSED -> {}
        }
    }

    private void greet(Bytes bytes) {
        LinkMessage greeting;
        try {
            reader.begin(bytes);
            greeting = !listens ? onlyWelcome() : phase == Phase.PROVING ? reader.onlyProof() : reader.onlyHello();
        } catch (MalformedException e) {
            refuse(e);
            return;
        }
        if (greeting instanceof LinkMessage.Goodbye goodbye) {
            hearGoodbye(goodbye);
            close("refused by the other end: " + goodbye.reason(), false);
            return;
        }
        if (greeting instanceof LinkMessage.Challenge) {
            owner.greeted(this, greeting); // the Welcome is yet to come
            return;
        }
        phase = Phase.WAITING;
        if (!listens) {
            socket().config().setAutoRead(false);
        }
        owner.greeted(this, greeting);
    }

    /** A listener asks for a proof before it does anything else with the connection. */
    void challenge(LinkMessage.Challenge challenge) {
        if (phase == Phase.WAITING) {
            phase = Phase.PROVING;
            control(challenge);
        }
    }

    private LinkMessage onlyWelcome() {
        Message first = reader.next();
        boolean isGreeting = first instanceof LinkMessage.Welcome
                || first instanceof LinkMessage.Challenge
                || first instanceof LinkMessage.Goodbye;
        if (first == null || !isGreeting || reader.next() != null) {
            throw new MalformedException("the first frame is not a Welcome, a Challenge or a Goodbye");
        }
        return (LinkMessage) first;
    }

    /** The link is up: what came early is told, and reading goes on. */
    void open() {
        if (phase != Phase.WAITING) {
            return;
        }
        phase = Phase.OPEN;
        while (phase == Phase.OPEN && !early.isEmpty()) {
            read(early.remove());
        }
        readOrNot();
    }

    private void read(Bytes bytes) {
        boolean first = true;
        while (phase == Phase.OPEN) {
            Message message;
            try {
                if (first) {
                    reader.begin(bytes);
                    first = false;
                }
                message = reader.next();
            } catch (MalformedException e) {
                refuse(e);
                return;
            }
            if (message == null) {
                return;
            }
            onMessage(message);
        }
    }

    private void onMessage(Message message) {
        switch (message) {
            case ReplicaMessage replica -> owner.received(this, replica);
            case PaxosMessage paxos -> owner.received(this, paxos);
            case LeaseMessage lease -> owner.received(this, lease);
            case CallMessage call -> owner.received(this, call);
            case LinkMessage.Ping ping -> {
                if (unwrittenBytes <= PONG_BACKLOG_BYTES) {
                    control(new LinkMessage.Pong(ping.number()));
                }
            }
            case LinkMessage.Pong pong -> {}
            case LinkMessage.Members members -> owner.received(this, members);
            case LinkMessage.Goodbye goodbye -> {
                hearGoodbye(goodbye);
                close("closed by the other end: " + goodbye.reason(), false);
            }
            case LinkMessage.Hello hello -> close("a second Hello came", true);
            case LinkMessage.Welcome welcome -> close("a second Welcome came", true);
            case LinkMessage.Challenge challenge -> close("a second Challenge came", true);
            case LinkMessage.Proof proof -> close("a second Proof came", true);
        }
    }

    private void hearGoodbye(LinkMessage.Goodbye goodbye) {
        isTokenRefused = goodbye.cause() == LinkMessage.Cause.TOKEN;
    }

    boolean isTokenRefused() {
        return isTokenRefused;
    }

    private void refuse(MalformedException e) {
        close("what came is not of this protocol: " + e.getMessage(), true);
    }

    /** Appends a message, to be sent by {@link #flush}. */
    void append(Message message) {
        if (phase != Phase.CLOSED) {
            writer.append(message);
        }
    }

    /** Sends a message of the link itself; at once, unless a turn holds messages back, which will flush them all. */
    void control(LinkMessage message) {
        if (phase == Phase.CLOSED) {
            return;
        }
        boolean alone = writer.isEmpty();
        writer.append(message);
        if (alone) {
            flush();
        }
    }

    /** Hands what was appended to the network. */
    void flush() {
        if (phase != Phase.CLOSED && !writer.isEmpty()) {
            hasSent = true;
            writeOut(null);
        }
    }

    private void writeOut(@Nullable ChannelFutureListener afterLast) {
        Channel socket = socket();
        byte[] frames = writer.finish();
        int length = writer.length();
        for (int from = 0; from < length; from += WRITE_BYTES) {
            int bytes = Math.min(WRITE_BYTES, length - from);
            ByteBuf out = socket.alloc().ioBuffer(bytes, bytes);
            out.writeBytes(frames, from, bytes);
            unwrittenBytes += bytes;
            ChannelFuture written = socket.write(out);
            written.addListener((ChannelFutureListener) future -> onWritten(future, bytes));
            if (afterLast != null && from + bytes == length) {
                written.addListener(afterLast);
            }
        }
        writer.clear();
        socket.flush();
    }

    private void onWritten(ChannelFuture written, int bytes) {
        unwrittenBytes -= bytes;
        if (phase == Phase.CLOSED) {
            return;
        }
        if (written.isSuccess()) {
            owner.drained(this);
        } else {
            close(why("writing failed: ", written.cause()), false);
        }
    }

    /** Whether the other end has shown a certificate that this end trusts. */
    boolean hasShownCertificate() {
        SslHandler handler = socket().pipeline().get(SslHandler.class);
        return handler != null && Tls.hasShownCertificate(handler.engine().getSession());
    }

    private String why(String what, Throwable cause) {
        for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
            if (inner instanceof NotSslRecordException) {
                return "the other end does not speak TLS, and this one does: dial it without TLS, or set brickwork.brick.tls.certificate, .key and .trusted of that brick";
            }
        }
        String inWords = tls == null ? null : tls.explain(cause);
        return inWords == null ? what + cause : inWords;
    }

    /**
     * Called once every ping interval of the link. Counting calls instead of reading a clock, a loop that was stopped
     * for long (a collection, a suspended machine) does not take its own silence for the other end's.
     *
     * @return for how many intervals nothing has come
     */
    int tick() {
        boolean isDeaf = isPaused || frames.isWaiting();
        silentTicks = hasHeard || isDeaf ? 0 : silentTicks + 1;
        String tooSlow = frames.tick();
        if (tooSlow != null) {
            close(tooSlow, true);
        }
        hasHeard = false;
        if (!hasSent) {
            control(new LinkMessage.Ping(++pings));
        }
        hasSent = false;
        return silentTicks;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close(CLOSED_BY_PEER, false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        close(why("the connection failed: ", cause), false);
    }

    /** Ends the connection; what was appended but not flushed is not sent. The second and later calls do nothing. */
    void close(String reason, boolean saysGoodbye) {
        close(new LinkMessage.Goodbye(reason), saysGoodbye);
    }

    /** The same, with a cause that the other end acts on if it is told. */
    void close(LinkMessage.Goodbye goodbye, boolean isSaid) {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        early.clear();
        frames.close();
        writer.discard();
        Channel socket = channel;
        if (socket != null) {
            if (isSaid && socket.isActive() && unwrittenBytes <= GOODBYE_BACKLOG_BYTES) {
                writer.append(goodbye);
                writeOut(ChannelFutureListener.CLOSE);
                socket.config().setAutoRead(true);
                socket.eventLoop().schedule(() -> socket.close(), GOODBYE_SECONDS, TimeUnit.SECONDS);
            } else {
                socket.close();
            }
        }
        owner.closed(this, goodbye.reason());
    }

    private Channel socket() {
        Channel socket = channel;
        if (socket == null) {
            throw new IllegalStateException("the connection has no channel yet");
        }
        return socket;
    }
}
