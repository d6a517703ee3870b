package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.SessionId;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import org.jspecify.annotations.Nullable;

/**
 * Opens and closes clients' sessions at any brick, through the metadata log, and tells its leader which clients are
 * there.
 */
final class SessionDesk {
    private final BrickId self;
    private final long timeoutNanos;
    private final MetadataLog metadata;
    private final Leadership leadership;
    private final Outbox outbox;

    /** @param timeoutNanos clients are told to say more often than that that they are there */
    SessionDesk(BrickId self, long timeoutNanos, MetadataLog metadata, Leadership leadership, Outbox outbox) {
        this.self = self;
        this.timeoutNanos = timeoutNanos;
        this.metadata = metadata;
        this.leadership = leadership;
        this.outbox = outbox;
    }

    void onOpen(Endpoint from, CallMessage.OpenSession open, long nowNanos) {
        if (metadata.node().chosenSlot() < 0) {
            answer(from, open.ticket(), null, "this brick has not found the cluster's metadata yet");
            return;
        }
        boolean isTaken = metadata.propose(
                new MetadataCommand.OpenSession(open.drawn()), answer -> onAnswer(from, open, answer), nowNanos);
        if (!isTaken) {
            answer(from, open.ticket(), null, "too many changes of metadata wait");
        }
    }

    private void onAnswer(Endpoint from, CallMessage.OpenSession open, @Nullable MetadataAnswer answer) {
        switch (answer) {
            case MetadataAnswer.Session opened -> answer(from, open.ticket(), opened.session(), "");
            case MetadataAnswer.Refused refused -> answer(from, open.ticket(), null, refused.reason());
            case null, default ->
                answer(
                        from,
                        open.ticket(),
                        null,
                        "the metadata log does not answer: a majority of its voters must be up");
        }
    }

    void onKeep(Endpoint from, CallMessage.KeepSession keep, long nowNanos) {
        SessionId session = keep.session();
        if (metadata.state().isExpired(session)) {
            answer(from, keep.ticket(), null, "the session has expired");
            return;
        }
        Ballot leader = metadata.node().leader();
        if (!leader.equals(Ballot.NONE)) {
            BrickId to = leader.leader().brick();
            if (to.equals(self)) {
                leadership.onSign(session, nowNanos);
            } else {
                outbox.send(new Endpoint.Peer(to), new LeaseMessage.Keep(session));
            }
        }
        answer(from, keep.ticket(), session, "");
    }

    /** May come to nothing: then the session expires. */
    void onClose(Endpoint from, CallMessage.CloseSession close, long nowNanos) {
        if (!metadata.state().isExpired(close.session())) {
            metadata.propose(new MetadataCommand.ExpireSession(close.session()), answer -> {}, nowNanos);
        }
        answer(from, close.ticket(), null, "the session is closed");
    }

    private void answer(Endpoint to, long ticket, @Nullable SessionId session, String detail) {
        outbox.send(to, new CallMessage.SessionState(ticket, session, timeoutNanos, detail));
    }
}
