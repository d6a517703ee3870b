package io.brickwork.client.spi;

import io.brickwork.core.Check;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * What the user of a {@link io.brickwork.client.Dds} wants of the session below it.
 *
 * @param openCalls how many calls may be open at a time; at least 1
 * @param executor what shall complete stages; null if the user did not say, so that the session chooses
 */
public record SessionSettings(int openCalls, @Nullable Executor executor) {
    public SessionSettings {
        Check.argument(openCalls >= 1, "%d open calls are not enough for one", openCalls);
    }

    /** What completes stages: as the user said, else the common pool, or virtual threads where that has no threads. */
    public Executor executorOrUsual() {
        if (executor != null) {
            return executor;
        }
        // A common pool without threads of its own runs nothing unless someone waits for it.
        return ForkJoinPool.getCommonPoolParallelism() > 0
                ? ForkJoinPool.commonPool()
                : Executors.newVirtualThreadPerTaskExecutor();
    }
}
