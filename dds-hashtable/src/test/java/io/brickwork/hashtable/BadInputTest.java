package io.brickwork.hashtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.map.AsyncMap;
import io.brickwork.map.InMemoryInvoker;
import java.time.Duration;
import java.util.AbstractMap.SimpleEntry;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What users hand in by mistake, on every method that takes it. */
@SuppressWarnings({"unchecked", "rawtypes", "SuspiciousMethodCalls"})
class BadInputTest {
    private static final InMemoryInvoker INVOKER = new InMemoryInvoker(HashTableType.INSTANCE);
    private static final DdsHashTable<String, String> TABLE =
            DdsHashTable.open(INVOKER, TableSpec.of("words", Codecs.string(), Codecs.string()), CallOptions.DEFAULT);
    private static final AsyncMap<String, String> ASYNC = TABLE.async();
    private static final String LONG_KEY = "k".repeat(Limits.KEY_BYTES + 1);
    private static final String LONG_VALUE = "v".repeat(Limits.VALUE_BYTES + 1);

    @BeforeEach
    void emptyTheTable() {
        TABLE.clear();
    }

    static Stream<Arguments> nullKeys() {
        return Stream.of(
                call("get", () -> TABLE.get(null)),
                call("getOrDefault", () -> TABLE.getOrDefault(null, "v")),
                call("containsKey", () -> TABLE.containsKey(null)),
                call("set", () -> TABLE.set(null, "v")),
                call("put", () -> TABLE.put(null, "v")),
                call("delete", () -> TABLE.delete(null)),
                call("remove", () -> TABLE.remove(null)),
                call("remove if", () -> TABLE.remove(null, "v")),
                call("putIfAbsent", () -> TABLE.putIfAbsent(null, "v")),
                call("replace", () -> TABLE.replace(null, "v")),
                call("replace if", () -> TABLE.replace(null, "v", "w")),
                call("compute", () -> TABLE.compute(null, (k, v) -> "v")),
                call("computeIfAbsent", () -> TABLE.computeIfAbsent(null, k -> "v")),
                call("computeIfPresent", () -> TABLE.computeIfPresent(null, (k, v) -> "v")),
                call("merge", () -> TABLE.merge(null, "v", String::concat)),
                call("putAll", () -> TABLE.putAll(mapOf(null, "v"))),
                call("keySet.contains", () -> TABLE.keySet().contains(null)),
                call("keySet.remove", () -> TABLE.keySet().remove(null)),
                call("async.get", () -> ASYNC.get(null)),
                call("async.set", () -> ASYNC.set(null, "v")),
                call("async.compute", () -> ASYNC.compute(null, (k, v) -> "v")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nullKeys")
    void aNullKeyIsRefusedByName(String name, ThrowingCallable call) {
        assertThatNullPointerException().isThrownBy(call).withMessage("a key of hash table 'words' is null");
    }

    static Stream<Arguments> nullValues() {
        return Stream.of(
                call("containsValue", () -> TABLE.containsValue(null)),
                call("set", () -> TABLE.set("k", null)),
                call("put", () -> TABLE.put("k", null)),
                call("remove if", () -> TABLE.remove("k", null)),
                call("putIfAbsent", () -> TABLE.putIfAbsent("k", null)),
                call("replace", () -> TABLE.replace("k", null)),
                call("replace if, old", () -> TABLE.replace("k", null, "w")),
                call("replace if, new", () -> TABLE.replace("k", "v", null)),
                call("merge", () -> TABLE.merge("k", null, String::concat)),
                call("putAll", () -> TABLE.putAll(mapOf("k", null))),
                call("values.contains", () -> TABLE.values().contains(null)),
                call("values.remove", () -> TABLE.values().remove(null)),
                call("replaceAll", () -> {
                    TABLE.set("there", "v");
                    TABLE.replaceAll((k, v) -> null);
                }),
                call("setValue", () -> {
                    TABLE.set("there", "v");
                    TABLE.entrySet().iterator().next().setValue(null);
                }),
                call("async.put", () -> ASYNC.put("k", null)),
                call("async.replace", () -> ASYNC.replace("k", "v", null)),
                call("async.merge", () -> ASYNC.merge("k", null, String::concat)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nullValues")
    void aNullValueIsRefusedByName(String name, ThrowingCallable call) {
        assertThatNullPointerException().isThrownBy(call).withMessage("a value of hash table 'words' is null");
    }

    static Stream<Arguments> longKeys() {
        return Stream.of(
                call("get", () -> TABLE.get(LONG_KEY)),
                call("containsKey", () -> TABLE.containsKey(LONG_KEY)),
                call("set", () -> TABLE.set(LONG_KEY, "v")),
                call("put", () -> TABLE.put(LONG_KEY, "v")),
                call("delete", () -> TABLE.delete(LONG_KEY)),
                call("remove", () -> TABLE.remove(LONG_KEY)),
                call("remove if", () -> TABLE.remove(LONG_KEY, "v")),
                call("putIfAbsent", () -> TABLE.putIfAbsent(LONG_KEY, "v")),
                call("replace", () -> TABLE.replace(LONG_KEY, "v")),
                call("replace if", () -> TABLE.replace(LONG_KEY, "v", "w")),
                call("compute", () -> TABLE.compute(LONG_KEY, (k, v) -> "v")),
                call("putAll", () -> TABLE.putAll(Map.of(LONG_KEY, "v"))),
                call("async.get", () -> join(ASYNC.get(LONG_KEY))),
                call("async.merge", () -> join(ASYNC.merge(LONG_KEY, "v", String::concat))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("longKeys")
    void aKeyOverTheLimitIsRefusedWithBothSizes(String name, ThrowingCallable call) {
        INVOKER.keepOperations();
        INVOKER.operations();
        assertThatExceptionOfType(DdsException.TooLarge.class)
                .isThrownBy(call)
                .withMessage("a key of hash table 'words' takes 481 bytes after encoding; the limit is 480")
                .matches(e -> e.actualBytes() == 481 && e.limitBytes() == 480 && e.certainlyDidNotHappen());
        assertThat(INVOKER.operations()).as("nothing is sent").isEmpty();
    }

    static Stream<Arguments> longValues() {
        return Stream.of(
                call("set", () -> TABLE.set("k", LONG_VALUE)),
                call("put", () -> TABLE.put("k", LONG_VALUE)),
                call("remove if", () -> TABLE.remove("k", LONG_VALUE)),
                call("putIfAbsent", () -> TABLE.putIfAbsent("k", LONG_VALUE)),
                call("replace", () -> TABLE.replace("k", LONG_VALUE)),
                call("replace if, old", () -> TABLE.replace("k", LONG_VALUE, "w")),
                call("replace if, new", () -> TABLE.replace("k", "v", LONG_VALUE)),
                call("compute", () -> TABLE.compute("k", (k, v) -> LONG_VALUE)),
                call("merge", () -> TABLE.merge("k", LONG_VALUE, String::concat)),
                call("putAll", () -> TABLE.putAll(Map.of("k", LONG_VALUE))),
                call("async.set", () -> join(ASYNC.set("k", LONG_VALUE))),
                call("async.compute", () -> join(ASYNC.compute("k", (k, v) -> LONG_VALUE))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("longValues")
    void aValueOverTheLimitIsRefusedWithBothSizes(String name, ThrowingCallable call) {
        assertThatExceptionOfType(DdsException.TooLarge.class)
                .isThrownBy(call)
                .withMessage(
                        "a value of hash table 'words' takes 1,048,577 bytes after encoding; the limit is 1,048,576")
                .matches(e -> e.actualBytes() == 1_048_577 && e.limitBytes() == 1_048_576);
        assertThat(TABLE.containsKey("k")).isFalse();
    }

    @Test
    void keysAndValuesAtTheLimitAreTaken() {
        String key = "k".repeat(Limits.KEY_BYTES);
        String value = "v".repeat(Limits.VALUE_BYTES);
        assertThat(TABLE.put(key, value)).isNull();
        assertThat(TABLE.replace(key, value, value.replace('v', 'w'))).isTrue();
        assertThat(TABLE.remove(key)).hasSize(Limits.VALUE_BYTES).startsWith("w");
    }

    @Test
    void anUnpairedSurrogateIsRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> TABLE.put("\ud800", "v"))
                .withMessageContaining("unpaired surrogate");
    }

    @Test
    void whatHasAnotherClassIsNotStored() {
        Map raw = TABLE;
        assertThatExceptionOfType(ClassCastException.class)
                .isThrownBy(() -> raw.put(1, "v"))
                .withMessage("a key of hash table 'words' is a java.lang.String, not a java.lang.Integer");
        assertThatExceptionOfType(ClassCastException.class)
                .isThrownBy(() -> raw.put("k", 1))
                .withMessage("a value of hash table 'words' is a java.lang.String, not a java.lang.Integer");
    }

    @Test
    void whatHasAnotherClassIsSimplyNotThere() {
        TABLE.put("1", "1");
        assertThat(TABLE.get(1)).isNull();
        assertThat(TABLE.containsKey(1)).isFalse();
        assertThat(TABLE.containsValue(1)).isFalse();
        assertThat(TABLE.remove(1)).isNull();
        assertThat(TABLE.remove("1", 1)).isFalse();
        assertThat(TABLE.keySet().remove(1)).isFalse();
        assertThat(TABLE.entrySet().contains(new SimpleEntry<>("1", 1))).isFalse();
        assertThat(TABLE.entrySet().remove(new SimpleEntry<>(1, "1"))).isFalse();
        assertThat(TABLE.entrySet().contains("1")).isFalse();
        assertThat(TABLE.keySet().retainAll(Arrays.asList("1", 2))).isFalse();
        assertThat(TABLE).containsEntry("1", "1");
    }

    @Test
    void aTimeoutThatIsNoneIsRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> TABLE.withTimeout(Duration.ZERO))
                .withMessageContaining("PT0S");
    }

    @Test
    void aNameThatIsBlankOrTooLongIsRefused() {
        for (String name : new String[] {"", "  ", "n".repeat(Limits.NAME_CHARS + 1)}) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> DdsHashTable.open(
                            INVOKER, TableSpec.of(name, Codecs.string(), Codecs.string()), CallOptions.DEFAULT))
                    .withMessageContaining("structure name");
        }
    }

    private static Arguments call(String name, ThrowingCallable call) {
        return Arguments.of(name, call);
    }

    /** What a stage failed with. */
    private static void join(CompletionStage<?> stage) throws Throwable {
        try {
            stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause();
        }
    }

    private static Map<String, String> mapOf(String key, String value) {
        Map<String, String> map = new HashMap<>();
        map.put(key, value);
        return map;
    }
}
