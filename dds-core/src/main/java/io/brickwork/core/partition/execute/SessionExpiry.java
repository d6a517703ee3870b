package io.brickwork.core.partition.execute;

import io.brickwork.core.SessionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.tenure.Tenure;
import java.util.List;

/** Forgets the sessions that are over, at the primary of an open view. */
public final class SessionExpiry {
    /** Sessions that are forgotten in one turn. */
    private static final int EXPIRIES_AT_ONCE = 64;

    private final Sequencer sequencer;
    private final SessionTable sessions;
    private final Replicator replicator;
    private final Tenure tenure;
    private final Ports ports;
    /** All sessions that ended up to this slot of the metadata log are forgotten here. */
    private long expiredUpToSlot = -1;

    public SessionExpiry(
            Sequencer sequencer, SessionTable sessions, Replicator replicator, Tenure tenure, Ports ports) {
        this.sequencer = sequencer;
        this.sessions = sessions;
        this.replicator = replicator;
        this.tenure = tenure;
        this.ports = ports;
    }

    /** A neighbour was taken in: some of the sessions that came with it may be over. */
    public void onAbsorbed() {
        expiredUpToSlot = -1;
    }

    /**
     * Forgets the sessions that are over, by entries like any other change. Only in the newest view that is decided:
     * whoever opens a later one then has learned of these expiries, and refuses the sessions' operations (T29). One of
     * an older view might have forgotten what its successor would execute again.
     */
    public void onTick(long nowNanos) {
        MetadataState metadata = ports.cluster().metadata();
        if (metadata.lastExpirySlot() <= expiredUpToSlot || !sequencer.commits()) {
            return;
        }
        if (!sequencer.isInNewestView()) {
            ports.cluster().reached(Situation.EXPIRY_IN_OLD_VIEW);
            if (ports.cluster().defends(Defence.FORGET_IN_NEWEST_VIEW)) {
                return;
            }
        }
        if (replicator.uncommittedBytes() > ports.load().windowBytes()) {
            return;
        }
        List<SessionId> over = sessions.expired(metadata, EXPIRIES_AT_ONCE);
        for (SessionId session : over) {
            sequencer.store(version -> EntryCodec.encodeExpiry(tenure.partition(), version, session), nowNanos);
        }
        if (over.size() < EXPIRIES_AT_ONCE) {
            expiredUpToSlot = metadata.lastExpirySlot();
        }
    }
}
