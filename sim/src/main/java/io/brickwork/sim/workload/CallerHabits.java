package io.brickwork.sim.workload;

import io.brickwork.core.Check;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.world.World;

/**
 * What the callers of some runs do and those of others do not; all callers of a run alike.
 *
 * <p>They are habits of the stream alone: a call that a script makes is made as the script says.
 *
 * @param hotPercent how many of the operations go to the first key, whichever key was drawn for them
 * @param confirmedPercent how many of the reads are {@link io.brickwork.core.ReadMode#CONFIRMED}
 * @param stalePercent beside how many of the operations the same key is read {@link io.brickwork.core.ReadMode#STALE}
 * @param paddingBytes by how much each written value is longer than it need be; other than appended ones, which would
 *     grow without bounds
 * @param inquires whether they ask what became of an operation whose outcome is unknown
 */
public record CallerHabits(int hotPercent, int confirmedPercent, int stalePercent, int paddingBytes, boolean inquires) {
    private static final CallerHabits NONE = new CallerHabits(0, 0, 0, 0, false);
    /** About as much as the smaller half of the windows and overlays that worlds are made with. */
    private static final int MOST_PADDING_BYTES = 16 << 10;

    public CallerHabits {
        Check.argument(
                isShare(hotPercent) && isShare(confirmedPercent) && isShare(stalePercent),
                "%d, %d and %d percent are not all from 0 to 100",
                hotPercent,
                confirmedPercent,
                stalePercent);
    }

    /** Those of the callers of a run: half of all runs have none, and most of the others lack most of them. */
    public static CallerHabits of(World world) {
        SimRandom random = world.random("habits");
        if (random.nextBoolean()) {
            return NONE;
        }
        return new CallerHabits(
                random.nextInt(4) == 0 ? random.between(50, 95) : 0,
                random.nextInt(3) == 0 ? random.between(10, 100) : 0,
                random.nextInt(3) == 0 ? random.between(10, 50) : 0,
                random.nextInt(6) == 0 ? (int) random.scaled(100, MOST_PADDING_BYTES) : 0,
                random.nextBoolean());
    }

    private static boolean isShare(int percent) {
        return percent >= 0 && percent <= 100;
    }
}
