package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.transaction.Minitransaction;
import java.util.List;

/** What a {@link ClientMachine} is told. */
public sealed interface ClientInput {
    /**
     * A caller wants an operation done.
     *
     * @param call names the call in {@link ClientOutbox#complete}; never used again
     * @param deadlineNanos on the monotonic clock; the outcome is told by then
     * @param name what the operation is called in messages
     */
    record Submit(
            long call,
            StructureInfo structure,
            Bytes routingKey,
            boolean read,
            Bytes body,
            ReadMode reads,
            long deadlineNanos,
            String name)
            implements ClientInput {}

    /**
     * A caller wants a transaction committed. It is done whole or not at all; a {@code Conflict} says that it was not,
     * since others were faster, and that it may be tried again.
     *
     * @param call names the call in {@link ClientOutbox#complete}; never used again
     * @param age how often the caller has tried before: the more, the fewer go before it
     * @param deadlineNanos on the monotonic clock; the outcome is told by then
     * @param name what it is called in messages
     */
    record Transact(long call, Minitransaction transaction, int age, long deadlineNanos, String name)
            implements ClientInput {}

    /**
     * A caller wants to know what became of an operation whose outcome it was told to be unknown. The outcome is what
     * it should have been: {@code Done}, or a failure; {@code UnknownOutcome} if that is still so; {@code Forgotten} if
     * the operation is not one that this client remembers.
     *
     * @param call names the call in {@link ClientOutbox#complete}; never used again
     */
    record Inquire(long call, OperationId operation, long deadlineNanos) implements ClientInput {}

    /** The caller was interrupted: it wants to know at once what is certain. */
    record Abandon(long call) implements ClientInput {}

    /** A link is up: both connections have been welcomed. */
    record LinkUp(BrickId brick, List<LinkMessage.Member> members, int credits) implements ClientInput {
        public LinkUp {
            members = List.copyOf(members);
        }
    }

    /** A link is lost: attempts sent over it will not be answered, but may still be executed. */
    record LinkDown(BrickId brick) implements ClientInput {}

    /** A link that did not {@linkplain ClientOutbox#takesMore take more} does so again. */
    record LinkDrained(BrickId brick) implements ClientInput {}

    /** A brick answered an attempt. */
    record Received(BrickId from, CallMessage message) implements ClientInput {}

    /** Time has passed; comes about every {@link ClientMachine#TICK_NANOS}. */
    record Tick() implements ClientInput {}

    /**
     * There is no link, and a brick has just refused the client's token: open calls end with what is certain. Told
     * again after each further attempt to connect, since the token may be taken again later.
     *
     * @param why for people
     */
    record TokenRefused(String why) implements ClientInput {}

    /**
     * No brick will answer any more, whatever is done here: calls end with what is certain.
     *
     * @param why for people
     */
    record Ended(String why) implements ClientInput {}

    /** The client closes: calls that were never sent fail with {@code Closed}, others with what is certain. */
    record Close() implements ClientInput {}
}
