package io.brickwork.sim.world;

/**
 * A named way to make a run from a seed.
 *
 * @param name such as {@code "register/swarm"}; what a replay asks for
 * @param text what it is about, one line
 * @param body makes the run and carries it out
 */
public record Scenario(String name, String text, Body body) {
    /** Carries out one run. */
    @FunctionalInterface
    public interface Body {
        /**
         * @param keptLines how many of the last lines of the trace a failure shows
         */
        SimRun.Report run(Scenario scenario, long seed, int keptLines);
    }

    public SimRun.Report run(long seed, int keptLines) {
        return body.run(this, seed, keptLines);
    }
}
