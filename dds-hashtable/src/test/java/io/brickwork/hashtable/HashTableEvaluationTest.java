package io.brickwork.hashtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.Replication;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.map.InMemoryInvoker;
import io.brickwork.map.MapOperations;
import io.brickwork.map.MapOperations.ClearedPage;
import io.brickwork.map.MapOperations.Page;
import io.brickwork.map.MapOperations.Row;
import io.brickwork.map.PageVisitor;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HashTableEvaluationTest {
    private static final StructureInfo TABLE = new StructureInfo(
            1,
            "t",
            new StructureSpec("hashtable", "bytes/1", "bytes/1", 16, 1, Durability.SYNC, Replication.TWO_PHASE));
    private static final Bytes KEY = Bytes.utf8("key");
    private static final Bytes OLD = Bytes.utf8("old");
    private static final Bytes NEW = Bytes.utf8("new");

    private final TreeMap<Bytes, Bytes> records = new TreeMap<>();
    private KeyRange range = KeyRange.ALL;
    private final List<String> changes = new ArrayList<>();

    @Test
    void setAndDeleteChangeWithoutReadingAndAnswerNothing() {
        InMemoryInvoker.Partition unreadable = new InMemoryInvoker.Partition(records, range) {
            @Override
            public Bytes get(Bytes recordKey) {
                throw new AssertionError("reads " + recordKey);
            }
        };
        HashTableType.INSTANCE.evaluate(
                HashTableType.operations(TABLE).set(KEY, NEW).body(), unreadable, recorder());
        HashTableType.INSTANCE.evaluate(
                HashTableType.operations(TABLE).delete(KEY).body(), unreadable, recorder());
        assertThat(changes).containsExactly("put key new", "delete key");
    }

    @Test
    void putGivesTheOldValue() {
        assertThat(run(HashTableType.operations(TABLE).put(KEY, NEW))).isEmpty();
        store(KEY, OLD);
        assertThat(run(HashTableType.operations(TABLE).put(KEY, NEW))).contains(OLD);
        assertThat(changes).containsExactly("put key new", "put key new");
    }

    @Test
    void removeGivesTheOldValueAndChangesNothingIfThereIsNone() {
        assertThat(run(HashTableType.operations(TABLE).remove(KEY))).isEmpty();
        assertThat(changes).isEmpty();
        store(KEY, OLD);
        assertThat(run(HashTableType.operations(TABLE).remove(KEY))).contains(OLD);
        assertThat(changes).containsExactly("delete key");
    }

    @Test
    void putIfAbsentPutsOnlyIfThereIsNone() {
        assertThat(run(HashTableType.operations(TABLE).putIfAbsent(KEY, NEW))).isEmpty();
        assertThat(run(HashTableType.operations(TABLE).insert(KEY, NEW))).isTrue();
        assertThat(changes).containsExactly("put key new", "put key new");
        store(KEY, Bytes.EMPTY);
        assertThat(run(HashTableType.operations(TABLE).putIfAbsent(KEY, NEW)))
                .as("an empty value is a value")
                .contains(Bytes.EMPTY);
        assertThat(run(HashTableType.operations(TABLE).insert(KEY, NEW))).isFalse();
        assertThat(changes).hasSize(2);
    }

    @Test
    void replaceReplacesOnlyIfThereIsOne() {
        assertThat(run(HashTableType.operations(TABLE).replace(KEY, NEW))).isEmpty();
        assertThat(changes).isEmpty();
        store(KEY, OLD);
        assertThat(run(HashTableType.operations(TABLE).replace(KEY, NEW))).contains(OLD);
        assertThat(changes).containsExactly("put key new");
    }

    @Test
    void theConditionalOnesCompareTheBytes() {
        assertThat(run(HashTableType.operations(TABLE).replaceIf(KEY, OLD, NEW)))
                .isFalse();
        assertThat(run(HashTableType.operations(TABLE).removeIf(KEY, OLD))).isFalse();
        store(KEY, OLD);
        assertThat(run(HashTableType.operations(TABLE).replaceIf(KEY, NEW, NEW)))
                .isFalse();
        assertThat(run(HashTableType.operations(TABLE).removeIf(KEY, NEW))).isFalse();
        assertThat(changes).isEmpty();
        assertThat(run(HashTableType.operations(TABLE).replaceIf(KEY, OLD, NEW)))
                .isTrue();
        assertThat(run(HashTableType.operations(TABLE).removeIf(KEY, OLD))).isTrue();
        assertThat(changes).containsExactly("put key new", "delete key");
    }

    @Test
    void getAndContainsKeyTellAnEmptyValueFromNone() {
        assertThat(run(HashTableType.operations(TABLE).get(KEY))).isEmpty();
        assertThat(run(HashTableType.operations(TABLE).containsKey(KEY))).isFalse();
        store(KEY, Bytes.EMPTY);
        assertThat(run(HashTableType.operations(TABLE).get(KEY))).contains(Bytes.EMPTY);
        assertThat(run(HashTableType.operations(TABLE).containsKey(KEY))).isTrue();
    }

    @Test
    void countTellsTheFencesOfThePartition() {
        store(KEY, OLD);
        assertThat(run(HashTableType.operations(TABLE).count(Bytes.EMPTY)))
                .isEqualTo(new MapOperations.PartitionCount(1, Bytes.EMPTY, Optional.empty()));
        range = new KeyRange(hex("10"), hex("20"));
        assertThat(run(HashTableType.operations(TABLE).count(hex("10"))))
                .isEqualTo(new MapOperations.PartitionCount(1, hex("10"), Optional.of(hex("20"))));
    }

    @Test
    void pagesHoldEveryRecordOnceAndNoMoreThanTheLimit() {
        SplittableRandom random = new SplittableRandom(7);
        TreeSet<Bytes> expected = new TreeSet<>();
        for (int i = 0; i < 3_000; i++) {
            Bytes key = Bytes.utf8("k" + i);
            store(key, Bytes.wrap(new byte[random.nextInt(400)]));
            expected.add(key);
        }
        for (boolean keysOnly : new boolean[] {false, true}) {
            TreeSet<Bytes> met = new TreeSet<>();
            int pages = 0;
            Optional<Bytes> from = Optional.of(Bytes.EMPTY);
            while (from.isPresent()) {
                Operation<Page> operation = HashTableType.operations(TABLE).page(from.get(), keysOnly);
                assertThat(encoded(operation).length()).isLessThan(Limits.PAGE_BYTES + 1024);
                Page page = run(operation);
                for (Row row : page.rows()) {
                    assertThat(met.add(row.key())).as("%s is new", row).isTrue();
                    if (keysOnly) {
                        assertThat(row.value().isEmpty()).isTrue();
                    } else {
                        assertThat(row.value()).isEqualTo(records.get(KeyHash.recordKey(row.key())));
                    }
                }
                from = page.next();
                pages++;
            }
            assertThat(met).isEqualTo(expected);
            assertThat(pages).isEqualTo(keysOnly ? 2 : 5);
        }
    }

    @Test
    void aPageHasAtLeastOneRecordHoweverLarge() {
        Bytes large = Bytes.wrap(new byte[Limits.VALUE_BYTES]);
        store(Bytes.utf8("a"), large);
        store(Bytes.utf8("b"), large);
        Page first = run(HashTableType.operations(TABLE).page(Bytes.EMPTY, false));
        assertThat(first.rows()).hasSize(1);
        Page second = run(HashTableType.operations(TABLE).page(first.next().orElseThrow(), false));
        assertThat(second.rows()).hasSize(1);
        assertThat(second.next()).isEmpty();
        assertThat(run(HashTableType.operations(TABLE).page(Bytes.EMPTY, true)).rows())
                .as("a page of keys stops as well, because their values are read to pass over them")
                .hasSize(1);
    }

    @Test
    void theLastPageOfAPartitionGoesOnAtTheFence() {
        range = new KeyRange(Bytes.EMPTY, hex("ff"));
        Page page = run(HashTableType.operations(TABLE).page(Bytes.EMPTY, false));
        assertThat(page).isEqualTo(new Page(List.of(), Optional.of(hex("ff"))));
    }

    @Test
    void clearingGoesPageByPage() {
        for (int i = 0; i < PageVisitor.RECORDS + 1; i++) {
            store(Bytes.utf8("k" + i), OLD);
        }
        ClearedPage first = run(HashTableType.operations(TABLE).clearPage(Bytes.EMPTY));
        assertThat(first.removed()).isEqualTo(PageVisitor.RECORDS);
        assertThat(first.next()).contains(records.lastKey());
        assertThat(changes).hasSize(PageVisitor.RECORDS);
        ClearedPage second =
                run(HashTableType.operations(TABLE).clearPage(first.next().orElseThrow()));
        assertThat(second).isEqualTo(new ClearedPage(1, Optional.empty()));
    }

    @Test
    void onlyReadsSayThatTheyAreReads() {
        assertThat(HashTableType.operations(TABLE).get(KEY).read()).isTrue();
        assertThat(HashTableType.operations(TABLE).containsKey(KEY).read()).isTrue();
        assertThat(HashTableType.operations(TABLE).count(KEY).read()).isTrue();
        assertThat(HashTableType.operations(TABLE).page(KEY, true).read()).isTrue();
        for (Operation<?> write : List.of(
                HashTableType.operations(TABLE).set(KEY, NEW),
                HashTableType.operations(TABLE).put(KEY, NEW),
                HashTableType.operations(TABLE).delete(KEY),
                HashTableType.operations(TABLE).remove(KEY),
                HashTableType.operations(TABLE).putIfAbsent(KEY, NEW),
                HashTableType.operations(TABLE).replace(KEY, NEW),
                HashTableType.operations(TABLE).replaceIf(KEY, OLD, NEW),
                HashTableType.operations(TABLE).removeIf(KEY, OLD),
                HashTableType.operations(TABLE).clearPage(KEY))) {
            assertThat(write.read()).as(write.name()).isFalse();
            assertThat(HashTableType.INSTANCE.isRead(write.body()))
                    .as(write.name())
                    .isFalse();
        }
    }

    @Test
    void bodiesAreInLogsAndNeverChange() {
        assertThat(HashTableType.operations(TABLE).replaceIf(KEY, OLD, NEW).body())
                .hasToString("09" + "036b6579" + "036f6c64" + "036e6577");
    }

    @Test
    void aKeyOutsideThePartitionIsRefused() {
        Bytes recordKey = KeyHash.recordKey(KEY);
        range = new KeyRange(recordKey.concat(hex("00")), null);
        assertRefused(HashTableType.operations(TABLE).set(KEY, NEW).body(), "outside the partition");
        assertRefused(HashTableType.operations(TABLE).page(Bytes.EMPTY, false).body(), "outside the partition");
    }

    @Test
    void sizesAreCheckedAgainWhereAnOperationIsEvaluated() {
        Bytes longKey = Bytes.wrap(new byte[Limits.KEY_BYTES + 1]);
        assertRefused(new ByteWriter(16).u8(1).bytes(longKey).toBytes(), "key claims 481 bytes; the limit is 480");
        Bytes longValue = Bytes.wrap(new byte[Limits.VALUE_BYTES + 1]);
        assertRefused(
                new ByteWriter(16).u8(3).bytes(KEY).bytes(longValue).toBytes(),
                "value claims 1048577 bytes; the limit is 1048576");
    }

    @Test
    void unknownEmptyAndOverlongOperationsAreRefused() {
        assertRefused(Bytes.EMPTY, "is empty");
        assertRefused(hex("00"), "no operation 0");
        assertRefused(hex("0e"), "no operation 14");
        assertRefused(hex("ff"), "no operation 255");
        assertRefused(HashTableType.operations(TABLE).get(KEY).body().concat(hex("00")), "1 bytes follow");
        assertThatExceptionOfType(MalformedOperationException.class)
                .isThrownBy(() -> HashTableType.INSTANCE.isRead(hex("ff")));
    }

    @Test
    void garbageIsRefusedAsMalformedAndChangesNothing() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 20_000; round++) {
            byte[] body = new byte[1 + random.nextInt(12)];
            random.nextBytes(body);
            body[0] = (byte) (1 + random.nextInt(14));
            changes.clear();
            try {
                HashTableType.INSTANCE.evaluate(
                        Bytes.wrap(body), new InMemoryInvoker.Partition(records, range), recorder());
            } catch (MalformedOperationException refused) {
                assertThat(changes)
                        .as("%s: %s", HexFormat.of().formatHex(body), refused.getMessage())
                        .isEmpty();
            }
        }
    }

    @Test
    void everyPrefixOfEveryOperationIsMalformed() {
        for (Operation<?> operation : List.of(
                HashTableType.operations(TABLE).get(KEY),
                HashTableType.operations(TABLE).set(KEY, NEW),
                HashTableType.operations(TABLE).replaceIf(KEY, OLD, NEW),
                HashTableType.operations(TABLE).removeIf(KEY, OLD),
                HashTableType.operations(TABLE).page(KEY, true),
                HashTableType.operations(TABLE).clearPage(KEY))) {
            for (int length = 0; length < operation.body().length(); length++) {
                Bytes prefix = operation.body().slice(0, length);
                assertThatExceptionOfType(MalformedOperationException.class)
                        .as("%s, %d bytes", operation.name(), length)
                        .isThrownBy(() -> HashTableType.INSTANCE.evaluate(
                                prefix, new InMemoryInvoker.Partition(records, range), recorder()));
            }
        }
        assertThat(changes).isEmpty();
    }

    private void assertRefused(Bytes body, String message) {
        assertThatExceptionOfType(MalformedOperationException.class)
                .isThrownBy(() -> HashTableType.INSTANCE.evaluate(
                        body, new InMemoryInvoker.Partition(records, range), recorder()))
                .withMessageContaining(message);
        assertThat(changes).isEmpty();
    }

    private void store(Bytes key, Bytes value) {
        records.put(KeyHash.recordKey(key), value);
    }

    private <R> R run(Operation<R> operation) {
        return operation.decoder().apply(encoded(operation));
    }

    private Bytes encoded(Operation<?> operation) {
        return HashTableType.INSTANCE.evaluate(
                operation.body(), new InMemoryInvoker.Partition(records, range), recorder());
    }

    private Changes recorder() {
        return new Changes() {
            @Override
            public void put(Bytes recordKey, Bytes value) {
                changes.add("put " + KeyHash.key(recordKey).toUtf8() + " " + value.toUtf8());
            }

            @Override
            public void delete(Bytes recordKey) {
                changes.add("delete " + KeyHash.key(recordKey).toUtf8());
            }
        };
    }

    private static Bytes hex(String hex) {
        return Bytes.wrap(HexFormat.of().parseHex(hex));
    }
}
