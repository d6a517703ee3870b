package io.brickwork.bricks.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file system on which a directory lies.
 *
 * @param type such as ext4 or tmpfs
 * @param totalBytes all that it can hold
 * @param usableBytes what is free there for this user
 */
public record DiskSpace(Path path, String type, long totalBytes, long usableBytes) {
    /** Of the file or directory, or of the nearest one above it that is there; empty if the system does not tell. */
    public static Optional<DiskSpace> of(Path path) {
        try {
            Path there = path.toAbsolutePath();
            while (!Files.exists(there)) {
                there = there.getParent();
                if (there == null) {
                    return Optional.empty();
                }
            }
            FileStore store = Files.getFileStore(there);
            return Optional.of(new DiskSpace(path, store.type(), store.getTotalSpace(), store.getUsableSpace()));
        } catch (IOException | SecurityException unknown) {
            return Optional.empty();
        }
    }

    /** For messages. */
    @Override
    public String toString() {
        return "the file system of %s (%s) has %,d of %,d bytes free".formatted(path, type, usableBytes, totalBytes);
    }
}
