package io.brickwork.btree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.map.InMemoryInvoker;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What Guava's contract does not ask: scans, prefixes, loading, and what is refused. */
class DdsTreeTest {
    record Reading(String sensor, long second) {}

    private final InMemoryInvoker invoker = new InMemoryInvoker(TreeType.INSTANCE);
    private final DdsTree<String, Integer> tree =
            DdsTree.open(invoker, TreeSpec.of("t", OrderedCodecs.string(), Codecs.int32()), CallOptions.DEFAULT);

    private void fill(int count) {
        for (int i = 0; i < count; i++) {
            tree.set(key(i), i);
        }
    }

    private static String key(int i) {
        return "k%05d".formatted(i);
    }

    private static Bytes bytes(String key) {
        return Bytes.utf8(key);
    }

    @Test
    void aScanGivesAllInOrderPageByPage() {
        fill(50);
        invoker.keepOperations();
        try (Scan<Map.Entry<String, Integer>> scan = tree.scan(ScanOptions.ALL.withPageRecords(20))) {
            List<Integer> values = new ArrayList<>();
            scan.forEachRemaining(entry -> values.add(entry.getValue()));
            assertThat(values).isEqualTo(IntStream.range(0, 50).boxed().toList());
        }
        assertThat(invoker.operations()).hasSize(3);
    }

    @Test
    void aScanAsksForTheNextPageWhileOneIsUsedAndNoFurther() {
        fill(50);
        invoker.keepOperations();
        try (Scan<String> scan = tree.scanKeys(ScanOptions.ALL.withPageRecords(10))) {
            assertThat(invoker.operations()).isEmpty();
            assertThat(scan.next()).isEqualTo(key(0));
            assertThat(invoker.operations()).hasSize(2);
            for (int i = 1; i < 10; i++) {
                scan.next();
            }
            assertThat(invoker.operations()).isEmpty();
            assertThat(scan.next()).isEqualTo(key(10));
            assertThat(invoker.operations()).hasSize(1);
        }
    }

    @Test
    void aScanEndsAtItsLimitAndAsksForNoMoreThanThat() {
        fill(50);
        invoker.keepOperations();
        try (Scan<String> scan =
                tree.descendingMap().scanKeys(ScanOptions.ALL.withLimit(15).withPageRecords(10))) {
            assertThat(scan.stream().toList())
                    .isEqualTo(IntStream.range(0, 15).mapToObj(i -> key(49 - i)).toList());
        }
        assertThat(invoker.operations()).hasSize(2);
        assertThat(tree.scanKeys(ScanOptions.ALL.withLimit(0)).hasNext()).isFalse();
    }

    @Test
    void aScanThatIsClosedHasNoMore() {
        fill(5);
        Scan<String> scan = tree.scanKeys(ScanOptions.ALL.withPageRecords(1));
        scan.next();
        scan.close();
        assertThat(scan.hasNext()).isFalse();
    }

    @Test
    void aPageThatCannotBeHadIsAskedForAgain() {
        fill(50);
        for (boolean isScan : new boolean[] {true, false}) {
            AtomicInteger asked = new AtomicInteger();
            invoker.before(operation -> {
                if (asked.incrementAndGet() % 2 == 0) {
                    throw new DdsException.Unavailable("every other page");
                }
            });
            List<Integer> seen = new ArrayList<>();
            Iterator<Map.Entry<String, Integer>> all = isScan
                    ? tree.scan(ScanOptions.ALL.withPageRecords(10))
                    : tree.entrySet().iterator();
            while (true) {
                try {
                    if (!all.hasNext()) {
                        break;
                    }
                    seen.add(all.next().getValue());
                } catch (DdsException.Unavailable again) {
                    assertThat(again).hasMessage("every other page");
                }
            }
            assertThat(seen).isEqualTo(IntStream.range(0, 50).boxed().toList());
        }
    }

    @Test
    void aScanGoesOnAcrossSplitsMergesAndChanges() {
        fill(40);
        try (Scan<String> scan = tree.scanKeys(ScanOptions.ALL.withPageRecords(7))) {
            List<String> seen = new ArrayList<>();
            for (int i = 0; scan.hasNext(); i++) {
                seen.add(scan.next());
                if (i == 5) {
                    invoker.repartition(
                            tree.info(),
                            new Fences(List.of(Bytes.EMPTY, bytes(key(3)), bytes(key(16)), bytes(key(30)))));
                    tree.set(key(2) + "x", 1);
                } else if (i == 20) {
                    invoker.repartition(tree.info(), new Fences(List.of(Bytes.EMPTY, bytes(key(35)))));
                }
            }
            assertThat(seen)
                    .isEqualTo(IntStream.range(0, 40).mapToObj(DdsTreeTest::key).toList());
        }
    }

    @Test
    void rangesAreCountedAndRemovedAcrossPartitions() {
        fill(100);
        invoker.repartition(tree.info(), new Fences(List.of(Bytes.EMPTY, bytes(key(10)), bytes(key(55)))));
        assertThat(tree.subMap(key(5), true, key(60), true).mappingCount()).isEqualTo(56);
        assertThat(tree.headMap(key(10)).size()).isEqualTo(10);
        assertThat(tree.descendingMap().tailMap(key(10), false).size()).isEqualTo(10);
        assertThat(tree.mappingCount()).isEqualTo(100);
        assertThat(tree.subMap(key(5), key(60)).removeRange()).isEqualTo(55);
        assertThat(tree.mappingCount()).isEqualTo(45);
        assertThat(tree.tailMap(key(5)).firstKey()).isEqualTo(key(60));
        assertThat(tree.headMap(key(60)).lastKey()).isEqualTo(key(4));
        assertThat(tree.subMap(key(5), key(60)).isEmpty()).isTrue();
    }

    @Test
    void neighboursAreFoundAcrossEmptyPartitions() {
        tree.set("b", 1);
        tree.set("y", 2);
        invoker.repartition(
                tree.info(), new Fences(List.of(Bytes.EMPTY, bytes("d"), bytes("h"), bytes("m\0"), bytes("t"))));
        assertThat(tree.higherKey("b")).isEqualTo("y");
        assertThat(tree.lowerKey("y")).isEqualTo("b");
        assertThat(tree.floorKey("h")).isEqualTo("b");
        assertThat(tree.ceilingKey("m")).isEqualTo("y");
        assertThat(tree.lowerKey("b")).isNull();
        assertThat(tree.pollLastEntry()).isEqualTo(Map.entry("y", 2));
        assertThat(tree.descendingMap().pollFirstEntry()).isEqualTo(Map.entry("b", 1));
        assertThat(tree.pollFirstEntry()).isNull();
    }

    @Test
    void prefixesShowWhatBeginsWithThem() {
        Stream.of("cloud", "clubs", "cluster", "clusters", "clutter", "cluste\uFFFF")
                .forEach(word -> tree.set(word, 0));
        assertThat(tree.prefixMap("cluster").keySet()).containsExactly("cluster", "clusters");
        assertThat(tree.prefixMap("").size()).isEqualTo(6);
        assertThat(tree.tailMap("clusters").prefixMap("clu").keySet())
                .containsExactly("clusters", "cluste\uFFFF", "clutter");
        DdsTree<Reading, Integer> readings = DdsTree.open(
                invoker, TreeSpec.of("readings", OrderedCodecs.of(Reading.class), Codecs.int32()), CallOptions.DEFAULT);
        readings.set(new Reading("a", -1), 1);
        readings.set(new Reading("a", 7), 2);
        readings.set(new Reading("ab", 0), 3);
        assertThat(readings.prefixMap("a").values()).containsExactly(1, 2);
        assertThat(readings.prefixMap("a", 7L).values()).containsExactly(2);
        assertThat(readings.prefixMap().values()).containsExactly(1, 2, 3);
    }

    @Test
    void sortedInputIsLoadedManyAtATime() {
        invoker.repartition(tree.info(), new Fences(List.of(Bytes.EMPTY, bytes(key(1234)), bytes(key(1235)))));
        TreeMap<String, Integer> input = new TreeMap<>();
        IntStream.range(0, 5_000).forEach(i -> input.put(key(i), i));
        invoker.keepOperations();
        assertThat(tree.load(input.entrySet().iterator())).isEqualTo(5_000);
        assertThat(invoker.operations()).hasSizeLessThan(10);
        assertThat(tree).isEqualTo(input);
        assertThat(tree.load(Map.<String, Integer>of().entrySet().iterator())).isZero();
    }

    @Test
    void inputThatDoesNotAscendIsRefused() {
        assertThatThrownBy(() ->
                        tree.load(List.of(Map.entry("a", 1), Map.entry("a", 2)).iterator()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("key a of tree 't' does not come after a; sorted input ascends, each key once");
    }

    @Test
    void asynchronousCallsSayTheSame() {
        fill(20);
        invoker.repartition(tree.info(), new Fences(List.of(Bytes.EMPTY, bytes(key(10)))));
        AsyncTree<String, Integer> async = tree.headMap(key(12)).async();
        assertThat(async.firstEntry().toCompletableFuture().join()).isEqualTo(Map.entry(key(0), 0));
        assertThat(async.lastEntry().toCompletableFuture().join()).isEqualTo(Map.entry(key(11), 11));
        assertThat(async.lowerEntry(key(10)).toCompletableFuture().join()).isEqualTo(Map.entry(key(9), 9));
        assertThat(async.higherEntry(key(11)).toCompletableFuture().join()).isNull();
        assertThat(async.floorEntry(key(30)).toCompletableFuture().join()).isEqualTo(Map.entry(key(11), 11));
        assertThat(async.ceilingEntry(key(3)).toCompletableFuture().join()).isEqualTo(Map.entry(key(3), 3));
        assertThat(async.pollFirstEntry().toCompletableFuture().join()).isEqualTo(Map.entry(key(0), 0));
        assertThat(async.pollLastEntry().toCompletableFuture().join()).isEqualTo(Map.entry(key(11), 11));
        assertThat(async.get(key(5)).toCompletableFuture().join()).isEqualTo(5);
        assertThatThrownBy(() -> async.set(key(12), 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAsynchronousScanGoesAtThePaceOfItsAction() {
        fill(30);
        List<String> seen = new ArrayList<>();
        List<CompletableFuture<Void>> gates = new ArrayList<>();
        CompletableFuture<Long> scan = tree.descendingMap()
                .async()
                .scan(ScanOptions.ALL.withPageRecords(7).withLimit(20), entry -> {
                    seen.add(entry.getKey());
                    CompletableFuture<Void> gate = new CompletableFuture<>();
                    gates.add(gate);
                    return gate;
                })
                .toCompletableFuture();
        for (int i = 0; i < 20; i++) {
            assertThat(seen).hasSize(i + 1);
            assertThat(scan).isNotDone();
            gates.get(i).complete(null);
        }
        assertThat(scan).isCompletedWithValue(20L);
        assertThat(seen)
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> key(29 - i)).toList());
    }

    @Test
    void aLongAsynchronousScanNeedsNoDeepStack() {
        fill(20_000);
        AtomicInteger count = new AtomicInteger();
        assertThat(tree.async()
                        .scan(ScanOptions.ALL.withPageRecords(1), entry -> {
                            count.incrementAndGet();
                            return CompletableFuture.completedStage(null);
                        })
                        .toCompletableFuture())
                .isCompletedWithValue(20_000L);
        assertThat(count).hasValue(20_000);
        assertThat(tree.subMap("a", "a")
                        .async()
                        .scan(ScanOptions.ALL, entry -> new CompletableFuture<Void>())
                        .toCompletableFuture())
                .isCompletedWithValue(0L);
    }

    @Test
    void anAsynchronousScanFailsWithItsActionAndWithItsPages() {
        fill(3);
        assertThatThrownBy(() -> tree.async()
                        .scan(
                                ScanOptions.ALL,
                                entry -> CompletableFuture.failedStage(new IllegalStateException("enough")))
                        .toCompletableFuture()
                        .join())
                .hasRootCauseMessage("enough");
        CompletableFuture<Void> gate = new CompletableFuture<>();
        CompletableFuture<Long> late =
                tree.async().scan(ScanOptions.ALL, entry -> gate).toCompletableFuture();
        gate.completeExceptionally(new IllegalStateException("too late"));
        assertThatThrownBy(late::join).hasRootCauseMessage("too late");
        invoker.before(operation -> {
            throw new DdsException.Unavailable("gone");
        });
        assertThatThrownBy(() -> tree.async()
                        .scan(ScanOptions.ALL, entry -> CompletableFuture.completedStage(null))
                        .toCompletableFuture()
                        .join())
                .hasRootCauseInstanceOf(DdsException.Unavailable.class);
    }

    // ---- bad input

    @Test
    void whatLiesOutsideOfAViewIsNotThereAndCannotBePutThroughIt() {
        tree.set("a", 1);
        tree.set("m", 2);
        NavigableMap<String, Integer> view = tree.subMap("b", "n");
        assertThat(view.get("a")).isNull();
        assertThat(view.containsKey("a")).isFalse();
        assertThat(view.remove("a")).isNull();
        assertThat(view.floorKey("a")).isNull();
        assertThat(view.ceilingKey("a")).isEqualTo("m");
        assertThatThrownBy(() -> view.put("a", 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key a lies outside of this view of tree 't'");
        assertThatThrownBy(() -> view.merge("n", 3, Integer::sum)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> view.headMap("z")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> view.tailMap("a")).isInstanceOf(IllegalArgumentException.class);
        assertThat(tree.get("a")).isEqualTo(1);
    }

    @Test
    void invertedRangesAreRefused() {
        assertThatThrownBy(() -> tree.subMap("b", "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a range of tree 't' from b to a, which comes before it");
        assertThatThrownBy(() -> tree.descendingMap().subMap("a", "b")).isInstanceOf(IllegalArgumentException.class);
        assertThat(tree.subMap("a", false, "a", false).isEmpty()).isTrue();
        assertThat(tree.subMap("a", "a").pollFirstEntry()).isNull();
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void keysOfOtherTypesAndNullsAreRefused() {
        NavigableMap raw = tree;
        assertThatThrownBy(() -> raw.put(1, 1))
                .isInstanceOf(ClassCastException.class)
                .hasMessage("a key of tree 't' is a java.lang.String, not a java.lang.Integer");
        assertThatThrownBy(() -> raw.floorKey(1)).isInstanceOf(ClassCastException.class);
        assertThat(raw.get(1)).isNull();
        assertThatThrownBy(() -> raw.ceilingKey(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> raw.subMap(null, "a")).isInstanceOf(NullPointerException.class);
    }

    @Test
    void keysOverTheLimitAreRefusedWithBothSizes() {
        String longest = "x".repeat(Limits.KEY_BYTES);
        tree.set(longest, 1);
        assertThat(tree.floorKey(longest)).isEqualTo(longest);
        assertThat(tree.higherKey(longest)).isNull();
        assertThat(tree.lastKey()).isEqualTo(longest);
        assertThatThrownBy(() -> tree.set(longest + "x", 1))
                .isInstanceOf(DdsException.TooLarge.class)
                .hasMessageContaining("481")
                .hasMessageContaining("480");
        assertThatThrownBy(() -> tree.floorKey(longest + "x")).isInstanceOf(DdsException.TooLarge.class);
        assertThatThrownBy(() -> tree.load(List.of(Map.entry(longest + "x", 1)).iterator()))
                .isInstanceOf(DdsException.TooLarge.class);
    }

    @Test
    void theEmptyKeyIsAKey() {
        tree.set("", 1);
        tree.set("\0", 2);
        assertThat(tree.firstEntry()).isEqualTo(Map.entry("", 1));
        assertThat(tree.higherKey("")).isEqualTo("\0");
        assertThat(tree.lowerKey("\0")).isEmpty();
        assertThat(tree.lowerKey("")).isNull();
        assertThat(tree.headMap("").isEmpty()).isTrue();
        assertThat(tree.headMap("", true)).hasSize(1);
        assertThat(tree.descendingMap().lastKey()).isEmpty();
    }

    @Test
    void pagesOfImpossibleSizesAreRefused() {
        assertThatThrownBy(() -> ScanOptions.ALL.withPageRecords(0)).hasMessage("pages of 0 records; from 1 to 2048");
        assertThatThrownBy(() -> ScanOptions.ALL.withLimit(-1)).hasMessage("a limit of -1; at least 0");
    }

    @Test
    void fencesThatMakeNoSenseAreRefused() {
        TreeSpec<String, Integer> spec = TreeSpec.of("t", OrderedCodecs.string(), Codecs.int32());
        assertThat(spec.partitionsAt("b", "a").structureSpec().partitions()).isEqualTo(3);
        assertThat(spec.partitionsAt("b", "a").fences()).containsExactly(bytes("a"), bytes("b"));
        for (String[] keys : List.of(new String[] {"a", "a"}, new String[] {""}, new String[] {"x".repeat(481)})) {
            assertThatThrownBy(() -> spec.partitionsAt(keys))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a partition of tree 't' cannot begin at");
        }
    }

    @Test
    void aTreeIsNotOpenedAsAnother() {
        assertThatThrownBy(() -> DdsTree.open(
                        invoker, TreeSpec.of("t", OrderedCodecs.int64(), Codecs.int32()), CallOptions.DEFAULT))
                .isInstanceOf(DdsException.WrongType.class)
                .hasMessageContaining("a tree of String to Integer")
                .hasMessageContaining("opened as a tree of Long to Integer");
    }
}
