package io.brickwork.core.partition.replicate.chain;

import io.brickwork.core.BrickId;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.tenure.Tenure;

/** The next member of the chain, as the one before it sees it: what it was sent, what it has, and what all have that stand behind it. */
final class Successor {
    private static final long RETRY_NANOS = 100_000_000;
    /** One that lacks something and gets nowhere for so long is left out of the next view, if enough stay (T24). */
    private static final long SILENT_NANOS = 3_000_000_000L;
    /** Entries sent again at once, unless a single one is larger. */
    private static final int RESEND_BYTES = 1 << 20;

    private final BrickId brick;
    private final Tenure tenure;
    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final Ports ports;
    private final long epoch;

    private long sentSeq;
    private long storedSeq;
    private long passedSeq;
    private long syncedSeq;
    private long toldSyncedSeq;
    private int fillPermille;
    /** When something was last sent to it or heard from it that moved it forward; at first, the first tick. */
    private long progressNanos;

    private boolean isTimed;
    /** Since when it has lacked something without getting on; only while {@code isLacking}. */
    private long lackingNanos;

    private long lackingSeq;
    private boolean isLacking;
    /** Whether it must be heard from, even if it lacks nothing: its link is new. */
    private boolean isSilent = true;

    /**
     * @param levelSeq what all members had when the view was opened
     */
    Successor(BrickId brick, Tenure tenure, PartitionLog log, CommitPoint commitPoint, Ports ports, long levelSeq) {
        this.brick = brick;
        this.tenure = tenure;
        this.log = log;
        this.commitPoint = commitPoint;
        this.ports = ports;
        this.epoch = tenure.openEpoch();
        sentSeq = levelSeq;
        storedSeq = levelSeq;
        passedSeq = levelSeq;
    }

    BrickId brick() {
        return brick;
    }

    /** What is committed it has, and all behind it: that may be known from the tail before the word has come along the chain, and what is committed may leave the overlay. */
    private void catchUp() {
        long committed = commitPoint.seq();
        sentSeq = Math.max(sentSeq, committed);
        storedSeq = Math.max(storedSeq, committed);
        passedSeq = Math.max(passedSeq, committed);
    }

    /** Sends what is stored here and was not sent. */
    void forward(long upToSeq, long syncedEverywhere, long nowNanos) {
        catchUp();
        if (sentSeq < upToSeq && storedSeq == sentSeq) {
            progressNanos = nowNanos; // it lacked nothing until now
        }
        while (sentSeq < upToSeq) {
            send(log.entryHere(sentSeq + 1), syncedEverywhere);
            sentSeq++;
        }
    }

    private void send(Entry entry, long syncedEverywhere) {
        toldSyncedSeq = syncedEverywhere;
        ports.peers().send(brick, new ReplicaMessage.Store(commitPoint.seq(), syncedEverywhere, entry));
    }

    void onPassed(ReplicaMessage.Passed passed, long nowNanos) {
        long stored = Math.min(passed.storedSeq(), sentSeq);
        if (stored > storedSeq) {
            storedSeq = stored;
            progressNanos = nowNanos;
        }
        passedSeq = Math.max(passedSeq, Math.min(passed.passedSeq(), storedSeq));
        syncedSeq = Math.max(syncedSeq, Math.min(passed.syncedSeq(), storedSeq));
        fillPermille = passed.fillPermille();
        isSilent = false;
    }

    void onLinkUp(long syncedEverywhere, long nowNanos) {
        isSilent = true;
        remind(syncedEverywhere, nowNanos);
    }

    void onTick(long syncedEverywhere, long nowNanos) {
        if (!isTimed) {
            isTimed = true; // a monotonic clock may show anything, so there is no moment to begin with
            progressNanos = nowNanos;
        }
        catchUp();
        boolean lacks =
                isSilent || passedSeq < sentSeq || fillPermille >= ports.table().fullPermille();
        boolean isBehind = storedSeq < sentSeq && nowNanos - progressNanos >= RETRY_NANOS;
        if (isBehind && (!isLacking || storedSeq != lackingSeq)) {
            lackingNanos = nowNanos;
            lackingSeq = storedSeq;
        }
        isLacking = isBehind || (isLacking && storedSeq == lackingSeq);
        if (lacks && nowNanos - progressNanos >= RETRY_NANOS) {
            remind(syncedEverywhere, nowNanos);
        } else if (toldSyncedSeq < syncedEverywhere) {
            sendCommit(syncedEverywhere);
        }
    }

    /** Whether it gets nowhere with what it was sent. That those behind it do not is their predecessors' business. */
    boolean isSilent(long nowNanos) {
        return isLacking && nowNanos - lackingNanos >= SILENT_NANOS;
    }

    /** Sends again what it has not acknowledged; and asks how far it is. */
    private void remind(long syncedEverywhere, long nowNanos) {
        catchUp();
        progressNanos = nowNanos;
        sendCommit(syncedEverywhere);
        int bytes = 0;
        for (long seq = storedSeq + 1; seq <= sentSeq && bytes < RESEND_BYTES; seq++) {
            Entry entry = log.entryHere(seq);
            send(entry, syncedEverywhere);
            bytes += entry.encoded().length();
        }
    }

    private void sendCommit(long syncedEverywhere) {
        toldSyncedSeq = syncedEverywhere;
        ports.peers()
                .send(brick, new ReplicaMessage.Commit(tenure.partition(), epoch, commitPoint.seq(), syncedEverywhere));
    }

    /** Up to where it has stored entries. */
    long storedSeq() {
        return storedSeq;
    }

    /** Up to where it and all behind it have stored entries. */
    long passedSeq() {
        return passedSeq;
    }

    /** Up to where it and all behind it have synced entries. */
    long syncedSeq() {
        return syncedSeq;
    }

    /** How full the fullest disk is, of its and those behind it. */
    int fillPermille() {
        return fillPermille;
    }
}
