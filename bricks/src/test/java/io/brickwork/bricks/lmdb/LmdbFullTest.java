package io.brickwork.bricks.lmdb;

import static io.brickwork.bricks.lmdb.LmdbTables.delete;
import static io.brickwork.bricks.lmdb.LmdbTables.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.structure.Effect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table on its way to full, at full, and beyond. */
class LmdbFullTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path temp;

    private TableOptions options() {
        return TableOptions.of(temp.resolve("table")).withDiskReserveBytes(0);
    }

    @Test
    void fillLevelIsTheGreatestShare() {
        TableOptions options = options().withMapBytes(1000 * MIB).withDiskReserveBytes(100 * MIB);

        assertThat(FillGauge.permille(options, 0, 0, 0, 1000 * MIB)).isZero();
        assertThat(FillGauge.permille(options, 500 * MIB, 500 * MIB, 0, 100_000 * MIB))
                .as("of the map")
                .isEqualTo(500);
        assertThat(FillGauge.permille(options, 2000 * MIB, 2000 * MIB, 0, 100_000 * MIB))
                .as("beyond the map")
                .isEqualTo(1000);
        assertThat(FillGauge.permille(options, 200 * MIB, 200 * MIB, 400 * MIB, 300 * MIB))
                .as("of the disk: 600 taken, 200 to take")
                .isEqualTo(750);
        assertThat(FillGauge.permille(options, 100 * MIB, 600 * MIB, 0, 200 * MIB))
                .as("what is free in the file can be taken again")
                .isEqualTo(142);
        assertThat(FillGauge.permille(options, MIB, MIB, 0, 100 * MIB))
                .as("a disk down to the reserve")
                .isEqualTo(1000);
        assertThat(FillGauge.permille(
                        options.withCapacityBytes(100 * MIB), 20 * MIB, 500 * MIB, 60 * MIB, 100_000 * MIB))
                .as("of the capacity")
                .isEqualTo(800);
    }

    @Test
    void fillLevelRisesWithPutsAndFallsWithDeletes() {
        try (LmdbTables tables = new LmdbTables(options().withCapacityBytes(10 * MIB))) {
            assertThat(tables.table.fillPermille()).isLessThan(10);
            List<Effect> puts = new ArrayList<>();
            List<Effect> deletes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                puts.add(put("k" + i, 100_000));
                deletes.add(delete("k" + i));
            }
            tables.apply(puts);
            assertThat(tables.table.fillPermille()).isBetween(470, 530);

            tables.apply(deletes);
            assertThat(tables.table.fillPermille()).isLessThan(10);
        }
    }

    @Test
    void logCountsTowardsTheCapacityAndIsLookedAtAgainInTime() {
        try (LmdbTables tables = new LmdbTables(options().withCapacityBytes(10 * MIB))) {
            int before = tables.table.fillPermille();
            tables.logBytes.set(9 * MIB);
            assertThat(tables.table.fillPermille()).isEqualTo(before);

            tables.nanos.addAndGet(300_000_000);
            await().until(() -> tables.table.fillPermille() >= 900);
        }
    }

    @Test
    void fullTableCanBeEmptied() {
        try (LmdbTables tables = new LmdbTables(options().withMapBytes(8 * MIB))) {
            int keys = 0;
            while (tables.table.fillPermille() < 1000) {
                List<Effect> puts = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    puts.add(put("k" + keys++, 200));
                }
                assertThat(tables.apply(puts)).isTrue();
            }
            for (int i = 0; i < keys; i += 500) {
                List<Effect> deletes = new ArrayList<>();
                for (int j = i; j < i + 500; j++) {
                    deletes.add(delete("k" + j));
                }
                assertThat(tables.apply(deletes)).isTrue();
            }
            assertThat(tables.failures).isEmpty();
            assertThat(tables.table.fillPermille()).isLessThan(20);
        }
    }

    @Test
    void mapThatOverflowsEndsTheTableWithAMessage() {
        TableOptions options = options().withMapBytes(MIB);
        try (LmdbTables tables = new LmdbTables(options)) {
            assertThat(tables.apply(put("acknowledged", "v"))).isTrue();
            boolean isApplied = true;
            for (int i = 0; i < 100 && isApplied; i++) {
                isApplied = tables.apply(put("large" + i, 1 << 20));
            }

            assertThat(isApplied).isFalse();
            assertThat(tables.failures).hasSize(1);
            assertThat(tables.failures.element())
                    .hasMessageContaining(options.directory().toString())
                    .hasMessageContaining("68,157,440 bytes of address space are used up")
                    .hasMessageContaining("larger map than 1,048,576 bytes");
            assertThatThrownBy(() -> tables.table.apply(tables.batch(List.of(delete("acknowledged")))))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessageContaining("has failed before");
            assertThatThrownBy(tables.table::snapshot).isInstanceOf(StoreFailedException.class);
            assertThat(tables.failures).hasSize(1);
        }
        try (LmdbTables tables = new LmdbTables(options.withMapBytes(128 * MIB))) {
            assertThat(tables.get("acknowledged")).isEqualTo("v");
            assertThat(tables.apply(put("large", 1 << 20))).isTrue();
        }
    }
}
