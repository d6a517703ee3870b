package io.brickwork.core.partition.execute;

import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.partition.store.Footprint;
import io.brickwork.core.transaction.RecordAccess;

/** Where a write waits for transactions, or is refused for their sake. */
public interface WriteGate {
    /** Whether nothing is locked, nobody waits, and no transaction has priority: then no write waits. */
    boolean isQuiet();

    /**
     * Whether a transaction that has tried more often has priority on something of the footprint: then the request has
     * been refused.
     */
    boolean refusesForPriority(Endpoint from, CallMessage.Request request, Footprint footprint, int age);

    /**
     * Whether a transaction has priority on something of the footprint of a single write, and must find that unchanged.
     */
    boolean isReserved(Footprint footprint);

    /** Whether a write must wait for what a transaction has locked, or for a transaction that waits already. */
    boolean isBlocked(Footprint footprint);

    /** Has the request wait until something is free. */
    void await(Endpoint from, CallMessage.Request request, Footprint footprint, long nowNanos);

    /** A transaction that concerns this partition alone was evaluated. */
    void onWhole(Endpoint from, RecordAccess.Whole whole, boolean isCommit, long nowNanos);
}
