package io.brickwork.bricks.caller;

import java.util.function.Supplier;

/**
 * Runs what asks the thread for its context class loader with the loader of Brickwork's own classes: callers' threads
 * may have one that sees neither LMDB's native library nor Pekko, as in web applications and programs in one jar.
 */
public final class OwnLoader {
    private OwnLoader() {}

    /** Calls it, and gives the thread its own loader back. */
    public static <T> T call(Supplier<T> action) {
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(OwnLoader.class.getClassLoader());
        try {
            return action.get();
        } finally {
            thread.setContextClassLoader(callers);
        }
    }
}
