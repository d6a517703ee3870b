package io.brickwork.btree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.map.InMemoryInvoker;
import io.brickwork.map.transaction.Transactor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What streams, bulk methods and bounds of a tree's views promise beyond what a skip list's do. */
class TreeViewsTest {
    private static final int COUNT = 20_000;

    private final InMemoryInvoker invoker = new InMemoryInvoker(TreeType.INSTANCE);
    private final DdsTree<Integer, String> tree =
            DdsTree.open(invoker, TreeSpec.of("t", OrderedCodecs.int32(), Codecs.string()), CallOptions.DEFAULT);

    private void fill() {
        tree.load(IntStream.range(0, COUNT).mapToObj(i -> Map.entry(i, "v" + i)).iterator());
    }

    // ---- streams

    @Test
    void spliteratorsSayWhatIsTrueOfThem() {
        int all = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.CONCURRENT;
        int sorted = all | Spliterator.DISTINCT | Spliterator.SORTED;
        for (DdsTree<Integer, String> view :
                List.of(tree, tree.headMap(5), tree.subMap(1, 9).descendingMap())) {
            assertThat(view.keySet().spliterator().characteristics()).isEqualTo(sorted);
            assertThat(view.entrySet().spliterator().characteristics()).isEqualTo(sorted);
            assertThat(view.values().spliterator().characteristics()).isEqualTo(all);
            assertThatThrownBy(() -> view.values().spliterator().getComparator())
                    .isInstanceOf(IllegalStateException.class);
            Comparator<? super Map.Entry<Integer, String>> entries =
                    view.entrySet().spliterator().getComparator();
            assertThat(entries.compare(Map.entry(1, "b"), Map.entry(2, "a")) < 0)
                    .isEqualTo(view.comparator() == null);
        }
        assertThat(tree.keySet().spliterator().getComparator()).isNull();
        Comparator<? super Integer> descending =
                tree.descendingKeySet().spliterator().getComparator();
        assertThat(descending.compare(1, 2)).isPositive();
    }

    @Test
    void whatComesInOrderIsNotSortedAgain() {
        fill();
        invoker.keepOperations();
        assertThat(tree.keySet().stream().sorted().limit(10).toList())
                .isEqualTo(IntStream.range(0, 10).boxed().toList());
        assertThat(invoker.operations()).hasSize(1);
    }

    @Test
    void parallelStreamsKeepTheOrder() {
        fill();
        List<Integer> numbers = IntStream.range(0, COUNT).boxed().toList();
        List<Integer> reversed = new ArrayList<>(numbers);
        Collections.reverse(reversed);
        assertThat(tree.keySet().parallelStream().toList()).isEqualTo(numbers);
        assertThat(tree.descendingKeySet().parallelStream().toList()).isEqualTo(reversed);
        assertThat(tree.values().parallelStream().findFirst()).contains("v0");
        assertThat(tree.descendingMap().values().parallelStream().findFirst()).contains("v" + (COUNT - 1));
        assertThat(tree.entrySet().parallelStream().skip(5).findFirst()).contains(Map.entry(5, "v5"));
        assertThat(tree.tailMap(7).entrySet().parallelStream().limit(3).map(Map.Entry::getKey))
                .containsExactly(7, 8, 9);
        assertThat(tree.values().parallelStream().takeWhile(value -> !value.equals("v3")))
                .containsExactly("v0", "v1", "v2");
        assertThat(tree.subMap(10, 20).descendingMap().keySet().parallelStream().dropWhile(key -> key > 12))
                .containsExactly(12, 11, 10);
    }

    @Test
    void splittingReadsNoRows() {
        fill();
        for (Function<DdsTree<Integer, String>, Spliterator<?>> view :
                List.<Function<DdsTree<Integer, String>, Spliterator<?>>>of(
                        map -> map.keySet().spliterator(),
                        map -> map.values().spliterator(),
                        map -> map.entrySet().spliterator(),
                        map -> map.descendingMap().entrySet().spliterator(),
                        map -> map.subMap(100, 15_000).values().spliterator())) {
            invoker.keepOperations();
            invoker.operations();
            List<Spliterator<?>> parts = new ArrayList<>(List.of(view.apply(tree)));
            for (int round = 0; round < 4; round++) {
                for (Spliterator<?> part : List.copyOf(parts)) {
                    Spliterator<?> prefix = part.trySplit();
                    assertThat(prefix).isNotNull();
                    parts.add(parts.indexOf(part), prefix);
                }
            }
            assertThat(invoker.operations()).hasSize(2); // the first key and the last
            assertThat(parts).hasSize(16);
            List<Object> all = new ArrayList<>();
            for (Spliterator<?> part : parts) {
                int before = all.size();
                part.forEachRemaining(all::add);
                assertThat(all.size() - before).as("its share").isBetween(COUNT / 32, COUNT / 8);
            }
            List<Object> inOne = new ArrayList<>();
            view.apply(tree).forEachRemaining(inOne::add);
            assertThat(all).isEqualTo(inOne);
        }
    }

    @Test
    void aParallelStreamHoldsAPageForEachThreadAndNoMore() {
        fill();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<Operation<?>> pages = Collections.synchronizedList(new ArrayList<>());
        invoker.before(operation -> {
            if (operation.name().equals("page")) {
                pages.add(operation);
            }
        });
        int parts = 8 * Runtime.getRuntime().availableProcessors() + 8; // a stream makes at least 4 for each thread
        tree.keySet().parallelStream()
                .peek(key -> threads.add(Thread.currentThread()))
                .anyMatch(key -> true);
        assertThat(pages.size()).isLessThanOrEqualTo(2 + parts);
        assertThat(threads).isNotEmpty();
    }

    @Test
    void theStreamOfAScanIsNotReadAhead() {
        fill();
        invoker.keepOperations();
        try (Stream<Integer> keys =
                tree.scanKeys(ScanOptions.ALL.withPageRecords(100)).stream().parallel()) {
            assertThat(keys.findFirst()).contains(0);
        }
        assertThat(invoker.operations()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void inATransactionAParallelStreamStaysOnItsThread() {
        fill();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        new Transactor(invoker, new StructureTypes(List.of(TreeType.INSTANCE)))
                .run(
                        transaction -> transaction.on(tree).headMap(500).keySet().parallelStream()
                                .peek(key -> threads.add(Thread.currentThread()))
                                .count(),
                        CallOptions.DEFAULT);
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    // ---- bulk methods

    @Test
    void keysAreComparedByContentWhateverTheSizes() {
        DdsTree<byte[], byte[]> arrays =
                DdsTree.open(invoker, TreeSpec.of("a", OrderedCodecs.bytes(), Codecs.bytes()), CallOptions.DEFAULT);
        for (int more : new int[] {0, 10}) {
            List<byte[]> others = new ArrayList<>();
            for (int i = 0; i < more; i++) {
                others.add(new byte[] {100, (byte) i});
            }
            others.add(new byte[] {1});
            others.add(new byte[] {3});

            refill(arrays);
            assertThat(arrays.keySet().removeAll(others)).isTrue();
            assertThat(keys(arrays)).containsExactly("[2]");
            assertThat(arrays.keySet().removeAll(others)).isFalse();

            refill(arrays);
            assertThat(arrays.keySet().retainAll(new HashSet<>(others))).isTrue();
            assertThat(keys(arrays)).containsExactly("[1]", "[3]");
            assertThat(arrays.keySet().retainAll(others)).isFalse();

            refill(arrays);
            assertThat(arrays.values().removeAll(others)).isTrue();
            assertThat(keys(arrays)).containsExactly("[2]");

            refill(arrays);
            assertThat(arrays.values().retainAll(others)).isTrue();
            assertThat(keys(arrays)).containsExactly("[1]", "[3]");

            List<Map.Entry<byte[], byte[]>> entries = others.stream()
                    .map(other -> Map.entry(other, other.clone()))
                    .toList();
            refill(arrays);
            assertThat(arrays.entrySet().removeAll(entries)).isTrue();
            assertThat(keys(arrays)).containsExactly("[2]");

            refill(arrays);
            assertThat(arrays.entrySet().retainAll(entries)).isTrue();
            assertThat(keys(arrays)).containsExactly("[1]", "[3]");
        }
        assertThat(arrays.keySet().removeAll(Arrays.asList(null, "of another class")))
                .isFalse();
    }

    private static void refill(DdsTree<byte[], byte[]> arrays) {
        arrays.clear();
        for (byte i = 1; i <= 3; i++) {
            arrays.set(new byte[] {i}, new byte[] {i});
        }
    }

    private static List<String> keys(DdsTree<byte[], byte[]> arrays) {
        return arrays.keySet().stream().map(Arrays::toString).toList();
    }

    // ---- views

    @Test
    void whatIsComputedOutsideOfAViewIsNullOrRefused() {
        tree.set(9, "outside");
        DdsTree<Integer, String> view = tree.headMap(5);
        assertThat(view.computeIfPresent(9, (key, value) -> value + "!")).isNull();
        assertThat(view.compute(9, (key, value) -> value)).isNull();
        assertThat(view.computeIfAbsent(9, key -> null)).isNull();
        assertThat(view.async().computeIfPresent(9, (key, value) -> value + "!").toCompletableFuture())
                .isCompletedWithValue(null);
        assertThat(view.async().compute(9, (key, value) -> value).toCompletableFuture())
                .isCompletedWithValue(null);
        assertThatIllegalArgumentException().isThrownBy(() -> view.compute(9, (key, value) -> "new"));
        assertThatIllegalArgumentException().isThrownBy(() -> view.computeIfAbsent(9, key -> "new"));
        assertThatIllegalArgumentException().isThrownBy(() -> view.merge(9, "new", String::concat));
        assertThatIllegalArgumentException().isThrownBy(() -> view.async().computeIfAbsent(9, key -> "new"));
        assertThat(tree.get(9)).isEqualTo("outside");
    }

    @Test
    void aBoundOneStepBeyondThatOfTheViewIsRefused() {
        DdsTree<String, Integer> words =
                DdsTree.open(invoker, TreeSpec.of("w", OrderedCodecs.string(), Codecs.int32()), CallOptions.DEFAULT);
        DdsTree<String, Integer> fromB0 = words.tailMap("b\0", true);
        assertThatIllegalArgumentException().isThrownBy(() -> fromB0.tailMap("b", false));
        assertThatIllegalArgumentException().isThrownBy(() -> fromB0.headMap("b", true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fromB0.descendingMap().headMap("b", false));
        DdsTree<String, Integer> upToB = words.headMap("b", true);
        assertThatIllegalArgumentException().isThrownBy(() -> upToB.headMap("b\0", false));
        assertThatIllegalArgumentException().isThrownBy(() -> upToB.subMap("a", true, "b\0", false));
        assertThatIllegalArgumentException().isThrownBy(() -> upToB.keySet().headSet("b\0", false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> upToB.prefixMap("b").headMap("b\0", false));
        assertThat(words.tailMap("b", false).tailMap("b", false)).isEmpty();
        assertThat(words.headMap("b\0", false).headMap("b\0", false)).isEmpty();
        assertThat(words.prefixMap("b").headMap("c", false)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> words.prefixMap("b").headMap("c", true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> words.tailMap("b", false).tailMap("b", true));
    }

    @Test
    void whatIsPolledAsAKeyIsNotLookedAtAsAValue() {
        DdsTree<Integer, Long> misread =
                DdsTree.open(invoker, TreeSpec.of("n", OrderedCodecs.int32(), Codecs.int64()), CallOptions.DEFAULT);
        invoker.store(
                misread.info(), OrderedCodecs.int32().encode(1), Codecs.string().encode("no number"));
        invoker.store(
                misread.info(), OrderedCodecs.int32().encode(2), Codecs.string().encode("no number"));
        assertThat(misread.keySet().remove(2)).isTrue();
        assertThat(misread.keySet().pollFirst()).isEqualTo(1);
        assertThat(misread.keySet()).isEmpty();
    }
}
