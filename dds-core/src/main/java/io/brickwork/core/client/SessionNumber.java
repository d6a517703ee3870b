package io.brickwork.core.client;

import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import org.jspecify.annotations.Nullable;

/** The operation id that a call gets in a session: none yet, awaited in the {@link WindowQueue}, or given. */
final class SessionNumber {
    private @Nullable Session session;
    private @Nullable OperationId id;
    private boolean isAwaited;

    SessionNumber() {}

    /** A number that is given already. */
    SessionNumber(@Nullable Session session, @Nullable OperationId id) {
        this.session = session;
        this.id = id;
    }

    /** The session that has given the number; null as long as none has. */
    @Nullable
    Session session() {
        return session;
    }

    /** The operation id; null as long as there is no number. */
    @Nullable
    OperationId id() {
        return id;
    }

    boolean isAwaited() {
        return isAwaited;
    }

    /** The call waits for a number, for another one if it had one. */
    void startWaiting() {
        clear();
        isAwaited = true;
    }

    /** The call does not wait for a number any longer. */
    void stopWaiting() {
        isAwaited = false;
    }

    /** The call has no number, and does not wait for one. */
    void clear() {
        session = null;
        id = null;
        isAwaited = false;
    }

    /** Nothing was sent under the number, if there is one: the session's low-water mark may pass it. */
    void giveBack() {
        if (session != null && id != null) {
            session.settle(id.number());
        }
        clear();
    }

    /** Takes the session's next number. */
    void begin(Session in) {
        isAwaited = false;
        session = in;
        id = in.begin();
    }

    /** The low-water mark of the session; only of a number that was given. */
    long lowWater() {
        return Check.present(session, "%s is of no session", id).lowWater();
    }
}
