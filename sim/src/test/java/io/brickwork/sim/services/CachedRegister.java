package io.brickwork.sim.services;

import io.brickwork.client.Dds;
import io.brickwork.hashtable.DdsHashTable;
import java.util.TreeMap;

/**
 * Values under keys, some of which are kept near the caller. With a bug if it keeps any: nobody tells a cache that
 * somebody else has written.
 */
final class CachedRegister {
    private final DdsHashTable<String, String> table;
    private final TreeMap<String, String> cache = new TreeMap<>();
    private final boolean isCaching;

    CachedRegister(Dds dds, boolean isCaching) {
        table = dds.hashTable("register", String.class, String.class);
        this.isCaching = isCaching;
    }

    String get(String key) {
        String cached = cache.get(key);
        return cached != null ? cached : cached(key, table.get(key));
    }

    void set(String key, String value) {
        cache.remove(key);
        table.set(key, value);
    }

    private String cached(String key, String value) {
        if (isCaching && value != null) {
            cache.put(key, value);
        }
        return value;
    }
}
