package io.brickwork.core.partition.replicate.chain;

import io.brickwork.core.BrickId;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.replicate.MemberProgress;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.tenure.Tenure;

/**
 * The next member of the chain, as the one before it sees it: what it was sent, what it has, and what all have that
 * stand behind it.
 */
final class Successor {
    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final MemberProgress progress;

    private long sentSeq;
    private long passedSeq;

    /** @param levelSeq last entry of all members when the view was opened */
    Successor(BrickId brick, Tenure tenure, PartitionLog log, CommitPoint commitPoint, Ports ports, long levelSeq) {
        this.log = log;
        this.commitPoint = commitPoint;
        progress = new MemberProgress(brick, tenure, log, commitPoint, ports, levelSeq);
        sentSeq = levelSeq;
        passedSeq = levelSeq;
    }

    BrickId brick() {
        return progress.brick();
    }

    /**
     * What is committed it has, and all behind it: that may be known from the tail before the word has come along the
     * chain, and what is committed may leave the overlay.
     */
    private void catchUp() {
        long committed = commitPoint.seq();
        sentSeq = Math.max(sentSeq, committed);
        passedSeq = Math.max(passedSeq, committed);
        progress.hasStored(committed);
    }

    /** Sends what is stored here and was not sent. */
    void forward(long upToSeq, long syncedEverywhere, long nowNanos) {
        catchUp();
        while (sentSeq < upToSeq) {
            sentSeq++;
            progress.sendNew(log.entryHere(sentSeq), syncedEverywhere, nowNanos);
        }
    }

    void onPassed(ReplicaMessage.Passed passed, long nowNanos) {
        progress.onStored(passed.storedSeq(), passed.syncedSeq(), passed.fillPermille(), sentSeq, nowNanos);
        passedSeq = Math.max(passedSeq, Math.min(passed.passedSeq(), progress.storedSeq()));
    }

    void onLinkUp(long syncedEverywhere, long nowNanos) {
        progress.onLinkUp();
        remind(syncedEverywhere, nowNanos);
    }

    void onTick(long syncedEverywhere, long nowNanos) {
        catchUp();
        if (progress.onTick(sentSeq, passedSeq < sentSeq, nowNanos)) {
            remind(syncedEverywhere, nowNanos);
        } else if (progress.toldSyncedSeq() < syncedEverywhere) {
            progress.sendCommit(syncedEverywhere);
        }
    }

    private void remind(long syncedEverywhere, long nowNanos) {
        catchUp();
        progress.remind(sentSeq, syncedEverywhere, nowNanos);
    }

    /** Whether it gets nowhere with what it was sent. That those behind it do not is their predecessors' business. */
    boolean isSilent(long nowNanos) {
        return progress.isSilent(nowNanos);
    }

    /** Up to where it and all behind it have stored entries. */
    long passedSeq() {
        return passedSeq;
    }

    /** Up to where it and all behind it have synced entries. */
    long syncedSeq() {
        return progress.syncedSeq();
    }

    /** How full the fullest disk is, of its and those behind it. */
    int fillPermille() {
        return progress.fillPermille();
    }
}
