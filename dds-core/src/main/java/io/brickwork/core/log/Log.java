package io.brickwork.core.log;

/**
 * Port: the log of one brick, the source of truth for all its partitions.
 *
 * <p>Records are appended in order. A <em>position</em> is a byte address that only grows: {@link #append} returns
 * where its record begins; a record is written (survives the death of the process) once {@link #writtenPosition} has
 * passed its position, and synced (survives losing all power) once {@link #syncedPosition} has. After a restart exactly
 * a prefix of what was appended is there, and at least what was synced.
 *
 * <p>Used by one thread, the brick's lane, except for {@link #close}. The shell writes once a turn, and tells the
 * machine of progress through {@code BrickInput.Written} and {@code BrickInput.Synced}. Any failure to write or sync is
 * final (after a failed sync the page cache lies): the log refuses everything from then on, and the brick halts.
 */
public interface Log extends AutoCloseable {
    /**
     * Reads everything that is there, in order. Called once, before anything else. Everything it reports is synced
     * before this method returns.
     *
     * @throws LogCorruptException if a record that was once synced cannot be read back: rot, not a torn tail
     */
    void replay(Replayer replayer);

    /**
     * Takes a record into the turn's batch and returns its position. The record is not written before {@link #write}.
     */
    long append(LogRecord record);

    /** Writes all that was appended since the last call, as one batch. Shell only. */
    void write();

    /** Asks that everything appended up to this moment be synced soon after it is written; returns at once. */
    void requestSync();

    /** Records that begin below this position are written. */
    long writtenPosition();

    /** Records that begin below this position are synced. */
    long syncedPosition();

    /**
     * Reads the record that begins at a position which {@link #append} or {@link #replay} gave and {@link #trim} has
     * not taken. May read from disk.
     */
    LogRecord read(long position);

    /**
     * Where the log would begin if it were trimmed to this position: never above it, at a segment's border, and at
     * least one full segment stays.
     */
    long headAfterTrim(long position);

    /** Gives up records below {@link #headAfterTrim} of this position. */
    void trim(long position);

    /** The position of the oldest record that is kept. */
    long headPosition();

    @Override
    void close();

    /** Takes the records of a replay. */
    @FunctionalInterface
    interface Replayer {
        void record(long position, LogRecord record);
    }
}
