package io.brickwork.bricks.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The one directory a log lives in, and the few things a log does with it. All names are plain file names. Any thread.
 *
 * <p>This is the seam at which tests put disks that fail, fill up, and lose what was not synced.
 */
interface LogFiles {
    /** The names of all files, in ascending order. */
    List<String> names() throws IOException;

    /** Opens a file that exists. */
    LogFile open(String name) throws IOException;

    /** Makes an empty file, in place of one with this name if there is one. */
    LogFile create(String name) throws IOException;

    /** Renames in one step; a file that has the new name is replaced. */
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /** Returns once all creations, renamings and deletions so far survive the loss of power. */
    void syncDirectory() throws IOException;

    /** The file's name as a person would look for it. */
    String describe(String name);

    /** An open file. Reads and writes name their place, so that threads do not disturb each other. */
    interface LogFile extends Closeable {
        /** Reads what is there, up to the buffer's room; fewer bytes only at the end of the file. */
        void read(ByteBuffer target, long position) throws IOException;

        /** Writes all of the buffer's rest. */
        void write(ByteBuffer source, long position) throws IOException;

        /** Returns once the content written so far survives the loss of power. */
        void force() throws IOException;

        long size() throws IOException;
    }
}
