package io.brickwork.sim.cli;

import io.brickwork.sim.report.Attempt;
import java.util.Locale;

/**
 * What many runs did, added up.
 *
 * @param undecided in how many of the runs a checker gave up
 */
record Figures(
        long seeds, long operations, long faults, double virtualSeconds, long violations, long undecided, long events) {
    static final Figures NOTHING = new Figures(0, 0, 0, 0, 0, 0, 0);

    Figures with(Attempt attempt) {
        var run = attempt.run();
        boolean isUndecided = attempt.report() != null && attempt.report().undecidedKeys() > 0;
        return new Figures(
                seeds + 1,
                operations + run.history().size(),
                faults + run.nemesis().total(),
                virtualSeconds + run.world().queue().nowNanos() / 1e9,
                violations + (attempt.failure() != null ? 1 : 0),
                undecided + (isUndecided ? 1 : 0),
                events + run.world().queue().executed());
    }

    /** Whether too many runs are undecided to call it a pass: more than one in twenty. */
    boolean isUndecided() {
        return undecided * 20 > seeds;
    }

    /** The last line of a hunt, for people and for scripts. */
    String line(double seconds) {
        return String.format(
                Locale.ROOT,
                "seeds=%d operations=%d faults=%d virtual=%.0fs violations=%d undecided=%d events/s=%.0f",
                seeds,
                operations,
                faults,
                virtualSeconds,
                violations,
                undecided,
                seconds <= 0 ? 0 : events / seconds);
    }
}
