package io.brickwork.sim.world;

import io.brickwork.core.Check;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What befalls a world, and how often.
 *
 * @param periodNanos about how long it is from one fault to the next
 * @param weights how likely each kind of fault is, compared with the others; kinds that are missing do not happen
 * @param downNanos how long a crashed brick stays down at most
 * @param spanNanos how long a pause, a cut or a stall lasts at most
 */
public record FaultOptions(long periodNanos, Map<Fault, Integer> weights, long downNanos, long spanNanos) {
    /** Nothing happens. */
    public static final FaultOptions NONE = new FaultOptions(1_000_000_000, Map.of(), 1_000_000, 1_000_000);

    /** A kind of fault. */
    public enum Fault {
        /** A process is killed. */
        KILL,
        /** All processes are killed, one shortly after the other. */
        KILL_ALL,
        /** A machine loses power. */
        POWER,
        /** All machines lose power, at once. */
        POWER_ALL,
        /** A brick is armed to crash at a drawn moment of its turn. */
        STRIKE,
        /** A brick stops for a while. */
        PAUSE,
        /** A brick becomes slow for a while. */
        SLOW,
        /** Two nodes do not hear each other for a while. */
        CUT,
        /** One node does not hear another for a while. */
        CUT_ONE_WAY,
        /** A brick is alone for a while. */
        ISOLATE,
        /** A link breaks. */
        BREAK,
        /** A disk ends no sync and no batch for a while. */
        STALL,
        /** A sync fails: the brick halts and comes back with what its disk has kept. */
        SYNC_ERROR,
        /** A write fails: likewise. */
        WRITE_ERROR
    }

    public FaultOptions {
        Check.argument(periodNanos >= 1 && downNanos >= 1_000_000 && spanNanos >= 1_000_000, "times must be positive");
        EnumMap<Fault, Integer> ordered = new EnumMap<>(Fault.class);
        ordered.putAll(weights);
        weights = Collections.unmodifiableMap(ordered);
    }

    /** Each kind as often as its weight, in order. */
    List<Fault> wheel() {
        List<Fault> wheel = new ArrayList<>();
        weights.forEach((fault, weight) -> wheel.addAll(Collections.nCopies(weight, fault)));
        return wheel;
    }
}
