package io.brickwork.core.group;

import io.brickwork.core.Check;
import io.brickwork.core.DiskId;

/**
 * One life of a brick: its disk, and how many times it was started on it. A later start on the same disk is its
 * successor and has what it stored; on another disk it is a stranger.
 *
 * @param start from 1
 */
public record Incarnation(DiskId disk, long start) {
    public Incarnation {
        Check.argument(start >= 1, "start %d is below 1", start);
    }

    /** Whether this is the other, or a later start on its disk. */
    public boolean standsFor(Incarnation other) {
        return disk.equals(other.disk) && start >= other.start;
    }

    public Incarnation next() {
        return new Incarnation(disk, start + 1);
    }
}
