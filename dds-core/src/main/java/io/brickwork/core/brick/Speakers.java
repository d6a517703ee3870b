package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.authority.Authority;
import io.brickwork.core.authority.Permissions;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.Message;
import io.brickwork.core.metadata.MetadataState;
import org.jspecify.annotations.Nullable;

/**
 * Tells the role of whoever speaks to this brick, and refuses what that role may not say ({@link Authority}), or what
 * the speaker has no right to ({@link Permissions}), before any part of the brick acts on it.
 */
final class Speakers {
    private final BrickConfig config;
    private final MetadataState state;
    private final Outbox outbox;
    private final Permissions permissions;

    Speakers(BrickConfig config, MetadataState state, Outbox outbox) {
        this.config = config;
        this.state = state;
        this.outbox = outbox;
        permissions = new Permissions(state);
    }

    /**
     * Whether the message may be said by who said it. Otherwise a caller is cut off. A brick is not: it may have been
     * registered without this one having learned of it. A caller that may say it and only lacks the right to what it
     * asks is answered.
     *
     * @param voters who keeps the metadata log; null if this brick does not know
     */
    boolean mayBeSaid(Endpoint from, Message message, @Nullable Membership voters) {
        BrickId speaker = from instanceof Endpoint.Peer(BrickId brick) ? brick : null;
        String objection = Authority.objection(role(from, voters), speaker, message);
        if (objection != null) {
            outbox.note(new Event.MessageRefused(from, objection));
            if (speaker == null) {
                outbox.hangUp(from, objection);
            }
        }
        return objection == null
                && (!(from instanceof Endpoint.Caller caller)
                        || !(message instanceof CallMessage call)
                        || isPermitted(caller, call));
    }

    private boolean isPermitted(Endpoint.Caller caller, CallMessage message) {
        return switch (permissions.verdict(caller.rights(), message)) {
            case PERMITTED -> true;
            case FORBIDDEN -> {
                String objection = permissions.objection(caller.rights(), message);
                outbox.note(new Event.MessageRefused(caller, objection));
                refuse(caller, message, CallMessage.Reason.FORBIDDEN, objection);
                yield false;
            }
            case UNKNOWN_STRUCTURE -> {
                refuse(
                        caller,
                        message,
                        CallMessage.Reason.WRONG_PARTITION,
                        "this brick does not know the structure, so it cannot tell whether %s has a right to it"
                                .formatted(caller.rights().holder()));
                yield false;
            }
        };
    }

    private void refuse(Endpoint.Caller caller, CallMessage message, CallMessage.Reason reason, String detail) {
        if (message instanceof CallMessage.Request request) {
            outbox.send(caller, new CallMessage.Refusal(request.ticket(), request.partition(), reason, detail, null));
        } else if (message instanceof CallMessage.Instruct instruct) {
            outbox.send(caller, new CallMessage.Instructed(instruct.ticket(), detail));
        }
    }

    /**
     * A brick is known by its name, which its link has proved; whether it is registered is for the metadata log to say,
     * as far as this brick knows it.
     */
    private Role role(Endpoint from, @Nullable Membership voters) {
        return switch (from) {
            case Endpoint.Caller caller -> caller.isOperator() ? Role.OPERATOR : Role.CLIENT;
            case Endpoint.Peer(BrickId brick) -> isOfTheCluster(brick, voters) ? Role.BRICK : Role.JOINING;
        };
    }

    /**
     * A voter may keep the metadata log before it is registered; and whom this brick's own settings name is believed,
     * since what is known here may be old.
     */
    private boolean isOfTheCluster(BrickId brick, @Nullable Membership voters) {
        return brick.equals(config.self())
                || state.brick(brick) != null
                || (voters != null && voters.find(brick) != null)
                || config.contacts().contains(brick)
                || config.founders().contains(brick);
    }
}
