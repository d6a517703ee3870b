package io.brickwork.bricks.lane;

import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.StoreFailedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A log that only counts, and tells what it writes. */
final class CountingLog implements Log {
    private final Consumer<String> happened;
    long appended;
    private long written;

    @Nullable
    StoreFailedException failure;

    CountingLog(Consumer<String> happened) {
        this.happened = happened;
    }

    @Override
    public void replay(Replayer replayer) {}

    @Override
    public long append(LogRecord record) {
        return appended++;
    }

    @Override
    public void write() {
        if (failure != null) {
            throw failure;
        }
        if (written != appended) {
            written = appended;
            happened.accept("write " + written);
        }
    }

    @Override
    public void requestSync() {}

    @Override
    public long writtenPosition() {
        return written;
    }

    @Override
    public long syncedPosition() {
        return 0;
    }

    @Override
    public LogRecord read(long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long headAfterTrim(long position) {
        return 0;
    }

    @Override
    public void trim(long position) {}

    @Override
    public long headPosition() {
        return 0;
    }

    @Override
    public void close() {}
}
