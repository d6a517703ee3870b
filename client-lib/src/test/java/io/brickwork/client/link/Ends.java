package io.brickwork.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Member;
import io.brickwork.core.message.Message;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Data ports and diallers over loopback, each with an event loop of its own; what they make is closed at the end of a
 * test.
 */
final class Ends implements AutoCloseable {
    static final BrickId BRICK = new BrickId("brick-1");
    static final String CLUSTER = "test-cluster";
    static final long PATIENCE_SECONDS = 20;

    private final IoEventLoopGroup listening =
            Transport.newLoops(1, Thread.ofPlatform().daemon().name("listening").factory());
    private final IoEventLoopGroup dialling =
            Transport.newLoops(1, Thread.ofPlatform().daemon().name("dialling").factory());
    private final List<AutoCloseable> open = new ArrayList<>();

    /** Of the cluster. */
    static final ClusterSecret SECRET = ClusterSecret.of(Bytes.utf8("0123456789abcdef0123456789abcdef"));

    EventLoop listeningLoop() {
        return listening.next();
    }

    /** Waits on the dialling loop, which meanwhile does its work. */
    void letPass(Duration time) {
        assertThat(dialling.next()
                        .schedule(() -> {}, time.toNanos(), TimeUnit.NANOSECONDS)
                        .awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isTrue();
    }

    /** Waits until an attempt has failed. */
    void awaitFailure(Dialler dialler) {
        for (int i = 0; dialler.lastFailure() == null; i++) {
            assertThat(i).as("rounds without a failed attempt").isLessThan(1000);
            letPass(Duration.ofMillis(10));
        }
    }

    DataPort bind(int port, LinkOptions options, LinkHandler handler) throws BindException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        DataPort made = DataPort.bind(listening.next(), address, identity(), options, handler);
        open.add(made);
        return made;
    }

    static DataPort.Identity identity() {
        return new DataPort.Identity(BRICK, CLUSTER, () -> List.of(new Member(BRICK, "127.0.0.1", 7400)));
    }

    static Dialler.Identity client() {
        return new Dialler.Identity(LinkMessage.Role.CLIENT, CLUSTER, "a client", null);
    }

    Dialler dial(int port, LinkOptions options, LinkHandler handler) {
        return dial(port, client(), options, handler);
    }

    Dialler dial(int port, Dialler.Identity identity, LinkOptions options, LinkHandler handler) {
        Dialler made = Dialler.start(dialling.next(), "127.0.0.1", port, identity, options, handler);
        open.add(made);
        return made;
    }

    /** Dials a name that has the given addresses. */
    Dialler dial(String host, int port, LinkOptions options, LinkHandler handler, Dialler.NameService names) {
        Dialler made = Dialler.start(dialling.next(), host, port, client(), options, handler, names);
        open.add(made);
        return made;
    }

    void onListening(Runnable task) {
        run(listening.next(), task);
    }

    void onDialling(Runnable task) {
        run(dialling.next(), task);
    }

    <T> T askDialling(Callable<T> question) {
        try {
            return dialling.next().submit(question).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    <T> T askListening(Callable<T> question) {
        try {
            return listening.next().submit(question).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void run(EventLoop loop, Runnable task) {
        try {
            loop.submit(task).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        dialling.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        listening.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    /** What a handler was told, in order, for another thread to wait for. */
    static final class Recorder implements LinkHandler {
        record Told(String what, Link link, Object detail) {}

        private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
        private final BiConsumer<Link, Message> reaction;

        Recorder() {
            this((link, message) -> {});
        }

        /** @param reaction to each message, on the event loop, before it is recorded */
        Recorder(BiConsumer<Link, Message> reaction) {
            this.reaction = reaction;
        }

        @Override
        public void up(Link link) {
            told.add(new Told("up", link, link.hello()));
        }

        @Override
        public void received(Link link, Message message) {
            reaction.accept(link, message);
            told.add(new Told("received", link, message));
        }

        @Override
        public void down(Link link, String reason) {
            told.add(new Told("down", link, reason));
        }

        @Override
        public void writable(Link link) {
            told.add(new Told("writable", link, ""));
        }

        Told next() {
            try {
                Told next = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertThat(next).as("told within %d seconds", PATIENCE_SECONDS).isNotNull();
                return next;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        Link awaitUp() {
            Told next = next();
            assertThat(next.what()).as("%s", next).isEqualTo("up");
            return next.link();
        }

        Message awaitMessage() {
            Told next = next();
            assertThat(next.what()).as("%s", next).isEqualTo("received");
            return (Message) next.detail();
        }

        String awaitDown() {
            Told next = next();
            assertThat(next.what()).as("%s", next).isEqualTo("down");
            return (String) next.detail();
        }

        boolean isQuiet() {
            return told.isEmpty();
        }
    }
}
