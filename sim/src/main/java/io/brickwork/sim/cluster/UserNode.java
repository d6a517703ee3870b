package io.brickwork.sim.cluster;

import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.kernel.WallClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A process of the user in the world: its clients, its services, its clock and its luck. For whoever has the turn. */
final class UserNode {
    /** As {@link io.brickwork.sim.kernel.Recorder} numbers nodes of users. */
    private final int number;

    private final String name;
    private final WallClock clock;
    private final SimRandom random;
    private final List<ClusterSession> sessions = new ArrayList<>();
    private final List<SimService<?>> services = new ArrayList<>();
    private SimExecutor executor;
    private int openedSessions;
    private int lives = 1;
    private boolean isUp = true;
    private boolean isPaused;
    private boolean wasPaused;
    private int slowness = 1;
    /** By how much faults have moved its clock. */
    private long skewNanos;
    /** How many things are to come that can wake a thread: timers and open calls. */
    private int expected;

    UserNode(Turns turns, int number, String name, WallClock clock, SimRandom random) {
        this.number = number;
        this.name = name;
        this.clock = clock;
        this.random = random;
        executor = new SimExecutor(turns, this);
    }

    int number() {
        return number;
    }

    String name() {
        return name;
    }

    /** For a client that is opened on it: the first is called as the node. */
    String nextSessionName() {
        return ++openedSessions == 1 ? name : name + "#" + openedSessions;
    }

    Instant wallTime() {
        return clock.instant();
    }

    SimRandom random() {
        return random;
    }

    SimExecutor executor() {
        return executor;
    }

    List<ClusterSession> sessions() {
        return sessions;
    }

    List<SimService<?>> services() {
        return services;
    }

    void addSkew(long nanos) {
        skewNanos += nanos;
        clock.jump(nanos);
    }

    void endSkew() {
        addSkew(-skewNanos);
    }

    boolean isUp() {
        return isUp;
    }

    /** Counts its lives: what was begun in an earlier one does not go on. */
    int lives() {
        return lives;
    }

    void goDown() {
        isUp = false;
        isPaused = false;
    }

    void comeUp(Turns turns) {
        isUp = true;
        lives++;
        executor = new SimExecutor(turns, this);
    }

    boolean isPaused() {
        return isPaused;
    }

    /** Whether it has ever been paused, so that nothing on it needs to be in time. */
    boolean wasPaused() {
        return wasPaused;
    }

    void setPaused(boolean paused) {
        isPaused = paused;
        wasPaused |= paused;
    }

    int slowness() {
        return slowness;
    }

    void setSlowness(int times) {
        slowness = times;
    }

    void expect(int more) {
        expected += more;
    }

    boolean expectsNothing() {
        return isPaused || expected == 0;
    }
}
