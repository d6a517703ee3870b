package io.brickwork.bricks.log;

import io.brickwork.core.log.LogCorruptException;

/**
 * Why no batch could be read at a position: the end of the log, a torn tail, or rot; {@link Recovery} knows which.
 *
 * @param expected what should have been there
 * @param found what was
 */
record Damage(Segment segment, long position, String expected, String found) {
    /** Says that this is rot. */
    LogCorruptException asRot(LogFiles files, String reason) {
        return corrupt(
                files.describe(segment.name()),
                segment.offset(position),
                expected + " at position " + position + ", where " + reason,
                found);
    }

    static LogCorruptException corrupt(String file, long offset, String expected, String found) {
        return new LogCorruptException("log file " + file + " is damaged at byte " + offset + ": expected " + expected
                + "; found " + found + ". It was once synced and cannot be read back. Way out: put back an intact copy"
                + " of the file, or empty this brick's directory and let the brick join as new");
    }
}
