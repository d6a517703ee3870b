package io.brickwork.core.partition.port;

import io.brickwork.core.BrickId;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.message.ReplicaMessage;

/** Whom a replica talks to. Every message may be lost. */
public interface PeerPort {
    /** To another member of the group, about this partition. */
    void send(BrickId to, ReplicaMessage message);

    /** About any partition, to another brick or to this one itself. */
    void tell(BrickId to, ReplicaMessage message);

    /** Answers to clients, and notes of what happened. */
    Outbox outbox();
}
