package io.brickwork.bricks;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.disk.DiskFailure;
import io.brickwork.bricks.disk.OwnerOnly;
import io.brickwork.bricks.settings.BrickStartException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A brick's directory, held by one brick at a time: what it is, which disk it is, and where log and table lie in it.
 *
 * <pre>
 * format   one line each: what this is, the number of the format, the disk's id, the brick it belongs to, a checksum
 * lock     locked while a brick runs on the directory
 * owner    the process that holds the lock, for messages
 * log/     the log's segments
 * table/   the LMDB environment
 * </pre>
 *
 * <p>Two processes are kept apart by the lock on the file, which the system releases however a process ends; two bricks
 * of one process by a registry, since such a lock does not stop its own process. Any thread.
 */
public final class BrickDirectory implements AutoCloseable {
    /** The file that says which bricks {@code ./dds cluster} has started in a directory. */
    public static final String CLUSTER_FILE = "cluster.conf";

    private static final String TITLE = "brickwork brick directory";
    private static final int FORMAT = 1;
    /**
     * Line of the format file, behind the others: log and table were there. Directories of earlier versions get it when
     * they are opened.
     */
    private static final String FOUNDED = "founded";

    private static final Set<Path> HELD_HERE = new HashSet<>();

    private final Path directory;
    private final FileChannel channel;
    private final FileLock lock;
    private final UUID diskId;
    private final String owner;
    private boolean isFounded;

    private BrickDirectory(
            Path directory, FileChannel channel, FileLock lock, UUID diskId, String owner, boolean isFounded) {
        this.directory = directory;
        this.channel = channel;
        this.lock = lock;
        this.diskId = diskId;
        this.owner = owner;
        this.isFounded = isFounded;
    }

    /**
     * Takes the directory for a brick, and makes it if it is not there.
     *
     * @param owner name of the brick that it belongs to: an existing directory of another is refused
     * @throws BrickStartException naming the directory and what is wrong with it
     */
    public static BrickDirectory open(Path path, String owner) {
        Path directory = made(path);
        synchronized (HELD_HERE) {
            if (!HELD_HERE.add(directory)) {
                throw new BrickStartException(
                        "directory %s is already open in this process (pid %d): close the other Dds or brick first"
                                .formatted(directory, ProcessHandle.current().pid()));
            }
        }
        boolean isOpen = false;
        try {
            BrickDirectory opened = lock(directory, owner);
            isOpen = true;
            return opened;
        } catch (IOException failure) {
            throw new BrickStartException(
                    "directory %s cannot be used: %s".formatted(directory, DiskFailure.explain(directory, failure)),
                    failure);
        } finally {
            if (!isOpen) {
                release(directory);
            }
        }
    }

    /** Drawn when the directory was made: tells this disk from every other. */
    public UUID diskId() {
        return diskId;
    }

    /**
     * Whether log and table were there once. If they are not any more, they were lost: a brick that began anew under
     * the same disk id would have forgotten what it has promised to the others.
     */
    boolean isFounded() {
        return isFounded;
    }

    /**
     * Notes durably that log and table are there.
     *
     * @throws BrickStartException if that cannot be written
     */
    void markFounded() {
        if (isFounded) {
            return;
        }
        try {
            write(directory, diskId, owner, true);
        } catch (IOException failure) {
            throw new BrickStartException(
                    "directory %s cannot be used: %s".formatted(directory, DiskFailure.explain(directory, failure)),
                    failure);
        }
        isFounded = true;
    }

    public Path logDirectory() {
        return directory.resolve("log");
    }

    public Path tableDirectory() {
        return directory.resolve("table");
    }

    /** Gives the directory up. Log and table must be closed by then. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(directory.resolve("owner"));
            lock.release();
        } catch (IOException ignored) {
            // The system releases the lock with the process at the latest, and the owner's file is only for messages.
        } finally {
            release(directory);
        }
    }

    private static void release(Path directory) {
        synchronized (HELD_HERE) {
            HELD_HERE.remove(directory);
        }
    }

    private static Path made(Path path) {
        try {
            if (Files.exists(path) && !Files.isDirectory(path)) {
                throw new BrickStartException("%s is a file, not a directory".formatted(path.toAbsolutePath()));
            }
            OwnerOnly.createDirectories(path);
            Path directory = path.toRealPath();
            if (!Files.isWritable(directory) || !Files.isReadable(directory) || !Files.isExecutable(directory)) {
                throw new BrickStartException(
                        "no permission to use directory %s as user %s: it must be readable and writable"
                                .formatted(directory, System.getProperty("user.name")));
            }
            return directory;
        } catch (IOException failure) {
            throw new BrickStartException(
                    "directory %s cannot be made: %s"
                            .formatted(path.toAbsolutePath(), DiskFailure.explain(path, failure)),
                    failure);
        }
    }

    private static BrickDirectory lock(Path directory, String owner) throws IOException {
        if (!Files.exists(directory.resolve("format"))) {
            refuseOthersPlace(directory);
        }
        OwnerOnly.createFile(directory.resolve("lock"));
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isLocked = false;
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new BrickStartException(
                        "directory %s is in use by another process (%s): stop that one first, or choose another directory"
                                .formatted(directory, holder(directory)));
            }
            UUID diskId = checkFormat(directory, owner);
            OwnerOnly.createFile(directory.resolve("owner"));
            Files.writeString(
                    directory.resolve("owner"), "pid " + ProcessHandle.current().pid() + "\n");
            isLocked = true;
            return new BrickDirectory(directory, channel, lock, diskId, owner, isFounded(directory));
        } finally {
            if (!isLocked) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            return null;
        }
    }

    private static String holder(Path directory) {
        try {
            return Files.readString(directory.resolve("owner")).strip();
        } catch (IOException unknown) {
            return "pid unknown";
        }
    }

    private static UUID checkFormat(Path directory, String owner) throws IOException {
        Path file = directory.resolve("format");
        if (!Files.exists(file)) {
            return found(directory, owner);
        }
        List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                .lines()
                .toList();
        if (lines.size() < 4 || !lines.get(0).equals(TITLE)) {
            throw new BrickStartException(
                    "%s is not the format file of a brick's directory, or it is damaged. Put back an intact copy of the directory"
                            .formatted(file));
        }
        String format = field(file, lines.get(1), "format");
        if (!format.equals(String.valueOf(FORMAT))) {
            throw new BrickStartException("directory %s has format %s; this version of Brickwork knows format %d only"
                    .formatted(directory, format, FORMAT));
        }
        if (lines.size() > 4 && !lines.get(4).equals(check(lines.subList(0, 4)))) {
            throw new BrickStartException(
                    "%s is damaged: its last line says '%s', and its other lines give '%s'. Put back an intact copy of the directory"
                            .formatted(file, lines.get(4), check(lines.subList(0, 4))));
        }
        String belongsTo = field(file, lines.get(3), "brick");
        if (!belongsTo.equals(owner)) {
            throw new BrickStartException(
                    "directory %s belongs to brick '%s', not to '%s': a brick never takes another's data. If '%s' is a brick of a cluster, ask it with --connect HOST:PORT --cluster NAME, or Dds.connect(...)"
                            .formatted(directory, belongsTo, owner, belongsTo));
        }
        try {
            return UUID.fromString(field(file, lines.get(2), "disk"));
        } catch (IllegalArgumentException bad) {
            throw new BrickStartException("%s names no disk id".formatted(file), bad);
        }
    }

    private static UUID found(Path directory, String owner) throws IOException {
        for (String part : List.of("log", "table")) {
            if (Files.exists(directory.resolve(part))) {
                throw new BrickStartException(
                        "directory %s holds a '%s' but no format file: it is not a brick's directory, or its format file was lost"
                                .formatted(directory, part));
            }
        }
        UUID diskId = UUID.randomUUID();
        write(directory, diskId, owner, false);
        return diskId;
    }

    private static boolean isFounded(Path directory) throws IOException {
        return Files.readAllLines(directory.resolve("format")).contains(FOUNDED);
    }

    private static void write(Path directory, UUID diskId, String owner, boolean isFounded) throws IOException {
        Path draft = directory.resolve("format.new");
        OwnerOnly.createFile(draft);
        List<String> lines = List.of(TITLE, "format " + FORMAT, "disk " + diskId, "brick " + owner);
        String text = String.join("\n", lines) + "\n" + check(lines) + "\n" + (isFounded ? FOUNDED + "\n" : "");
        try (FileChannel out = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            out.write(StandardCharsets.UTF_8.encode(text));
            out.force(true);
        }
        Files.move(draft, directory.resolve("format"), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    /** The line that says that the others are as they were written; directories of earlier versions have none. */
    private static String check(List<String> lines) {
        CRC32C crc = new CRC32C();
        crc.update(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        return "check %08x".formatted(crc.getValue());
    }

    /** What clients of the cluster connect to. */
    private static String addressesIn(Path cluster) {
        try {
            return ConfigFactory.parseFile(cluster.toFile()).getConfigList("bricks").stream()
                    .map(brick -> "127.0.0.1:" + brick.getInt("data-port"))
                    .collect(Collectors.joining(","));
        } catch (ConfigException unreadable) {
            return "HOST:PORT";
        }
    }

    /** A new brick is not put into the directory of a cluster, above bricks, or into a brick. */
    private static void refuseOthersPlace(Path directory) throws IOException {
        Path cluster = directory.resolve(CLUSTER_FILE);
        if (Files.exists(cluster)) {
            throw new BrickStartException(
                    "directory %s is that of a cluster, not of one brick: %s. Ask its bricks instead, with --connect %s --cluster NAME on the command line or Dds.connect(...) in a program; './dds cluster up --dir %s' starts them"
                            .formatted(
                                    directory,
                                    "'./dds cluster' has started bricks there",
                                    addressesIn(cluster),
                                    directory));
        }
        Path above = directory.getParent();
        if (above != null && isBrick(above)) {
            throw new BrickStartException(
                    "directory %s lies in that of a brick (%s), which is the brick's alone; choose another"
                            .formatted(directory, above));
        }
        try (Stream<Path> inside = Files.list(directory)) {
            Optional<Path> brick = inside.filter(path -> !SetAside.isSetAside(path))
                    .filter(BrickDirectory::isBrick)
                    .findFirst();
            if (brick.isPresent()) {
                throw new BrickStartException(
                        "directory %s holds the directories of bricks, such as %s: name one of those, or choose another; if they are bricks of a cluster, ask them with --connect HOST:PORT --cluster NAME"
                                .formatted(directory, brick.get().getFileName()));
            }
        }
    }

    private static boolean isBrick(Path directory) {
        try {
            Path format = directory.resolve("format");
            return Files.isRegularFile(format)
                    && Files.readString(format, StandardCharsets.UTF_8).startsWith(TITLE);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static String field(Path file, String line, String name) {
        if (!line.startsWith(name + " ")) {
            throw new BrickStartException("%s says '%s' where '%s ...' is expected".formatted(file, line, name));
        }
        return line.substring(name.length() + 1).strip();
    }
}
