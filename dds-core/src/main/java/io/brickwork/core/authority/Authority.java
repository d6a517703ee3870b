package io.brickwork.core.authority;

import io.brickwork.core.BrickId;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.rights.Right;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table of who may say what to a brick, once the greeting of a link is over.
 *
 * <p>Both switches are exhaustive, so that a new message or command does not compile before somebody has decided who
 * may say it. A role that is not named may not: the brick refuses the message before any part of it acts on it. Callers
 * need a {@linkplain #right right} besides, which {@link Permissions} looks for. {@code docs/security.md} shows the
 * table; a test compares the two.
 */
public final class Authority {
    private static final Set<Role> NOBODY = Collections.unmodifiableSet(EnumSet.noneOf(Role.class));
    private static final Set<Role> ANYBODY = Collections.unmodifiableSet(EnumSet.allOf(Role.class));
    /** Those who call for data. */
    private static final Set<Role> CALLERS = Collections.unmodifiableSet(EnumSet.of(Role.CLIENT, Role.OPERATOR));

    private static final Set<Role> BRICKS = Collections.unmodifiableSet(EnumSet.of(Role.BRICK));
    /** Bricks, also before the cluster knows them. */
    private static final Set<Role> ALL_BRICKS = Collections.unmodifiableSet(EnumSet.of(Role.BRICK, Role.JOINING));

    private static final Set<Role> CALLERS_AND_BRICKS =
            Collections.unmodifiableSet(EnumSet.of(Role.CLIENT, Role.OPERATOR, Role.BRICK));

    private Authority() {}

    /** Who may say a message of this kind to a brick. */
    public static Set<Role> speakers(Message message) {
        return switch (message) {
            case CallMessage.Request request -> CALLERS;
            case CallMessage.AskStatus ask -> CALLERS;
            case CallMessage.AskMetadata ask -> CALLERS;
            case CallMessage.OpenSession open -> CALLERS;
            case CallMessage.KeepSession keep -> CALLERS;
            case CallMessage.CloseSession close -> CALLERS;
            case CallMessage.Instruct instruct -> CALLERS;
            // Answers: a brick asks nobody for them.
            case CallMessage.Answer answer -> NOBODY;
            case CallMessage.Refusal refusal -> NOBODY;
            case CallMessage.Status status -> NOBODY;
            case CallMessage.Metadata metadata -> NOBODY;
            case CallMessage.Instructed instructed -> NOBODY;
            case CallMessage.SessionState state -> NOBODY;
            case ReplicaMessage replica -> BRICKS;
            // A brick that joins asks for the log, has itself registered, and helps to find out whether there is a
            // cluster.
            case PaxosMessage.Ask ask -> ALL_BRICKS;
            case PaxosMessage.Propose propose -> ALL_BRICKS;
            case PaxosMessage.FoundAsk ask -> ALL_BRICKS;
            case PaxosMessage.FoundAnswer answer -> ALL_BRICKS;
            case PaxosMessage.PreVote vote -> BRICKS;
            case PaxosMessage.PreVoted voted -> BRICKS;
            case PaxosMessage.Prepare prepare -> BRICKS;
            case PaxosMessage.Promise promise -> BRICKS;
            case PaxosMessage.Accept accept -> BRICKS;
            case PaxosMessage.Accepted accepted -> BRICKS;
            case PaxosMessage.Heartbeat beat -> BRICKS;
            case PaxosMessage.HeartbeatAnswer answer -> BRICKS;
            case PaxosMessage.Refused refused -> BRICKS;
            case PaxosMessage.Learn learn -> BRICKS;
            case PaxosMessage.LearnSnapshot part -> BRICKS;
            case PaxosMessage.Proposed proposed -> BRICKS;
            case LeaseMessage lease -> BRICKS;
            case LinkMessage.Ping ping -> ANYBODY;
            case LinkMessage.Pong pong -> ANYBODY;
            case LinkMessage.Goodbye goodbye -> ANYBODY;
            // Greetings come first or never; members are told by bricks to clients.
            case LinkMessage.Hello hello -> NOBODY;
            case LinkMessage.Challenge challenge -> NOBODY;
            case LinkMessage.Proof proof -> NOBODY;
            case LinkMessage.Welcome welcome -> NOBODY;
            case LinkMessage.Members members -> NOBODY;
        };
    }

    /**
     * Who may have a command of this kind put into the metadata log. Bricks put there what clients and operators have
     * asked them for, so whatever one of these may ask for, a brick may propose.
     */
    public static Set<Role> proposers(MetadataCommand command) {
        return switch (command) {
            case MetadataCommand.RegisterBrick register -> ALL_BRICKS; // and each of them itself only
            case MetadataCommand.OfOperator instruction -> CALLERS_AND_BRICKS;
            case MetadataCommand.CreateStructure create -> CALLERS_AND_BRICKS;
            case MetadataCommand.OpenSession open -> CALLERS_AND_BRICKS;
            case MetadataCommand.ExpireSession expire -> CALLERS_AND_BRICKS;
            case MetadataCommand.ForgetBrick forget -> BRICKS;
            case MetadataCommand.ChangeView change -> BRICKS;
            case MetadataCommand.OpenView open -> BRICKS;
            case MetadataCommand.FinishSplit finish -> BRICKS;
            case MetadataCommand.FinishMerge finish -> BRICKS;
            case MetadataCommand.CancelMerge cancel -> BRICKS;
        };
    }

    /**
     * The right that a caller needs on what the message is about; {@link Right#NONE} for what every caller may say.
     *
     * <p>What ends a transaction needs no more than a reader has: nobody but its own client knows its name, and the
     * vote that may be carried out was asked for by a {@code Prepare}, which has needed the right to write.
     */
    public static Right right(CallMessage message) {
        return switch (message) {
            case CallMessage.Write write -> Right.WRITE;
            case CallMessage.Read read -> Right.READ;
            case CallMessage.Inquire inquire -> Right.READ;
            case CallMessage.Prepare prepare -> prepare.part().writes().isEmpty() ? Right.READ : Right.WRITE;
            case CallMessage.Decide decide -> Right.READ;
            case CallMessage.Resolve resolve -> Right.READ;
            case CallMessage.Instruct instruct -> right(instruct.command());
            case CallMessage.AskStatus ask -> Right.NONE;
            case CallMessage.AskMetadata ask -> Right.NONE;
            case CallMessage.OpenSession open -> Right.NONE;
            case CallMessage.KeepSession keep -> Right.NONE;
            case CallMessage.CloseSession close -> Right.NONE;
            // Callers say none of these.
            case CallMessage.Answer answer -> Right.NONE;
            case CallMessage.Refusal refusal -> Right.NONE;
            case CallMessage.Status status -> Right.NONE;
            case CallMessage.Metadata metadata -> Right.NONE;
            case CallMessage.Instructed instructed -> Right.NONE;
            case CallMessage.SessionState state -> Right.NONE;
        };
    }

    /** The right that a caller needs to have a command put into the metadata log. */
    public static Right right(MetadataCommand command) {
        return switch (command) {
            case MetadataCommand.OfOperator instruction -> Right.ADMIN;
            case MetadataCommand.CreateStructure create -> Right.WRITE;
            case MetadataCommand.OpenSession open -> Right.NONE;
            case MetadataCommand.ExpireSession expire -> Right.NONE;
            // Callers ask for none of these.
            case MetadataCommand.RegisterBrick register -> Right.NONE;
            case MetadataCommand.ForgetBrick forget -> Right.NONE;
            case MetadataCommand.ChangeView change -> Right.NONE;
            case MetadataCommand.OpenView open -> Right.NONE;
            case MetadataCommand.FinishSplit finish -> Right.NONE;
            case MetadataCommand.FinishMerge finish -> Right.NONE;
            case MetadataCommand.CancelMerge cancel -> Right.NONE;
        };
    }

    /**
     * Why somebody may not say this to a brick; null if it may.
     *
     * @param speaker whose name the speaker bears, if it is a brick
     */
    public static @Nullable String objection(Role role, @Nullable BrickId speaker, Message message) {
        if (!speakers(message).contains(role)) {
            return article(role) + " may not say " + name(message) + "; " + allowed(speakers(message));
        }
        return switch (message) {
            case PaxosMessage.Propose propose -> objectionToProposal(role, speaker, propose);
            case CallMessage.Instruct instruct -> objectionToCommand(role, speaker, instruct.command());
            default -> null;
        };
    }

    private static @Nullable String objectionToProposal(
            Role role, @Nullable BrickId speaker, PaxosMessage.Propose propose) {
        try {
            return objectionToCommand(role, speaker, MetadataCodec.decodeCommand(propose.command()));
        } catch (MalformedException e) {
            return "what it proposes is no command: " + e.getMessage();
        }
    }

    private static @Nullable String objectionToCommand(Role role, @Nullable BrickId speaker, MetadataCommand command) {
        if (!proposers(command).contains(role)) {
            return article(role) + " may not ask for " + command.getClass().getSimpleName() + "; "
                    + allowed(proposers(command));
        }
        if (command instanceof MetadataCommand.RegisterBrick register
                && !register.brick().equals(speaker)) {
            return "it wants to register brick " + register.brick() + ", and may register itself only";
        }
        return null;
    }

    private static String name(Message message) {
        return message.getClass().getSimpleName();
    }

    private static String article(Role role) {
        return switch (role) {
            case CLIENT -> "a client";
            case OPERATOR -> "an operator";
            case JOINING -> "a brick that is not registered";
            case BRICK -> "a brick";
        };
    }

    private static String allowed(Set<Role> roles) {
        return roles.isEmpty()
                ? "nobody may"
                : "allowed to: "
                        + roles.stream()
                                .map(role -> role.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "));
    }
}
