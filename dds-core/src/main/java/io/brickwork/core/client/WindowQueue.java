package io.brickwork.core.client;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Writes and transactions that wait for a number of the session, first come first served.
 *
 * <p>Has a session opened while somebody waits and there is none, and another one once the session's window is
 * exhausted and a transaction holds its mark.
 */
final class WindowQueue {
    private final SessionKeeper keeper;
    private final ArrayDeque<Numbered> waiting = new ArrayDeque<>();

    WindowQueue(SessionKeeper keeper) {
        this.keeper = keeper;
    }

    /** Whether another call may wait. */
    boolean hasRoom() {
        return waiting.size() < ClientMachine.WAITING_AT_MOST;
    }

    /** The call waits for a number, for another one if it had one. */
    void add(Numbered call) {
        call.number().startWaiting();
        waiting.add(call);
    }

    /** The call does not wait any longer, if it did. */
    void remove(Call call) {
        if (call instanceof Numbered numbered && numbered.number().isAwaited()) {
            numbered.number().stopWaiting();
            waiting.remove(numbered);
        }
    }

    /** Gives the next number to the first that waits; null if nobody waits, or no number can be given. */
    @Nullable
    Numbered admitNext(long nowNanos) {
        if (waiting.isEmpty()) {
            return null;
        }
        Session session = keeper.session();
        if (session != null && session.hasRoom()) {
            Numbered first = waiting.remove();
            first.number().begin(session);
            return first;
        }
        if (session != null && session.isHeldByTransaction()) {
            keeper.onOver(session.id()); // it lasts as long as it is kept; what is under way in it goes on
        }
        keeper.want(nowNanos);
        return null;
    }
}
