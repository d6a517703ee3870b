package io.brickwork.core.partition.tenure;

/** What a replica is in a view. */
public enum Role {
    MEMBER,
    LEARNER,
    /** The view leaves the brick out: it promises to serve no more, and that is all. */
    LEFT_OUT,
    /** The view names another life of this brick. */
    OTHER_LIFE
}
