package io.brickwork.bricks;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.settings.SeedAddress;
import io.brickwork.core.DdsException;
import io.brickwork.core.message.LinkMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the seeds of a cluster that is to be joined for its bricks; a seed must prove that it knows the cluster's
 * secret. Blocks.
 */
final class Seeds {
    private static final Logger LOG = LoggerFactory.getLogger(Seeds.class);
    private static final Duration ONE_ANSWER = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Seeds() {}

    /**
     * What the first seed that answers says, asking one after the other, again and again for half a minute.
     *
     * @throws BrickStartException if none answers, with what each said
     */
    static List<LinkMessage.Member> ask(BrickSettings settings) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        List<String> failures = new ArrayList<>();
        boolean isTold = false;
        do {
            failures.clear();
            for (SeedAddress seed : settings.seeds()) {
                try (BrickProbe probe = new BrickProbe(
                        seed.host(), seed.port(), settings.cluster(), settings.linkOptions(), ONE_ANSWER)) {
                    return probe.welcome().members();
                } catch (DdsException unreachable) {
                    failures.add(String.valueOf(unreachable.getMessage()));
                }
            }
            if (!isTold) {
                isTold = true;
                LOG.warn("brick {} waits for a seed of cluster '{}': {}", settings.id(), settings.cluster(), failures);
            }
        } while (System.nanoTime() - deadlineNanos < 0
                && !Thread.currentThread().isInterrupted());
        throw new BrickStartException(
                "brick '%s' cannot join cluster '%s': none of the seeds %s answered within %d s (%s). Look whether those bricks run, and whether the cluster's name, token and secret are theirs"
                        .formatted(
                                settings.id(),
                                settings.cluster(),
                                settings.seeds(),
                                PATIENCE.toSeconds(),
                                String.join("; ", failures)));
    }
}
