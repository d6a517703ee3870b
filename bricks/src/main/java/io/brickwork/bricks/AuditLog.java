package io.brickwork.bricks;

import io.brickwork.client.link.Complaints;
import io.brickwork.core.BrickId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.rights.Right;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line for each command that comes over one link from an operator, or from a token that has the right
 * 'admin' somewhere: at which brick, who and from where, what, and what came of it. The logger,
 * {@code io.brickwork.audit}, is one of its own, so that it can be kept apart; nothing is left out of it, refusals
 * neither. What others ask for, who could fill a disk, is not audited: it is among the refused requests of the brick's
 * log. On the lane.
 */
final class AuditLog {
    private static final Logger AUDIT = LoggerFactory.getLogger("io.brickwork.audit");

    private final BrickId brick;
    /** Commands without an answer, by ticket; no more than the link has credits. */
    private final TreeMap<Long, Act> open = new TreeMap<>();

    private record Act(String who, MetadataCommand.OfOperator command) {}

    AuditLog(BrickId brick) {
        this.brick = brick;
    }

    void onInstruct(Endpoint from, CallMessage.Instruct instruct) {
        if (!(from instanceof Endpoint.Caller caller) || !caller.rights().hasSomewhere(Right.ADMIN)) {
            return;
        }
        Act earlier = open.put(instruct.ticket(), new Act(caller.toString(), instruct.command()));
        if (earlier != null) {
            write(earlier, "not known, since its ticket was used again");
        }
    }

    void onInstructed(CallMessage.Instructed answer) {
        Act act = open.remove(answer.ticket());
        if (act != null) {
            write(act, answer.isDone() ? "done" : "refused: " + answer.refusal());
        }
    }

    /** The link is gone. */
    void end() {
        open.values().forEach(act -> write(act, "not known, since the link was lost; it may yet be carried out"));
        open.clear();
    }

    private void write(Act act, String outcome) {
        AUDIT.info(
                "brick {}: {}: {}: {}",
                brick,
                Complaints.printable(act.who),
                Complaints.printable(act.command.toString()),
                Complaints.printable(outcome));
    }
}
