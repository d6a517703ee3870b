package io.brickwork.core.group;

import io.brickwork.core.BrickId;

/** A member of a replica group: a brick in one of its lives. */
public record Member(BrickId brick, Incarnation incarnation) {
    /** Whether this is the other one, or the same brick started again on the same disk. */
    public boolean standsFor(Member other) {
        return brick.equals(other.brick) && incarnation.standsFor(other.incarnation);
    }
}
