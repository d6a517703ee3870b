package io.brickwork.core.partition.port;

import io.brickwork.core.log.LogRecord;

/** The brick's log, as one replica writes and reads it. */
public interface LogPort {
    /**
     * Appends a record; the replica hears when it is written and when it is synced.
     *
     * @param seq the entry's number, or 0 for a record that is no entry
     * @return the record's position
     */
    long append(LogRecord record, long seq);

    /** Asks that all that was appended be synced soon. */
    void requestSync();

    /** The record at a position that {@link #append} has returned. */
    LogRecord read(long position);
}
