package io.brickwork.hashtable;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.map.KeyPlacement;

/**
 * Where a key lies: XXH3 with 64 bits and seed 0 of the encoded key. On disk, so never changed.
 *
 * <p>A <em>record key</em> is the hash, big-endian, and then the key: records sort by hash, and a partition that owns a
 * range of hashes owns a range of record keys.
 */
final class KeyHash {
    /** The bytes of the hash that a record key begins with. */
    static final int HASH_BYTES = 8;

    static final KeyPlacement PLACEMENT = new KeyPlacement() {
        @Override
        public String noun() {
            return "hash table";
        }

        @Override
        public Bytes recordKey(Bytes key) {
            return KeyHash.recordKey(key);
        }

        @Override
        public Bytes key(Bytes recordKey) {
            return KeyHash.key(recordKey);
        }
    };

    private static final Hasher64 HASHER = Hashing.xxh3_64();

    private KeyHash() {}

    static long of(Bytes key) {
        return HASHER.hashBytesToLong(key.backingArray(), key.backingOffset(), key.length());
    }

    static Bytes recordKey(Bytes key) {
        return new ByteWriter(HASH_BYTES + key.length())
                .fixed64(of(key))
                .raw(key)
                .toBytes();
    }

    /** The key within a record key. */
    static Bytes key(Bytes recordKey) {
        return recordKey.slice(HASH_BYTES, recordKey.length());
    }
}
