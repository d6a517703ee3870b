package io.brickwork.core.partition.store;

import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Event;
import io.brickwork.core.partition.machine.LogRetention;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.tenure.Tenure;
import java.util.function.LongSupplier;

/**
 * The part of the brick's log that one replica still needs: its unapplied entries, entries that other members may ask
 * for, and the promise to its view.
 */
public final class RetainedLog implements LogRetention {
    private final Tenure tenure;
    private final PartitionLog log;
    private final Ports ports;
    private final LongSupplier syncedEverywhereSeq;

    /** @param syncedEverywhereSeq sequence number of the last entry that every member is known to have synced */
    public RetainedLog(Tenure tenure, PartitionLog log, Ports ports, LongSupplier syncedEverywhereSeq) {
        this.tenure = tenure;
        this.log = log;
        this.ports = ports;
        this.syncedEverywhereSeq = syncedEverywhereSeq;
    }

    @Override
    public long neededPosition() {
        long applied = log.applied().seq();
        long synced = Math.min(applied, syncedEverywhereSeq.getAsLong());
        return log.positionAbove(ports.cluster().limit(Defence.TRIM_WHAT_ALL_HAVE_SYNCED, synced, applied));
    }

    @Override
    public long renewPromise(long headPosition) {
        if (log.promisePosition() < 0) {
            return -1;
        }
        if (log.promisePosition() < headPosition) {
            if (!ports.cluster().defends(Defence.RENEW_PROMISES)) {
                return -1;
            }
            boolean isPending = log.promisePosition() == tenure.promisePosition() && !tenure.isPromiseSynced();
            log.promise(log.promisedEpoch());
            if (isPending) {
                tenure.promiseMoved(log.promisePosition());
            }
        }
        return log.promisePosition();
    }

    @Override
    public void trim(long headPosition) {
        long before = log.trimmedSeq();
        log.trim(headPosition);
        if (log.trimmedSeq() > before) {
            ports.peers().outbox().note(new Event.LogTrimmed(tenure.partition(), log.trimmedSeq()));
        }
    }
}
