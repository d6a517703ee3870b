package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.Message;

/** What a {@link BrickMachine} is told. */
public sealed interface BrickInput {
    /** A message arrived. */
    record Received(Endpoint from, Message message) implements BrickInput {}

    /** A link to another brick is up: what was sent before may be lost. */
    record LinkUp(BrickId peer) implements BrickInput {}

    record LinkDown(BrickId peer) implements BrickInput {}

    /** A client's link is gone: answers to it have nowhere to go. */
    record CallerGone(Endpoint.Caller caller) implements BrickInput {}

    /** Log records below the position are written. The last input of every turn, also when nothing was appended. */
    record Written(long position) implements BrickInput {}

    /** Log records below the position are synced. */
    record Synced(long position) implements BrickInput {}

    /** The batch with this number is in the table. */
    record Applied(long batch) implements BrickInput {}

    /**
     * The brick is to stop soon, and its place in the groups to be taken by others before: see
     * {@link BrickMachine#groupsToHandOver}.
     */
    record Depart() implements BrickInput {}

    /** Time has passed; comes about every {@link BrickMachine#TICK_NANOS}. */
    record Tick() implements BrickInput {}
}
