package io.brickwork.core.ballot;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import java.util.List;

/** What stands in a slot of the log. */
public sealed interface PaxosValue {
    /** A command is no longer, in bytes. */
    int COMMAND_BYTES = Limits.COMMAND_BYTES;

    /** Commands for the replicated state, carried out in this order. */
    record Commands(List<Bytes> commands) implements PaxosValue {
        public Commands {
            commands = List.copyOf(commands);
            for (Bytes command : commands) {
                Check.argument(
                        command.length() <= COMMAND_BYTES,
                        "a command of %d bytes; the limit is %d",
                        command.length(),
                        COMMAND_BYTES);
            }
        }
    }

    /** Who votes on all later slots. */
    record ChangeMembers(Membership next) implements PaxosValue {}

    /** Nothing: fills a gap, or stands first in a new ballot. */
    record NoOp() implements PaxosValue {}
}
