package io.brickwork.hashtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.hashtable.HashTrie.Fork;
import io.brickwork.hashtable.HashTrie.Leaf;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashTrieTest {
    private static final long SEED = 0x7e1eL;

    /** What splitting partition 1 of two, and then its lower half, would make: 0 | 1 | 3 | 2 in the order of keys. */
    private static final HashTrie LOPSIDED =
            new HashTrie(new Fork(new Leaf(0), new Fork(new Fork(new Leaf(1), new Leaf(3)), new Leaf(2))));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 512, 65_536})
    void uniformPartitionsCoverAllKeysWithoutGapOrOverlap(int count) {
        HashTrie trie = HashTrie.uniform(count);
        assertThat(trie.partitions()).hasSize(count).startsWith(0);
        Bytes expected = Bytes.EMPTY;
        for (int partition : trie.partitions()) {
            KeyRange range = trie.range(partition);
            assertThat(range.low()).isEqualTo(expected);
            assertThat(trie.locate(range.low())).isEqualTo(partition);
            expected = range.high();
        }
        assertThat(expected).as("the last one has no high fence").isNull();
    }

    @Test
    void theFencesOfSixteenPartitionsAreOnDiskAndNeverChange() {
        HashTrie trie = HashTrie.uniform(16);
        assertThat(trie.range(0)).isEqualTo(new KeyRange(Bytes.EMPTY, bytes("10")));
        assertThat(trie.range(7)).isEqualTo(new KeyRange(bytes("70"), bytes("80")));
        assertThat(trie.range(15)).isEqualTo(new KeyRange(bytes("f0"), null));
        assertThat(HashTrie.uniform(512).range(1)).isEqualTo(new KeyRange(bytes("0080"), bytes("01")));
    }

    @Test
    void leavesMayLieAtDifferentDepths() {
        assertThat(LOPSIDED.partitions()).containsExactly(0, 1, 3, 2);
        assertThat(LOPSIDED.range(1)).isEqualTo(new KeyRange(bytes("80"), bytes("a0")));
        assertThat(LOPSIDED.range(3)).isEqualTo(new KeyRange(bytes("a0"), bytes("c0")));
        assertThat(LOPSIDED.locate(bytes("bfffffffffffffff"))).isEqualTo(3);
        assertThat(LOPSIDED.locate(bytes("c0"))).isEqualTo(2);
    }

    @Test
    void aKeyOrTheBeginningOfOneIsLocatedInTheRangeThatContainsIt() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (HashTrie trie : List.of(HashTrie.uniform(16), HashTrie.uniform(1024), LOPSIDED)) {
            for (int round = 0; round < 5_000; round++) {
                byte[] key = new byte[random.nextInt(12)];
                random.nextBytes(key);
                if (key.length > 1 && random.nextBoolean()) {
                    Arrays.fill(key, random.nextInt(key.length), key.length, (byte) 0);
                }
                Bytes bytes = Bytes.wrap(key);
                assertThat(trie.range(trie.locate(bytes)).contains(bytes))
                        .as("seed %x round %d key %s", SEED, round, bytes)
                        .isTrue();
            }
        }
    }

    @Test
    void aPartitionThatIsNotThereIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HashTrie.uniform(4).range(4))
                .withMessage("the table has no partition 4");
    }

    @Test
    void aTrieWithOnePartitionTwiceIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HashTrie(new Fork(new Leaf(5), new Leaf(5))))
                .withMessageContaining("partition 5 is twice");
    }

    private static Bytes bytes(String hex) {
        return Bytes.wrap(HexFormat.of().parseHex(hex));
    }
}
