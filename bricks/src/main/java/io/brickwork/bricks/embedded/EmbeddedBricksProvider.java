package io.brickwork.bricks.embedded;

import io.brickwork.client.spi.EmbeddedBrick;
import io.brickwork.client.spi.EmbeddedBricks;
import io.brickwork.client.spi.EmbeddedOptions;
import java.nio.file.Path;

/** Makes embedded bricks. Found by {@link java.util.ServiceLoader}. */
public final class EmbeddedBricksProvider implements EmbeddedBricks {
    /** For the service loader. */
    public EmbeddedBricksProvider() {}

    @Override
    public EmbeddedBrick open(Path directory, EmbeddedOptions options) {
        return LocalBrick.open(directory, options);
    }
}
