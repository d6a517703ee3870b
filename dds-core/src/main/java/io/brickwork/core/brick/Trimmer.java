package io.brickwork.core.brick;

import io.brickwork.core.log.Log;
import io.brickwork.core.partition.machine.PartitionMachine;
import java.util.Collection;

/**
 * Gives up the log's oldest segments once every entry in them is applied here and synced at every member. What they
 * alone hold, the promises, this brick's part of the metadata log and its counters, is first written anew at the log's
 * end and synced.
 */
final class Trimmer {
    private static final long PERIOD_NANOS = 1_000_000_000;

    private final Log log;
    private long lastNanos;
    /** What is to be trimmed once the record at {@code renewedPosition} is synced; -1 if nothing is. */
    private long trimPosition = -1;

    private long renewedPosition;

    private final Keeper keeper;

    /** Keeps what is of the brick as a whole. */
    interface Keeper {
        /** Writes anew what lies below the position; returns what must be synced before that goes. */
        long renew(long headPosition, long nowNanos);
    }

    Trimmer(Log log, Keeper keeper) {
        this.log = log;
        this.keeper = keeper;
    }

    /** The clock may show anything; periods count from here. */
    void begin(long nowNanos) {
        lastNanos = nowNanos;
    }

    /** @param neededPosition what else may not be trimmed */
    void onTick(long nowNanos, Collection<PartitionMachine> machines, long neededPosition) {
        if (trimPosition >= 0) {
            if (log.syncedPosition() > renewedPosition) {
                trim(machines);
            }
        } else if (nowNanos - lastNanos >= PERIOD_NANOS) {
            lastNanos = nowNanos;
            prepare(machines, neededPosition, nowNanos);
        }
    }

    private void prepare(Collection<PartitionMachine> machines, long neededPosition, long nowNanos) {
        long needed = Math.min(neededPosition, log.syncedPosition());
        for (PartitionMachine machine : machines) {
            needed = Math.min(needed, machine.logRetention().neededPosition());
        }
        long head = log.headAfterTrim(needed);
        if (head <= log.headPosition()) {
            return;
        }
        renewedPosition = keeper.renew(head, nowNanos);
        for (PartitionMachine machine : machines) {
            renewedPosition = Math.max(renewedPosition, machine.logRetention().renewPromise(head));
        }
        trimPosition = head; // and not what is needed: by the time of trimming a later segment may have become full
    }

    private void trim(Collection<PartitionMachine> machines) {
        long head = log.headAfterTrim(trimPosition);
        log.trim(trimPosition);
        trimPosition = -1;
        for (PartitionMachine machine : machines) {
            machine.logRetention().trim(head);
        }
    }
}
