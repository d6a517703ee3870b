package io.brickwork.sim.network;

import io.brickwork.core.Check;

/**
 * How the network behaves while it is not healed.
 *
 * @param minLatencyNanos the least time a message takes
 * @param meanLatencyNanos about how much it takes beyond that
 * @param spikePerMillion how often one takes {@code spikeNanos} more
 * @param latePerMillion how often a message that was under way when its link broke arrives afterwards all the same,
 *     perhaps when the next link is up
 * @param isHarsh whether single messages are lost, doubled and overtaken while their link is up; a real link does not,
 *     but protocols must bear it
 * @param lossPerMillion how often a message is lost, if harsh
 * @param duplicatePerMillion how often it arrives twice, if harsh and between bricks
 * @param detectNanos about how long it takes an end to find out that the other is not there any more
 */
public record NetworkOptions(
        long minLatencyNanos,
        long meanLatencyNanos,
        int spikePerMillion,
        long spikeNanos,
        int latePerMillion,
        boolean isHarsh,
        int lossPerMillion,
        int duplicatePerMillion,
        long detectNanos) {
    /** Quick and faultless. */
    public static final NetworkOptions PERFECT =
            new NetworkOptions(20_000, 30_000, 0, 0, 0, false, 0, 0, 1_000_000_000);

    public NetworkOptions {
        Check.argument(
                minLatencyNanos >= 0 && meanLatencyNanos >= 0 && spikeNanos >= 0 && detectNanos >= 1,
                "a latency is negative in %d + %d, spike %d, detection %d ns",
                minLatencyNanos,
                meanLatencyNanos,
                spikeNanos,
                detectNanos);
    }
}
