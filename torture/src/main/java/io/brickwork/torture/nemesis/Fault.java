package io.brickwork.torture.nemesis;

/** What may strike. */
public enum Fault {
    /** A brick is killed and, after a while, started again. */
    KILL_BRICK(true),
    /** Several bricks, up to all of them, are killed at once. */
    KILL_BRICKS(true),
    /** A brick is stopped, as if its machine hung, for longer than any timeout, and goes on as if nothing had been. */
    STOP_BRICK(true),
    /** A brick is told to end, and does so in good order; after a while it is started again. */
    END_BRICK(true),
    /**
     * A brick is killed and everything on its disk deleted; after a while it is started again. Only when all copies are
     * complete; with three bricks or more.
     */
    LOSE_DISK(true),
    /** A client is killed with calls open; another takes its place. */
    KILL_CLIENT(true),
    /** A client is stopped for longer than any of its calls may take. */
    STOP_CLIENT(true),
    /** No bytes pass between two bricks, or one and all others, or two halves of everything. */
    CUT(false),
    /** No bytes pass in one direction. */
    CUT_ONE_WAY(false),
    /** Connections are reset, again and again. */
    BREAK_LINKS(false),
    /** All bytes of a brick arrive late. */
    DELAY(false),
    /** The disk of one brick has no byte left. */
    FILL_DISK(true);

    private final boolean concernsProcesses;

    Fault(boolean concernsProcesses) {
        this.concernsProcesses = concernsProcesses;
    }

    /** Of two that overlap, one concerns processes and the other does not. */
    public boolean concernsProcesses() {
        return concernsProcesses;
    }
}
