package io.brickwork.sim.cluster;

import io.brickwork.client.call.OperationLimits;
import io.brickwork.client.spi.ClientSession;
import io.brickwork.client.spi.SessionSettings;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The session of a simulated {@code Dds}: waiting for an outcome gives the turn on. Behaves in all else as the client's
 * shell over sockets does; only threads of the simulation may call.
 */
final class ClusterSession implements ClientSession {
    /** How long after its deadline an outcome may come: chaos pauses clients and makes them slow. */
    private static final long GRACE_NANOS = 60_000_000_000L;

    private final World world;
    private final Turns turns;
    private final CallLog log;
    private final UserNode node;
    private final SimClient client;
    private final int limit;
    private final Executor executor;
    private final List<SimThread> awaitingRoom = new ArrayList<>();
    private int open;
    private boolean isClosed;

    ClusterSession(World world, Turns turns, CallLog log, UserNode node, SimClient client, SessionSettings settings) {
        this.world = world;
        this.turns = turns;
        this.log = log;
        this.node = node;
        this.client = client;
        limit = settings.openCalls();
        Executor own = settings.executor();
        Check.argument(
                own == null || own instanceof SimExecutor,
                "the executor %s runs on threads of its own, which a simulation cannot order: leave it away, or use cluster.executor()",
                own);
        executor = own == null ? node.executor()::runSoon : ((SimExecutor) own)::runSoon;
    }

    SimClient client() {
        return client;
    }

    @Override
    public <R> Pending<R> invoke(Operation<R> operation, CallOptions options) {
        SimThread self = turns.self();
        OperationLimits.check(world.types(), operation);
        long timeoutNanos = options.timeout().toNanos();
        Call<R> call = new Call<>(
                new Failures.Subject(operation.name(), operation.structure().name(), null),
                told -> client.submit(operation, options.reads(), timeoutNanos, told),
                operation.decoder(),
                timeoutNanos,
                log.begin(self, operation));
        call.trySubmit();
        return call;
    }

    @Override
    public Pending<@Nullable Void> commit(Minitransaction transaction, int age, CallOptions options) {
        SimThread self = turns.self();
        OperationLimits.check(world.types(), transaction);
        long timeoutNanos = options.timeout().toNanos();
        Call<@Nullable Void> call = new Call<>(
                new Failures.Subject("transaction", "several structures", null),
                told -> client.transact(transaction, age, timeoutNanos, told),
                nothing -> null,
                timeoutNanos,
                log.begin(self, transaction));
        call.trySubmit();
        return call;
    }

    @Override
    public Pending<Bytes> inquire(OperationId operation, CallOptions options) {
        SimThread self = turns.self();
        long timeoutNanos = options.timeout().toNanos();
        Call<Bytes> call = new Call<>(
                new Failures.Subject("outcome of " + operation, "session", null),
                told -> client.inquire(operation, timeoutNanos, told),
                result -> result,
                timeoutNanos,
                log.begin(self, "outcome(" + operation + ")"));
        call.trySubmit();
        return call;
    }

    @Override
    public void onOpened(StructureInfo structure, Codec<?> keys, Codec<?> values) {
        log.onOpened(structure, keys, values);
    }

    @Override
    public long nanoTime() {
        return client.nanoTime();
    }

    @Override
    public void checkMayBlock() {
        turns.self();
    }

    @Override
    public void close() {
        turns.self();
        letGo();
    }

    /** Ends it, from any part of the simulation. */
    void letGo() {
        if (!isClosed) {
            isClosed = true;
            client.close();
        }
    }

    private final class Call<R extends @Nullable Object> implements Pending<R> {
        private final Failures.Subject subject;
        private final ToLongFunction<Consumer<Outcome>> submission;
        private final Function<Bytes, R> decoder;
        private final long startedNanos = turns.nowNanos();
        private final long timeoutNanos;
        private final CallLog.Entry entry;
        private long id;
        private boolean isSubmitted;
        private @Nullable Outcome outcome;
        private @Nullable SimThread waiter;
        private @Nullable CompletableFuture<R> stage;

        Call(
                Failures.Subject subject,
                ToLongFunction<Consumer<Outcome>> submission,
                Function<Bytes, R> decoder,
                long timeoutNanos,
                CallLog.Entry entry) {
            this.subject = subject;
            this.submission = submission;
            this.decoder = decoder;
            this.timeoutNanos = timeoutNanos;
            this.entry = entry;
        }

        void trySubmit() {
            if (isSubmitted || open >= limit) {
                return;
            }
            isSubmitted = true;
            open++;
            node.expect(1);
            id = submission.applyAsLong(this::accept);
            world.queue().after(timeoutNanos + timeoutNanos / 8 + GRACE_NANOS, () -> {
                if (outcome == null && !node.wasPaused()) {
                    throw new SimFailure(
                            SimFailure.Kind.LIVENESS, "bounded-calls: " + subject + " outlived its deadline");
                }
            });
        }

        private void accept(Outcome told) {
            node.expect(-1);
            open--;
            awaitingRoom.forEach(turns::wake);
            outcome = told;
            if (waiter != null) {
                turns.wake(waiter);
            }
            CompletableFuture<R> future = stage;
            if (future != null) {
                executor.execute(() -> tell(future));
            }
        }

        @Override
        public R await() {
            SimThread self = turns.self();
            awaitRoom(self);
            waiter = self;
            boolean isInterrupted = false;
            while (outcome == null) {
                if (Thread.interrupted() && !isInterrupted) {
                    isInterrupted = true;
                    client.abandon(id);
                }
                turns.await("the outcome of " + subject);
            }
            if (isInterrupted) {
                self.interrupt();
            }
            try {
                return result();
            } catch (DdsException failure) {
                failure.fillInStackTrace(); // it was made in an event; where it was called is of more use
                throw failure;
            }
        }

        private void awaitRoom(SimThread self) {
            long until = startedNanos + timeoutNanos;
            trySubmit();
            if (isSubmitted) {
                return;
            }
            turns.plan(self.node(), Math.max(0, until - turns.nowNanos()), () -> turns.wake(self));
            awaitingRoom.add(self);
            try {
                while (!isSubmitted) {
                    if (Thread.interrupted()) {
                        self.interrupt();
                        throw refused(Failures.unavailable(
                                subject, "the caller was interrupted before it was sent", waitedNanos()));
                    }
                    if (turns.nowNanos() >= until) {
                        throw noRoom();
                    }
                    turns.await("room among the open calls of '" + client.name() + "'");
                    trySubmit();
                }
            } finally {
                awaitingRoom.remove(self);
            }
        }

        private DdsException noRoom() {
            return refused(
                    Failures.overloaded(subject, "too many calls of this client are open", limit, waitedNanos()));
        }

        private DdsException refused(DdsException failure) {
            entry.failed(failure);
            return failure;
        }

        private long waitedNanos() {
            return turns.nowNanos() - startedNanos;
        }

        @Override
        public CompletionStage<R> stage() {
            turns.self();
            SimFuture<R> future = new SimFuture<>(turns, node);
            trySubmit();
            if (!isSubmitted) {
                future.completeExceptionally(noRoom());
            } else if (outcome == null) {
                stage = future;
            } else {
                executor.execute(() -> tell(future));
            }
            return future;
        }

        @SuppressWarnings("CatchingUnchecked") // whatever a user's decoder throws belongs to the user
        private void tell(CompletableFuture<R> future) {
            R value;
            try {
                value = result();
            } catch (Throwable failure) {
                future.completeExceptionally(failure);
                return;
            }
            future.complete(value);
        }

        private R result() {
            return switch (outcome) {
                case Outcome.Done done -> answered(done.result());
                case Outcome.Failed failed -> throw refused(failed.failure());
                case null -> throw new Check.InvariantBroken("there is no outcome yet");
            };
        }

        private R answered(Bytes result) {
            R value;
            try {
                value = watched(decoder.apply(result));
            } catch (DdsException unreadable) {
                throw refused(unreadable);
            }
            entry.done(value);
            return value;
        }
    }

    /** Lets the world check the commits of every structure that a user learns of. */
    private <R> R watched(R result) {
        switch (result) {
            case StructureInfo info -> watch(info);
            case Optional<?> found when found.orElse(null) instanceof StructureInfo info -> watch(info);
            case null, default -> {}
        }
        return result;
    }

    private void watch(StructureInfo info) {
        world.watch(info);
    }
}
