package io.brickwork.sim.network;

import io.brickwork.core.Check;

/**
 * How single messages fare from one node to another, while their link is up. A real link does not do this; protocols
 * must bear it, since it happens between one link and the next.
 *
 * @param lossPerMillion how often a message is lost
 * @param duplicatePerMillion how often it arrives twice, if what is sent between the two may be repeated
 * @param reorderPerMillion how often it does not keep its turn
 */
public record Disturbance(int lossPerMillion, int duplicatePerMillion, int reorderPerMillion) {
    /** Every message arrives once and in order. */
    public static final Disturbance NONE = new Disturbance(0, 0, 0);

    private static final int ALL = 1_000_000;

    public Disturbance {
        Check.argument(
                isShare(lossPerMillion) && isShare(duplicatePerMillion) && isShare(reorderPerMillion),
                "loss %d, duplicates %d, reordering %d are not all between 0 and a million",
                lossPerMillion,
                duplicatePerMillion,
                reorderPerMillion);
    }

    /** What a harsh network does to all messages. */
    static Disturbance of(NetworkOptions options) {
        return options.isHarsh() ? new Disturbance(options.lossPerMillion(), options.duplicatePerMillion(), ALL) : NONE;
    }

    /** The worse of the two in each respect. */
    Disturbance and(Disturbance other) {
        if (other.equals(NONE)) {
            return this;
        }
        return new Disturbance(
                Math.max(lossPerMillion, other.lossPerMillion),
                Math.max(duplicatePerMillion, other.duplicatePerMillion),
                Math.max(reorderPerMillion, other.reorderPerMillion));
    }

    private static boolean isShare(int perMillion) {
        return perMillion >= 0 && perMillion <= ALL;
    }
}
