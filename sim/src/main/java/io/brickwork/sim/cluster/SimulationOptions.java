package io.brickwork.sim.cluster;

import io.brickwork.core.Check;
import java.time.Duration;

/**
 * What a {@link Simulation} is made of; everything else is drawn from its seed.
 *
 * @param bricks how many there are, 1 to 16, named {@code brick-1} and so on
 * @param hangsAfter how long in real time a thread may have the turn without a word to the simulation, before the seed
 *     fails; zero for ever, as is good while one debugs
 * @param endsAfter the virtual time at which the seed must be over, else it fails as never ending
 * @param keptLines how many of the last lines of the trace a failure shows
 */
public record SimulationOptions(int bricks, Duration hangsAfter, Duration endsAfter, int keptLines) {
    public static final SimulationOptions DEFAULT =
            new SimulationOptions(3, Duration.ofSeconds(20), Duration.ofHours(24), 0);

    public SimulationOptions {
        Check.argument(bricks >= 1 && bricks <= 16, "%d bricks; 1 to 16 are possible", bricks);
        Check.argument(!hangsAfter.isNegative(), "hangs after %s, which is negative", hangsAfter);
        Check.argument(
                endsAfter.isPositive() && endsAfter.compareTo(Duration.ofDays(36_500)) <= 0,
                "ends after %s; more than nothing, and a hundred years at most",
                endsAfter);
        Check.argument(keptLines >= 0, "%d kept lines", keptLines);
    }

    public SimulationOptions withBricks(int count) {
        return new SimulationOptions(count, hangsAfter, endsAfter, keptLines);
    }

    public SimulationOptions withHangsAfter(Duration after) {
        return new SimulationOptions(bricks, after, endsAfter, keptLines);
    }

    public SimulationOptions withEndsAfter(Duration after) {
        return new SimulationOptions(bricks, hangsAfter, after, keptLines);
    }

    public SimulationOptions withKeptLines(int lines) {
        return new SimulationOptions(bricks, hangsAfter, endsAfter, lines);
    }
}
