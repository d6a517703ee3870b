package io.brickwork.sim.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * User code that runs as a thread of a node of its own; made by {@link SimCluster#spawn}. For threads of the
 * simulation.
 *
 * <p>What it throws fails the seed, unless somebody has asked for it with {@link #result}.
 */
public final class SimService<T> {
    private final SimCluster cluster;
    private final Turns turns;
    private final UserNode node;
    private final Callable<T> body;
    private final List<SimThread> waiting = new ArrayList<>();
    private int starts;
    private boolean isRunning;
    private boolean hasEnded;
    private boolean isTaken;
    private @Nullable T value;
    private @Nullable Throwable failure;

    SimService(SimCluster cluster, Turns turns, UserNode node, Callable<T> body) {
        this.cluster = cluster;
        this.turns = turns;
        this.node = node;
        this.body = body;
    }

    /** The name of its node. */
    public String name() {
        return node.name();
    }

    /** Whether its body is neither at its end nor crashed. */
    public boolean isAlive() {
        return isRunning;
    }

    /** Waits until its body has ended, or its node has crashed. */
    public void join() {
        SimThread self = turns.self();
        waiting.add(self);
        try {
            while (isRunning) {
                turns.await("the end of '" + name() + "'");
            }
        } finally {
            waiting.remove(self);
        }
    }

    /**
     * Waits for its end.
     *
     * @return what its body gave
     * @throws IllegalStateException if its node crashed before
     * @throws CompletionException around a checked exception of the body; others are thrown as they are
     */
    public @Nullable T result() {
        join();
        isTaken = true;
        switch (failure) {
            case null -> {}
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            case Throwable checked -> throw new CompletionException(checked);
        }
        if (!hasEnded) {
            throw new IllegalStateException("'%s' crashed before it had a result".formatted(name()));
        }
        return value;
    }

    /** Crashes its node, as {@link SimCluster#crash}. */
    public void kill() {
        cluster.crash(name());
    }

    /** Runs its body again from the beginning, on its crashed node, as {@link SimCluster#restart}. */
    public void restart() {
        cluster.restart(name());
    }

    @Override
    public String toString() {
        return "service '" + name() + "'";
    }

    /** On the thread that gave it its node, or that brings it up again. */
    void start() {
        isRunning = true;
        hasEnded = false;
        isTaken = false;
        failure = null;
        String name = ++starts == 1 ? name() : name() + " (life " + starts + ")";
        turns.start(node, name, this::run);
    }

    @SuppressWarnings("CatchingUnchecked") // whatever the user's code throws is told by result(), or fails the seed
    private void run() {
        int life = node.lives();
        try {
            value = body.call();
            hasEnded = true;
            isRunning = false;
        } catch (ThreadStopped stopped) {
            throw stopped;
        } catch (Throwable thrown) {
            failure = thrown;
            isRunning = false;
        } finally {
            if (life == node.lives()) {
                waiting.forEach(turns::wake);
            }
        }
    }

    /** Its node is gone. */
    void onCrash() {
        if (isRunning) {
            isRunning = false;
            waiting.forEach(turns::wake);
        }
    }

    /** What its body threw and nobody has asked for. */
    @Nullable
    Throwable untold() {
        return isTaken ? null : failure;
    }
}
