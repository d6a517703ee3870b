package io.brickwork.bricks.settings;

import io.brickwork.bricks.disk.OwnerOnly;
import io.brickwork.client.link.ClusterSecret;
import io.brickwork.core.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file in which the secret of a cluster lies: one line of text, readable by its owner only. */
public final class SecretFile {
    /** The file's name in a directory that holds a cluster. */
    public static final String NAME = "secret";

    /** Where the secret itself may stand, for programs that are given no files. */
    public static final String VARIABLE = "BRICKWORK_SECRET";

    /** A file that is longer holds something else. */
    private static final int MOST_BYTES = 4096;

    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private SecretFile() {}

    /**
     * Reads the file.
     *
     * @throws BrickStartException naming the file, if it is not there, others than its owner may read or write it, or
     *     it holds no secret
     */
    public static ClusterSecret read(Path file) {
        if (Files.isDirectory(file)) {
            throw new BrickStartException(
                    "%s is a directory, and no secret file; say --secret-file %s if that is the file in it"
                            .formatted(file, file.resolve(NAME)));
        }
        try {
            refuseOpenToOthers(file);
            if (Files.size(file) > MOST_BYTES) {
                throw new BrickStartException("the secret file %s has %d bytes; a secret has at most %d, on one line"
                        .formatted(file, Files.size(file), MOST_BYTES));
            }
            return of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), "the secret file " + file);
        } catch (NoSuchFileException missing) {
            throw new BrickStartException(
                    "there is no secret file %s; './dds secret %s' makes one for a new cluster, and a brick of one that exists needs a copy of the others'"
                            .formatted(file, file),
                    missing);
        } catch (IOException unreadable) {
            throw new BrickStartException(
                    "the secret file %s cannot be read: %s".formatted(file, unreadable), unreadable);
        }
    }

    /**
     * The secret that a text holds.
     *
     * @param origin where it comes from, for errors
     * @throws BrickStartException if it is too short
     */
    static ClusterSecret of(String text, String origin) {
        try {
            return ClusterSecret.of(Bytes.utf8(text.strip()));
        } catch (IllegalArgumentException bad) {
            throw new BrickStartException(
                    "%s holds no secret: %s. './dds secret FILE' makes a good one".formatted(origin, bad.getMessage()),
                    bad);
        }
    }

    /** The secret that the environment holds; null if it holds none. */
    public static @Nullable ClusterSecret fromEnvironment() {
        String text = System.getenv(VARIABLE);
        return text == null || text.isBlank() ? null : of(text, "the environment variable " + VARIABLE);
    }

    private static void refuseOpenToOthers(Path file) throws IOException {
        String mode = OwnerOnly.modeOpenToOthers(file);
        if (mode != null) {
            throw new BrickStartException(
                    "the secret file %s has mode %s: others than its owner can use it. Say 'chmod 600 %s'; if somebody may have read it, make a new one and give it to all bricks"
                            .formatted(file, mode, file));
        }
    }

    /**
     * Makes a file with a new secret.
     *
     * @throws FileAlreadyExistsException if it is there
     */
    public static void make(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.createFile(file, ownerOnly());
        Files.writeString(file, ClusterSecret.fresh() + "\n", StandardOpenOption.WRITE);
    }

    /** The secret of the cluster whose bricks lie in the directory; null if there is no file of it. */
    public static @Nullable ClusterSecret find(Path directory) {
        Path file = directory.resolve(NAME);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? read(file) : null;
    }

    private static FileAttribute<?>[] ownerOnly() {
        boolean hasModes =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return hasModes
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }
}
