package io.brickwork.core.ballot;

import io.brickwork.core.BrickId;
import io.brickwork.core.DiskId;

/**
 * One who votes: a brick with the disk that keeps its votes. The same brick with another disk has forgotten them, so it
 * is another member.
 */
public record PaxosMember(BrickId brick, DiskId disk) implements Comparable<PaxosMember> {
    @Override
    public int compareTo(PaxosMember other) {
        int byBrick = brick.compareTo(other.brick);
        return byBrick != 0 ? byBrick : disk.compareTo(other.disk);
    }

    @Override
    public String toString() {
        return brick + ":" + disk.toString().substring(0, 4);
    }
}
