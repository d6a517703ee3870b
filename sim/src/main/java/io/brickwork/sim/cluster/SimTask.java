package io.brickwork.sim.cluster;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What was handed to a {@link SimExecutor}: runs once, or again and again. Order and delays are those of virtual time.
 */
final class SimTask<T> extends SimFuture<T> implements RunnableScheduledFuture<T> {
    private final Turns turns;
    private final Callable<T> body;
    private final boolean isPeriodic;
    private long dueNanos;
    private @Nullable SimThread runner;

    SimTask(Turns turns, UserNode node, Callable<T> body, boolean isPeriodic, long dueNanos) {
        super(turns, node);
        this.turns = turns;
        this.body = body;
        this.isPeriodic = isPeriodic;
        this.dueNanos = dueNanos;
    }

    /** Runs it, on a thread of the simulation. What a task throws, whatever it is, belongs to who waits for it. */
    @Override
    @SuppressWarnings("CatchingUnchecked")
    public void run() {
        if (isDone()) {
            return;
        }
        runner = turns.self();
        try {
            T value = body.call();
            if (!isPeriodic) {
                complete(value);
            }
        } catch (ThreadStopped stopped) {
            throw stopped;
        } catch (Throwable failure) {
            completeExceptionally(failure);
        } finally {
            runner = null;
        }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        boolean isCancelled = super.cancel(mayInterrupt);
        SimThread running = runner;
        if (isCancelled && mayInterrupt && running != null) {
            running.interrupt();
        }
        return isCancelled;
    }

    @Override
    public boolean isPeriodic() {
        return isPeriodic;
    }

    long dueNanos() {
        return dueNanos;
    }

    void setDueNanos(long nanos) {
        dueNanos = nanos;
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(dueNanos - turns.nowNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
}
