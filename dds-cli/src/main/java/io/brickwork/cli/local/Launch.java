package io.brickwork.cli.local;

import java.time.Duration;
import java.util.List;

/**
 * How bricks are started.
 *
 * @param jvmOptions more of them, such as {@code -Xmx1g}
 * @param settings of {@code brickwork.brick}, each {@code key=value}
 * @param patience how long to wait until they serve; bricks that are not ready by then go on
 */
public record Launch(List<String> jvmOptions, List<String> settings, Duration patience) {
    public Launch {
        jvmOptions = List.copyOf(jvmOptions);
        settings = List.copyOf(settings);
    }
}
