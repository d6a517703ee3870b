package io.brickwork.bricks.embedded;

import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.client.spi.EmbeddedBrick;
import io.brickwork.client.spi.EmbeddedBricks;
import io.brickwork.client.spi.EmbeddedOptions;
import io.brickwork.client.spi.MemberBrick;
import java.nio.file.Path;
import java.util.Map;

/** Makes bricks that run in this process. Found by {@link java.util.ServiceLoader}. */
public final class EmbeddedBricksProvider implements EmbeddedBricks {
    /** For the service loader. */
    public EmbeddedBricksProvider() {}

    @Override
    public EmbeddedBrick open(Path directory, EmbeddedOptions options) {
        return LocalBrick.open(directory, options);
    }

    @Override
    public MemberBrick member(Map<String, ?> settings) {
        return HostedBrick.start(BrickSettings.of(settings));
    }

    @Override
    public MemberBrick member(Path file) {
        return HostedBrick.start(BrickSettings.of(file));
    }
}
