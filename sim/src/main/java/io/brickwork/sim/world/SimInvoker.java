package io.brickwork.sim.world;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.transaction.Minitransaction;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets facades run over a world, on the world's thread: {@link Pending#await} lets virtual time pass until the outcome
 * is there. Stages complete in an event, while somebody lets time pass. Any other thread is refused.
 */
public final class SimInvoker implements Invoker {
    /** How long after its deadline an outcome may come: a tick of the client, and its clock may be slow. */
    private static final long GRACE_NANOS = 1_000_000_000;

    private final World world;
    private final SimClient client;

    public SimInvoker(World world, SimClient client) {
        this.world = world;
        this.client = client;
    }

    @Override
    public <R> Pending<R> invoke(Operation<R> operation, CallOptions options) {
        Call<R> call = new Call<>(
                operation.name(), operation.decoder(), options.timeout().toNanos());
        client.submit(operation, options.reads(), options.timeout().toNanos(), call);
        return call;
    }

    @Override
    public Pending<@Nullable Void> commit(Minitransaction transaction, int age, CallOptions options) {
        Call<@Nullable Void> call =
                new Call<>("transaction", nothing -> null, options.timeout().toNanos());
        client.transact(transaction, age, options.timeout().toNanos(), call);
        return call;
    }

    @Override
    public long nanoTime() {
        return client.nanoTime();
    }

    private final class Call<R extends @Nullable Object> implements Pending<R>, Consumer<Outcome> {
        private final String name;
        private final Function<Bytes, R> decoder;
        private final long timeoutNanos;
        private @Nullable Outcome outcome;
        private @Nullable CompletableFuture<R> stage;

        Call(String name, Function<Bytes, R> decoder, long timeoutNanos) {
            this.name = name;
            this.decoder = decoder;
            this.timeoutNanos = timeoutNanos;
        }

        @Override
        public void accept(Outcome told) {
            outcome = told;
            if (stage != null) {
                complete(stage, told);
            }
        }

        @Override
        public R await() {
            world.runUntil(() -> outcome != null, timeoutNanos + timeoutNanos / 8 + GRACE_NANOS);
            Outcome told = outcome;
            if (told == null) {
                throw new SimFailure(SimFailure.Kind.LIVENESS, "bounded-calls: '" + name + "' outlived its deadline");
            }
            return switch (told) {
                case Outcome.Done done -> decoder.apply(done.result());
                case Outcome.Failed failed -> throw failed.failure();
            };
        }

        @Override
        public CompletionStage<R> stage() {
            CompletableFuture<R> future = new CompletableFuture<>();
            stage = future;
            if (outcome != null) {
                complete(future, outcome);
            }
            return future;
        }

        private void complete(CompletableFuture<R> future, Outcome told) {
            switch (told) {
                case Outcome.Done done -> {
                    R result;
                    try {
                        result = decoder.apply(done.result());
                    } catch (RuntimeException e) {
                        future.completeExceptionally(e);
                        return;
                    }
                    future.complete(result);
                }
                case Outcome.Failed failed -> {
                    DdsException failure = failed.failure();
                    future.completeExceptionally(failure);
                }
            }
        }
    }
}
