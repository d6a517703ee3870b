package io.brickwork.client.call;

import io.brickwork.client.spi.ClientSession;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.Version;
import io.brickwork.core.client.ClientInput;
import io.brickwork.core.client.ClientMachine;
import io.brickwork.core.client.ClientOutbox;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Member;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.transaction.Minitransaction;
import io.netty.channel.EventLoop;
import io.netty.util.internal.ThreadExecutorMap;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell of a {@link ClientMachine}: one event loop on which the machine runs, and a {@link ClientSession} for every
 * other thread.
 *
 * <p>Callers hand their calls over through an {@link Inbox}; the loop takes all there are in one turn, steps the
 * machine, flushes every link once, and ends calls by waking their callers or giving their stages to the executor.
 * Nobody holds a lock while waiting, so virtual threads may call. A clock ticks only while calls are open.
 *
 * <p>Has no thread of its own: for bricks elsewhere the loop is that of their links, for a brick in the same process it
 * is the brick's lane.
 */
public final class LoopInvoker implements ClientSession {
    private static final Logger LOG = LoggerFactory.getLogger(LoopInvoker.class);
    private static final long CLOSE_SECONDS = 5;

    private final EventLoop loop;
    private final StructureTypes types;
    private final Executor executor;
    private final OpenCalls openCalls;
    private final BrickAccess access;
    private final Inbox inbox = new Inbox();

    // Loop only, from here on.
    private final ClientMachine machine;
    private final LinkedHashMap<Long, PendingCall<?>> open = new LinkedHashMap<>();
    /** Inputs that came while the machine was in a step. */
    private final ArrayDeque<ClientInput> deferred = new ArrayDeque<>();

    private long lastCall;
    private boolean isStepping;
    private boolean isTicking;
    private boolean isFlushDue;
    private volatile @Nullable Future<?> idleTick;
    private @Nullable Throwable bug;

    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** Set before anything is let go, so that nobody reads on his own thread what is closed. */
    private volatile boolean isClosing;

    /**
     * What a client is made of.
     *
     * @param types the structure types that can be used
     * @param preferred the brick to ask for reads wherever it is a member; null for none
     * @param executor completes stages
     * @param openCalls how many calls may be open at a time; at least 1
     */
    public record Settings(StructureTypes types, @Nullable BrickId preferred, Executor executor, int openCalls) {
        public Settings {
            Check.argument(openCalls >= 1, "%d open calls are not enough for one", openCalls);
        }
    }

    private LoopInvoker(EventLoop loop, Settings settings, BrickAccess access) {
        this.loop = loop;
        types = settings.types();
        executor = settings.executor();
        openCalls = new OpenCalls(settings.openCalls());
        this.access = access;
        machine = new ClientMachine(
                new SecureRandom().nextLong(),
                types,
                settings.preferred(),
                RandomGenerator.of("L64X128MixRandom"),
                new Effects());
    }

    /**
     * Begins to reach for bricks. Any thread.
     *
     * @param loop still the caller's to shut down, after {@link #close}
     */
    public static LoopInvoker start(EventLoop loop, Settings settings, BrickAccess access) {
        LoopInvoker invoker = new LoopInvoker(loop, settings, access);
        loop.execute(() -> access.begin(invoker.new Arrivals()));
        invoker.tickWhileIdle();
        return invoker;
    }

    @Override
    public <R> Pending<R> invoke(Operation<R> operation, CallOptions options) {
        long startedNanos = nanoTime();
        OperationLimits.check(types, operation);
        if (operation.read() && !isClosing) {
            Bytes result = access.tryRead(operation.structure().id(), operation.routingKey(), operation.body());
            if (result != null) {
                return new ReadyCall<>(result, operation.decoder());
            }
        }
        return begin(
                operation, options, startedNanos, done -> operation.decoder().apply(done.result()));
    }

    /**
     * As {@link #invoke}, and tells the version that the answer is stamped with. Always asks a brick as if from another
     * process.
     */
    public <R> Pending<Stamped<R>> invokeStamped(Operation<R> operation, CallOptions options) {
        long startedNanos = nanoTime();
        OperationLimits.check(types, operation);
        return begin(
                operation,
                options,
                startedNanos,
                done -> new Stamped<>(operation.decoder().apply(done.result()), done.version()));
    }

    /** A result, and the version of what it was seen in. */
    public record Stamped<R>(R result, Version version) {}

    private <R> Pending<R> begin(
            Operation<?> operation, CallOptions options, long startedNanos, Function<Outcome.Done, R> decoder) {
        StructureInfo structure = operation.structure();
        PendingCall<R> call = new PendingCall<>(
                this,
                new Failures.Subject(operation.name(), structure.name(), null),
                (id, deadlineNanos) -> new ClientInput.Submit(
                        id,
                        structure,
                        operation.routingKey(),
                        operation.read(),
                        operation.body(),
                        options.reads(),
                        deadlineNanos,
                        operation.name()),
                decoder,
                startedNanos,
                options.timeout().toNanos());
        call.trySubmit();
        return call;
    }

    @Override
    public Pending<@Nullable Void> commit(Minitransaction transaction, int age, CallOptions options) {
        long startedNanos = nanoTime();
        OperationLimits.check(types, transaction);
        PendingCall<@Nullable Void> call = new PendingCall<>(
                this,
                new Failures.Subject("transaction", "several structures", null),
                (id, deadlineNanos) -> new ClientInput.Transact(id, transaction, age, deadlineNanos, "transaction"),
                done -> null,
                startedNanos,
                options.timeout().toNanos());
        call.trySubmit();
        return call;
    }

    @Override
    public Pending<Bytes> inquire(OperationId operation, CallOptions options) {
        Objects.requireNonNull(operation, "operation");
        PendingCall<Bytes> call = new PendingCall<>(
                this,
                new Failures.Subject("outcome of " + operation, "session", null),
                (id, deadlineNanos) -> new ClientInput.Inquire(id, operation, deadlineNanos),
                Outcome.Done::result,
                nanoTime(),
                options.timeout().toNanos());
        call.trySubmit();
        return call;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    OpenCalls openCalls() {
        return openCalls;
    }

    Executor executor() {
        return executor;
    }

    /** This client's loop must not block, nor any other event loop, a brick's lane among them. */
    @Override
    public void checkMayBlock() {
        Thread thread = Thread.currentThread();
        // No event loop runs on a virtual thread, and asking would cost each of them a map of its own.
        boolean mayBlock = thread.isVirtual() || (!loop.inEventLoop() && ThreadExecutorMap.currentExecutor() == null);
        Check.state(
                mayBlock,
                "a blocking call on %s, which must never block: use async(), or another thread",
                thread.getName());
    }

    // ── from callers to the loop ──

    /** Any thread. */
    void submit(PendingCall<?> call) {
        post(call);
    }

    /** Any thread; of a call that was submitted. */
    void abandon(PendingCall<?> call) {
        post(new Abandoned(call));
    }

    private static final class Abandoned extends Inbox.Node {
        final PendingCall<?> call;

        Abandoned(PendingCall<?> call) {
            this.call = call;
        }
    }

    private void post(Inbox.Node node) {
        if (inbox.push(node)) {
            try {
                loop.execute(this::takeInbox);
            } catch (RejectedExecutionException e) {
                refuseInbox(); // the loop has ended: nobody else will
            }
        }
    }

    private void refuseInbox() {
        for (Inbox.Node node = inbox.takeAll(); node != null; node = node.next()) {
            if (node instanceof PendingCall<?> call) {
                call.complete(new Outcome.Failed(Failures.closed(call.subject())));
            }
        }
    }

    private void takeInbox() {
        for (Inbox.Node node = inbox.takeAll(); node != null; node = node.next()) {
            switch (node) {
                case PendingCall<?> call -> begin(call);
                case Abandoned abandoned -> step(new ClientInput.Abandon(abandoned.call.id));
                default -> throw new IllegalStateException("an unknown node in the inbox: " + node);
            }
        }
        endTurn();
    }

    private void begin(PendingCall<?> call) {
        Throwable failure = bug;
        if (failure != null) {
            call.crash(failure);
            return;
        }
        call.id = ++lastCall;
        open.put(call.id, call);
        step(call.input());
    }

    // ── the machine ──

    private void step(ClientInput input) {
        if (isStepping) {
            deferred.add(input);
            return;
        }
        if (bug != null) {
            return;
        }
        isStepping = true;
        try {
            for (ClientInput next = input; next != null; next = deferred.poll()) {
                machine.step(next, nanoTime());
            }
        } catch (RuntimeException | Error failure) {
            crash(failure);
        } finally {
            isStepping = false;
        }
    }

    /** A step threw: a bug of ours. Whatever is open may or may not have been done, and nobody will ever know. */
    private void crash(Throwable failure) {
        LOG.error("The client is broken, which is a bug: all its calls fail from here on", failure);
        bug = failure;
        deferred.clear();
        List<PendingCall<?>> calls = List.copyOf(open.values());
        open.clear();
        calls.forEach(call -> call.crash(failure));
        access.close();
    }

    /** Sends what was gathered, once a turn, and sees to it that the clock ticks while anything is open. */
    private void endTurn() {
        isFlushDue = false;
        access.flush();
        if (!isTicking && bug == null && machine.openCalls() > 0) {
            isTicking = true;
            loop.schedule(this::tick, ClientMachine.TICK_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private void endTurnSoon() {
        if (!isFlushDue) {
            isFlushDue = true;
            loop.execute(this::endTurn); // after everything else that has arrived
        }
    }

    private void tick() {
        isTicking = false;
        step(new ClientInput.Tick());
        endTurn();
    }

    /** Bricks are to hear of this client though nobody asks it for anything. */
    private void tickWhileIdle() {
        idleTick = loop.scheduleWithFixedDelay(
                () -> {
                    if (!isTicking && bug == null) {
                        step(new ClientInput.Tick());
                        endTurn();
                    }
                },
                ClientMachine.IDLE_TICK_NANOS,
                ClientMachine.IDLE_TICK_NANOS,
                TimeUnit.NANOSECONDS);
    }

    private final class Effects implements ClientOutbox {
        @Override
        public void send(BrickId to, CallMessage message) {
            access.send(to, message);
        }

        @Override
        public boolean takesMore(BrickId to) {
            return access.takesMore(to);
        }

        @Override
        public void complete(long id, Outcome outcome) {
            PendingCall<?> call = open.remove(id);
            if (call != null) {
                call.complete(outcome);
            }
        }
    }

    private final class Arrivals implements BrickAccess.Listener {
        @Override
        public void up(BrickId brick, List<Member> members, int credits) {
            step(new ClientInput.LinkUp(brick, members, credits));
            endTurnSoon();
        }

        @Override
        public void down(BrickId brick) {
            step(new ClientInput.LinkDown(brick));
            endTurnSoon();
        }

        @Override
        public void received(BrickId from, CallMessage message) {
            step(new ClientInput.Received(from, message));
            endTurnSoon();
        }

        @Override
        public void drained(BrickId brick) {
            step(new ClientInput.LinkDrained(brick));
            endTurnSoon();
        }

        @Override
        public void tokenRefused(String why) {
            step(new ClientInput.TokenRefused(why));
            endTurnSoon();
        }

        @Override
        public void ended(BrickId brick, String why) {
            step(new ClientInput.Ended(why)); // tells open calls what is certain
            endTurnSoon();
        }
    }

    // ── the end ──

    /**
     * Ends all calls with what is certain, and lets the links go. Later calls fail as closed. Any thread; may be
     * repeated. Waits for the loop, except on it.
     */
    @Override
    public void close() {
        isClosing = true;
        try {
            loop.execute(this::closeOnLoop);
        } catch (RejectedExecutionException e) {
            refuseInbox();
            return;
        }
        if (!loop.inEventLoop()) {
            try {
                closed.get(CLOSE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (TimeoutException | ExecutionException e) {
                LOG.warn("The client's event loop did not close the client within {} s", CLOSE_SECONDS);
            }
        }
    }

    private void closeOnLoop() {
        if (!closed.isDone()) {
            takeInbox();
            step(new ClientInput.Close());
            if (idleTick != null) {
                idleTick.cancel(false);
            }
            access.flush(); // the session is closed
            access.close();
            closed.complete(null);
        }
    }

    /** A read that was answered on the caller's own thread. */
    private record ReadyCall<R>(Bytes result, Function<Bytes, R> decoder) implements Pending<R> {
        @Override
        public R await() {
            return decoder.apply(result);
        }

        @Override
        @SuppressWarnings("CatchingUnchecked") // whatever a user's decoder throws belongs to the user
        public CompletionStage<R> stage() {
            try {
                return CompletableFuture.completedStage(decoder.apply(result));
            } catch (Throwable failure) {
                return CompletableFuture.failedStage(failure);
            }
        }
    }
}
