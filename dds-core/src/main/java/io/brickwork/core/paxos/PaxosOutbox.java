package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.message.PaxosMessage;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the roles of one node want done, and hands it on as {@link PaxosEffect}s in order. Two things wait here:
 * answers, until the records that they tell of are synced, and messages of the node to itself, until the node takes
 * them.
 *
 * <p>An answer that tells of a record goes out through {@link #persist} alone, so it cannot leave before the record is
 * synced.
 */
final class PaxosOutbox {
    /** An answer that waits until what it tells of is synced. */
    private record Waiting(long token, BrickId to, PaxosMessage answer) {}

    private final BrickId self;
    private final Consumer<PaxosEffect> effects;
    private final Defences defences;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final ArrayDeque<PaxosMessage> toSelf = new ArrayDeque<>();
    private long lastToken;

    PaxosOutbox(BrickId self, Consumer<PaxosEffect> effects, Defences defences) {
        this.self = self;
        this.effects = effects;
        this.defences = defences;
    }

    void send(BrickId to, PaxosMessage message) {
        if (to.equals(self)) {
            toSelf.addLast(message);
        } else {
            emit(new PaxosEffect.Send(to, message));
        }
    }

    /** Sends the answer once the records, and all before them, are synced. */
    void persist(List<PaxosRecord> records, BrickId to, PaxosMessage answer) {
        emit(new PaxosEffect.Persist(++lastToken, records));
        if (defences.has(Defence.SYNC_PAXOS_ANSWERS)) {
            waiting.addLast(new Waiting(lastToken, to, answer));
        } else {
            send(to, answer);
        }
    }

    void append(List<PaxosRecord> records) {
        emit(new PaxosEffect.Append(records));
    }

    void emit(PaxosEffect effect) {
        effects.accept(effect);
    }

    /** All records up to the token are synced: the answers that waited for them go out. */
    void onPersisted(long token) {
        while (!waiting.isEmpty() && waiting.getFirst().token <= token) {
            Waiting next = waiting.removeFirst();
            send(next.to, next.answer);
        }
    }

    /** Takes the next message of the node to itself; null if there is none. */
    @Nullable
    PaxosMessage pollToSelf() {
        return toSelf.pollFirst();
    }

    boolean hasToSelf() {
        return !toSelf.isEmpty();
    }
}
