package io.brickwork.sim.cluster;

import io.brickwork.core.Check;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs tasks of a node, each on a thread of the simulation of its own, at moments of virtual time. Never full. Ends
 * with its node.
 */
final class SimExecutor extends AbstractExecutorService implements ScheduledExecutorService {
    private final Turns turns;
    private final UserNode node;
    /** Planned, and not yet running. */
    private final LinkedHashSet<SimTask<?>> planned = new LinkedHashSet<>();

    private final LinkedHashSet<SimThread> running = new LinkedHashSet<>();
    private final List<SimThread> awaitingEnd = new ArrayList<>();
    private int lastThread;
    private boolean isShutdown;

    SimExecutor(Turns turns, UserNode node) {
        this.turns = turns;
        this.node = node;
    }

    @Override
    public void execute(Runnable task) {
        turns.self();
        if (isShutdown) {
            throw new RejectedExecutionException("the executor of node '" + node.name() + "' was shut down");
        }
        runSoon(task);
    }

    /**
     * Also from an event, and after a shutdown: for the simulation's own use. What the task throws fails the seed:
     * there is no future that would hold it.
     */
    @SuppressWarnings("CatchingUnchecked") // whatever the user's code throws
    void runSoon(Runnable task) {
        if (!node.isUp()) {
            return; // nobody is left who could run it
        }
        SimThread[] self = new SimThread[1];
        SimThread thread = turns.start(node, node.name() + "-worker-" + ++lastThread, () -> {
            try {
                task.run();
            } catch (ThreadStopped stopped) {
                throw stopped;
            } catch (Throwable thrown) {
                turns.onUncaught(self[0], thrown);
            } finally {
                running.remove(self[0]);
                if (running.isEmpty()) {
                    awaitingEnd.forEach(turns::wake);
                }
            }
        });
        self[0] = thread;
        running.add(thread);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable task, T value) {
        return newTaskFor(Executors.callable(task, value));
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
        return new SimTask<>(turns, node, task, false, turns.nowNanos());
    }

    /** One after the other: the first that succeeds is the result, and the others are not begun. */
    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        Check.argument(!tasks.isEmpty(), "no task to invoke");
        ExecutionException last = null;
        for (Callable<T> task : tasks) {
            try {
                return submit(task).get();
            } catch (ExecutionException failure) {
                last = failure;
            }
        }
        throw last == null ? new ExecutionException(null) : last;
    }

    /** As {@link #invokeAny(Collection)}, all within a time. */
    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return submit(() -> invokeAny(tasks)).get(timeout, unit);
    }

    // ---- later

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(Executors.callable(task), delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> body, long delay, TimeUnit unit) {
        return plan(body, false, unit.toNanos(delay), SimTask::dueNanos);
    }

    /** The next run begins when it is due, or when this one has ended, if that is later. */
    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
        Check.argument(period > 0, "a period of %d %s", period, unit);
        return plan(
                Executors.callable(task),
                true,
                unit.toNanos(delay),
                ran -> Math.max(ran.dueNanos() + unit.toNanos(period), turns.nowNanos()));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long delay, long pause, TimeUnit unit) {
        Check.argument(pause > 0, "a delay of %d %s", pause, unit);
        return plan(Executors.callable(task), true, unit.toNanos(delay), ran -> turns.nowNanos() + unit.toNanos(pause));
    }

    /** When a task that has run is due again. */
    private interface Afterwards {
        long dueNanos(SimTask<?> ran);
    }

    private <V> SimTask<V> plan(Callable<V> body, boolean isPeriodic, long delayNanos, Afterwards afterwards) {
        turns.self();
        if (isShutdown) {
            throw new RejectedExecutionException("the executor of node '" + node.name() + "' was shut down");
        }
        SimTask<V> task = new SimTask<>(turns, node, body, isPeriodic, turns.nowNanos() + Math.max(0, delayNanos));
        planRun(task, afterwards);
        return task;
    }

    private void planRun(SimTask<?> task, Afterwards afterwards) {
        planned.add(task);
        turns.plan(node, task.dueNanos() - turns.nowNanos(), () -> {
            if (!planned.remove(task) || task.isDone()) {
                return;
            }
            runSoon(() -> {
                task.run();
                if (task.isPeriodic() && !task.isDone() && !isShutdown) {
                    task.setDueNanos(afterwards.dueNanos(task));
                    planRun(task, afterwards);
                }
            });
        });
    }

    // ---- the end

    /** No more tasks; what is planned once still runs, what is periodic ends. */
    @Override
    public void shutdown() {
        turns.self();
        isShutdown = true;
        planned.removeIf(SimTask::isPeriodic);
        if (running.isEmpty()) {
            awaitingEnd.forEach(turns::wake);
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        List<Runnable> never = new ArrayList<>(planned);
        planned.clear();
        List.copyOf(running).forEach(SimThread::interrupt);
        return never;
    }

    @Override
    public boolean isShutdown() {
        return isShutdown;
    }

    @Override
    public boolean isTerminated() {
        return isShutdown && running.isEmpty() && planned.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        SimThread self = turns.self();
        long nanos = Turns.bounded(unit.toNanos(timeout));
        long until = turns.nowNanos() + nanos;
        turns.plan(self.node(), nanos, () -> turns.wake(self));
        awaitingEnd.add(self);
        try {
            while (!isTerminated() && turns.nowNanos() < until) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for an executor's end");
                }
                turns.await("the end of an executor's tasks");
            }
        } finally {
            awaitingEnd.remove(self);
        }
        return isTerminated();
    }
}
