package io.brickwork.hashtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.ReadMode;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.HashTrie.Fork;
import io.brickwork.hashtable.HashTrie.Leaf;
import io.brickwork.map.InMemoryInvoker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DdsHashTableTest {
    private static final TableSpec<String, Long> SPEC = TableSpec.of("stock", Codecs.string(), Codecs.int64());

    private final InMemoryInvoker invoker = new InMemoryInvoker(HashTableType.INSTANCE);
    private final DdsHashTable<String, Long> table = DdsHashTable.open(invoker, SPEC, CallOptions.DEFAULT);

    @Test
    void openingTwiceGivesTheSameTable() {
        table.put("a", 1L);
        DdsHashTable<String, Long> again = DdsHashTable.open(invoker, SPEC, CallOptions.DEFAULT);
        assertThat(again).containsExactly(entry("a", 1L));
        assertThat(again.name()).isEqualTo("stock");
        assertThat(again.spec()).isEqualTo(SPEC.structureSpec());
    }

    @Test
    void tablesOfOtherNamesAreOthers() {
        table.put("a", 1L);
        assertThat(DdsHashTable.open(
                        invoker, TableSpec.of("other", Codecs.string(), Codecs.int64()), CallOptions.DEFAULT))
                .isEmpty();
    }

    @Test
    void openingWithOtherTypesNamesBoth() {
        assertThatExceptionOfType(DdsException.WrongType.class)
                .isThrownBy(() -> DdsHashTable.open(
                        invoker, TableSpec.of("stock", Codecs.string(), Codecs.uuid()), CallOptions.DEFAULT))
                .withMessage(
                        "'stock' is a hashtable of String to Long; it was opened as a hashtable of String to UUID. Values: was stored as Long, which is not read as UUID: keep Long, or copy into a new structure (docs/evolution.md has the lines for it)")
                .matches(DdsException::certainlyDidNotHappen);
    }

    @Test
    void whatASpecSaysMustBeSoAndWhatItDoesNotSayMayBeAnything() {
        DdsHashTable.open(
                invoker,
                TableSpec.of("small", Codecs.string(), Codecs.int64())
                        .partitions(4)
                        .replicas(1)
                        .durability(Durability.REPLICATED),
                CallOptions.DEFAULT);
        DdsHashTable<String, Long> found =
                DdsHashTable.open(invoker, TableSpec.of("small", Codecs.string(), Codecs.int64()), CallOptions.DEFAULT);
        assertThat(found.spec().partitions()).isEqualTo(4);
        assertThatExceptionOfType(DdsException.WrongType.class)
                .isThrownBy(() -> DdsHashTable.open(
                        invoker,
                        TableSpec.of("small", Codecs.string(), Codecs.int64()).durability(Durability.SYNC),
                        CallOptions.DEFAULT))
                .withMessage("hash table 'small' exists with durability REPLICATED; it was opened with SYNC");
    }

    @Test
    void aSpecRefusesWhatIsOutOfRangeAtOnce() {
        assertThatThrownBy(() -> SPEC.partitions(3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SPEC.replicas(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void setAndDeleteAreSingleWritesWithoutResult() {
        invoker.keepOperations();
        table.set("a", 1L);
        assertThat(table.get("a")).isEqualTo(1L);
        table.delete("a");
        assertThat(table.get("a")).isNull();
        assertThat(names()).containsExactly("set", "get", "delete", "get");
    }

    @Test
    void computeBeginsAgainWhenAnotherWriterGotInFirst() {
        table.put("n", 1L);
        AtomicInteger rivals = new AtomicInteger(3);
        invoker.before(operation -> {
            if (operation.name().equals("replace") && rivals.getAndDecrement() > 0) {
                rivalAdds(100);
            }
        });
        AtomicInteger called = new AtomicInteger();
        Long result = table.compute("n", (key, value) -> {
            called.incrementAndGet();
            return value == null ? 1 : value + 1;
        });
        assertThat(result).isEqualTo(302L);
        assertThat(table.get("n")).isEqualTo(302L);
        assertThat(called).hasValue(4);
    }

    @Test
    void computeIfAbsentGivesTheValueOfWhoeverWasFirst() {
        AtomicInteger rivals = new AtomicInteger(1);
        invoker.before(operation -> {
            if (operation.name().equals("putIfAbsent") && rivals.getAndDecrement() > 0) {
                rivalAdds(7);
            }
        });
        assertThat(table.computeIfAbsent("n", key -> 1L)).isEqualTo(7L);
    }

    @Test
    void mergeLosesNothing() {
        AtomicInteger rivals = new AtomicInteger(5);
        invoker.before(operation -> {
            if (!operation.read() && rivals.getAndDecrement() > 0) {
                rivalAdds(10);
            }
        });
        assertThat(table.merge("n", 1L, Long::sum)).isEqualTo(51L);
    }

    @Test
    void manyThreadsLoseNoneOfTheirIncrements() {
        int threads = 8;
        int increments = 200;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int thread = 0; thread < threads; thread++) {
                executor.submit(() -> {
                    for (int i = 0; i < increments; i++) {
                        table.merge("n", 1L, Long::sum);
                    }
                });
            }
        }
        assertThat(table.get("n")).isEqualTo((long) threads * increments);
    }

    @Test
    void computeGivesUpAtTheTimeoutAndSaysThatItDidNotHappen() {
        table.put("n", 1L);
        invoker.before(operation -> {
            if (operation.name().equals("replace")) {
                rivalAdds(1);
                invoker.pass(Duration.ofSeconds(3));
            }
        });
        assertThatExceptionOfType(DdsException.Conflict.class)
                .isThrownBy(() -> table.compute("n", (key, value) -> 0L))
                .withMessage(
                        "compute on hash table 'stock' was not done within PT10S; it lost to other writers 4 times")
                .matches(DdsException::certainlyDidNotHappen);
        assertThat(table.get("n")).isEqualTo(5L);
    }

    @Test
    void computeReadsLinearizablyEvenWhereOtherReadsDoNot() {
        DdsHashTable<String, Long> stale = table.withReads(ReadMode.STALE);
        assertThat(stale.merge("n", 2L, Long::sum)).isEqualTo(2L);
        assertThat(stale.options().reads()).isEqualTo(ReadMode.STALE);
        assertThat(table.options().reads()).isEqualTo(ReadMode.LINEARIZABLE);
    }

    @Test
    void anExceptionOfTheFunctionGoesToTheCallerAndChangesNothing() {
        table.put("n", 1L);
        assertThatThrownBy(() -> table.compute("n", (key, value) -> {
                    throw new IllegalStateException("mine");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("mine");
        assertThat(table.get("n")).isEqualTo(1L);
    }

    @Test
    void replaceAllReplacesEachValueOnceThoughOthersWriteMeanwhile() {
        for (long i = 0; i < 500; i++) {
            table.set("k" + i, i);
        }
        AtomicInteger rivals = new AtomicInteger(1);
        invoker.before(operation -> {
            if (operation.name().equals("replace") && rivals.getAndDecrement() == 1) {
                DdsHashTable.open(invoker, SPEC, CallOptions.DEFAULT)
                        .withTimeout(Duration.ofSeconds(1))
                        .computeIfPresent("k3", (key, value) -> value + 1_000_000);
            }
        });
        table.replaceAll((key, value) -> -value);
        invoker.before(operation -> {});
        TreeMap<String, Long> expected = new TreeMap<>();
        for (long i = 0; i < 500; i++) {
            expected.put("k" + i, -i);
        }
        expected.put("k3", -1_000_003L);
        assertThat(new TreeMap<>(table)).isEqualTo(expected);
    }

    @Test
    void putAllIsOneCheapWriteForEach() {
        invoker.keepOperations();
        table.putAll(IntStream.range(0, 1_000).boxed().collect(Collectors.toMap(i -> "k" + i, i -> (long) i)));
        assertThat(names()).hasSize(1_000).containsOnly("set");
        assertThat(table).hasSize(1_000);
    }

    @Test
    void aFailureInPutAllIsThrownAfterAllThatWasSentIsDone() {
        AtomicInteger sent = new AtomicInteger();
        invoker.before(operation -> {
            int number = sent.incrementAndGet();
            if (number == 5 || number == 6) {
                throw new DdsException.Overloaded("number " + number);
            }
            if (number == 7) {
                throw new DdsException.Unavailable("number " + number);
            }
        });
        Map<String, Long> entries = new HashMap<>();
        for (long i = 0; i < 20; i++) {
            entries.put("k" + i, i);
        }
        assertThatExceptionOfType(DdsException.PartlyDone.class)
                .isThrownBy(() -> table.putAll(entries))
                .withMessage("'putAll' on hash table 'stock' was done in part (17 operations): number 5")
                .withCauseInstanceOf(DdsException.Overloaded.class)
                .satisfies(e -> assertThat(e.operationsDone()).isEqualTo(17))
                .satisfies(e -> assertThat(e.getCause().getSuppressed())
                        .as("one of each other kind")
                        .singleElement()
                        .isInstanceOf(DdsException.Unavailable.class));
        invoker.before(operation -> {});
        assertThat(table).hasSize(17);
    }

    @Test
    void sizeAsksEachPartitionOnce() {
        fill(3_000);
        invoker.keepOperations();
        assertThat(table).hasSize(3_000);
        assertThat(table.mappingCount()).isEqualTo(3_000);
        assertThat(names()).hasSize(32).containsOnly("size");
    }

    @Test
    void iterationHoldsOnePageAtATimeAndAsksByReads() {
        DdsHashTable<String, byte[]> blobs =
                DdsHashTable.open(invoker, TableSpec.of("blobs", Codecs.string(), Codecs.bytes()), CallOptions.DEFAULT);
        for (int i = 0; i < 400; i++) {
            blobs.set("k" + i, new byte[10_000]);
        }
        invoker.keepOperations();
        Iterator<Map.Entry<String, byte[]>> entries = blobs.entrySet().iterator();
        int before = 0;
        for (int i = 0; i < 400; i++) {
            entries.next();
            int pages = invoker.operations().size();
            assertThat(pages).as("pages asked for entry %d", i).isLessThanOrEqualTo(before == 0 ? 2 : 3);
            before += pages;
        }
        assertThat(entries.hasNext()).isFalse();
        assertThat(before).as("pages of %d bytes", Limits.PAGE_BYTES).isBetween(400 / 13, 400 / 13 + 32);
    }

    @Test
    void keysAreIteratedWithoutTheirValues() {
        fill(10);
        invoker.keepOperations();
        assertThat(table.keySet()).hasSize(10).contains("k3");
        for (Operation<?> operation : invoker.operations()) {
            if (operation.name().equals("page")) {
                Bytes body = operation.body();
                assertThat(body.at(body.length() - 1)).isEqualTo((byte) 1);
            }
        }
    }

    @Test
    void everythingThatWalksTheTableStaysRightWhenPartitionsAreSplitAndMerged() {
        fill(2_000);
        TreeSet<String> expected = new TreeSet<>(table.keySet());
        for (HashTrie map : List.of(
                HashTrie.uniform(1),
                HashTrie.uniform(128),
                new HashTrie(new Fork(new Leaf(0), new Fork(new Fork(new Leaf(1), new Leaf(3)), new Leaf(2)))))) {
            invoker.repartition(info(), map);
            assertThat(table).hasSize(2_000);
            assertThat(new TreeSet<>(table.keySet())).isEqualTo(expected);
            assertThat(table.isEmpty()).isFalse();
        }
        table.clear();
        assertThat(table).isEmpty();
        assertThat(invoker.records(info())).isEmpty();
    }

    @Test
    void aSplitUnderAnIteratorNeitherRepeatsNorLosesAKey() {
        fill(6_000);
        Iterator<String> keys = table.keySet().iterator();
        TreeSet<String> met = new TreeSet<>();
        for (int i = 0; keys.hasNext(); i++) {
            if (i % 1_500 == 700) {
                invoker.repartition(info(), HashTrie.uniform(i % 3_000 == 700 ? 64 : 2));
            }
            assertThat(met.add(keys.next())).isTrue();
        }
        assertThat(met).hasSize(6_000);
    }

    @Test
    void clearRemovesAllPagesOfAllPartitions() {
        fill(50_000);
        table.clear();
        assertThat(table).isEmpty();
        assertThat(invoker.records(info())).isEmpty();
    }

    @Test
    void anIteratorRemovesAndAnEntrySetsThroughToTheTable() {
        fill(100);
        for (Iterator<Map.Entry<String, Long>> entries = table.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<String, Long> entry = entries.next();
            if (entry.getValue() % 2 == 0) {
                entries.remove();
            } else {
                assertThat(entry.setValue(-entry.getValue())).isPositive();
                assertThat(entry.getValue()).isNegative();
            }
        }
        assertThat(table).hasSize(50).containsEntry("k7", -7L).doesNotContainKey("k8");
    }

    @Test
    void removeIfOfAViewSparesAValueThatHasChangedSinceItWasSeen() {
        table.put("n", 1L);
        AtomicInteger rivals = new AtomicInteger(1);
        invoker.before(operation -> {
            if (operation.name().equals("remove") && rivals.getAndDecrement() > 0) {
                rivalAdds(5);
            }
        });
        assertThat(table.values().removeIf(value -> value == 1)).isFalse();
        assertThat(table).containsExactly(entry("n", 6L));
    }

    @Test
    void viewsAreLive() {
        var keys = table.keySet();
        var values = table.values();
        table.put("a", 1L);
        assertThat(keys).containsExactly("a");
        assertThat(values).containsExactly(1L);
        assertThat(values.remove(1L)).isTrue();
        assertThat(table).isEmpty();
        assertThat(keys.spliterator().hasCharacteristics(Spliterator.SIZED)).isFalse();
    }

    @Test
    void byteArraysAreKeysByTheirContent() {
        DdsHashTable<byte[], String> arrays = DdsHashTable.open(
                invoker, TableSpec.of("arrays", Codecs.bytes(), Codecs.string()), CallOptions.DEFAULT);
        arrays.put(new byte[] {1, 2}, "x");
        assertThat(arrays.get(new byte[] {1, 2})).isEqualTo("x");
        assertThat(arrays.put(new byte[] {1, 2}, "y")).isEqualTo("x");
        assertThat(arrays).hasSize(1);
    }

    @Test
    void bytesThatTheCodecDoesNotKnowAreCorruptedNotAbsent() {
        DdsHashTable<String, Long> numbers = table;
        invoker.invoke(
                        HashTableType.operations(info()).set(Bytes.utf8("odd"), Bytes.utf8("not a long")),
                        CallOptions.DEFAULT)
                .await();
        assertThatExceptionOfType(DdsException.Corrupted.class)
                .isThrownBy(() -> numbers.get("odd"))
                .withMessageContaining("a value of hash table 'stock'")
                .withMessageContaining("not what codec long/1 writes");
        assertThat(numbers.containsKey("odd")).isTrue();
        numbers.set("odd", 1L);
        assertThat(numbers.get("odd")).isEqualTo(1L);
    }

    private void rivalAdds(long amount) {
        StructureInfo info = info();
        Bytes key = Bytes.utf8("n");
        var current = invoker.records(info).get(KeyHash.recordKey(key));
        long value = current == null ? 0 : Codecs.int64().decode(current);
        // Straight to the records: this runs within another operation.
        invoker.store(info, KeyHash.recordKey(key), Codecs.int64().encode(value + amount));
    }

    private void fill(int count) {
        Map<String, Long> entries = new HashMap<>();
        for (long i = 0; i < count; i++) {
            entries.put("k" + i, i);
        }
        table.putAll(entries);
    }

    private StructureInfo info() {
        return table.info();
    }

    private List<String> names() {
        return invoker.operations().stream().<String>map(Operation::name).toList();
    }
}
