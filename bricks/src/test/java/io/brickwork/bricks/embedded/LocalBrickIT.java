package io.brickwork.bricks.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.client.call.LoopInvoker;
import io.brickwork.client.spi.EmbeddedOptions;
import io.brickwork.client.spi.ShippedStructures;
import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrickIT {
    @TempDir
    Path temp;

    @Test
    void callsFailAtOnceWithTheReasonWhenTheBrickHasHalted() {
        LocalBrick brick = LocalBrick.open(temp, EmbeddedOptions.DEFAULT);
        try (LoopInvoker invoker = LoopInvoker.start(
                brick.lane(),
                new LoopInvoker.Settings(ShippedStructures.TYPES, brick.id(), ForkJoinPool.commonPool(), 100),
                new io.brickwork.client.call.LocalBrick(brick))) {
            DdsHashTable<String, String> table = table(invoker);
            table.set("k", "v");
            assertThat(table.get("k")).isEqualTo("v");

            brick.brick().lane().halt(new StoreFailedException("the disk said no"));
            brick.brick().lane().call(() -> true); // behind it

            DdsHashTable<String, String> patient = table.withTimeout(Duration.ofHours(1));
            assertThatThrownBy(() -> patient.set("k", "w"))
                    .isInstanceOf(DdsException.Unavailable.class)
                    .hasMessageContaining("has halted")
                    .hasMessageContaining("the disk said no");
            assertThatThrownBy(() -> patient.get("k")).isInstanceOf(DdsException.Unavailable.class);
        } finally {
            brick.close();
        }
        assertThat(temp.resolve("log/clean")).doesNotExist();
        LocalBrick again = LocalBrick.open(temp, EmbeddedOptions.DEFAULT);
        try (LoopInvoker invoker = LoopInvoker.start(
                again.lane(),
                new LoopInvoker.Settings(ShippedStructures.TYPES, again.id(), ForkJoinPool.commonPool(), 100),
                new io.brickwork.client.call.LocalBrick(again))) {
            assertThat(table(invoker).get("k")).isEqualTo("v");
        } finally {
            again.close();
        }
    }

    private static DdsHashTable<String, String> table(LoopInvoker invoker) {
        return DdsHashTable.open(invoker, TableSpec.of("t", Codecs.string(), Codecs.string()), CallOptions.DEFAULT);
    }
}
