package io.brickwork.core.client;

import io.brickwork.core.SessionId;
import io.brickwork.core.structure.StructureTypes;
import java.util.random.RandomGenerator;

/** A client's session and router, as one machine. (Being written.) */
public final class ClientMachine {
    /** How often {@link ClientInput.Tick} should come while calls are open. */
    public static final long TICK_NANOS = 10_000_000;

    public ClientMachine(SessionId session, StructureTypes types, RandomGenerator jitter, ClientOutbox outbox) {}

    public void step(ClientInput input, long nowNanos) {}
}
