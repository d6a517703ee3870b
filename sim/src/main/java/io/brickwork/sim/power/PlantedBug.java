package io.brickwork.sim.power;

import io.brickwork.core.Check;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.world.SimFailure;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The bug of a brick or a client that does not keep one rule. May be used by many threads. */
public record PlantedBug(Defence missing) {
    /**
     * Rules whose lack nothing shows yet: no run of the mix that was tried, and no schedule. They can be hunted for by
     * name.
     */
    public static final Set<Defence> NOT_SHOWN_YET = Collections.unmodifiableSet(EnumSet.of(
            Defence.REPORT_WHEN_PROMISE_SYNCED,
            Defence.TAKE_HIGHEST_BALLOT,
            Defence.WAIT_OUT_FORMER_LEADERS,
            Defence.FORGET_IN_NEWEST_VIEW,
            Defence.KNOW_SESSION,
            Defence.ANSWER_WHEN_CUT_SYNCED,
            Defence.MERGE_INTO_HIGHER_EPOCH,
            Defence.TELL_IN_NEWEST_VIEW,
            Defence.SYNC_VOTES));

    /** Rules whose lack takes a schedule of its own: {@code docs/traps.md}. */
    public static final Set<Defence> SHOWN_BY_SCHEDULES = Collections.unmodifiableSet(EnumSet.of(
            Defence.REFUSE_FORGOTTEN,
            Defence.REFUSE_EXPIRED,
            Defence.COMMIT_WITH_MIN_IN_SYNC,
            Defence.LEAVE_OUT_THE_SILENT,
            Defence.WAIT_FOR_YOUNGER_ALONE,
            Defence.JOIN_AS_NEW));

    /** Rules whose lack shows in runs of the mix: all others. */
    public static final Set<Defence> SHOWN_BY_RUNS = shownByRuns();

    private static Set<Defence> shownByRuns() {
        EnumSet<Defence> shown = EnumSet.allOf(Defence.class);
        shown.removeAll(NOT_SHOWN_YET);
        shown.removeAll(SHOWN_BY_SCHEDULES);
        return Collections.unmodifiableSet(shown);
    }

    /** How far apart base seeds are, so that no two hunts meet. */
    private static final long APART = 10_000_000;

    /**
     * A run that fails with the bug.
     *
     * @param seeds how many it took, this one included
     * @param signature what broke, without particulars
     */
    public record Found(String scenario, long seed, int seeds, String signature) {}

    /** The first seed of hunt number 0, 1, … */
    public static long baseSeed(int hunt) {
        Check.argument(hunt >= 0, "hunt number %d", hunt);
        return (hunt + 1) * APART;
    }

    /** What breaks in one run with the bug; null if nobody notices. */
    public @Nullable SimFailure run(Scenario scenario, long seed) {
        return outcome(scenario.with(Defences.without(missing)), seed);
    }

    /** What breaks in the same run without the bug: null, unless there is another. */
    public static @Nullable SimFailure runWithout(Scenario scenario, long seed) {
        return outcome(scenario.with(Defences.ALL), seed);
    }

    /**
     * Runs the scenarios in turn, with a seed that rises by 1, until one fails that passes without the bug.
     *
     * @param limit of seeds
     * @param isStopped asked before each run
     * @return null if none fails within the limit, or if stopped before
     */
    public @Nullable Found hunt(List<Scenario> scenarios, long baseSeed, int limit, BooleanSupplier isStopped) {
        Check.argument(limit >= 1 && limit <= APART, "a limit of %d seeds; 1 to %d", limit, APART);
        for (int i = 0; i < limit && !isStopped.getAsBoolean(); i++) {
            Scenario scenario = scenarios.get(i % scenarios.size());
            long seed = baseSeed + i;
            SimFailure failure = run(scenario, seed);
            if (failure != null && runWithout(scenario, seed) == null) {
                return new Found(scenario.name(), seed, i + 1, failure.signature());
            }
        }
        return null;
    }

    private static @Nullable SimFailure outcome(Scenario scenario, long seed) {
        try {
            scenario.run(seed, 0);
            return null;
        } catch (SimFailure failure) {
            return failure;
        }
    }
}
