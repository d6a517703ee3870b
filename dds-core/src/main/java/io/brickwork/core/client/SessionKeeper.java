package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.SessionId;
import io.brickwork.core.message.CallMessage;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Has a session opened once there is a write to be numbered, tells bricks that the client is there for as long as it
 * is, and has another opened when the session turns out to be over.
 *
 * <p>All bricks are told, since each by itself may be cut off from whoever counts. An opening that is not answered is
 * asked for again, elsewhere; a session that nobody uses is closed, or expires.
 */
final class SessionKeeper {
    /** How long an opening may go unanswered before another brick is asked. */
    private static final long ANSWER_NANOS = 1_000_000_000;
    /** The first pause after an opening was refused, or no brick could be asked; doubled each time. */
    private static final long PAUSE_NANOS = 10_000_000;

    private static final long PAUSE_AT_MOST_NANOS = 1_000_000_000;
    /** How often within a timeout bricks are told that the client is there. */
    private static final int SIGNS_PER_TIMEOUT = 4;

    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    /**
     * What was sent and is not answered.
     *
     * @param about null for an opening
     */
    private record Asked(CreditLink link, @Nullable SessionId about) {}

    /** Random; marks the client's sessions. */
    private final long nonce;

    private final Attempts attempts;
    private final ClientOutbox outbox;
    private final TreeMap<Long, Asked> asked = new TreeMap<>();
    private @Nullable Session session;
    private boolean isWanted;
    /** The opening that is waited for; 0 for none. */
    private long openingTicket;

    private long openAtNanos;
    private int failures;
    private String whyNone = "";
    private long timeoutNanos;
    private long signAtNanos;
    /** Where the last session was opened: an older one may be over by now. */
    private long lastSlot;

    SessionKeeper(long nonce, Attempts attempts, ClientOutbox outbox) {
        this.nonce = nonce;
        this.attempts = attempts;
        this.outbox = outbox;
    }

    /** The session to number writes in; null while there is none. */
    @Nullable
    Session session() {
        return session;
    }

    /** Why there is none, for people. */
    String whyNone() {
        return whyNone.isEmpty() ? "no brick has opened a session" : "no session could be opened: " + whyNone;
    }

    /** There is a write to be numbered. */
    void want(long nowNanos) {
        if (session == null && !isWanted) {
            isWanted = true;
            open(nowNanos);
        }
    }

    /** The session is over, as a brick has said. */
    void onOver(SessionId id) {
        if (session != null && session.id().equals(id)) {
            session = null;
        }
    }

    void onLinkUp(long nowNanos) {
        if (isWanted && openingTicket == 0) {
            open(nowNanos);
        }
    }

    void onLinkDown(CreditLink link, long nowNanos) {
        asked.values().removeIf(one -> one.link == link);
        if (openingTicket != 0 && !asked.containsKey(openingTicket)) {
            openingTicket = 0;
            open(nowNanos);
        }
    }

    void onTick(long nowNanos) {
        if (isWanted && openAtNanos <= nowNanos) {
            open(nowNanos);
        }
        Session current = session;
        if (current != null && signAtNanos <= nowNanos) {
            signAtNanos = nowNanos + timeoutNanos / SIGNS_PER_TIMEOUT;
            attempts.freeLinks().forEach(link -> keep(link, current.id()));
        }
    }

    /** The client closes. */
    void close() {
        isWanted = false;
        CreditLink link = session == null ? null : attempts.anyFree();
        if (session != null && link != null) {
            close(link, session.id());
        }
        session = null;
    }

    /** Takes an answer, and its credit back. */
    void onState(BrickId from, CallMessage.SessionState state, long nowNanos) {
        Asked one = asked.get(state.ticket());
        if (one == null || !one.link.brick.equals(from)) {
            return;
        }
        asked.remove(state.ticket());
        one.link.giveBack();
        SessionId about = one.about;
        if (about == null) {
            onOpened(one.link, state, nowNanos);
        } else if (state.session() == null) {
            onOver(about);
        }
    }

    private void onOpened(CreditLink link, CallMessage.SessionState state, long nowNanos) {
        boolean isAwaited = state.ticket() == openingTicket;
        if (isAwaited) {
            openingTicket = 0;
        }
        SessionId opened = state.session();
        if (opened == null) {
            if (isAwaited) {
                whyNone = state.detail();
                pause(nowNanos);
            }
            return;
        }
        if (!isWanted || opened.slot() < lastSlot) {
            close(link, opened); // another opening was faster
            return;
        }
        isWanted = false;
        failures = 0;
        session = new Session(opened);
        lastSlot = opened.slot();
        timeoutNanos = state.timeoutNanos();
        signAtNanos = nowNanos + timeoutNanos / SIGNS_PER_TIMEOUT;
    }

    private void open(long nowNanos) {
        CreditLink link = attempts.anyFree();
        if (link == null) {
            pause(nowNanos);
            return;
        }
        openAtNanos = nowNanos + ANSWER_NANOS;
        openingTicket = attempts.nextTicket();
        // Commands share slots: each opening has another nonce, so that no two come to the same name.
        send(link, null, new CallMessage.OpenSession(openingTicket, nonce ^ (openingTicket * SPREAD)));
    }

    private void keep(CreditLink link, SessionId id) {
        send(link, id, new CallMessage.KeepSession(attempts.nextTicket(), id));
    }

    private void close(CreditLink link, SessionId id) {
        send(link, id, new CallMessage.CloseSession(attempts.nextTicket(), id));
    }

    private void send(CreditLink link, @Nullable SessionId about, CallMessage message) {
        asked.put(message.ticket(), new Asked(link, about));
        link.take();
        outbox.send(link.brick, message);
    }

    private void pause(long nowNanos) {
        openAtNanos = nowNanos + Math.min(PAUSE_NANOS << Math.min(failures, 10), PAUSE_AT_MOST_NANOS);
        failures++;
    }
}
