package io.brickwork.core.partition.machine;

/** The part of the brick's log that one partition still needs. Positions are those of the brick's log. */
public interface LogRetention {
    /**
     * Position of the oldest record that is needed: of the first entry that is not applied here or not synced at every
     * member.
     */
    long neededPosition();

    /**
     * The log is about to lose everything below {@code headPosition}: writes the promise anew if it lies there.
     *
     * @return the position of the record that holds the promise from then on, which must be synced before the log is
     *     trimmed (this may be a record that was written earlier and is not synced yet, since the promise before it may
     *     go); -1 if there is no promise
     */
    long renewPromise(long headPosition);

    /** The log has lost everything below {@code headPosition}. */
    void trim(long headPosition);
}
