package io.brickwork.bricks.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Makes files and directories that nobody but their owner can read: data, logs and secrets. What exists keeps the
 * permissions that it has. Where the file system knows no POSIX permissions, its own defaults hold.
 */
public final class OwnerOnly {
    private static final boolean IS_POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private OwnerOnly() {}

    /** Makes a directory (mode 0700), and those above it, unless it is there. */
    public static void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, permissions("rwx------"));
    }

    /** Makes an empty file (mode 0600) unless it is there. */
    public static void createFile(Path file) throws IOException {
        try {
            Files.createFile(file, permissions("rw-------"));
        } catch (FileAlreadyExistsException present) {
            return; // keeps its permissions
        }
    }

    private static FileAttribute<?>[] permissions(String rights) {
        return IS_POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }
}
