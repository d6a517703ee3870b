package io.brickwork.bricks.lane;

/** What the storage actor of a brick is told. */
public sealed interface BrickCommand {
    /** Inputs wait on the lane. From the lane itself. */
    enum TakeInputs implements BrickCommand {
        INSTANCE
    }

    /** Another storage actor takes this one's place, or none. From whoever made it. */
    enum Stop implements BrickCommand {
        INSTANCE
    }
}
