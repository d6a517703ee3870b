package io.brickwork.sim.cluster;

import io.brickwork.core.Check;
import io.brickwork.sim.kernel.EventQueue;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.kernel.Trace;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who has the turn: one thread of user code, or the host, which is the thread that runs the seed.
 *
 * <p>A thread that waits lets events happen until some thread is ready, itself or another, and gives that one the turn;
 * among several the seed chooses. So there is no thread of the world: events run on the thread of whoever waits, one at
 * a time, in the order of the queue. A thread that is woken becomes ready after a drawn delay, as a real scheduler
 * would have it.
 *
 * <p>Three things end a seed early, all as a {@link SimFailure}: something in the world threw; all threads wait and
 * nothing is to come; the thread that has the turn neither waits nor ends for so long <em>in real time</em> that it
 * must hang outside the simulation.
 */
final class Turns {
    private static final long STEP_MILLIS = 100;
    private static final long END_MILLIS = 2_000;
    private static final long WAKE_MEAN_NANOS = 20_000;
    private static final long NANOS_A_MILLI = 1_000_000;

    private final World world;
    private final EventQueue queue;
    private final Trace trace;
    private final SimRandom luck;
    private final Duration hangsAfter;
    private final Duration endsAfter;
    private final List<UserNode> nodes;
    private final List<SimThread> threads = new ArrayList<>();
    /** They have done all they will, and may take a moment to die. */
    private final List<SimThread> ended = new ArrayList<>();

    private final List<SimThread> ready = new ArrayList<>();
    private final Semaphore host = new Semaphore(0);
    private final Thread hostThread = Thread.currentThread();
    private int lastNumber;
    private long given;

    // Seen by the host while a thread has the turn, and by foreign threads.
    private volatile @Nullable SimThread current;
    private volatile boolean isInWorld;
    private volatile long movedNanos;
    private volatile @Nullable Throwable fatal;
    private volatile boolean isOver;

    /**
     * Made by the host.
     *
     * @param nodes all that there are, which may become more
     * @param hangsAfter how long in real time a thread may go without waiting for anything in the simulation; zero for
     *     ever
     * @param endsAfter the virtual time at which the seed must be over
     */
    Turns(World world, List<UserNode> nodes, Duration hangsAfter, Duration endsAfter) {
        this.world = world;
        queue = world.queue();
        trace = world.trace();
        luck = world.random("turns");
        this.nodes = nodes;
        this.hangsAfter = hangsAfter;
        this.endsAfter = endsAfter;
    }

    // ---- for whoever has the turn

    /**
     * The thread that calls, which must have the turn.
     *
     * @throws IllegalStateException if it is no thread of the simulation; the seed fails for it in any case, since
     *     nobody decided when it came
     * @throws ThreadStopped if it was stopped
     */
    SimThread self() {
        SimThread thread = SimThread.current();
        if (thread != null && thread.turns() == this) {
            thread.checkNotStopped();
            if (thread == current) {
                return thread;
            }
        }
        String name = Thread.currentThread().getName();
        String message =
                "thread '%s' called into the simulation, which it is no part of: start it with cluster.spawn(...), or hand what it does to cluster.executor()"
                        .formatted(name);
        if (!isOver && fatal == null) {
            fatal = new SimFailure(SimFailure.Kind.NOT_DETERMINISTIC, "foreign-thread: " + message);
        }
        throw new IllegalStateException(message);
    }

    long nowNanos() {
        return queue.nowNanos();
    }

    /** Lets something happen on a node later that may wake a thread. */
    void plan(UserNode node, long delayNanos, Runnable action) {
        node.expect(1);
        queue.after(bounded(delayNanos), () -> {
            node.expect(-1);
            action.run();
        });
    }

    /** Adds a thread, which becomes ready soon. */
    SimThread start(UserNode node, String name, Runnable body) {
        SimThread thread = new SimThread(this, node, ++lastNumber, name, body);
        threads.add(thread);
        thread.start();
        wake(thread);
        return thread;
    }

    /** Waits until somebody wakes this thread, or for no reason; the caller looks whether it has what it waits for. */
    void await(String what) {
        SimThread self = self();
        self.waitFor(what, queue.nowNanos());
        pass(self);
        self.checkNotStopped();
    }

    /** Lets a thread that waits become ready soon. */
    void wake(SimThread thread) {
        if (thread.phase() != SimThread.Phase.WAITING || thread.isWakePlanned()) {
            return;
        }
        thread.setWakePlanned(true);
        UserNode node = thread.node();
        long delay = (luck.nextBoolean() ? 0 : luck.tailed(0, WAKE_MEAN_NANOS)) * node.slowness()
                + (node.slowness() - 1) * WAKE_MEAN_NANOS;
        plan(node, delay, () -> {
            thread.setWakePlanned(false);
            makeReady(thread);
        });
    }

    /** Waits for some virtual time, or until the thread is interrupted. */
    void sleep(long forNanos) {
        long nanos = bounded(forNanos);
        SimThread self = self();
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        long until = queue.nowNanos() + nanos;
        plan(self.node(), nanos, () -> wake(self));
        do {
            await("the end of its sleep");
        } while (queue.nowNanos() < until && !Thread.currentThread().isInterrupted());
    }

    /** Ends all threads of a node at their next word to the simulation; the caller's too. */
    void stop(UserNode node) {
        for (SimThread thread : List.copyOf(threads)) {
            if (thread.node() == node) {
                thread.stopNext();
                makeReady(thread);
            }
        }
    }

    private void makeReady(SimThread thread) {
        if (thread.phase() == SimThread.Phase.WAITING) {
            thread.setPhase(SimThread.Phase.READY);
            ready.add(thread);
        }
    }

    /** Keeps a line of the trace. */
    void note(String text) {
        trace.mixText(text);
        trace.line(() -> "world !! " + text);
    }

    /** How often the turn was given. */
    long given() {
        return given;
    }

    // ---- the turn

    /**
     * Gives the turn on: lets events happen until a thread is ready. Returns when the caller, if it is one that goes
     * on, has the turn again.
     */
    private void pass(@Nullable SimThread self) {
        isInWorld = true;
        SimThread next = null;
        while (fatal == null && next == null) {
            next = drawReady();
            if (next == null) {
                happen();
            }
        }
        if (next != null && fatal == null) {
            give(next);
        } else {
            giveHost();
            next = null;
        }
        if (self != null && self != next) {
            self.awaitTurn();
        }
    }

    private void happen() {
        if (nodes.stream().allMatch(UserNode::expectsNothing)) {
            fatal = new SimFailure(SimFailure.Kind.LIVENESS, WhoWaits.deadlock(threads, queue.nowNanos()));
            return;
        }
        if (queue.nowNanos() > endsAfter.toNanos()) {
            fatal = new SimFailure(SimFailure.Kind.LIVENESS, WhoWaits.endless(threads, queue.nowNanos(), endsAfter));
            return;
        }
        try {
            world.next();
        } catch (RuntimeException | Error thrown) {
            fatal = thrown;
        }
    }

    private @Nullable SimThread drawReady() {
        if (ready.isEmpty()) {
            return null;
        }
        List<SimThread> able =
                ready.stream().filter(thread -> !thread.node().isPaused()).toList();
        if (able.isEmpty()) {
            return null;
        }
        SimThread drawn = able.size() == 1 ? able.getFirst() : luck.pick(able);
        ready.remove(drawn);
        return drawn;
    }

    private void give(SimThread next) {
        given++;
        trace.mix(given, next.number());
        trace.line(() -> next.getName() + " has the turn");
        next.setPhase(SimThread.Phase.RUNNING);
        movedNanos = System.nanoTime();
        isInWorld = false;
        SimThread from = SimThread.current();
        current = next;
        if (from != next) {
            queue.handOver(next);
            next.giveTurn();
        }
    }

    private void giveHost() {
        isInWorld = false;
        movedNanos = System.nanoTime();
        current = null;
        if (fatal == null) {
            queue.handOver(hostThread);
        }
        host.release();
    }

    void onInterrupt(SimThread thread) {
        if (!isOver && SimThread.current() == current) {
            wake(thread);
        }
    }

    /** A thread was told again and again that it has been stopped. It is left where it is. */
    void onGoesOn(SimThread thread) {
        if (fatal == null) {
            fatal = new SimFailure(
                    SimFailure.Kind.LIVENESS,
                    "never-stops: thread '%s' was stopped, since its node crashed, and goes on: it catches Throwable or Error in a loop. Catch Exception, or let ThreadStopped pass"
                                    .formatted(thread.getName())
                            + thread.where());
        }
        if (!isOver) {
            threads.remove(thread);
            pass(null);
        }
        thread.awaitTurn(); // for ever: a daemon, and nobody gives it one
    }

    /** A task threw, and nobody can ask for what. */
    void onUncaught(SimThread thread, Throwable thrown) {
        if (!isOver && fatal == null) {
            String what = "uncaught: a task of thread '%s' threw %s".formatted(thread.getName(), thrown);
            fatal = new SimFailure(SimFailure.Kind.CRASH, what, what, "", thrown);
        }
    }

    /** On the thread itself, as the last it does. */
    void onEnd(SimThread thread) {
        if (isOver) {
            return;
        }
        thread.setPhase(SimThread.Phase.ENDED);
        threads.remove(thread);
        ended.removeIf(one -> !one.isAlive());
        ended.add(thread);
        if (thread == main) {
            giveHost();
        } else {
            pass(null);
        }
    }

    // ---- for the host

    private @Nullable SimThread main;

    /**
     * Gives the turn to a new thread until that has ended, or the seed has failed. Other threads run meanwhile, and
     * stay where they are afterwards.
     *
     * @throws SimFailure if the seed failed
     */
    void run(UserNode node, String name, Runnable body) {
        checkNotFailed();
        Check.state(
                !isOver && Thread.currentThread().equals(hostThread), "only the thread that began the seed runs it");
        main = start(node, name, body);
        pass(null);
        awaitHost();
        main = null;
        checkNotFailed();
    }

    /** Rethrows what ended the seed. */
    private void checkNotFailed() {
        switch (fatal) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    private void awaitHost() {
        boolean isInterrupted = false;
        while (true) {
            try {
                if (host.tryAcquire(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
                    break;
                }
                if (isHanging()) {
                    onHanging();
                    break;
                }
            } catch (InterruptedException e) {
                isInterrupted = true;
                fatal = new SimFailure(SimFailure.Kind.LIVENESS, "interrupted: the thread that runs the seed was");
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isHanging() {
        return !hangsAfter.isZero()
                && !isInWorld
                && current != null
                && System.nanoTime() - movedNanos > hangsAfter.toNanos();
    }

    private void onHanging() {
        SimThread hanging = current;
        if (hanging != null) {
            fatal = new SimFailure(SimFailure.Kind.LIVENESS, WhoWaits.hanging(hanging, hangsAfter));
        }
    }

    /**
     * Stops all threads, each to its end. No thread of the simulation runs afterwards.
     *
     * @return the names of those that could not be stopped in {@value #END_MILLIS} ms each: they hang outside the
     *     simulation
     */
    List<String> end() {
        isOver = true;
        threads.forEach(SimThread::stopNext);
        List<SimThread> left = new ArrayList<>();
        // One at a time, so that what they do at their end does not race; what one of them holds may be what another
        // one waits for.
        for (SimThread thread : threads) {
            if (thread == current) {
                thread.interrupt();
            } else {
                thread.giveTurn();
            }
            if (!isEnded(thread, thread == current ? STEP_MILLIS : END_MILLIS)) {
                left.add(thread);
            }
        }
        left.addAll(ended);
        left.removeIf(thread -> isEnded(thread, END_MILLIS));
        threads.clear();
        ended.clear();
        return left.stream().map(Thread::getName).toList();
    }

    private static boolean isEnded(SimThread thread, long withinMillis) {
        try {
            thread.join(withinMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** A wait of at most some hundred years: "for ever" is then no sum that overflows. */
    static long bounded(long nanos) {
        return Math.min(nanos, Long.MAX_VALUE / 4);
    }

    static long millis(long nanos) {
        return nanos / NANOS_A_MILLI;
    }
}
