package io.brickwork.sim.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A future whose waiting, timeouts and asynchronous stages are the simulation's, and so are those of all stages that
 * are made from it.
 */
class SimFuture<T> extends CompletableFuture<T> {
    private final Turns turns;
    private final UserNode node;

    SimFuture(Turns turns, UserNode node) {
        this.turns = turns;
        this.node = node;
    }

    @Override
    public <U> SimFuture<U> newIncompleteFuture() {
        return new SimFuture<>(turns, node);
    }

    @Override
    public Executor defaultExecutor() {
        return node.executor();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        awaitInterruptibly(Long.MAX_VALUE);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!awaitInterruptibly(unit.toNanos(timeout))) {
            throw new TimeoutException("not complete after " + timeout + " " + unit + " of virtual time");
        }
        return super.get();
    }

    @Override
    public T join() {
        if (!isDone()) {
            SimThread self = wakeWhenDone();
            while (!isDone()) {
                turns.await("a stage to complete");
                self.checkNotStopped();
            }
        }
        return super.join();
    }

    private boolean awaitInterruptibly(long nanos) throws InterruptedException {
        if (isDone()) {
            return true;
        }
        SimThread self = wakeWhenDone();
        long until = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : turns.nowNanos() + Turns.bounded(nanos);
        if (until != Long.MAX_VALUE) {
            turns.plan(self.node(), nanos, () -> turns.wake(self));
        }
        while (!isDone() && turns.nowNanos() < until) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for a stage to complete");
            }
            turns.await("a stage to complete");
        }
        return isDone();
    }

    private SimThread wakeWhenDone() {
        SimThread self = turns.self();
        whenComplete((value, failure) -> turns.wake(self));
        return self;
    }

    @Override
    public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
        turns.self();
        turns.plan(node, unit.toNanos(timeout), () -> {
            if (!isDone()) {
                node.executor().runSoon(() -> completeExceptionally(new TimeoutException()));
            }
        });
        return this;
    }

    @Override
    public CompletableFuture<T> completeOnTimeout(@Nullable T value, long timeout, TimeUnit unit) {
        turns.self();
        turns.plan(node, unit.toNanos(timeout), () -> {
            if (!isDone()) {
                node.executor().runSoon(() -> complete(value));
            }
        });
        return this;
    }
}
