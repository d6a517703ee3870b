package io.brickwork.bricks.probe;

import io.brickwork.bricks.settings.SeedAddress;
import io.brickwork.client.link.Dialler;
import io.brickwork.client.link.Link;
import io.brickwork.client.link.LinkHandler;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.client.link.Transport;
import io.brickwork.client.spi.ShippedStructures;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.Operation;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A link to one brick, whose answers come from that brick or not at all. Any thread; calls block, one at a time each.
 */
public final class BrickProbe implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(20);

    private final String address;
    private final Duration timeout;
    /** Whether there is something by which it could prove that it may change the cluster. */
    private final boolean mayInstruct;

    private final IoEventLoopGroup loops =
            Transport.newLoops(1, Thread.ofPlatform().name("probe").daemon().factory());
    private final EventLoop loop = loops.next();
    private final Dialler dialler;
    /** By ticket; loop only. */
    private final Map<Long, CompletableFuture<CallMessage>> waiting = new HashMap<>();

    private final CompletableFuture<Link> firstLink = new CompletableFuture<>();
    private @Nullable Link link;
    private long lastTicket;

    /**
     * Begins to dial as a client, which may {@link #instruct} if its token has the right 'admin'; no call waits longer
     * than the timeout.
     */
    public BrickProbe(String host, int port, String cluster, String token, Duration timeout) {
        this(host, port, cluster, LinkOptions.DEFAULT.withToken(Bytes.utf8(token)), timeout);
    }

    /**
     * Begins to dial; no call waits longer than the timeout.
     *
     * @param options with the secret of the cluster for operators, without it for clients
     */
    public BrickProbe(String host, int port, String cluster, LinkOptions options, Duration timeout) {
        this.timeout = timeout;
        this.mayInstruct = options.secret() != null || !options.token().isEmpty();
        address = new SeedAddress(host, port).toString();
        dialler = Dialler.start(
                loop,
                host,
                port,
                new Dialler.Identity(
                        options.secret() == null ? LinkMessage.Role.CLIENT : LinkMessage.Role.OPERATOR,
                        cluster,
                        "probe",
                        null),
                options,
                new Handler());
    }

    /** A read's result as this brick has it, and the version of its replica. */
    public record Seen<R>(Version asOf, R result) {}

    /**
     * The brick's members as it knows them.
     *
     * @throws DdsException.Unavailable if the brick cannot be reached in time
     */
    public LinkMessage.Welcome welcome() {
        try {
            return firstLink.get(timeout.toNanos(), TimeUnit.NANOSECONDS).welcome();
        } catch (TimeoutException late) {
            throw unreachable();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unreachable();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Whether the cluster knows the brick, and it serves all that it holds.
     *
     * @throws DdsException.Unavailable if it cannot be reached in time
     */
    public boolean serves() {
        return status().serves();
    }

    /**
     * How the brick is.
     *
     * @throws DdsException.Unavailable if it cannot be reached in time
     */
    public CallMessage.Status status() {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (true) {
            CallMessage answer = ask(CallMessage.AskStatus::new, deadlineNanos);
            if (answer instanceof CallMessage.Status status) {
                return status;
            }
            checkMayAskAgain(answer, "say how it is");
            pause(deadlineNanos);
        }
    }

    /**
     * What the brick knows of the cluster.
     *
     * @throws DdsException.Unavailable if it cannot be reached in time
     */
    public Cluster cluster() {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (true) {
            CallMessage answer = ask(CallMessage.AskMetadata::new, deadlineNanos);
            if (answer instanceof CallMessage.Metadata metadata) {
                MetadataState state = new MetadataState(Bytes.EMPTY);
                state.restore(metadata.snapshot());
                return new Cluster(metadata.leader(), metadata.voters(), state);
            }
            checkMayAskAgain(answer, "tell what it knows of the cluster");
            pause(deadlineNanos);
        }
    }

    private void checkMayAskAgain(@Nullable CallMessage answer, String what) {
        if (answer instanceof CallMessage.Refusal refusal && !refusal.reason().isWorthRetrying()) {
            throw new DdsException.Unavailable(
                    "%s refused to %s: %s %s".formatted(address, what, refusal.reason(), refusal.detail()));
        }
    }

    /**
     * What a brick has learned of the metadata log; may be a moment old.
     *
     * @param leader who leads it; null if the brick knows nobody who does
     * @param voters who keeps it; empty if the brick has not found the cluster yet
     */
    public record Cluster(@Nullable BrickId leader, List<BrickId> voters, MetadataState state) {}

    /**
     * Has an operator's command carried out in the metadata log.
     *
     * @return why it had no effect; empty if it had
     * @throws DdsException.Unavailable if the brick cannot be reached in time; the command may have been carried out,
     *     and may be given again
     * @throws IllegalStateException if this probe has neither a secret of the cluster nor a token
     */
    public Optional<String> instruct(MetadataCommand.OfOperator command) {
        Check.state(
                mayInstruct,
                "only an operator may change the cluster, and an operator proves itself by the cluster's secret (--secret-file), or by a token with the right 'admin' (--token-file)");
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (true) {
            CallMessage answer = ask(ticket -> new CallMessage.Instruct(ticket, command), deadlineNanos);
            if (answer instanceof CallMessage.Instructed instructed) {
                return instructed.isDone() ? Optional.empty() : Optional.of(instructed.refusal());
            }
            pause(deadlineNanos);
        }
    }

    /**
     * Evaluates a pure read at this brick, whatever other bricks there are.
     *
     * @throws DdsException if the brick refuses or cannot be reached in time
     */
    public <R> Seen<R> read(Operation<R> operation, ReadMode mode) {
        Check.argument(operation.read(), "%s is not a pure read", operation.name());
        PartitionId guess = new PartitionId(
                operation.structure().id(),
                ShippedStructures.TYPES
                        .get(operation.structure().spec().type())
                        .initialPartitions(operation.structure().spec())
                        .locate(operation.routingKey()));
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        PartitionId owner = guess;
        while (true) {
            PartitionId partition = owner;
            CallMessage answer = ask(
                    ticket ->
                            new CallMessage.Read(ticket, partition, 0, mode, operation.routingKey(), operation.body()),
                    deadlineNanos);
            if (answer instanceof CallMessage.Answer done) {
                if (done.status() != Completion.Status.DONE) {
                    throw new DdsException.Conflict(
                            address + " rejected the read: " + done.result().toUtf8());
                }
                return new Seen<>(done.version(), operation.decoder().apply(done.result()));
            }
            if (answer instanceof CallMessage.Refusal elsewhere && elsewhere.range() != null) {
                owner = elsewhere.partition(); // it was divided where no client guesses
            } else if (answer instanceof CallMessage.Refusal refusal
                    && !refusal.reason().isWorthRetrying()) {
                throw new DdsException.Unavailable("%s refused to read partition %s: %s %s"
                        .formatted(address, partition, refusal.reason(), refusal.detail()));
            }
            pause(deadlineNanos);
        }
    }

    /** Null if the link went down before an answer came. */
    private @Nullable CallMessage ask(LongFunction<CallMessage> request, long deadlineNanos) {
        CompletableFuture<CallMessage> answer = new CompletableFuture<>();
        loop.execute(() -> {
            Link open = link;
            if (open == null || !open.isUp()) {
                answer.cancel(false);
                return;
            }
            long ticket = ++lastTicket;
            waiting.put(ticket, answer);
            open.send(request.apply(ticket));
            open.flush();
        });
        try {
            return answer.get(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (CancellationException noLink) {
            return null;
        } catch (TimeoutException late) {
            throw unreachable();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unreachable();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void pause(long deadlineNanos) {
        if (System.nanoTime() - deadlineNanos >= 0) {
            throw unreachable();
        }
        try {
            Thread.sleep(RETRY);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unreachable();
        }
    }

    private DdsException.Unavailable unreachable() {
        String reason = dialler.lastFailure();
        return new DdsException.Unavailable("the brick at %s gave no answer within %d ms%s"
                .formatted(address, timeout.toMillis(), reason == null ? "" : ": " + reason));
    }

    @Override
    public String toString() {
        return "the brick at " + address;
    }

    @Override
    public void close() {
        dialler.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private final class Handler implements LinkHandler {
        @Override
        public void up(Link opened) {
            link = opened;
            firstLink.complete(opened);
        }

        @Override
        public void received(Link from, Message message) {
            if (message instanceof CallMessage answer) {
                CompletableFuture<CallMessage> asked = waiting.remove(answer.ticket());
                if (asked != null) {
                    asked.complete(answer);
                }
            }
        }

        @Override
        public void down(Link gone, String reason) {
            link = null;
            List<CompletableFuture<CallMessage>> unanswered = new ArrayList<>(waiting.values());
            waiting.clear();
            unanswered.forEach(answer -> answer.cancel(false));
        }
    }
}
