package io.brickwork.bricks.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /**
     * The mode of a file that others than its owner can use; null if they cannot, or the file system knows no modes.
     *
     * @throws java.nio.file.NoSuchFileException if it is not there
     */
    public static @Nullable String modeOpenToOthers(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            Files.size(file); // throws if the file is missing
            return null;
        }
        Set<PosixFilePermission> mode = view.readAttributes().permissions();
        boolean isOpen = mode.stream()
                .anyMatch(permission -> permission.name().startsWith("GROUP_")
                        || permission.name().startsWith("OTHERS_"));
        return isOpen ? PosixFilePermissions.toString(mode) : null;
    }

    private static FileAttribute<?>[] permissions(String rights) {
        return IS_POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }
}
