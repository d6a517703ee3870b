package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.bricks.disk.DiskSpace;
import io.brickwork.bricks.settings.BrickStartException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How much a brick keeps free and takes at once depends on its disk. */
class StorageTest {
    private static final Path PATH = Path.of("data");
    private static final long MIB = 1L << 20;

    private static DiskSpace disk(long totalMib) {
        return new DiskSpace(PATH, "tmpfs", totalMib * MIB, totalMib * MIB);
    }

    @Test
    void smallDiskHasASmallReserveAndSmallLogFiles() {
        Brick.Storage fitting = new Brick.Storage(PATH, 0, 64 * MIB).on(disk(64));

        assertThat(fitting.diskReserveBytes()).isEqualTo(4 * MIB);
        assertThat(fitting.logSegmentBytes()).isEqualTo(4 * MIB);
    }

    @Test
    void largeDiskChangesNothing() {
        Brick.Storage wanted = new Brick.Storage(PATH, 0, 64 * MIB);

        assertThat(wanted.on(disk(1 << 20))).isEqualTo(wanted);
        assertThat(wanted.diskReserveBytes()).isEqualTo(256 * MIB);
    }

    @Test
    void whatDoesNotFitIsRefusedWithAllFigures() {
        assertThatThrownBy(() -> new Brick.Storage(PATH, 128 * MIB, 64 * MIB).on(disk(64)))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("the capacity of 134,217,728 bytes is more than the disk has")
                .hasMessageContaining("67,108,864 of 67,108,864 bytes free");
        assertThatThrownBy(() -> new Brick.Storage(PATH, 0, 64 * MIB).on(disk(1)))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("the disk is too small")
                .hasMessageContaining("are needed");
    }
}
