package io.brickwork.core.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.structure.StructureTypes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a client makes of the ranges that it is told. */
class RouterTest {
    private static final int KEYS = 40;
    private static final StructureInfo STRUCTURE = new StructureInfo(
            3, "t", new StructureSpec("quarters", "k", "v", 4, 3, Durability.SYNC, Replication.TWO_PHASE));

    private final Router router = new Router(new StructureTypes(List.of(new Quarters())));

    /** Four partitions of ten keys each: what a client guesses. */
    private static final class Quarters implements StructureType, PartitionMap {
        @Override
        public String name() {
            return "quarters";
        }

        @Override
        public PartitionMap initialPartitions(StructureSpec spec) {
            return this;
        }

        @Override
        public boolean isRead(Bytes body) {
            return true;
        }

        @Override
        public Bytes evaluate(Bytes body, Records records, Changes changes) {
            return body;
        }

        @Override
        public int locate(Bytes recordKey) {
            return recordKey.isEmpty() ? 0 : Math.min(3, recordKey.at(0) / 10);
        }

        @Override
        public KeyRange range(int partition) {
            return new KeyRange(
                    partition == 0 ? Bytes.EMPTY : key(10 * partition),
                    partition == 3 ? null : key(10 * partition + 10));
        }

        @Override
        public List<Integer> partitions() {
            return List.of(0, 1, 2, 3);
        }
    }

    private static Bytes key(int number) {
        return Bytes.wrap(new byte[] {(byte) number});
    }

    private int locate(int number) {
        return router.partition(STRUCTURE, key(number)).number();
    }

    private void learn(int partition, int low, @Nullable Integer high) {
        router.learn(
                new PartitionId(3, partition),
                new KeyRange(low == 0 ? Bytes.EMPTY : key(low), high == null ? null : key(high)));
    }

    @Test
    void whatIsToldTakesThePlaceOfWhatWasGuessedAndOfNothingElse() {
        assertThat(locate(12)).isEqualTo(1);
        learn(7, 12, 25);
        assertThat(List.of(locate(11), locate(12), locate(24), locate(25), locate(30)))
                .containsExactly(1, 7, 7, 2, 3);
        learn(8, 35, null);
        assertThat(List.of(locate(34), locate(35), locate(39))).containsExactly(3, 8, 8);
    }

    @Test
    void whateverTheMapWasItIsRightOnceEveryPartitionHasBeenTold() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Router fresh = new Router(new StructureTypes(List.of(new Quarters())));
            fresh.partition(STRUCTURE, Bytes.EMPTY);
            for (int i = random.nextInt(4); i > 0; i--) {
                int low = random.nextInt(KEYS); // what was so once
                fresh.learn(
                        new PartitionId(3, 20 + i),
                        new KeyRange(key(low), random.nextBoolean() ? null : key(low + 1 + random.nextInt(9))));
            }
            List<Integer> lows = new ArrayList<>(List.of(0));
            for (int low = 1; low < KEYS; low++) {
                if (random.nextInt(5) == 0) {
                    lows.add(low);
                }
            }
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < lows.size(); i++) {
                order.add(i);
            }
            Collections.shuffle(order, random);
            for (int i : order) {
                Bytes low = i == 0 ? Bytes.EMPTY : key(lows.get(i));
                Bytes high = i + 1 == lows.size() ? null : key(lows.get(i + 1));
                fresh.learn(new PartitionId(3, 100 + i), new KeyRange(low, high));
            }
            for (int number = 0; number < KEYS; number++) {
                int at = 0;
                while (at + 1 < lows.size() && lows.get(at + 1) <= number) {
                    at++;
                }
                assertThat(fresh.owner(3, key(number)).number())
                        .as("seed %d, key %d", seed, number)
                        .isEqualTo(100 + at);
            }
        }
    }
}
