package io.brickwork.bricks.lmdb;

import io.brickwork.bricks.caller.OwnLoader;
import io.brickwork.core.log.StoreFailedException;
import org.lmdbjava.Env;

/** LMDB's own code, which is unpacked from a jar and loaded once in a process. */
final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Loads it unless it is loaded: before anything else of LMDB, since a class that could not be initialized stays
     * unusable, and lmdbjava looks for the library through the thread's class loader.
     *
     * @throws StoreFailedException if it cannot be loaded; says what may be in the way
     */
    static void load() {
        OwnLoader.call(() -> {
            try {
                return Class.forName("org.lmdbjava.Library", true, Env.class.getClassLoader());
            } catch (ClassNotFoundException | LinkageError failure) {
                throw new StoreFailedException(
                        "LMDB's native library cannot be loaded: %s. It is unpacked to a file in %s (another directory: -Dlmdbjava.extract.dir=DIR), which must have room and allow programs; its jar (org.lmdbjava:native) must be on the class path, also of programs that run on the module path. Mend that and start the process again"
                                .formatted(cause(failure), System.getProperty("java.io.tmpdir")),
                        failure);
            }
        });
    }

    private static String cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure.toString() : cause(cause);
    }
}
