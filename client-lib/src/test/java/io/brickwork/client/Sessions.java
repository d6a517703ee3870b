package io.brickwork.client;

import io.brickwork.core.SessionId;
import io.brickwork.core.message.CallMessage;
import org.jspecify.annotations.Nullable;

/** What bricks that are played say about sessions: whoever wants one has one. */
public final class Sessions {
    private static final long TIMEOUT_NANOS = 60_000_000_000L;

    private Sessions() {}

    /** The answer, if the message is about a session; else null. */
    public static CallMessage.@Nullable SessionState answer(CallMessage message) {
        return switch (message) {
            case CallMessage.OpenSession open -> state(open.ticket(), new SessionId(1, open.drawn()));
            case CallMessage.KeepSession keep -> state(keep.ticket(), keep.session());
            case CallMessage.CloseSession close -> state(close.ticket(), null);
            default -> null;
        };
    }

    private static CallMessage.SessionState state(long ticket, @Nullable SessionId session) {
        return new CallMessage.SessionState(ticket, session, TIMEOUT_NANOS, "");
    }
}
