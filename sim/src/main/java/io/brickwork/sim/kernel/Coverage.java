package io.brickwork.sim.kernel;

import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Probe;
import io.brickwork.core.defence.Situation;

/**
 * Counts, over one run, how often each rule made a difference and how often the run came into each situation. One
 * thread at a time.
 */
public final class Coverage implements Probe {
    private final long[] rules = new long[Defence.values().length];
    private final long[] situations = new long[Situation.values().length];

    @Override
    public void asked(Defence rule) {
        rules[rule.ordinal()]++;
    }

    @Override
    public void reached(Situation situation) {
        situations[situation.ordinal()]++;
    }

    /** How often the rule made a difference. */
    public long of(Defence rule) {
        return rules[rule.ordinal()];
    }

    /** How often the run was in the situation. */
    public long of(Situation situation) {
        return situations[situation.ordinal()];
    }
}
