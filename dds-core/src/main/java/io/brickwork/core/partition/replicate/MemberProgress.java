package io.brickwork.core.partition.replicate;

import io.brickwork.core.BrickId;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.tenure.Tenure;

/**
 * One other member of an open view, as whoever sends it entries knows it: what it was told, how far it has stored, and
 * when it was last seen to get on.
 *
 * <p>Whoever lacks something and has not got on for {@link #RETRY_NANOS} is reminded. Whoever lacks entries and has not
 * got on for {@link #SILENT_NANOS} is silent: the view should go on without it (T24).
 */
public final class MemberProgress {
    private static final long RETRY_NANOS = 100_000_000;
    private static final long SILENT_NANOS = 3_000_000_000L;
    /** Entries sent again at once, unless a single one is larger. */
    private static final int RESEND_BYTES = 1 << 20;

    private final BrickId brick;
    private final Tenure tenure;
    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final Ports ports;
    private final long epoch;

    private long storedSeq;
    private long syncedSeq;
    private int fillPermille;
    private long toldCommittedSeq = -1;
    private long toldSyncedSeq;
    /** When something was last sent to it or heard from it that moved it forward; at first, the first tick. */
    private long progressNanos;

    private boolean isTimed;
    /** Since when it has lacked entries without getting on; only while {@code isLacking}. */
    private long lackingNanos;

    private long lackingSeq;
    private boolean isLacking;
    /** Whether it must be heard from, even if it lacks nothing: its link is new. */
    private boolean isUnheard = true;

    /** @param levelSeq last entry of all members when the view was opened */
    public MemberProgress(
            BrickId brick, Tenure tenure, PartitionLog log, CommitPoint commitPoint, Ports ports, long levelSeq) {
        this.brick = brick;
        this.tenure = tenure;
        this.log = log;
        this.commitPoint = commitPoint;
        this.ports = ports;
        this.epoch = tenure.currentView().epoch();
        storedSeq = levelSeq;
    }

    public BrickId brick() {
        return brick;
    }

    // ---- what it is sent

    /** Sends an entry for the first time. */
    public void sendNew(Entry entry, long syncedEverywhere, long nowNanos) {
        if (storedSeq == entry.seq() - 1) {
            progressNanos = nowNanos; // it lacked nothing until now
        }
        send(entry, syncedEverywhere);
    }

    private void send(Entry entry, long syncedEverywhere) {
        toldCommittedSeq = commitPoint.seq();
        toldSyncedSeq = syncedEverywhere;
        ports.peers().send(brick, new ReplicaMessage.Store(toldCommittedSeq, syncedEverywhere, entry));
    }

    /** Tells how far the partition is committed, and synced at every member. */
    public void sendCommit(long syncedEverywhere) {
        toldCommittedSeq = commitPoint.seq();
        toldSyncedSeq = syncedEverywhere;
        ports.peers()
                .send(brick, new ReplicaMessage.Commit(tenure.partition(), epoch, toldCommittedSeq, syncedEverywhere));
    }

    /** Sends again what it has not acknowledged, up to {@code sentSeq}; and asks how far it is. */
    public void remind(long sentSeq, long syncedEverywhere, long nowNanos) {
        progressNanos = nowNanos;
        sendCommit(syncedEverywhere);
        int bytes = 0;
        for (long seq = storedSeq + 1; seq <= sentSeq && bytes < RESEND_BYTES; seq++) {
            Entry entry = log.entryHere(seq);
            send(entry, syncedEverywhere);
            bytes += entry.encoded().length();
        }
    }

    // ---- what it says

    /** It says how far it has stored and synced; of what it was never sent it has nothing, whatever it says. */
    public void onStored(long toldStored, long toldSynced, int toldFillPermille, long sentSeq, long nowNanos) {
        long stored = Math.min(toldStored, sentSeq);
        if (stored > storedSeq) {
            storedSeq = stored;
            progressNanos = nowNanos;
        }
        syncedSeq = Math.max(syncedSeq, Math.min(toldSynced, storedSeq));
        fillPermille = toldFillPermille;
        isUnheard = false;
    }

    /** It is known from others to have stored so much. */
    public void hasStored(long seq) {
        storedSeq = Math.max(storedSeq, seq);
    }

    // ---- time and links

    /** Its link is new. */
    public void onLinkUp() {
        isUnheard = true;
    }

    /**
     * @param sentSeq last entry that it was sent
     * @param mustAnswer whether it must be heard from though it may lack no entry
     * @return whether it is to be reminded
     */
    public boolean onTick(long sentSeq, boolean mustAnswer, long nowNanos) {
        if (!isTimed) {
            isTimed = true; // a monotonic clock may show anything, so there is no moment to begin with
            progressNanos = nowNanos;
        }
        boolean isRetryDue = nowNanos - progressNanos >= RETRY_NANOS;
        boolean isBehind = storedSeq < sentSeq && isRetryDue;
        if (isBehind && (!isLacking || storedSeq != lackingSeq)) {
            lackingNanos = nowNanos;
            lackingSeq = storedSeq;
        }
        isLacking = isBehind || (isLacking && storedSeq == lackingSeq);
        boolean isFull = fillPermille >= ports.table().fullPermille(); // it says once that there is room again
        return isRetryDue && (isUnheard || isFull || storedSeq < sentSeq || mustAnswer);
    }

    /** Whether it gets nowhere with what it was sent. */
    public boolean isSilent(long nowNanos) {
        return isLacking && nowNanos - lackingNanos >= SILENT_NANOS;
    }

    // ---- questions

    /** Up to where it has stored entries. */
    public long storedSeq() {
        return storedSeq;
    }

    /** Up to where it says entries are synced. */
    public long syncedSeq() {
        return syncedSeq;
    }

    /** How full it says that disks are, in thousandths. */
    public int fillPermille() {
        return fillPermille;
    }

    /** How far it was told that the partition is committed; -1 if it was told nothing. */
    public long toldCommittedSeq() {
        return toldCommittedSeq;
    }

    /** How far it was told that entries are synced at every member. */
    public long toldSyncedSeq() {
        return toldSyncedSeq;
    }
}
