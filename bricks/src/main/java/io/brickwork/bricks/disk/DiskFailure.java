package io.brickwork.bricks.disk;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says of a failed read or write what is wrong with the disk, and what to do. */
public final class DiskFailure {
    /** With less than this the disk counts as full: LMDB calls a write that finds no room an I/O error. */
    private static final long FULL_BYTES = 1 << 20;

    private DiskFailure() {}

    /**
     * What happened, in the system's words; why, and what to do, where that is known; and what the disk has free.
     *
     * @param path the file, or a directory on the same disk
     */
    public static String explain(Path path, Throwable failure) {
        Optional<DiskSpace> space = DiskSpace.of(path);
        String what = reason(failure);
        String remedy = remedy(failure, what, space.orElse(null));
        return what
                + (remedy.isEmpty() ? "" : ": " + remedy)
                + space.map(found -> " (" + found + ")").orElse("");
    }

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof FileSystemException at) {
            String reason = at.getReason() == null
                    ? failure.getClass().getSimpleName().replace("Exception", "")
                    : at.getReason();
            return at.getFile() == null ? reason : at.getFile() + ": " + reason;
        }
        return message == null ? failure.toString() : message;
    }

    private static String remedy(Throwable failure, String what, @Nullable DiskSpace space) {
        boolean isFull = what.contains("No space left")
                || what.contains("ENOSPC")
                || (what.contains("nput/output error") && space != null && space.usableBytes() < FULL_BYTES);
        if (isFull) {
            return "the disk is full; make room there, or give it more, then start the brick again";
        }
        if (what.contains("quota") || what.contains("EDQUOT")) {
            return "the user's quota on this disk is used up; raise it, or make room";
        }
        if (failure instanceof ReadOnlyFileSystemException
                || what.contains("Read-only file system")
                || what.contains("EROFS")) {
            return "the file system is mounted read-only; mount it writable, and look in the system's log for why it is not";
        }
        if (failure instanceof AccessDeniedException
                || what.contains("Permission denied")
                || what.contains("EACCES")
                || what.contains("Operation not permitted")) {
            return "user %s may not do that; change the owner or the permissions of the directory and all that is in it"
                    .formatted(System.getProperty("user.name"));
        }
        if (what.contains("Too many open files") || what.contains("EMFILE")) {
            return "the process has as many files open as it may; raise the limit (ulimit -n)";
        }
        if (failure instanceof NoSuchFileException || what.contains("No such file")) {
            return "it is gone; was the directory removed, or is its disk not mounted?";
        }
        if (failure instanceof NotDirectoryException || what.contains("Not a directory")) {
            return "a part of the path is a file; choose another directory";
        }
        if (what.contains("nput/output error")) {
            return "the disk reports an error; look in the system's log, and expect that it is failing";
        }
        return "";
    }
}
