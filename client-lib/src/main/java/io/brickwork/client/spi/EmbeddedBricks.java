package io.brickwork.client.spi;

import java.nio.file.Path;
import java.util.Map;

/**
 * Makes bricks that run in this process. Implemented by {@code io.brickwork:bricks} and named in its
 * {@code META-INF/services}; needs a public constructor without parameters.
 */
public interface EmbeddedBricks {
    /**
     * Opens the only brick of a cluster of one, on a directory that it has for itself. Returns when calls can be made.
     *
     * @param directory where log and table are, or will be; made if it does not exist
     * @throws RuntimeException if the directory cannot be used: locked by another process, not permitted, damaged. The
     *     message names the directory, what is wrong, and what to do
     */
    EmbeddedBrick open(Path directory, EmbeddedOptions options);

    /**
     * Starts a brick of a cluster. Returns when it takes connections.
     *
     * @param settings of the brick, by their names below {@code brickwork.brick}
     * @throws RuntimeException if a setting, the directory or a port is unfit; the message says which, and what to do
     */
    MemberBrick member(Map<String, ?> settings);

    /** The same with the settings from a HOCON file, where they stand below {@code brickwork.brick}. */
    MemberBrick member(Path file);
}
