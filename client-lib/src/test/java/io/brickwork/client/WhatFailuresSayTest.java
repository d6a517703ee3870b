package io.brickwork.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.btree.DdsTree;
import io.brickwork.btree.TreeSpec;
import io.brickwork.btree.TreeType;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.DdsException.Happened;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodec;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.hashtable.TableSpec;
import io.brickwork.map.DdsMap;
import io.brickwork.map.InMemoryInvoker;
import io.brickwork.map.MiniTransaction;
import io.brickwork.map.transaction.Transaction;
import io.brickwork.map.transaction.Transactor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a failure says of its operation is what the map then holds: every method of both maps, fails in every way after
 * and before its operations have taken effect.
 *
 * <p>Each method also runs on a twin where nothing fails, which shows what "everything" is.
 */
class WhatFailuresSayTest {
    /** What a codec does with bytes that it does not read. */
    private enum Unreadable {
        MALFORMED {
            @Override
            RuntimeException thrown() {
                return new MalformedException("an old form");
            }
        },
        OWN_EXCEPTION {
            @Override
            RuntimeException thrown() {
                return new UnsupportedOperationException("by the codec");
            }
        },
        NOTHING_HAPPENED {
            @Override
            RuntimeException thrown() {
                return new DdsException.Unregistered("a class that went");
            }
        },
        DEEP {
            @Override
            RuntimeException thrown() {
                throw new StackOverflowError("by the codec");
            }
        },
        GIVES_NULL {
            @Override
            @Nullable
            RuntimeException thrown() {
                return null;
            }
        },
        MISSING_CLASS {
            @Override
            RuntimeException thrown() {
                throw new NoClassDefFoundError("by the codec");
            }
        };

        abstract @Nullable RuntimeException thrown();
    }

    /** Text, of which that beginning with "old" cannot be decoded while the codec fails. */
    private static final class FragileCodec implements OrderedCodec<String> {
        private final OrderedCodec<String> text = OrderedCodecs.string();
        private @Nullable Unreadable failure;

        @Override
        public String name() {
            return text.name();
        }

        @Override
        public Class<String> type() {
            return String.class;
        }

        @Override
        public Bytes encode(String value) {
            return text.encode(value);
        }

        @Override
        @SuppressWarnings("NullAway") // the codec is broken
        public String decode(Bytes bytes) {
            String value = text.decode(bytes);
            if (failure == null || !value.startsWith("old")) {
                return value;
            }
            RuntimeException thrown = failure.thrown();
            if (thrown == null) {
                return null;
            }
            throw thrown;
        }
    }

    /** Both maps in one memory, with the same entries. */
    private static final class Place {
        final InMemoryInvoker invoker = new InMemoryInvoker(HashTableType.INSTANCE, TreeType.INSTANCE);
        final FragileCodec keys = new FragileCodec();
        final FragileCodec values = new FragileCodec();
        final DdsHashTable<String, String> table =
                DdsHashTable.open(invoker, TableSpec.of("h", keys, values), CallOptions.DEFAULT);
        final DdsTree<String, String> tree = DdsTree.open(
                invoker,
                TreeSpec.of("t", (OrderedCodec<String>) keys, (Codec<String>) values)
                        .partitionsAt("c", "e", "o"),
                CallOptions.DEFAULT);
        final Transactor transactor =
                new Transactor(invoker, new StructureTypes(List.of(HashTableType.INSTANCE, TreeType.INSTANCE)));

        Place() {
            for (DdsMap<String, String> map : List.of(table, tree)) {
                map.set("a", "old 1");
                map.set("b", "new 2");
                map.set("d", "old 3");
                map.set("f", "new 4");
                map.set("old key", "old 5");
            }
        }

        DdsMap<String, String> map(boolean isTree) {
            return isTree ? tree : table;
        }

        SortedMap<Bytes, Bytes> records() {
            SortedMap<Bytes, Bytes> all = new TreeMap<>(invoker.records(table.info()));
            invoker.records(tree.info())
                    .forEach((key, value) -> all.put(key.concat(Bytes.utf8(" in the tree")), value));
            return all;
        }
    }

    private static final Map<String, Consumer<DdsMap<String, String>>> METHODS = new LinkedHashMap<>();
    private static final Map<String, Consumer<DdsTree<String, String>>> TREE_METHODS = new LinkedHashMap<>();

    static {
        METHODS.put("get", map -> map.get("a"));
        METHODS.put("getOrDefault", map -> map.getOrDefault("a", "x"));
        METHODS.put("containsValue", map -> map.containsValue("new 9"));
        METHODS.put("set", map -> map.set("a", "new"));
        METHODS.put("put", map -> map.put("a", "new"));
        METHODS.put("put anew", map -> map.put("z", "new"));
        METHODS.put("delete", map -> map.delete("a"));
        METHODS.put("remove", map -> map.remove("a"));
        METHODS.put("remove if", map -> map.remove("a", "old 1"));
        METHODS.put("putIfAbsent", map -> map.putIfAbsent("a", "new"));
        METHODS.put("putIfAbsent anew", map -> map.putIfAbsent("z", "new"));
        METHODS.put("replace", map -> map.replace("a", "new"));
        METHODS.put("replace if", map -> map.replace("a", "old 1", "new"));
        METHODS.put("compute", map -> map.compute("a", (key, value) -> value + "!"));
        METHODS.put("compute to null", map -> map.compute("a", (key, value) -> null));
        METHODS.put("computeIfAbsent", map -> map.computeIfAbsent("a", key -> "new"));
        METHODS.put("computeIfAbsent anew", map -> map.computeIfAbsent("z", key -> "new"));
        METHODS.put("computeIfPresent", map -> map.computeIfPresent("a", (key, value) -> value + "!"));
        METHODS.put("merge", map -> map.merge("a", "new", String::concat));
        METHODS.put("putAll", map -> map.putAll(new TreeMap<>(Map.of("a", "new", "d", "new", "f", "new", "x", "new"))));
        METHODS.put("putAllAtomically", map -> map.putAllAtomically(Map.of("a", "new", "x", "new")));
        METHODS.put("replaceAll", map -> map.replaceAll((key, value) -> value + "!"));
        METHODS.put("clear", DdsMap::clear);
        METHODS.put("keySet.remove", map -> map.keySet().remove("a"));
        METHODS.put("keySet.removeIf", map -> map.keySet().removeIf(key -> true));
        METHODS.put("keySet.removeAll", map -> map.keySet().removeAll(List.of("a", "d", "f", "x")));
        METHODS.put("keySet.retainAll", map -> map.keySet().retainAll(List.of("a")));
        METHODS.put("values.remove", map -> map.values().remove("old 1"));
        METHODS.put("values.removeIf", map -> map.values().removeIf(value -> true));
        METHODS.put("values.removeAll", map -> map.values().removeAll(List.of("old 1", "new 4")));
        METHODS.put("values.retainAll", map -> map.values().retainAll(List.of("new 2")));
        METHODS.put("entrySet.remove", map -> map.entrySet().remove(Map.entry("a", "old 1")));
        METHODS.put("entrySet.removeIf", map -> map.entrySet().removeIf(entry -> true));
        METHODS.put(
                "entrySet.removeAll",
                map -> map.entrySet().removeAll(List.of(Map.entry("a", "old 1"), Map.entry("f", "new 4"))));
        METHODS.put("entrySet.retainAll", map -> map.entrySet().retainAll(List.of(Map.entry("a", "old 1"))));
        METHODS.put("setValue", map -> map.entrySet().iterator().next().setValue("new"));
        METHODS.put("iterator.remove", map -> {
            Iterator<String> keys = map.keySet().iterator();
            keys.next();
            keys.remove();
        });
        METHODS.put("async.get", map -> join(map.async().get("a")));
        METHODS.put("async.put", map -> join(map.async().put("a", "new")));
        METHODS.put("async.remove", map -> join(map.async().remove("a")));
        METHODS.put("async.putIfAbsent", map -> join(map.async().putIfAbsent("a", "new")));
        METHODS.put("async.replace", map -> join(map.async().replace("a", "new")));
        METHODS.put("async.replace if", map -> join(map.async().replace("a", "old 1", "new")));
        METHODS.put("async.compute", map -> join(map.async().compute("a", (key, value) -> value + "!")));
        METHODS.put("async.computeIfAbsent", map -> join(map.async().computeIfAbsent("a", key -> "new")));
        METHODS.put(
                "async.computeIfPresent", map -> join(map.async().computeIfPresent("a", (key, value) -> value + "!")));
        METHODS.put("async.merge", map -> join(map.async().merge("a", "new", String::concat)));

        TREE_METHODS.put("firstEntry", DdsTree::firstEntry);
        TREE_METHODS.put("lastKey", DdsTree::lastKey);
        TREE_METHODS.put("ceilingEntry", tree -> tree.ceilingEntry("c"));
        TREE_METHODS.put("pollFirstEntry", DdsTree::pollFirstEntry);
        TREE_METHODS.put("pollLastEntry", DdsTree::pollLastEntry);
        TREE_METHODS.put("pollFirstEntry of a view", tree -> tree.tailMap("c").pollFirstEntry());
        TREE_METHODS.put(
                "descending pollFirstEntry", tree -> tree.descendingMap().pollFirstEntry());
        TREE_METHODS.put("keySet.pollFirst", tree -> tree.keySet().pollFirst());
        TREE_METHODS.put("keySet.pollLast", tree -> tree.keySet().pollLast());
        TREE_METHODS.put("removeRange", tree -> tree.headMap("o").removeRange());
        TREE_METHODS.put("clear of a view", tree -> tree.tailMap("b").clear());
        TREE_METHODS.put(
                "load",
                tree -> tree.load(new TreeMap<>(Map.of("a", "n", "c", "n", "e", "n", "p", "n"))
                        .entrySet()
                        .iterator()));
        TREE_METHODS.put("async.pollFirstEntry", tree -> join(tree.async().pollFirstEntry()));
        TREE_METHODS.put("async.pollLastEntry", tree -> join(tree.async().pollLastEntry()));
        TREE_METHODS.put("async.firstEntry", tree -> join(tree.async().firstEntry()));
    }

    private record Case(String name, boolean isTree, Consumer<DdsMap<String, String>> method) {
        @Override
        public String toString() {
            return name + (isTree ? " of a tree" : " of a table");
        }
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        METHODS.forEach((name, method) -> {
            all.add(new Case(name, false, method));
            all.add(new Case(name, true, method));
        });
        TREE_METHODS.forEach((name, method) ->
                all.add(new Case(name, true, map -> method.accept((DdsTree<String, String>) map))));
        return all.stream();
    }

    private static <T> @Nullable T join(CompletionStage<@Nullable T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof DdsException failure) {
                throw failure;
            }
            throw e;
        }
    }

    // ---- an answer that cannot be decoded

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void whatCannotBeDecodedIsToldTogetherWithWhatWasDone(Case of) {
        Place twin = new Place();
        of.method.accept(twin.map(of.isTree));
        for (Unreadable failure : Unreadable.values()) {
            Place place = new Place();
            SortedMap<Bytes, Bytes> before = place.records();
            place.values.failure = failure;
            place.keys.failure = failure;
            DdsException told = failureOf(() -> of.method.accept(place.map(of.isTree)));
            check(told, before, place.records(), twin.records());
            if (told != null && told.happened() == Happened.EVERYTHING) {
                assertThat(told).isInstanceOf(DdsException.UnreadableAnswer.class);
                DdsException.UnreadableAnswer unreadable = (DdsException.UnreadableAnswer) told;
                assertThat(unreadable.getCause()).isNotNull();
                assertThat(before.values())
                        .contains(Bytes.wrap(unreadable.valueBytes().orElseThrow()));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void inATransactionWhatCannotBeDecodedIsNotPartOfIt(Case of) {
        for (boolean isCaught : new boolean[] {true, false}) {
            Place twin = new Place();
            inTransaction(twin, of, false);
            Place place = new Place();
            SortedMap<Bytes, Bytes> before = place.records();
            place.values.failure = Unreadable.MALFORMED;
            place.keys.failure = Unreadable.MALFORMED;
            DdsException told = inTransaction(place, of, isCaught);
            if (isCaught && told instanceof DdsException.PartlyDone part) {
                assertThat(part.isProvisional()).isTrue();
            } else {
                check(told, before, place.records(), twin.records());
            }
            if (!isCaught) {
                assertThat(told == null || told.certainlyDidNotHappen()).isTrue();
            }
        }
    }

    /** Runs the method in a transaction; its failure ends that, or is caught in it. */
    private static @Nullable DdsException inTransaction(Place place, Case of, boolean isCaught) {
        List<DdsException> caught = new ArrayList<>();
        DdsException thrown = failureOf(() -> place.transactor.run(
                transaction -> {
                    caught.clear();
                    DdsMap<String, String> map = on(transaction, place, of.isTree);
                    DdsException failure = failureOf(() -> of.method.accept(map));
                    if (failure != null && isCaught) {
                        caught.add(failure);
                    } else if (failure != null) {
                        throw failure;
                    }
                    return null;
                },
                CallOptions.DEFAULT));
        return thrown == null && !caught.isEmpty() ? caught.getFirst() : thrown;
    }

    private static DdsMap<String, String> on(Transaction transaction, Place place, boolean isTree) {
        if (isTree) {
            return transaction.on(place.tree);
        }
        return transaction.on(place.table);
    }

    // ---- a failure of one of several operations

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aFailureInBetweenSaysWhatWasDoneOfAll(Case of) {
        Place twin = new Place();
        of.method.accept(twin.map(of.isTree));
        OperationId id = new OperationId(new SessionId(1, 1), 1);
        for (int failing = 1; failing <= 12; failing++) {
            Place refused = new Place();
            SortedMap<Bytes, Bytes> before = refused.records();
            refused.invoker.before(failAt(failing, new DdsException.Unavailable("refused")));
            check(failureOf(() -> of.method.accept(refused.map(of.isTree))), before, refused.records(), twin.records());

            Place lost = new Place();
            lost.invoker.after(failAt(failing, new DdsException.UnknownOutcome("lost", id)));
            DdsException told = failureOf(() -> of.method.accept(lost.map(of.isTree)));
            check(told, before, lost.records(), twin.records());
        }
    }

    private static Consumer<Operation<?>> failAt(int number, DdsException failure) {
        AtomicInteger count = new AtomicInteger();
        return operation -> {
            if (count.incrementAndGet() == number
                    && !(operation.read() && failure instanceof DdsException.UnknownOutcome)) {
                throw failure;
            }
        };
    }

    // ---- a thread that must not wait

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aThreadThatMustNotWaitIsRefusedBeforeAnythingIsDone(Case of) {
        Place place = new Place();
        SortedMap<Bytes, Bytes> before = place.records();
        place.invoker.forbidWaiting(true);
        if (of.name.startsWith("async.")) {
            of.method.accept(place.map(of.isTree));
        } else {
            assertThatThrownBy(() -> of.method.accept(place.map(of.isTree))).isInstanceOf(IllegalStateException.class);
            assertThat(place.records()).isEqualTo(before);
        }
    }

    @Test
    void aCodecThatMakesNothingOrSomethingElseIsNotBelieved() {
        Place place = new Place();
        place.values.failure = Unreadable.GIVES_NULL;
        assertThatExceptionOfType(DdsException.UnreadableAnswer.class)
                .isThrownBy(() -> place.table.put("a", "new"))
                .withMessageContaining("it has made null of it, not a java.lang.String");
        assertThat(place.table.get("a")).isEqualTo("new");
    }

    @Test
    void aMiniTransactionSaysTheTruthToo() {
        Place place = new Place();
        place.values.failure = Unreadable.MALFORMED;
        assertThat(new MiniTransaction(place.invoker, CallOptions.DEFAULT)
                        .ifValue(place.table, "a", "old 1")
                        .set(place.tree, "a", "new")
                        .commit())
                .isTrue();
        assertThat(place.tree.get("a")).isEqualTo("new");
    }

    @Test
    void whatIsPolledAndCannotBeReadIsInTheFailure() {
        Place place = new Place();
        place.values.failure = Unreadable.OWN_EXCEPTION;
        assertThatExceptionOfType(DdsException.UnreadableAnswer.class)
                .isThrownBy(place.tree::pollFirstEntry)
                .withMessageContaining("'poll' on tree 't' was done")
                .withRootCauseInstanceOf(UnsupportedOperationException.class)
                .satisfies(told -> {
                    assertThat(told.certainlyDidNotHappen()).isFalse();
                    assertThat(told.keyBytes())
                            .contains(Codecs.string().encode("a").toArray());
                    assertThat(place.values.text.decode(
                                    Bytes.wrap(told.valueBytes().orElseThrow())))
                            .isEqualTo("old 1");
                });
        assertThat(place.tree.firstKey()).isEqualTo("b");
    }

    private static void check(
            @Nullable DdsException told,
            SortedMap<Bytes, Bytes> before,
            SortedMap<Bytes, Bytes> after,
            SortedMap<Bytes, Bytes> everything) {
        switch (told == null ? Happened.EVERYTHING : told.happened()) {
            case NOTHING -> assertThat(after).as("%s", told).isEqualTo(before);
            case EVERYTHING -> assertThat(after).as("%s", told).isEqualTo(everything);
            case A_PART -> assertThat(after).as("%s", told).isNotEqualTo(before);
            case UNKNOWN -> assertThat(told).isInstanceOf(DdsException.UnknownOutcome.class);
        }
        assertThat(told == null || told.certainlyDidNotHappen() == (told.happened() == Happened.NOTHING))
                .isTrue();
    }

    private static @Nullable DdsException failureOf(Runnable call) {
        try {
            call.run();
            return null;
        } catch (DdsException failure) {
            return failure;
        }
    }
}
