package io.brickwork.sim.services;

import io.brickwork.client.Dds;
import io.brickwork.hashtable.DdsHashTable;

/**
 * Lets so many calls through and no more. With a bug: it counts by reading and writing, so two that read the same
 * number count as one.
 */
final class RateLimiter {
    private final DdsHashTable<String, Integer> admitted;
    private final int limit;

    RateLimiter(Dds dds, int limit) {
        admitted = dds.hashTable("admitted", String.class, Integer.class);
        this.limit = limit;
    }

    boolean admits(String caller) {
        int before = admitted.getOrDefault(caller, 0);
        if (before >= limit) {
            return false;
        }
        admitted.put(caller, before + 1);
        return true;
    }
}
