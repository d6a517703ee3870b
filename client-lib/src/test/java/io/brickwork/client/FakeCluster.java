package io.brickwork.client;

import io.brickwork.client.link.DataPort;
import io.brickwork.client.link.Link;
import io.brickwork.client.link.LinkHandler;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.client.link.Transport;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion.Status;
import io.brickwork.core.group.View;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.LinkMessage.Member;
import io.brickwork.core.message.Message;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.map.InMemoryInvoker;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Bricks that speak the real protocol over real sockets and keep their data in one memory: what a client can tell of a
 * cluster. All on one event loop.
 */
final class FakeCluster implements AutoCloseable {
    private final EventLoopGroup loops = Transport.newLoops(
            1, Thread.ofPlatform().name("fake-bricks").daemon().factory());
    private final EventLoop loop = loops.next();
    private final List<Brick> bricks = new ArrayList<>();
    private final InMemoryInvoker memory = new InMemoryInvoker(HashTableType.INSTANCE);
    private final Map<OperationId, CallMessage.Answer> completions = new HashMap<>();
    final AtomicInteger executed = new AtomicInteger();
    /** One permit for each answer that was kept back. */
    final Semaphore keptBack = new Semaphore(0);
    /** While set, what is done is not answered; refusals are. */
    volatile boolean isSilent;

    FakeCluster(int size, LinkOptions options) throws BindException {
        for (int i = 0; i < size; i++) {
            bricks.add(new Brick(new BrickId("brick-" + (i + 1)), options));
        }
        for (Brick brick : bricks) {
            brick.open(0);
        }
    }

    /** All addresses, as a user writes them. */
    String addresses() {
        return String.join(
                ",", bricks.stream().map(brick -> "127.0.0.1:" + brick.number).toList());
    }

    /** The address of one brick. */
    String address(int index) {
        return "127.0.0.1:" + bricks.get(index).number;
    }

    Brick brick(int index) {
        return bricks.get(index);
    }

    @Override
    public void close() {
        bricks.forEach(Brick::stop);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private List<Member> members() {
        return bricks.stream()
                .map(brick -> new Member(brick.id, "127.0.0.1", brick.number))
                .toList();
    }

    private CallMessage.Answer run(long ticket, PartitionId partition, boolean isRead, Bytes routingKey, Bytes body) {
        StructureInfo structure = partition.structure() == 0
                ? Catalog.STRUCTURE
                : memory.invoke(Catalog.list(), CallOptions.DEFAULT).await().stream()
                        .filter(info -> info.id() == partition.structure())
                        .findFirst()
                        .orElseThrow();
        Operation<Bytes> operation =
                new Operation<>(structure, routingKey.compact(), isRead, body.compact(), Function.identity(), "fake");
        Bytes result;
        Status status = Status.DONE;
        try {
            result = memory.invoke(operation, CallOptions.DEFAULT).await();
        } catch (DdsException.Conflict rejected) {
            result = Bytes.utf8(String.valueOf(rejected.getMessage()));
            status = Status.REJECTED;
        }
        executed.incrementAndGet();
        return new CallMessage.Answer(ticket, partition, status, new Version(1, 1), result);
    }

    /** One of them. */
    final class Brick implements LinkHandler {
        final BrickId id;
        private final LinkOptions options;
        private volatile int number;
        private volatile DataPort port;
        final AtomicInteger requests = new AtomicInteger();
        final AtomicInteger links = new AtomicInteger();

        Brick(BrickId id, LinkOptions options) {
            this.id = id;
            this.options = options;
        }

        private void open(int portNumber) throws BindException {
            port = DataPort.bind(
                    loop,
                    new InetSocketAddress("127.0.0.1", portNumber),
                    new DataPort.Identity(id, "test-cluster", FakeCluster.this::members),
                    options,
                    this);
            number = port.address().getPort();
        }

        void stop() {
            port.close();
        }

        void startAgain() throws BindException {
            open(number);
        }

        @Override
        public void up(Link link) {
            links.incrementAndGet();
        }

        @Override
        public void down(Link link, String reason) {
            links.decrementAndGet();
        }

        @Override
        public void received(Link link, Message message) {
            CallMessage.SessionState session = Sessions.answer((CallMessage) message);
            if (session != null) {
                link.send(session);
                link.flush();
                return;
            }
            requests.incrementAndGet();
            CallMessage.Request request = (CallMessage.Request) message;
            CallMessage reply = answer(request);
            if (!isSilent || reply instanceof CallMessage.Refusal) {
                link.send(reply);
                link.flush();
            } else {
                keptBack.release();
            }
        }

        private CallMessage answer(CallMessage.Request request) {
            PartitionId partition = request.partition();
            BrickId primary = bricks.get(partition.number() % bricks.size()).id;
            View view =
                    new View(1, primary, bricks.stream().map(brick -> brick.id).toList());
            boolean isRead = request instanceof CallMessage.Read;
            if (!isRead && !id.equals(primary)) {
                return new CallMessage.Refusal(request.ticket(), partition, Reason.NOT_PRIMARY, "", view);
            }
            if (request.epoch() != 1) {
                return new CallMessage.Refusal(request.ticket(), partition, Reason.WRONG_EPOCH, "", view);
            }
            return switch (request) {
                case CallMessage.Read read -> run(read.ticket(), partition, true, read.routingKey(), read.body());
                case CallMessage.Write write -> {
                    CallMessage.Answer stored = completions.get(write.operation());
                    if (stored == null) {
                        stored = run(write.ticket(), partition, false, write.routingKey(), write.body());
                        completions.put(write.operation(), stored);
                    }
                    yield withTicket(stored, write.ticket());
                }
                case CallMessage.Inquire ask -> {
                    CallMessage.Answer stored = completions.get(ask.operation());
                    yield stored == null
                            ? new CallMessage.Refusal(ask.ticket(), partition, Reason.NEVER_SEEN, "", view)
                            : withTicket(stored, ask.ticket());
                }
                case CallMessage.OfTransaction one ->
                    new CallMessage.Refusal(one.ticket(), partition, Reason.MALFORMED, "no transactions here", view);
            };
        }

        private static CallMessage.Answer withTicket(CallMessage.Answer answer, long ticket) {
            return new CallMessage.Answer(
                    ticket, answer.partition(), answer.status(), answer.version(), answer.result());
        }
    }
}
