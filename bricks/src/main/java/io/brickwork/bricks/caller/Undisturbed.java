package io.brickwork.bricks.caller;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Work on files on behalf of a caller who may be interrupted: Java closes a file under a thread that is interrupted in
 * the middle of a read, a write or a sync, and a brick would take that for an error of its disk. So the work is done by
 * a thread that nobody knows, and the caller waits for it whatever happens; his flag stays as it is. Any thread.
 */
public final class Undisturbed {
    private Undisturbed() {}

    public static void run(String threadName, Runnable work) {
        call(threadName, () -> {
            work.run();
            return true;
        });
    }

    /** What the work throws is thrown here. */
    public static <T> T call(String threadName, Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(
                            work, task -> Thread.ofPlatform().name(threadName).start(task))
                    .join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw failed;
            }
        }
    }
}
