package io.brickwork.client.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.client.link.Ends.Recorder;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.LinkId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Channel;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LinkTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);
    private static final LinkOptions OPTIONS = LinkOptions.DEFAULT.withSecret(Ends.SECRET);
    private static final LinkOptions EAGER =
            OPTIONS.withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(20), Duration.ofSeconds(5));

    private final Ends ends = new Ends();
    private final Recorder brick = new Recorder();
    private final Recorder client = new Recorder();

    @AfterEach
    void closeAll() throws Exception {
        ends.close();
    }

    @Test
    void linkComesUpAndBothSidesKnowEachOther() throws Exception {
        DataPort port = ends.bind(0, OPTIONS, brick);
        ends.dial(port.address().getPort(), OPTIONS, client);
        Link dialled = client.awaitUp();
        Link taken = brick.awaitUp();
        assertThat(dialled.isDialled()).isTrue();
        assertThat(taken.isDialled()).isFalse();
        assertThat(dialled.peerBrick()).isEqualTo(Ends.BRICK);
        assertThat(taken.peerBrick()).isNull();
        assertThat(taken.hello().name()).isEqualTo("a client");
        assertThat(dialled.welcome()).isEqualTo(taken.welcome());
        assertThat(dialled.welcome().credits()).isEqualTo(OPTIONS.credits());
        assertThat(dialled.welcome().members())
                .isEqualTo(Ends.identity().members().get());
        assertThat(ends.<Integer>askDialling(dialled::freeCredits)).isEqualTo(OPTIONS.credits());
    }

    @Test
    void allAddressesOfANameAreTried() throws Exception {
        DataPort port = ends.bind(0, OPTIONS, brick);
        ends.dial("three-places", port.address().getPort(), OPTIONS, client, host -> new InetAddress[] {
            InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.3"), InetAddress.getByName("127.0.0.1")
        });
        assertThat(client.awaitUp().welcome().brick()).isEqualTo(Ends.BRICK);
    }

    @Test
    void brickThatDialsIsKnownByItsId() throws Exception {
        DataPort port = ends.bind(0, OPTIONS, brick);
        ends.dial(
                port.address().getPort(),
                new Dialler.Identity(LinkMessage.Role.BRICK, Ends.CLUSTER, "brick-2", Ends.BRICK),
                OPTIONS,
                client);
        assertThat(brick.awaitUp().peerBrick()).isEqualTo(new BrickId("brick-2"));
    }

    @Test
    void messagesArriveInOrderOnEachConnection() throws Exception {
        Recorder echoing = new Recorder((link, message) -> {
            link.send(message);
            link.flush();
        });
        DataPort port = ends.bind(0, OPTIONS, echoing);
        ends.dial(port.address().getPort(), OPTIONS, client);
        Link link = client.awaitUp();
        int count = 5_000;
        ends.onDialling(() -> {
            for (int i = 0; i < count; i++) {
                link.send(stored(i));
                link.send(askCommitted(i));
                if (i % 7 == 0) {
                    link.flush();
                }
            }
            link.flush();
        });
        long nextBulk = 0;
        long nextUrgent = 0;
        while (nextBulk < count || nextUrgent < count) {
            switch (client.awaitMessage()) {
                case ReplicaMessage.Stored stored ->
                    assertThat(stored.storedSeq()).isEqualTo(nextBulk++);
                case ReplicaMessage.AskCommitted ask -> assertThat(ask.ticket()).isEqualTo(nextUrgent++);
                case Message other -> throw new AssertionError(other);
            }
        }
    }

    /**
     * A turn may hold messages back until its log is written: pings, of which many are due meanwhile, must not carry
     * them out.
     */
    @Test
    void nothingIsSentBeforeItIsFlushed() throws Exception {
        AtomicBoolean isFlushed = new AtomicBoolean();
        AtomicBoolean cameEarly = new AtomicBoolean();
        Recorder watching = new Recorder((link, message) -> cameEarly.compareAndSet(false, !isFlushed.get()));
        DataPort port = ends.bind(0, EAGER, watching);
        ends.dial(port.address().getPort(), EAGER, client);
        Link link = client.awaitUp();
        watching.awaitUp();
        ends.onDialling(() -> {
            link.send(stored(1));
            link.send(askCommitted(1));
        });
        ends.letPass(EAGER.pingInterval().multipliedBy(10));
        ends.onDialling(() -> {
            isFlushed.set(true);
            link.flush();
        });
        watching.awaitMessage();
        watching.awaitMessage();
        assertThat(cameEarly).isFalse();
    }

    @Test
    void idleLinkStaysUp() throws Exception {
        LinkOptions impatient =
                OPTIONS.withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(50), Duration.ofMillis(1000));
        DataPort port = ends.bind(0, impatient, brick);
        ends.dial(port.address().getPort(), impatient, client);
        Link link = client.awaitUp();
        brick.awaitUp();
        ends.letPass(Duration.ofSeconds(2));
        assertThat(client.isQuiet()).isTrue();
        assertThat(brick.isQuiet()).isTrue();
        assertThat(ends.<Boolean>askDialling(link::isUp)).isTrue();
    }

    @Test
    void linkOnWhichNothingComesIsClosed() throws Exception {
        LinkOptions impatient =
                OPTIONS.withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(20), Duration.ofMillis(100));
        DataPort port = ends.bind(0, impatient, brick);
        LinkId id = new LinkId(1, 1);
        try (RawPeer urgent = new RawPeer(port.address().getPort());
                RawPeer bulk = new RawPeer(port.address().getPort())) {
            urgent.say(RawPeer.hello(Channel.URGENT, id));
            bulk.say(RawPeer.hello(Channel.BULK, id));
            brick.awaitUp();
            assertThat(brick.awaitDown()).isEqualTo("nothing has come for PT0.1S");
            assertThat(urgent.hearEnd()).contains("nothing has come");
            assertThat(bulk.hearEnd()).contains("nothing has come");
        }
    }

    @Test
    void diallerComesBackWhenTheListenerDoes() throws Exception {
        DataPort first = ends.bind(0, OPTIONS, brick);
        int port = first.address().getPort();
        Dialler dialler = ends.dial(port, OPTIONS, client);
        client.awaitUp();
        for (int i = 0; i < 3; i++) {
            first.close();
            assertThat(client.awaitDown()).isNotEmpty();
            first = ends.bind(port, OPTIONS, brick);
            client.awaitUp();
            assertThat(dialler.lastFailure()).isNull();
        }
    }

    @Test
    void diallerSaysWhyThereIsNoLink() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Dialler dialler = ends.dial(free, OPTIONS, client);
        ends.awaitFailure(dialler);
        assertThat(dialler.lastFailure()).containsIgnoringCase("refused");
        DataPort late = ends.bind(free, OPTIONS, brick);
        assertThat(late.address().getPort()).isEqualTo(free);
        client.awaitUp();
    }

    @Test
    void closedDiallerDialsNoMore() throws Exception {
        DataPort port = ends.bind(0, OPTIONS, brick);
        Dialler dialler = ends.dial(port.address().getPort(), OPTIONS, client);
        client.awaitUp();
        brick.awaitUp();
        dialler.close();
        assertThat(client.awaitDown()).isEqualTo("closed by the dialler");
        assertThat(brick.awaitDown()).contains("closed by the dialler");
        assertThat(brick.isQuiet()).isTrue();
    }

    @Test
    void diallerDoesNotTakeAnotherBrickForTheExpectedOne() throws Exception {
        DataPort port = ends.bind(0, OPTIONS, brick);
        Dialler dialler = ends.dial(
                port.address().getPort(),
                new Dialler.Identity(LinkMessage.Role.BRICK, Ends.CLUSTER, "brick-2", new BrickId("brick-3")),
                OPTIONS,
                client);
        ends.awaitFailure(dialler);
        assertThat(dialler.lastFailure()).contains("brick brick-1 answers").contains("where brick brick-3 should be");
        assertThat(client.isQuiet()).isTrue();
    }

    @Test
    void urgentMessagesOvertakeBulk() throws Exception {
        DataPort port = ends.bind(0, OPTIONS, brick);
        ends.dial(port.address().getPort(), OPTIONS, client);
        Link link = client.awaitUp();
        brick.awaitUp();
        int values = 48;
        Message answer = answer(Limits.VALUE_BYTES);
        ends.onDialling(() -> {
            for (int i = 0; i < values; i++) {
                link.send(answer);
            }
            assertThat(link.isWritable())
                    .isFalse(); // not after the flush: a quick peer may have taken all of it by then
            link.send(askCommitted(77));
            link.flush();
        });
        int before = 0;
        Message message = brick.awaitMessage();
        while (!(message instanceof ReplicaMessage.AskCommitted)) {
            assertThat(message).isEqualTo(answer);
            before++;
            message = brick.awaitMessage();
        }
        for (int i = before; i < values; i++) {
            assertThat(brick.awaitMessage()).isEqualTo(answer);
        }
        assertThat(before).as("values that came before the urgent message").isLessThan(values);
        assertThat(client.next().what()).isEqualTo("writable");
        assertThat(ends.<Boolean>askDialling(link::isWritable)).isTrue();
    }

    @Test
    void peerThatDoesNotReadIsCutOffAtTheBound() throws Exception {
        LinkOptions narrow = OPTIONS.withBounds(1024, 16L << 20, 4L << 20, 100);
        DataPort port = ends.bind(0, narrow, brick);
        LinkId id = new LinkId(1, 2);
        try (RawPeer urgent = new RawPeer(port.address().getPort());
                RawPeer bulk = new RawPeer(port.address().getPort())) {
            urgent.say(RawPeer.hello(Channel.URGENT, id));
            bulk.say(RawPeer.hello(Channel.BULK, id));
            Link link = brick.awaitUp();
            AtomicLong most = new AtomicLong();
            AtomicBoolean wasHeldBack = new AtomicBoolean();
            boolean isUp = true;
            for (int i = 0; isUp; i++) {
                assertThat(i).as("values taken for a peer that reads nothing").isLessThan(200);
                isUp = ends.askListening(() -> {
                    wasHeldBack.compareAndSet(false, !link.isWritable());
                    link.send(answer(Limits.VALUE_BYTES));
                    link.flush();
                    most.accumulateAndGet(link.isUp() ? link.pendingBytes() : 0, Math::max);
                    return link.isUp();
                });
            }
            assertThat(brick.awaitDown())
                    .contains("wait to be sent, the limit is 16777216")
                    .contains("does not keep up");
            assertThat(most.get()).isBetween(8L << 20, 16L << 20);
            assertThat(wasHeldBack).isTrue();
            ends.onListening(() -> {
                link.send(stored(1));
                link.flush();
                assertThat(link.freeCredits()).isZero();
            });
            assertThat(brick.isQuiet()).isTrue();
        }
    }

    @Test
    void creditsAreUsedByRequestsAndReturnedByAnswers() throws Exception {
        LinkOptions few = OPTIONS.withBounds(3, 64L << 20, 4L << 20, 100);
        Recorder answering = new Recorder((link, message) -> {
            if (message.equals(read(3))) {
                for (long ticket = 1; ticket <= 3; ticket++) {
                    link.send(answerTo(ticket));
                }
                link.flush();
            }
        });
        DataPort port = ends.bind(0, few, answering);
        ends.dial(port.address().getPort(), OPTIONS, client);
        Link link = client.awaitUp();
        answering.awaitUp();
        for (int round = 0; round < 5; round++) {
            ends.onDialling(() -> {
                assertThat(link.freeCredits()).isEqualTo(3);
                link.send(read(1));
                link.send(new CallMessage.AskStatus(2));
                assertThat(link.freeCredits()).isEqualTo(1);
                link.send(read(3));
                link.send(stored(9));
                assertThat(link.freeCredits()).isZero();
            });
            ends.onDialling(link::flush);
            for (int i = 0; i < 3; i++) {
                assertThat(client.awaitMessage()).isInstanceOf(CallMessage.Answer.class);
            }
        }
    }

    @Test
    void linkThatTakesMoreThanItsCreditsIsClosedByTheListener() throws Exception {
        LinkOptions few = OPTIONS.withBounds(3, 64L << 20, 4L << 20, 100);
        DataPort port = ends.bind(0, few, brick);
        ends.dial(port.address().getPort(), OPTIONS, client);
        Link link = client.awaitUp();
        brick.awaitUp();
        ends.onDialling(() -> {
            for (int i = 1; i <= 4; i++) {
                link.send(read(i));
            }
            link.flush();
        });
        for (int i = 1; i <= 3; i++) {
            assertThat(brick.awaitMessage()).isEqualTo(read(i));
        }
        assertThat(brick.awaitDown()).isEqualTo("4 requests without an answer; 3 are granted");
        assertThat(client.awaitDown()).contains("3 are granted");
        client.awaitUp();
    }

    @Test
    void handlerThatThrowsLosesTheLinkAndNoOther() throws Exception {
        Recorder throwing = new Recorder((link, message) -> {
            if (message.equals(stored(13))) {
                throw new IllegalStateException("thirteen (thrown on purpose by a test)");
            }
        });
        DataPort port = ends.bind(0, OPTIONS, throwing);
        Recorder bystander = new Recorder();
        ends.dial(port.address().getPort(), OPTIONS, bystander);
        Link other = bystander.awaitUp();
        throwing.awaitUp();
        ends.dial(port.address().getPort(), OPTIONS, client);
        Link link = client.awaitUp();
        throwing.awaitUp();
        ends.onDialling(() -> {
            link.send(stored(13));
            link.send(stored(14));
            link.flush();
        });
        assertThat(throwing.awaitDown()).contains("internal error");
        assertThat(client.awaitDown()).contains("internal error");
        throwing.awaitUp();
        ends.onDialling(() -> {
            other.send(stored(15));
            other.flush();
        });
        assertThat(throwing.awaitMessage()).isEqualTo(stored(15));
    }

    @Test
    void downIsToldOnceAndNeverFromWithinACallOfTheHandler() throws Exception {
        AtomicBoolean isInside = new AtomicBoolean();
        AtomicBoolean wasNested = new AtomicBoolean();
        AtomicInteger downs = new AtomicInteger();
        LinkHandler closing = new LinkHandler() {
            @Override
            public void up(Link link) {}

            @Override
            public void received(Link link, Message message) {
                isInside.set(true);
                link.close("enough");
                link.close("more than enough");
                link.send(message);
                link.flush();
                isInside.set(false);
            }

            @Override
            public void down(Link link, String reason) {
                wasNested.compareAndSet(false, isInside.get());
                downs.incrementAndGet();
            }
        };
        DataPort port = ends.bind(0, OPTIONS, closing);
        ends.dial(port.address().getPort(), OPTIONS, client);
        Link link = client.awaitUp();
        ends.onDialling(() -> {
            link.send(stored(1));
            link.send(stored(2));
            link.flush();
        });
        assertThat(client.awaitDown()).isEqualTo("closed by the other end: enough");
        client.awaitUp();
        ends.onListening(() -> {});
        assertThat(downs).hasValue(1);
        assertThat(wasNested).isFalse();
    }

    @Test
    void linkTakesNoMessagesOfItsOwnKindAndNoOtherThread() throws Exception {
        DataPort port = ends.bind(0, OPTIONS, brick);
        ends.dial(port.address().getPort(), OPTIONS, client);
        Link link = client.awaitUp();
        ends.onDialling(() -> assertThatThrownBy(() -> link.send(new LinkMessage.Ping(1)))
                .isInstanceOf(IllegalArgumentException.class));
        assertThatThrownBy(() -> link.send(stored(1))).hasMessageContaining("another thread");
        assertThatThrownBy(link::flush).hasMessageContaining("another thread");
    }

    static ReplicaMessage.Stored stored(long seq) {
        return new ReplicaMessage.Stored(PARTITION, 1, seq, 0, 0, 0);
    }

    static ReplicaMessage.AskCommitted askCommitted(long ticket) {
        return new ReplicaMessage.AskCommitted(PARTITION, 1, ticket);
    }

    private static CallMessage.Read read(long ticket) {
        return new CallMessage.Read(ticket, PARTITION, 1, ReadMode.LINEARIZABLE, Bytes.EMPTY, Bytes.EMPTY);
    }

    private static CallMessage.Answer answerTo(long ticket) {
        return new CallMessage.Answer(ticket, PARTITION, Completion.Status.DONE, Version.NONE, Bytes.EMPTY);
    }

    private static CallMessage.Answer answer(int resultBytes) {
        return new CallMessage.Answer(
                1, PARTITION, Completion.Status.DONE, Version.NONE, Bytes.wrap(new byte[resultBytes]));
    }
}
