package io.brickwork.client.link;

import io.brickwork.core.message.LinkMessage.Hello;
import org.jspecify.annotations.Nullable;

/** Tells a data port which tokens open it. Asked at each {@code Hello}, on the port's event loop. */
public interface TokenCheck {
    /** Whether nobody is let in as a client who shows no token. */
    boolean demandsToken();

    /** Why whoever says this is not let in; null if he may go on. */
    @Nullable
    String objection(Hello hello);
}
