package io.brickwork.client.link;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Goodbye;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Welcome;
import io.brickwork.core.message.Message;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer at the other end of two connections, one for what is urgent and one for the bulk: leases, views and
 * acknowledgements never wait behind megabyte values.
 *
 * <p>Lives once: comes up when both connections are welcomed, goes down when either ends; a {@link Dialler} then makes
 * another. Messages over one connection arrive in order and once, or the link goes down; between the two there is no
 * order. {@link #send} only gathers; {@link #flush}, at the end of a turn, sends.
 *
 * <p>Bounded: a link with more than {@link LinkOptions#outgoingBytes} waiting is closed (protocols send again), so a
 * peer that does not read costs no more than that. Requests take credits, so a client cannot fill a brick: a dialler
 * must not send one without {@link #freeCredits}; answers, and everything among replicas, take none.
 *
 * <p>Everything happens on the link's event loop, and every method is called there.
 */
public final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    private enum Phase {
        OPENING,
        UP,
        CLOSED
    }

    private final EventLoop loop;
    private final LinkOptions options;
    private final LinkHandler handler;
    private final boolean dialled;
    /** Told after {@code down}, and also if the link never came up. */
    private final Consumer<String> whenEnded;

    private final Connection urgent;
    private final Connection bulk;
    private Phase phase = Phase.OPENING;
    private final Hello hello;
    private @Nullable Welcome welcome;
    private final OpenRequests openRequests;

    /** What waits here is counted among what waits on others. */
    private final LinkMemory.Outgoing outgoing;

    private final long holdBackBytes;
    private long countedBytes;
    private long heldBytes;
    /** When the other end last took something, or something began to wait for it. */
    private long takenNanos;

    private boolean writable = true;
    private @Nullable ScheduledFuture<?> timer;

    /**
     * A link that is being dialled; the caller connects {@link #urgent} and {@link #bulk}.
     *
     * @param expected which brick must answer; null if any may
     */
    Link(
            EventLoop loop,
            LinkOptions options,
            LinkMemory memory,
            LinkHandler handler,
            Hello hello,
            @Nullable BrickId expected,
            Consumer<String> whenEnded) {
        this.loop = loop;
        this.options = options;
        this.handler = handler;
        this.hello = hello;
        this.whenEnded = whenEnded;
        dialled = true;
        openRequests = new OpenRequests(true);
        outgoing = memory.outgoing(true);
        holdBackBytes = options.holdBackBytes();
        DialledOwner owner = new DialledOwner(expected);
        urgent = new Connection(false, options.tls(), owner);
        bulk = new Connection(false, options.tls(), owner);
        timer = loop.schedule(
                () -> end("no welcome within " + options.helloTimeout(), true),
                options.helloTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** A link that a data port takes: both hellos have come. */
    Link(
            EventLoop loop,
            LinkOptions options,
            LinkMemory memory,
            LinkHandler handler,
            Hello hello,
            Connection urgent,
            Connection bulk,
            Consumer<String> whenEnded) {
        this.loop = loop;
        this.options = options;
        this.handler = handler;
        this.hello = hello;
        this.urgent = urgent;
        this.bulk = bulk;
        this.whenEnded = whenEnded;
        dialled = false;
        openRequests = new OpenRequests(false);
        boolean isOfClient = hello.role() == LinkMessage.Role.CLIENT;
        outgoing = memory.outgoing(!isOfClient);
        holdBackBytes = isOfClient ? memory.holdBackBytes(options.holdBackBytes()) : options.holdBackBytes();
        if (isOfClient) {
            urgent.countAgainst(memory);
            bulk.countAgainst(memory);
        }
        UpOwner owner = new UpOwner();
        urgent.handTo(owner);
        bulk.handTo(owner);
    }

    Connection urgent() {
        return urgent;
    }

    Connection bulk() {
        return bulk;
    }

    /** What the dialler said first, on either side of the link. */
    public Hello hello() {
        return hello;
    }

    /**
     * What the listener answered, on either side of the link.
     *
     * @throws IllegalStateException if the link has not come up
     */
    public Welcome welcome() {
        Welcome answer = welcome;
        if (answer == null) {
            throw new IllegalStateException("the link is not up");
        }
        return answer;
    }

    /** The brick at the other end; null if a client is. */
    public @Nullable BrickId peerBrick() {
        if (dialled) {
            return welcome().brick();
        }
        return hello.role().isBrick() ? new BrickId(hello.name()) : null;
    }

    /** Whether this end dialled. */
    public boolean isDialled() {
        return dialled;
    }

    /**
     * Whether messages can be sent: from {@code up} on, until the link is closed, which may be a little before
     * {@code down}.
     */
    public boolean isUp() {
        return phase == Phase.UP;
    }

    /** How many more requests may be sent (by the dialler), or taken (by the listener). */
    public int freeCredits() {
        return phase == Phase.UP ? welcome().credits() - openRequests.count() : 0;
    }

    /** Bytes that wait for the network, those not yet flushed included. */
    public long pendingBytes() {
        return urgent.pendingBytes() + bulk.pendingBytes();
    }

    /** From how many pending bytes on {@link #isWritable} is false. */
    public long holdBackBytes() {
        return holdBackBytes;
    }

    /**
     * Requests that whoever holds this link keeps because the other end does not read: they count as if they waited to
     * be sent. Less if negative.
     */
    public void hold(long bytes) {
        heldBytes += bytes;
        if (phase == Phase.UP) {
            count(pendingBytes());
            outgoing.check();
        }
    }

    public long heldBytes() {
        return heldBytes;
    }

    /** All that the other end's not reading costs. */
    long costBytes() {
        return pendingBytes() + heldBytes;
    }

    /**
     * Whether it is wise to send more of what can wait. Once false, {@link LinkHandler#writable} tells when it is true
     * again.
     */
    public boolean isWritable() {
        if (writable && pendingBytes() >= holdBackBytes) {
            writable = false;
        }
        return writable && phase == Phase.UP;
    }

    /**
     * Appends a message to its connection; nothing is sent before {@link #flush}. Dropped if the link is not up. Closes
     * the link if too much waits already.
     *
     * @throws IllegalArgumentException for a {@link LinkMessage} other than {@link LinkMessage.Members}: a link sends
     *     those by itself
     */
    public void send(Message message) {
        Check.invariant(loop.inEventLoop(), "a link is used on another thread than its event loop");
        Check.argument(
                !(message instanceof LinkMessage) || message instanceof LinkMessage.Members,
                "a link sends its own messages itself");
        if (phase != Phase.UP) {
            return;
        }
        if (message instanceof CallMessage call) {
            openRequests.onSent(call);
        }
        (message.isUrgent() ? urgent : bulk).append(message);
        long pending = pendingBytes();
        if (pending > options.outgoingBytes()) {
            end(
                    "%d bytes wait to be sent, the limit is %d: the other end does not keep up"
                            .formatted(pending, options.outgoingBytes()),
                    false);
            return;
        }
        count(pending);
        outgoing.check();
    }

    private void count(long pending) {
        if (countedBytes == 0) {
            takenNanos = System.nanoTime();
        }
        outgoing.changed(pending + heldBytes - countedBytes);
        countedBytes = pending + heldBytes;
    }

    /** For how long the other end has taken nothing of what waits. */
    long stalledNanos(long nowNanos) {
        return pendingBytes() == 0 ? 0 : Math.max(0, nowNanos - takenNanos);
    }

    /** Closes the link at once: too much waits to be sent for a word of goodbye. */
    void drop(String reason) {
        end(reason, false);
    }

    /**
     * Has the bulk connection be read no further, until it is to go on: what was asked over it cannot be answered yet.
     */
    public void pauseReading(boolean isToPause) {
        if (phase == Phase.UP) {
            bulk.pause(isToPause);
        }
    }

    /** Sends what was appended, with one system call per connection at best. */
    public void flush() {
        Check.invariant(loop.inEventLoop(), "a link is used on another thread than its event loop");
        if (phase == Phase.UP) {
            urgent.flush();
            bulk.flush();
        }
    }

    /**
     * Closes both connections; what was not flushed is not sent. The other end is told the reason, at most
     * {@link io.brickwork.core.Limits#REASON_CHARS} characters of it.
     */
    public void close(String reason) {
        Check.invariant(loop.inEventLoop(), "a link is used on another thread than its event loop");
        end(reason, true);
    }

    /**
     * Closes both connections, since the other end's token opens nothing any more: its calls fail, instead of waiting
     * for another link.
     */
    public void refuseToken(String reason) {
        Check.invariant(loop.inEventLoop(), "a link is used on another thread than its event loop");
        end(new Goodbye(reason, LinkMessage.Cause.TOKEN), true);
    }

    /** Whether the other end has ended the link because of this end's token. */
    boolean isTokenRefused() {
        return urgent.isTokenRefused() || bulk.isTokenRefused();
    }

    /** A listener: welcomes both connections. */
    void welcome(Welcome answer) {
        urgent.control(answer);
        bulk.control(answer);
        comeUp(answer);
    }

    private void comeUp(Welcome answer) {
        if (phase != Phase.OPENING) {
            return;
        }
        phase = Phase.UP;
        outgoing.add(this);
        welcome = answer;
        long ping = options.pingInterval().toNanos();
        stopTimer();
        timer = loop.scheduleWithFixedDelay(this::tick, ping, ping, TimeUnit.NANOSECONDS);
        try {
            handler.up(this);
        } catch (Throwable e) {
            failed(e);
        }
        urgent.open();
        bulk.open();
    }

    private void tick() {
        int silent = Math.max(urgent.tick(), bulk.tick());
        if (options.pingInterval().multipliedBy(silent).compareTo(options.silenceLimit()) >= 0) {
            end("nothing has come for " + options.silenceLimit(), true);
        }
    }

    private void receive(Message message) {
        if (phase != Phase.UP) {
            return;
        }
        if (message instanceof CallMessage call) {
            openRequests.onReceived(call);
            if (!dialled && openRequests.count() > welcome().credits()) {
                end(
                        "%d requests without an answer; %d are granted"
                                .formatted(openRequests.count(), welcome().credits()),
                        true);
                return;
            }
        }
        try {
            handler.received(this, message);
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        LOG.error("What happened on {} could not be handled", this, e);
        end("internal error at the other end", true);
    }

    private void onDrained() {
        if (phase == Phase.UP) {
            takenNanos = System.nanoTime();
            count(pendingBytes());
        }
        if (!writable && pendingBytes() <= holdBackBytes / 4) {
            writable = true;
            later(() -> {
                if (phase == Phase.UP) {
                    handler.writable(this);
                }
            });
        }
    }

    private void end(String reason, boolean saysGoodbye) {
        end(new Goodbye(reason), saysGoodbye);
    }

    private void end(Goodbye goodbye, boolean isSaid) {
        if (phase == Phase.CLOSED) {
            return;
        }
        boolean wasUp = phase == Phase.UP;
        phase = Phase.CLOSED;
        outgoing.changed(-countedBytes);
        countedBytes = 0;
        outgoing.remove(this);
        stopTimer();
        urgent.close(goodbye, isSaid);
        bulk.close(goodbye, isSaid);
        String reason = goodbye.reason();
        // Told from a task of its own: the cause may lie inside a step of the handler's machine.
        later(() -> {
            try {
                if (wasUp) {
                    LOG.debug("{} is down: {}", this, reason);
                    handler.down(this, reason);
                }
            } finally {
                whenEnded.accept(reason);
            }
        });
    }

    private void later(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("The event loop of {} is shut down", this);
        }
    }

    private void stopTimer() {
        ScheduledFuture<?> running = timer;
        if (running != null) {
            running.cancel(false);
            timer = null;
        }
    }

    @Override
    public String toString() {
        return dialled
                ? "link to " + (welcome == null ? "" : welcome.brick() + " at ") + urgent.remote()
                : "link from " + hello.role() + " " + hello.name() + " at " + urgent.remote();
    }

    /** What both ends' connections tell once greetings are over. */
    private class UpOwner implements Connection.Owner {
        @Override
        public void connected(Connection connection) {}

        @Override
        public void greeted(Connection connection, LinkMessage greeting) {}

        @Override
        public void received(Connection connection, Message message) {
            receive(message);
        }

        @Override
        public void drained(Connection connection) {
            onDrained();
        }

        @Override
        public void closed(Connection connection, String reason) {
            end(reason, true);
        }
    }

    /** What the connections of a dialler tell, greetings included. */
    private final class DialledOwner extends UpOwner implements DiallerGreeting.Result {
        private final DiallerGreeting greetings;

        DialledOwner(@Nullable BrickId expected) {
            greetings = new DiallerGreeting(hello, options.secret(), expected, this);
        }

        private LinkMessage.Channel kind(Connection connection) {
            return connection == urgent ? LinkMessage.Channel.URGENT : LinkMessage.Channel.BULK;
        }

        @Override
        public void connected(Connection connection) {
            connection.control(greetings.hello(kind(connection)));
        }

        @Override
        public void greeted(Connection connection, LinkMessage greeting) {
            greetings.onGreeting(connection, kind(connection), greeting);
        }

        @Override
        public void closed(Connection connection, String reason) {
            boolean isUnheard = phase == Phase.OPENING && reason.equals(Connection.CLOSED_BY_PEER);
            super.closed(
                    connection,
                    isUnheard
                            ? reason + " without a word: is the data port of a brick there, and not its control port?"
                            : reason);
        }

        @Override
        public void welcomed(Welcome answer) {
            comeUp(answer);
        }

        @Override
        public void refused(String reason) {
            end(reason, true);
        }
    }
}
