package io.brickwork.hashtable;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.PartitionMap;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The partition map of a hash table: a trie over the bits of the hash, the highest first (Gribble 2000 §4.2, which
 * begins at the lowest; beginning at the highest makes each partition one range of record keys). A leaf is a partition;
 * splitting one would make it a fork of two, so leaves may lie at any depth. Immutable.
 *
 * <p>Fences are the bits of a leaf's path, cut after the last byte that is not zero. So the beginning of a record key,
 * however short, is located as if zeros followed it, and lies within the range that it is located in.
 */
final class HashTrie implements PartitionMap {
    private final Node root;
    /** By partition, and in the order of the keys. */
    private final TreeMap<Integer, KeyRange> ranges = new TreeMap<>();

    private final List<Integer> partitions;

    /** A place in the trie. */
    sealed interface Node {}

    /** A partition. */
    record Leaf(int partition) implements Node {}

    /** The next bit of the hash decides. */
    record Fork(Node zero, Node one) implements Node {}

    HashTrie(Node root) {
        this.root = root;
        List<Leaf> leaves = new ArrayList<>();
        List<Bytes> lows = new ArrayList<>();
        collect(root, 0, 0, leaves, lows);
        List<Integer> inOrder = new ArrayList<>(leaves.size());
        for (int i = 0; i < leaves.size(); i++) {
            int partition = leaves.get(i).partition();
            KeyRange range = new KeyRange(lows.get(i), i + 1 < lows.size() ? lows.get(i + 1) : null);
            Check.argument(ranges.put(partition, range) == null, "partition %d is twice in the trie", partition);
            inOrder.add(partition);
        }
        partitions = List.copyOf(inOrder);
    }

    /**
     * A trie of equal partitions, numbered from 0 in the order of their keys.
     *
     * @param count a power of two
     */
    static HashTrie uniform(int count) {
        Check.argument(Integer.bitCount(count) == 1, "%d partitions is not a power of two", count);
        return new HashTrie(uniform(0, count));
    }

    private static Node uniform(int first, int count) {
        return count == 1
                ? new Leaf(first)
                : new Fork(uniform(first, count / 2), uniform(first + count / 2, count / 2));
    }

    @Override
    public int locate(Bytes recordKey) {
        Node node = root;
        for (int depth = 0; ; depth++) {
            switch (node) {
                case Leaf leaf -> {
                    return leaf.partition();
                }
                case Fork fork -> node = bit(recordKey, depth) ? fork.one() : fork.zero();
            }
        }
    }

    @Override
    public KeyRange range(int partition) {
        KeyRange range = ranges.get(partition);
        Check.argument(range != null, "the table has no partition %d", partition);
        return Check.present(range, "checked");
    }

    @Override
    public List<Integer> partitions() {
        return partitions;
    }

    private static boolean bit(Bytes key, int depth) {
        int index = depth >> 3;
        return index < key.length() && (key.at(index) >> (7 - (depth & 7)) & 1) != 0;
    }

    /** @param path the bits that lead to the node, from the highest */
    private static void collect(Node node, long path, int depth, List<Leaf> leaves, List<Bytes> lows) {
        switch (node) {
            case Leaf leaf -> {
                leaves.add(leaf);
                lows.add(fence(path));
            }
            case Fork fork -> {
                Check.argument(depth < Long.SIZE, "the trie is deeper than the %d bits of a hash", Long.SIZE);
                collect(fork.zero(), path, depth + 1, leaves, lows);
                collect(fork.one(), path | 1L << (63 - depth), depth + 1, leaves, lows);
            }
        }
    }

    private static Bytes fence(long path) {
        int length = (Long.SIZE - Long.numberOfTrailingZeros(path) + 7) / 8;
        return new ByteWriter(KeyHash.HASH_BYTES)
                .fixed64(path)
                .toBytes()
                .slice(0, length)
                .compact();
    }
}
