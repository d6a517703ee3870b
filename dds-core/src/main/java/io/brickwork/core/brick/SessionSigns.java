package io.brickwork.core.brick;

import io.brickwork.core.SessionId;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.metadata.MetadataState;
import java.util.TreeMap;

/**
 * When the leader of the metadata log last heard of the clients of sessions; has those expire that were silent for too
 * long. Every leader counts anew.
 */
final class SessionSigns {
    /** Expiries under way at a time. */
    private static final int MAX_EXPIRIES = 64;

    private final MetadataLog metadata;
    private final long timeoutNanos;
    private final TreeMap<SessionId, Long> heardNanos = new TreeMap<>();
    private long lookNanos;
    private int openExpiries;

    SessionSigns(MetadataLog metadata, long timeoutNanos) {
        this.metadata = metadata;
        this.timeoutNanos = timeoutNanos;
    }

    void clear(long nowNanos) {
        heardNanos.clear();
        lookNanos = nowNanos;
    }

    void onSign(SessionId session, long nowNanos) {
        if (metadata.state().isOpen(session)) {
            heardNanos.put(session, nowNanos);
        }
    }

    void onTick(long nowNanos) {
        if (nowNanos - lookNanos < 0) {
            return;
        }
        lookNanos = nowNanos + timeoutNanos / 16;
        MetadataState state = metadata.state();
        heardNanos.keySet().removeIf(session -> !state.isOpen(session));
        for (SessionId session : state.sessions()) {
            Long heard = heardNanos.putIfAbsent(session, nowNanos);
            if (heard != null && nowNanos - heard >= timeoutNanos && openExpiries < MAX_EXPIRIES) {
                openExpiries++;
                if (!metadata.propose(new MetadataCommand.ExpireSession(session), answer -> openExpiries--, nowNanos)) {
                    openExpiries--;
                    return;
                }
            }
        }
    }
}
