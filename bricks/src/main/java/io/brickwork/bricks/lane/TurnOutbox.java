package io.brickwork.bricks.lane;

import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Holds what a machine sends during a turn until the turn's log records are written, and carries it out in the order it
 * was sent.
 *
 * <p>A {@code replyBefore} looks at the clock when it is carried out, which is after the read that it answers, however
 * long the thread was paused in between (Gribble has no leases; see T11 and T51).
 */
final class TurnOutbox implements Outbox {
    private final Outlets outlets;
    private final LongSupplier nanoClock;
    private final Consumer<Event> events;
    private final WriteTimes times;
    /** Messages of this turn in order, and where they go. Kept between turns so that a turn allocates none of it. */
    private final List<Effect> effects = new ArrayList<>();

    private final Set<Outlet> touched = Collections.newSetFromMap(new IdentityHashMap<>());

    /** What this turn has gathered, in bytes. */
    private long gatheredBytes;

    /** One message; {@code otherwise} is sent in its place from the deadline on. */
    private record Effect(Endpoint to, Message message, long deadlineNanos, Message otherwise) {}

    TurnOutbox(Outlets outlets, LongSupplier nanoClock, Consumer<Event> events, WriteTimes times) {
        this.outlets = outlets;
        this.nanoClock = nanoClock;
        this.events = events;
        this.times = times;
    }

    @Override
    public void send(Endpoint to, Message message) {
        if (times.isOn()) {
            times.answered(to, message);
        }
        gatheredBytes += weight(message);
        effects.add(new Effect(to, message, Long.MAX_VALUE, message));
    }

    @Override
    public void replyBefore(Endpoint to, long deadlineNanos, Message answer, Message otherwise) {
        gatheredBytes += weight(answer);
        effects.add(new Effect(to, answer, deadlineNanos, otherwise));
    }

    /** At once: what the turn has for this endpoint would be wasted on it. */
    @Override
    public void hangUp(Endpoint from, String reason) {
        Outlet outlet = outlets.find(from);
        if (outlet != null) {
            outlet.close(reason);
        }
    }

    @Override
    public void note(Event event) {
        events.accept(event);
    }

    /** Carries everything out, then flushes each outlet that got something, once. */
    void carryOut() {
        for (int i = 0; i < effects.size(); i++) {
            Effect effect = effects.get(i);
            Outlet outlet = outlets.find(effect.to());
            if (outlet != null) {
                boolean late =
                        effect.deadlineNanos() != Long.MAX_VALUE && nanoClock.getAsLong() - effect.deadlineNanos() >= 0;
                outlet.send(late ? effect.otherwise() : effect.message());
                touched.add(outlet);
            }
        }
        effects.clear();
        gatheredBytes = 0;
        touched.forEach(Outlet::flush);
        touched.clear();
        if (times.isOn()) {
            times.flushed();
        }
    }

    /**
     * About how many bytes the messages take that wait for the end of the turn, and with them what the turn appended to
     * the log.
     */
    long gatheredBytes() {
        return gatheredBytes;
    }

    /** Counts something else that lives until the end of the turn. */
    void gather(long bytes) {
        gatheredBytes += bytes;
    }

    /** Messages that may be large; of the others there are never many. */
    private static long weight(Message message) {
        return switch (message) {
            case CallMessage.Answer answer -> answer.result().length();
            case ReplicaMessage.Store store -> store.entry().encoded().length();
            default -> 0;
        };
    }

    /** Drops everything that has not left. */
    void drop() {
        effects.clear();
        gatheredBytes = 0;
        touched.clear();
    }
}
