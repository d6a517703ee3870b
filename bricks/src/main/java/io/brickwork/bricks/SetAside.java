package io.brickwork.bricks;

import io.brickwork.bricks.settings.BrickStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Puts what a brick has on its disk out of the way, so that it can join as new. Nothing is deleted: that is for people,
 * who may still want to look.
 */
final class SetAside {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);
    /**
     * All that makes a directory a brick's. The format file last: until it is gone the directory is the old brick's.
     */
    private static final List<String> PARTS = List.of("log", "table", "failed-syncs", "format");

    private static final String PREFIX = "set-aside-";

    private SetAside() {}

    /** Whether a folder inside of a brick's directory holds what was moved out of the way. */
    static boolean isSetAside(Path folder) {
        return folder.getFileName().toString().startsWith(PREFIX);
    }

    /**
     * Moves it into a folder of its own inside the directory, which no brick may hold.
     *
     * @return the folder
     * @throws BrickStartException if that fails; then some of it may have been moved
     */
    static Path move(Path directory, Clock clock) {
        Path aside = directory.resolve(PREFIX + MOMENT.format(clock.instant()));
        try {
            Files.createDirectory(aside);
            for (String part : PARTS) {
                if (Files.exists(directory.resolve(part))) {
                    Files.move(directory.resolve(part), aside.resolve(part));
                }
            }
            return aside;
        } catch (IOException failure) {
            throw new BrickStartException(
                    "what is in %s is of no use to the cluster, and cannot be moved to %s: %s. Move it away, then start the brick again"
                            .formatted(directory, aside, failure),
                    failure);
        }
    }
}
