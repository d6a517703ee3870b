package io.brickwork.hashtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.map.AsyncMap;
import io.brickwork.map.InMemoryInvoker;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AsyncTableTest {
    private final InMemoryInvoker invoker = new InMemoryInvoker(HashTableType.INSTANCE);
    private final DdsHashTable<String, Long> table =
            DdsHashTable.open(invoker, TableSpec.of("stock", Codecs.string(), Codecs.int64()), CallOptions.DEFAULT);
    private final AsyncMap<String, Long> async = table.async();

    @Test
    void eachMethodSaysWhatTheBlockingOneSays() {
        assertThat(now(async.put("a", 1L))).isNull();
        assertThat(now(async.put("a", 2L))).isEqualTo(1L);
        assertThat(now(async.get("a"))).isEqualTo(2L);
        assertThat(now(async.get("b"))).isNull();
        assertThat(now(async.getOrDefault("b", 9L))).isEqualTo(9L);
        assertThat(now(async.containsKey("a"))).isTrue();
        assertThat(now(async.putIfAbsent("a", 3L))).isEqualTo(2L);
        assertThat(now(async.replace("a", 4L))).isEqualTo(2L);
        assertThat(now(async.replace("a", 9L, 5L))).isFalse();
        assertThat(now(async.replace("a", 4L, 5L))).isTrue();
        assertThat(now(async.remove("a", 4L))).isFalse();
        assertThat(now(async.remove("a", 5L))).isTrue();
        assertThat(now(async.set("b", 6L))).isNull();
        assertThat(now(async.remove("b"))).isEqualTo(6L);
        assertThat(now(async.delete("b"))).isNull();
        assertThat(table).isEmpty();
    }

    @Test
    void theComputingOnesDoToo() {
        assertThat(now(async.compute("a", (key, value) -> value == null ? 1L : null)))
                .isEqualTo(1L);
        assertThat(now(async.computeIfAbsent("a", key -> 7L))).isEqualTo(1L);
        assertThat(now(async.computeIfPresent("a", (key, value) -> value + 1))).isEqualTo(2L);
        assertThat(now(async.computeIfPresent("b", (key, value) -> value + 1))).isNull();
        assertThat(now(async.merge("a", 40L, Long::sum))).isEqualTo(42L);
        assertThat(now(async.compute("a", (key, value) -> null))).isNull();
        assertThat(table).isEmpty();
    }

    @Test
    void aComputationThatLosesBeginsAgain() {
        table.set("n", 1L);
        AtomicInteger rivals = new AtomicInteger(2);
        invoker.before(operation -> {
            if (operation.name().equals("replace") && rivals.getAndDecrement() > 0) {
                invoker.records(table.info())
                        .forEach((key, value) -> invoker.store(
                                table.info(),
                                key,
                                Codecs.int64().encode(Codecs.int64().decode(value) + 10)));
            }
        });
        assertThat(now(async.merge("n", 1L, Long::sum))).isEqualTo(22L);
    }

    @Test
    void aFailureIsInTheStage() {
        invoker.before(operation -> {
            throw new DdsException.Unavailable("nobody there");
        });
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> now(async.get("a")))
                .withCauseInstanceOf(DdsException.Unavailable.class);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> now(async.merge("a", 1L, Long::sum)))
                .withCauseInstanceOf(DdsException.Unavailable.class);
    }

    private static <T> T now(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }
}
