package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Formerly;
import io.brickwork.hashtable.DdsHashTable;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two versions of a program in one directory, one after the other and at the same time: what {@code docs/evolution.md}
 * says, through the maps.
 */
class TypesEvolveTest {
    @TempDir
    private Path directory;

    enum Level {
        LOW,
        HIGH
    }

    enum NewLevel {
        LOW,
        HIGH,
        SEVERE
    }

    record Key(String site, Level level) {}

    record NewKey(String site, NewLevel level, @Nullable Integer floor) {}

    record Reading(int value, String unit) {}

    record NewReading(
            long value,
            @Formerly("unit") String measure,
            @Nullable String by) {}

    record Unrelated(boolean flag) {}

    static final class Document {
        String text = "";
    }

    static final class Paper {
        String text = "";
    }

    @Test
    void newerTypesUseWhatOlderOnesStoredAndTheOtherWayRound() {
        try (Dds dds = Dds.embedded(directory, o -> o.register(Document.class, 100))) {
            dds.tree("tree", Key.class, Reading.class).put(new Key("a", Level.LOW), new Reading(1, "K"));
            dds.tree("tree", Key.class, Reading.class).put(new Key("a", Level.HIGH), new Reading(2, "K"));
            dds.hashTable("table", Key.class, Reading.class).put(new Key("a", Level.LOW), new Reading(1, "K"));
            Document document = new Document();
            document.text = "t";
            dds.hashTable("documents", Integer.class, Document.class).put(1, document);
        }
        try (Dds dds = Dds.embedded(directory, o -> o.register(Paper.class, 100))) {
            DdsTree<NewKey, NewReading> tree = dds.tree("tree", NewKey.class, NewReading.class);
            DdsHashTable<NewKey, NewReading> table = dds.hashTable("table", NewKey.class, NewReading.class);
            NewKey low = new NewKey("a", NewLevel.LOW, null);
            NewKey upstairs = new NewKey("a", NewLevel.LOW, 1);
            NewKey high = new NewKey("a", NewLevel.HIGH, null);
            NewReading read = new NewReading(1, "K", null);
            for (var map : List.of(tree, table)) {
                assertThat(map.get(low)).isEqualTo(read);
                assertThat(map.replace(low, read, new NewReading(3, "K", null))).isTrue();
                assertThat(map.putIfAbsent(upstairs, new NewReading(1L << 40, "K", "me")))
                        .isNull();
                assertThat(map.get(upstairs)).isEqualTo(new NewReading(1L << 40, "K", "me"));
            }
            tree.put(new NewKey("a", NewLevel.SEVERE, null), read);
            assertThat(tree.keySet()).containsExactly(low, upstairs, high, new NewKey("a", NewLevel.SEVERE, null));
            assertThat(tree.headMap(upstairs).keySet()).containsExactly(low);
            assertThat(tree.prefixMap("a", NewLevel.LOW).keySet()).containsExactly(low, upstairs);
            dds.transact(
                    tx -> assertThat(tx.on(tree).merge(high, read, (a, b) -> b)).isEqualTo(read));

            DdsTree<Key, Reading> olderTree = dds.tree("tree", Key.class, Reading.class);
            assertThat(olderTree.get(new Key("a", Level.LOW))).isEqualTo(new Reading(3, "K"));
            assertThat(olderTree.firstKey()).isEqualTo(new Key("a", Level.LOW));
            // A value with a component that the older program does not know equals what it has read.
            tree.put(low, new NewReading(3, "K", "me"));
            assertThat(olderTree.replace(new Key("a", Level.LOW), new Reading(3, "K"), new Reading(4, "K")))
                    .isTrue();
            assertThat(olderTree.get(new Key("a", Level.LOW))).isEqualTo(new Reading(4, "K"));
            assertThatExceptionOfType(DdsException.class).isThrownBy(() -> List.copyOf(olderTree.keySet()));
            assertThat(dds.hashTable("documents", Long.class, Paper.class).get(1L).text)
                    .isEqualTo("t");
        }
    }

    @Test
    void whatDoesNotFitIsRefusedAndSaysWhatToDo() {
        try (Dds dds = Dds.embedded(directory, o -> {})) {
            dds.hashTable("table", Key.class, Reading.class);
            assertThatExceptionOfType(DdsException.WrongType.class)
                    .isThrownBy(() -> dds.hashTable("table", Key.class, Unrelated.class))
                    .withMessageStartingWith(
                            "'table' is a hashtable of record (site: String, level: enum (LOW, HIGH)) to record (value: int, unit: String); it was opened as")
                    .withMessageEndingWith("copy into a new structure (docs/evolution.md has the lines for it)")
                    .matches(DdsException::certainlyDidNotHappen);
        }
    }

    @Test
    void theLinesForCopyingCompileAndCopy() {
        try (Dds dds = Dds.embedded(directory, o -> {})) {
            dds.hashTable("orders", String.class, Reading.class).put("a", new Reading(1, "K"));
            DdsHashTable<String, Reading> from = dds.hashTable("orders", String.class, Reading.class);
            DdsHashTable<String, Unrelated> to = dds.hashTable("orders-2", String.class, Unrelated.class);
            from.forEach((key, value) -> to.put(key, new Unrelated(value.value() > 0)));
            assertThat(to).containsEntry("a", new Unrelated(true));
        }
    }
}
