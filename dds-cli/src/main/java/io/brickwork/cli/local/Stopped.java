package io.brickwork.cli.local;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * A process that is stopped (SIGSTOP) until this is closed, or until this process is gone: a helper holds it that goes
 * on when its standard input ends.
 */
public final class Stopped implements AutoCloseable {
    private static final int SECONDS = 10;

    private final Process holder;

    private Stopped(Process holder) {
        this.holder = holder;
    }

    /** Stops it. */
    public static Stopped of(long pid) throws IOException {
        return new Stopped(new ProcessBuilder(
                        "sh", "-c", "trap '' INT TERM HUP; kill -STOP $0; read line; kill -CONT $0", Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Lets it go on; returns when it was told. */
    @Override
    public void close() {
        try {
            holder.getOutputStream().close();
            if (!holder.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the helper that holds a stopped process does not end");
            }
        } catch (IOException gone) {
            throw new IllegalStateException("the helper that holds a stopped process is gone", gone);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
