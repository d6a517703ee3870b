package io.brickwork.bricks;

import io.brickwork.client.link.Complaints;
import io.brickwork.core.BrickId;
import io.brickwork.core.effect.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each command of an operator, or of a token with the right 'admin': at which brick, who and from where,
 * what, and what came of it. A logger of its own, {@code io.brickwork.audit}, so that it can be kept apart; nothing is
 * left out of it.
 */
final class AuditLog {
    private static final Logger AUDIT = LoggerFactory.getLogger("io.brickwork.audit");

    private AuditLog() {}

    static void instructed(BrickId brick, Event.Instructed instructed) {
        AUDIT.info(
                "brick {}: {}: {}: {}",
                brick,
                Complaints.printable(instructed.by().toString()),
                Complaints.printable(instructed.command().toString()),
                instructed.refusal().isEmpty() ? "done" : "refused: " + Complaints.printable(instructed.refusal()));
    }
}
