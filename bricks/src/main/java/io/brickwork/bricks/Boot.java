package io.brickwork.bricks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Which boot of its machine a brick runs in: what was written in an earlier one is lost unless it was synced. A failed
 * sync counts like a boot, since what the system held for the disk may be gone, and what it says of it is not to be
 * trusted (T35).
 *
 * <p>Where the system does not tell its boots apart, every start counts as another: that costs a replica its word on
 * what was never synced, and no data.
 */
final class Boot {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String FAILURES = "failed-syncs";

    private Boot() {}

    /** Names the boot, for a brick on this directory. */
    static String id(Path directory) {
        String boot;
        try {
            boot = Files.readString(KERNEL).strip();
        } catch (IOException | SecurityException elsewhere) {
            boot = UUID.randomUUID().toString();
        }
        return boot + "/" + failures(directory);
    }

    /** Notes that a sync failed, if the disk takes that much. */
    static void failed(Path directory) {
        try {
            Files.write(
                    directory.resolve(FAILURES),
                    new byte[] {'x'},
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    StandardOpenOption.SYNC);
        } catch (IOException | SecurityException full) {
            // A disk that takes nothing has lost nothing of what it took.
        }
    }

    private static long failures(Path directory) {
        try {
            return Files.size(directory.resolve(FAILURES));
        } catch (IOException none) {
            return 0;
        }
    }
}
