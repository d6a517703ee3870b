package io.brickwork.sim.cluster;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A thread of user code. It is a real one, but runs only while it has the turn, which {@link Turns} gives.
 *
 * <p>All fields belong to whoever has the turn, but for those that say otherwise.
 */
final class SimThread extends Thread {
    /** A thread that goes on after so many refusals catches what it should not. */
    private static final int MAX_REFUSALS = 1_000;

    private final Turns turns;
    private final UserNode node;
    private final int number;
    private final Runnable body;
    private final Semaphore turn = new Semaphore(0);
    private Phase phase = Phase.WAITING;
    /** What it waits for, for people. */
    private String waitsFor = "its first turn";

    private long waitsSinceNanos;
    private boolean isWakePlanned;
    private int refusals;
    /** Also set by the host's thread once the seed is over. */
    private volatile boolean isStopped;

    enum Phase {
        WAITING,
        READY,
        RUNNING,
        ENDED
    }

    SimThread(Turns turns, UserNode node, int number, String name, Runnable body) {
        super(name);
        this.turns = turns;
        this.node = node;
        this.number = number;
        this.body = body;
        setDaemon(true);
    }

    @Override
    public void run() {
        turn.acquireUninterruptibly();
        try {
            if (!isStopped) {
                body.run();
            }
        } catch (ThreadStopped stopped) {
            // As intended.
        } finally {
            turns.onEnd(this);
        }
    }

    /** As of any thread: whatever it waits for in the simulation ends early. For whoever has the turn. */
    @Override
    public void interrupt() {
        super.interrupt();
        turns.onInterrupt(this);
    }

    /** Lets it run from where it stopped. The giver must not touch the simulation until it gets the turn back. */
    void giveTurn() {
        turn.release();
    }

    /** Stands still until it gets the turn. */
    void awaitTurn() {
        turn.acquireUninterruptibly();
    }

    /** From here on it gets nothing but {@link ThreadStopped}. */
    void stopNext() {
        isStopped = true;
    }

    boolean isStopped() {
        return isStopped;
    }

    /**
     * Refuses everything if it has been stopped.
     *
     * @throws ThreadStopped if so
     */
    void checkNotStopped() {
        if (isStopped) {
            if (++refusals > MAX_REFUSALS) {
                turns.onGoesOn(this);
            }
            throw new ThreadStopped("thread '" + getName() + "' was stopped: its node crashed, or its seed is over");
        }
    }

    Turns turns() {
        return turns;
    }

    UserNode node() {
        return node;
    }

    int number() {
        return number;
    }

    Phase phase() {
        return phase;
    }

    void setPhase(Phase next) {
        phase = next;
    }

    void waitFor(String what, long nowNanos) {
        phase = Phase.WAITING;
        waitsFor = what;
        waitsSinceNanos = nowNanos;
    }

    String waitsFor() {
        return waitsFor;
    }

    long waitsSinceNanos() {
        return waitsSinceNanos;
    }

    boolean isWakePlanned() {
        return isWakePlanned;
    }

    void setWakePlanned(boolean planned) {
        isWakePlanned = planned;
    }

    /** Where the user's code is, innermost line first, without the lines of the simulation itself. */
    String where() {
        StringBuilder text = new StringBuilder();
        int lines = 0;
        for (StackTraceElement frame : getStackTrace()) {
            if (isOfUser(frame.getClassName()) && lines++ < 12) {
                text.append("\n      at ").append(frame);
            }
        }
        return text.toString();
    }

    private static boolean isOfUser(String className) {
        return !className.startsWith("io.brickwork.sim.cluster.")
                && !className.startsWith("io.brickwork.sim.junit.")
                && !className.startsWith("org.junit.")
                && !className.startsWith("jdk.internal.")
                && !className.startsWith("java.lang.reflect.");
    }

    /** The thread that this is, if it is one of the simulation. */
    static @Nullable SimThread current() {
        return Thread.currentThread() instanceof SimThread thread ? thread : null;
    }
}
