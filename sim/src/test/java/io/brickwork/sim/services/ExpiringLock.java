package io.brickwork.sim.services;

import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * A lock that its holder loses when its time is over, so that the death of a holder blocks nobody for ever. With a bug:
 * who finds it expired writes his own name over it, and does not look whether somebody else has done so in between.
 */
final class ExpiringLock {
    private static final String KEY = "lock";

    private final DdsHashTable<String, Held> table;
    private final Clock clock;
    private final Duration term;

    /** Who holds the lock, and until when by his own clock. */
    record Held(String owner, Instant until) {}

    ExpiringLock(Dds dds, Clock clock, Duration term) {
        table = dds.hashTable("locks", String.class, Held.class);
        this.clock = clock;
        this.term = term;
    }

    /** Whether it was free, and is this owner's from here on. */
    boolean tryAcquire(String owner) {
        try {
            Held held = table.get(KEY);
            if (held != null && held.until().isAfter(clock.instant())) {
                return false;
            }
            table.put(KEY, new Held(owner, clock.instant().plus(term)));
            return true;
        } catch (DdsException e) {
            return false;
        }
    }

    void release(String owner) {
        Held held = table.get(KEY);
        if (held != null && held.owner().equals(owner)) {
            table.remove(KEY, held);
        }
    }
}
