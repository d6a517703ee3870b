package io.brickwork.bricks.lmdb;

import static io.brickwork.bricks.lmdb.LmdbTables.delete;
import static io.brickwork.bricks.lmdb.LmdbTables.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Txn;

/** What is damaged in a table's file is found before anybody is told that something is absent. */
class TableCheckTest {
    private static final int PAGE_BYTES = 4096;

    @TempDir
    Path temp;

    private TableOptions options() {
        return TableOptions.of(temp.resolve("table"));
    }

    private Path file() {
        return temp.resolve("table/data.mdb");
    }

    private static List<Effect> puts(int from, int to, int valueBytes) {
        return IntStream.range(from, to)
                .mapToObj(i -> put("key " + i, valueBytes))
                .toList();
    }

    /** Any mixture of puts, overwrites and deletes leaves the sums that a look at all rows gives. */
    @Test
    void sumsAreThoseOfAllRowsWhateverWasChanged() {
        SplittableRandom random = new SplittableRandom(7);
        try (LmdbTables tables = new LmdbTables(options())) {
            for (int batch = 0; batch < 20; batch++) {
                List<Effect> effects = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    String key = "key " + random.nextInt(150);
                    effects.add(random.nextInt(3) == 0 ? delete(key) : put(key, random.nextInt(9000)));
                }
                assertThat(tables.apply(effects)).isTrue();
                tables.table.checkNow();
                assertThat(tables.failures).isEmpty();
            }
        }
        try (LmdbTables again = new LmdbTables(options())) {
            assertThat(again.get("key 500")).isNull();
        }
    }

    /** Each page of the file as it was before the last batch: all pages and rows are in order by themselves. */
    @Test
    void pageOfAnEarlierStateIsMissed() throws IOException {
        try (LmdbTables tables = new LmdbTables(options())) {
            assertThat(tables.apply(puts(0, 400, 100))).isTrue();
            assertThat(tables.apply(put("key 7", "old"))).isTrue();
        }
        byte[] older = Files.readAllBytes(file());
        try (LmdbTables tables = new LmdbTables(options())) {
            // The same rows in other words, so that only the digest can tell.
            assertThat(tables.apply(put("key 7", "new"))).isTrue();
            assertThat(tables.apply(put("key 8", 100))).isTrue();
            assertThat(tables.apply(put("key 7", "now"))).isTrue();
        }
        byte[] newer = Files.readAllBytes(file());
        int found = 0;
        for (int page = 0; page < older.length / PAGE_BYTES; page++) {
            byte[] mixed = newer.clone();
            System.arraycopy(older, page * PAGE_BYTES, mixed, page * PAGE_BYTES, PAGE_BYTES);
            Files.write(file(), mixed);
            try (LmdbTables tables = new LmdbTables(options())) {
                assertThat(tables.get("key 7")).as("page %d", page).isEqualTo("now");
            } catch (CorruptRecordException expected) {
                found++;
            }
        }
        assertThat(found).isPositive();
    }

    @Test
    void damageToATableInUseIsFoundByTheWatchAndEverythingIsRefused() throws IOException {
        try (LmdbTables tables = new LmdbTables(options())) {
            assertThat(tables.apply(puts(0, 400, 100))).isTrue();
            tables.table.checkNow();
            assertThat(tables.failures).isEmpty();

            overwrite(pageOf("key 123"), new byte[PAGE_BYTES]);
            tables.table.checkNow();

            assertThat(tables.failures)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure)
                            .hasMessageContaining("data.mdb is damaged")
                            .hasMessageContaining("unknown, which is not the same as absent"));
            assertThatThrownBy(() -> tables.get("key 1")).isInstanceOf(StoreFailedException.class);
        }
        assertThat(temp.resolve("table/clean")).doesNotExist();
        assertThatThrownBy(() -> new LmdbTables(options())).isInstanceOf(CorruptRecordException.class);
    }

    /** A flipped bit in a key: the key that was there is not absent, and nobody knows which it was. */
    @Test
    void keyThatHasChangedLeavesItsNeighbourhoodUnknown() throws IOException {
        try (LmdbTables tables = new LmdbTables(options())) {
            assertThat(tables.apply(put("a", "1"), put("k1", "2"), put("z", "3")))
                    .isTrue();
        }
        byte[] bytes = Files.readAllBytes(file());
        int changed = 0;
        for (int at = 0; at < bytes.length - 6; at++) {
            if (new String(bytes, at, 2, StandardCharsets.ISO_8859_1).equals("k1")) {
                bytes[at + 1] = '5';
                changed++;
            }
        }
        assertThat(changed).isPositive();
        Files.write(file(), bytes);

        try (LmdbTables tables = new LmdbTables(options())) {
            assertThat(tables.get("a")).isEqualTo("1");
            assertThat(tables.get("z")).isEqualTo("3");
            assertThat(tables.get("zz")).isNull();
            for (String unknown : List.of("k1", "k5", "b")) {
                assertThatThrownBy(() -> tables.get(unknown)).as(unknown).isInstanceOf(CorruptRecordException.class);
            }
            assertThatThrownBy(() -> scan(tables, "k0", "k2")).isInstanceOf(CorruptRecordException.class);
            assertThatThrownBy(() -> scan(tables, "a", "zzz")).isInstanceOf(CorruptRecordException.class);
            assertThat(scan(tables, "z", "zzz")).isEqualTo(1);
        }
    }

    private static int scan(LmdbTables tables, String low, String high) {
        int[] count = new int[1];
        try (var snapshot = tables.table.snapshot()) {
            snapshot.scan(LmdbTables.STRUCTURE, new KeyRange(Bytes.utf8(low), Bytes.utf8(high)), (key, record) -> {
                count[0]++;
                return true;
            });
        }
        return count[0];
    }

    @Test
    void fileThatIsGoneOrEmptyIsNoNewTable() throws IOException {
        try (LmdbTables tables = new LmdbTables(options())) {
            assertThat(tables.apply(put("a", "1"))).isTrue();
        }
        Files.write(file(), new byte[0]);
        assertThatThrownBy(() -> LmdbStore.open(options(), true))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("it is empty, and was not");
        Files.delete(file());
        assertThatThrownBy(() -> LmdbStore.open(options(), true))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("it is gone, and was there");
    }

    @Test
    void tableOfAnEarlierFormatGetsItsSumsWhenItIsOpened() {
        try (LmdbTables tables = new LmdbTables(options())) {
            assertThat(tables.apply(puts(0, 50, 10))).isTrue();
        }
        NativeBytes key = new NativeBytes(16);
        try (LmdbStore store = LmdbStore.open(options());
                Txn<DirectBuffer> txn = store.beginWrite()) {
            store.meta.put(txn, key.of(Bytes.utf8("F")), new NativeBytes(1).of(Bytes.wrap(new byte[] {1})));
            store.meta.delete(txn, key.of(Sums.key(LmdbTables.STRUCTURE)));
            txn.commit();
        }

        try (LmdbStore store = LmdbStore.open(options())) {
            assertThat(store.sums().get(LmdbTables.STRUCTURE)).satisfies(sum -> {
                assertThat(sum.records()).isEqualTo(50);
                assertThat(sum.isKnown()).isTrue();
            });
        }
        try (LmdbTables tables = new LmdbTables(options())) {
            assertThat(tables.apply(puts(25, 75, 10))).isTrue();
            tables.table.checkNow();
            assertThat(tables.failures).isEmpty();
        }
    }

    /**
     * Whoever overwrites a row that cannot be read does not know what it had added to the digest; the next open does.
     */
    @Test
    void rowThatCannotBeReadMayBeOverwritten() {
        try (LmdbTables tables = new LmdbTables(options())) {
            assertThat(tables.apply(puts(0, 50, 10))).isTrue();
        }
        NativeBytes key = new NativeBytes(64);
        try (LmdbStore store = LmdbStore.open(options());
                Txn<DirectBuffer> txn = store.beginWrite()) {
            Bytes dataKey = TableCodec.dataKey(LmdbTables.STRUCTURE, Bytes.utf8("key 7"));
            byte[] row =
                    NativeBytes.copy(store.data.get(txn, key.of(dataKey)), 0).toArray();
            row[row.length - 1] ^= 1;
            store.data.put(txn, key.of(dataKey), new NativeBytes(64).of(Bytes.wrap(row)));
            txn.commit();
        }
        for (int round = 0; round < 3; round++) {
            try (LmdbTables tables = new LmdbTables(options())) {
                assertThat(tables.apply(put("key 7", "v" + round), put("key 8", "w" + round)))
                        .isTrue();
                tables.table.checkNow();
                assertThat(tables.failures).isEmpty();
                assertThat(tables.get("key 7")).isEqualTo("v" + round);
            }
        }
    }

    private int pageOf(String key) throws IOException {
        byte[] bytes = Files.readAllBytes(file());
        byte[] wanted = key.getBytes(StandardCharsets.UTF_8);
        int found = -1;
        for (int at = 0; at + wanted.length < bytes.length; at++) {
            if (java.util.Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                found = at / PAGE_BYTES;
            }
        }
        return found;
    }

    private void overwrite(int page, byte[] content) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
            file.seek((long) page * PAGE_BYTES);
            file.write(content);
        }
    }
}
