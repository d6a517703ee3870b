package io.brickwork.bricks.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SegmentedLogOnDiskTest extends SegmentedLogContract {
    @TempDir
    private Path directory;

    private int opened;

    @Override
    protected int steps() {
        return 50;
    }

    /** Every life gets a directory of its own, with the image that the one before has left. */
    @Override
    LogFiles files(MemoryDisk disk) {
        try {
            return new MirroredFiles(directory.resolve("life-" + opened++), disk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
