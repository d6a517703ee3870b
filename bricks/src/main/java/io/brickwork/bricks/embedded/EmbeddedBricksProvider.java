package io.brickwork.bricks.embedded;

import io.brickwork.bricks.Brick;
import io.brickwork.client.spi.EmbeddedBrick;
import io.brickwork.client.spi.EmbeddedBricks;
import io.brickwork.client.spi.EmbeddedOptions;
import io.brickwork.core.structure.StructureTypes;
import java.nio.file.Path;

/** Makes embedded bricks. Found by {@link java.util.ServiceLoader}. */
public final class EmbeddedBricksProvider implements EmbeddedBricks {
    /** For the service loader. */
    public EmbeddedBricksProvider() {}

    @Override
    public EmbeddedBrick open(Path directory, EmbeddedOptions options) {
        return LocalBrick.open(directory, options);
    }

    @Override
    public StructureTypes types() {
        return Brick.TYPES;
    }
}
