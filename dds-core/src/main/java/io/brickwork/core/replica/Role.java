package io.brickwork.core.replica;

/** What a replica is in a view. */
enum Role {
    MEMBER,
    LEARNER,
    /** The view leaves the brick out: it promises to serve no more, and that is all. */
    LEFT_OUT,
    /** The view names another life of this brick. */
    OTHER_LIFE
}
