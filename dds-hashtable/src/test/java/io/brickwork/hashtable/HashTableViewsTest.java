package io.brickwork.hashtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.codec.Codecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.map.InMemoryInvoker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Streams and bulk methods of a table's views. */
class HashTableViewsTest {
    private static final int COUNT = 10_000;

    private final InMemoryInvoker invoker = new InMemoryInvoker(HashTableType.INSTANCE);
    private final DdsHashTable<Integer, String> table =
            DdsHashTable.open(invoker, TableSpec.of("t", Codecs.int32(), Codecs.string()), CallOptions.DEFAULT);

    private Map<Integer, String> fill() {
        Map<Integer, String> all = IntStream.range(0, COUNT).boxed().collect(Collectors.toMap(i -> i, i -> "v" + i));
        table.putAll(all);
        return all;
    }

    @Test
    void spliteratorsSayWhatIsTrueOfThem() {
        int all = Spliterator.NONNULL | Spliterator.CONCURRENT;
        assertThat(table.keySet().spliterator().characteristics()).isEqualTo(all | Spliterator.DISTINCT);
        assertThat(table.entrySet().spliterator().characteristics()).isEqualTo(all | Spliterator.DISTINCT);
        assertThat(table.values().spliterator().characteristics()).isEqualTo(all);
    }

    @Test
    void splittingAsksForNothingAndLosesNothing() {
        fill();
        invoker.keepOperations();
        List<Spliterator<Integer>> parts =
                new ArrayList<>(List.of(table.keySet().spliterator()));
        for (int round = 0; round < 4; round++) {
            for (Spliterator<Integer> part : List.copyOf(parts)) {
                Spliterator<Integer> prefix = part.trySplit();
                assertThat(prefix).isNotNull();
                parts.add(parts.indexOf(part), prefix);
            }
        }
        assertThat(invoker.operations()).isEmpty();
        List<Integer> all = new ArrayList<>();
        for (Spliterator<Integer> part : parts) {
            int before = all.size();
            part.forEachRemaining(all::add);
            assertThat(all.size() - before).as("its share").isBetween(COUNT / 32, COUNT / 8);
        }
        assertThat(all).isEqualTo(List.copyOf(table.keySet()));
    }

    @Test
    void parallelStreamsMeetAllOnce() {
        Map<Integer, String> all = fill();
        assertThat(table.keySet().parallelStream().count()).isEqualTo(COUNT);
        assertThat(table.entrySet().parallelStream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                .isEqualTo(all);
        assertThat(table.values().parallelStream().sorted().toList())
                .isEqualTo(all.values().stream().sorted().toList());
    }

    @Test
    void arraysAreComparedByContentWhateverTheSizes() {
        DdsHashTable<byte[], byte[]> arrays =
                DdsHashTable.open(invoker, TableSpec.of("a", Codecs.bytes(), Codecs.bytes()), CallOptions.DEFAULT);
        for (int more : new int[] {0, 10}) {
            List<byte[]> others = new ArrayList<>(List.of(new byte[] {1}, new byte[] {3}));
            IntStream.range(0, more).forEach(i -> others.add(new byte[] {100, (byte) i}));
            refill(arrays);
            assertThat(arrays.keySet().removeAll(others)).isTrue();
            assertThat(contents(arrays)).containsOnlyKeys("[2]");
            refill(arrays);
            assertThat(arrays.keySet().retainAll(others)).isTrue();
            assertThat(contents(arrays)).containsOnlyKeys("[1]", "[3]");
            refill(arrays);
            assertThat(arrays.values().retainAll(others)).isTrue();
            assertThat(contents(arrays)).containsOnlyKeys("[1]", "[3]");
        }
    }

    private static void refill(DdsHashTable<byte[], byte[]> arrays) {
        arrays.clear();
        for (byte i = 1; i <= 3; i++) {
            arrays.set(new byte[] {i}, new byte[] {i});
        }
    }

    private static Map<String, String> contents(DdsHashTable<byte[], byte[]> arrays) {
        Map<String, String> all = new HashMap<>();
        arrays.forEach((key, value) -> all.put(Arrays.toString(key), Arrays.toString(value)));
        return all;
    }
}
