package io.brickwork.core.partition.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.brick.MemoryTable;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random storing, cutting, applying and shrinking against a list of states; every read as of every sequence number must
 * give the state of then.
 */
class OverlayModelTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);

    @Test
    void recordsAsOfAnySequenceNumberAreThoseOfThen() {
        for (int seed = 0; seed < 400; seed++) {
            new Run(seed).run();
        }
    }

    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final MemoryTable table = new MemoryTable();
        private final Overlay overlay = new Overlay(0);
        /** The state after each entry; index 0 is the empty one. */
        private final List<TreeMap<Bytes, Bytes>> states = new ArrayList<>(List.of(new TreeMap<>()));

        private long applied;
        private long shrunk;
        private long batch;

        Run(long seed) {
            this.seed = seed;
            random = new SplittableRandom(seed);
        }

        void run() {
            for (int step = 0; step < 120; step++) {
                switch (random.nextInt(8)) {
                    case 0 -> cut();
                    case 1 -> apply();
                    case 2 -> shrink();
                    default -> store();
                }
                check();
            }
        }

        private long last() {
            return states.size() - 1;
        }

        private void store() {
            TreeMap<Bytes, Bytes> state = new TreeMap<>(states.getLast());
            List<Effect> effects = new ArrayList<>();
            for (int key = random.nextInt(4); key < 6; key += 1 + random.nextInt(5)) {
                Bytes bytes = Bytes.utf8("k" + key);
                Bytes value = random.nextInt(3) == 0 ? null : Bytes.utf8("v" + states.size() + "-" + key);
                effects.add(new Effect(bytes, value));
                if (value == null) {
                    state.remove(bytes);
                } else {
                    state.put(bytes, value);
                }
            }
            overlay.add(
                    EntryCodec.encode(Entry.Kind.WRITE, PARTITION, new Version(1, states.size()), null, 0, effects));
            states.add(state);
        }

        private void cut() {
            long to = applied + random.nextLong(last() - applied + 1);
            overlay.cut(to);
            while (last() > to) {
                states.removeLast();
            }
        }

        private void apply() {
            long to = applied + random.nextLong(last() - applied + 1);
            if (to > applied) {
                table.apply(new Table.Batch(
                        ++batch, List.of(new Table.Part(PARTITION, overlay.entries(applied + 1, to)))));
                table.applyNow();
                applied = to;
            }
        }

        private void shrink() {
            shrunk += random.nextLong(applied - shrunk + 1);
            overlay.shrink(shrunk);
        }

        private void check() {
            for (long asOf = applied; asOf <= last(); asOf++) {
                TreeMap<Bytes, Bytes> expected = states.get((int) asOf);
                ReplicaRecords records = new ReplicaRecords(
                        PARTITION, Extent.Keys.all(KeyRange.ALL), new Locks(List.of()), overlay, asOf, table::snapshot);
                TreeMap<Bytes, Bytes> scanned = new TreeMap<>();
                Bytes[] previous = {Bytes.EMPTY};
                records.scan(Bytes.EMPTY, (key, value) -> {
                    assertThat(key).isGreaterThan(previous[0]);
                    previous[0] = key;
                    scanned.put(key, value);
                    return true;
                });
                assertThat(scanned).as("seed %d, as of %d", seed, asOf).isEqualTo(expected);
                List<Bytes> backward = new ArrayList<>();
                KeyRange middle = new KeyRange(Bytes.utf8("k1"), Bytes.utf8("k4"));
                records.scanBackward(middle, (key, value) -> backward.add(key));
                assertThat(backward.reversed())
                        .as("seed %d, as of %d", seed, asOf)
                        .containsExactlyElementsOf(
                                expected.subMap(middle.low(), Bytes.utf8("k4")).keySet());
                assertThat(records.count()).as("seed %d, as of %d", seed, asOf).isEqualTo(expected.size());
                for (int key = 0; key < 6; key++) {
                    Bytes bytes = Bytes.utf8("k" + key);
                    @Nullable Bytes value = records.get(bytes);
                    assertThat(value)
                            .as("seed %d, as of %d, %s", seed, asOf, bytes)
                            .isEqualTo(expected.get(bytes));
                }
            }
            assertThat(overlay.lastSeq()).isEqualTo(last());
            assertThat(overlay.firstSeq()).isEqualTo(shrunk + 1);
        }
    }

    @Test
    void aKeyThatIsAlwaysWrittenKeepsNoOldSlots() {
        Overlay overlay = new Overlay(0);
        Bytes key = Bytes.utf8("hot");
        for (int seq = 1; seq <= 1_000; seq++) {
            overlay.add(EntryCodec.encode(
                    Entry.Kind.WRITE,
                    PARTITION,
                    new Version(1, seq),
                    null,
                    0,
                    List.of(new Effect(key, Bytes.utf8("" + seq)))));
            overlay.shrink(seq - 3L);
        }
        Overlay.Slot slot = overlay.newest(key);
        assertThat(slot).isNotNull();
        assertThat(slot.asOf(998)).isNotNull();
        assertThat(slot.asOf(997)).isNull();
        assertThat(overlay.bytes()).isLessThan(3 * 400);
    }
}
