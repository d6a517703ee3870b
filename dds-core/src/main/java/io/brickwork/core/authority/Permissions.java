package io.brickwork.core.authority;

import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.rights.Right;
import io.brickwork.core.rights.Rights;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.structure.StructureInfo;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a caller has the right that a message needs, on the structure that the message is about.
 *
 * <p>Messages name structures by number, rights by name; the catalog of this brick leads from the one to the other. A
 * structure that this brick has not learned of yet is open to nobody but holders of a right on all structures. Costs a
 * few nanoseconds for a structure that the caller has used before: see {@link Rights#known}.
 */
public final class Permissions {
    /** What becomes of a message. */
    public enum Verdict {
        PERMITTED,
        FORBIDDEN,
        /** This brick does not know the structure yet, so cannot tell: the caller is to ask again. */
        UNKNOWN_STRUCTURE
    }

    /** In place of a structure's number: the command is about no single structure. */
    private static final int WHOLE_CLUSTER = -1;

    private final MetadataState state;

    /** @param state what this brick has learned of the metadata log; read whenever a verdict is asked for */
    public Permissions(MetadataState state) {
        this.state = state;
    }

    public Verdict verdict(Rights rights, CallMessage message) {
        Right needed = Authority.right(message);
        if (rights.everywhere().includes(needed)) {
            return Verdict.PERMITTED;
        }
        return switch (message) {
            case CallMessage.Write write
            when isOfCatalog(write) -> {
                String name = createdName(write);
                // What makes no sense is refused as such by whoever answers for the catalog.
                yield name == null || rights.on(name).includes(needed) ? Verdict.PERMITTED : Verdict.FORBIDDEN;
            }
            case CallMessage.Request request when isOfCatalog(request) -> Verdict.PERMITTED;
            case CallMessage.Request request ->
                verdict(rights, needed, request.partition().structure());
            case CallMessage.Instruct instruct -> verdict(rights, needed, instruct.command());
            default -> Verdict.FORBIDDEN;
        };
    }

    private Verdict verdict(Rights rights, Right needed, MetadataCommand.OfOperator command) {
        int structure = structure(command);
        return structure == WHOLE_CLUSTER ? Verdict.FORBIDDEN : verdict(rights, needed, structure);
    }

    /** The number of the structure that a command is about. */
    private static int structure(MetadataCommand.OfOperator command) {
        return switch (command) {
            case MetadataCommand.DropStructure drop -> drop.structure();
            case MetadataCommand.SplitPartition split -> split.partition().structure();
            case MetadataCommand.MergePartitions merge ->
                merge.into().structure() == merge.from().structure()
                        ? merge.into().structure()
                        : WHOLE_CLUSTER;
            case MetadataCommand.FoundLineage found -> found.partition().structure();
            case MetadataCommand.SetLeaving leaving -> WHOLE_CLUSTER;
            case MetadataCommand.SetLeaseTerm term -> WHOLE_CLUSTER;
        };
    }

    private Verdict verdict(Rights rights, Right needed, int structure) {
        Right right = rights.known(structure);
        if (right == null) {
            StructureInfo info = state.structure(structure);
            if (info == null) {
                return Verdict.UNKNOWN_STRUCTURE;
            }
            right = rights.learn(structure, info.name());
        }
        return right.includes(needed) ? Verdict.PERMITTED : Verdict.FORBIDDEN;
    }

    /** Why the message is not permitted, and what its caller can do, for people. */
    public String objection(Rights rights, CallMessage message) {
        Right needed = Authority.right(message);
        String structure = structure(message);
        String missing = structure == null
                ? "%s needs the right '%s' on all structures, which %s does not have"
                        .formatted(asked(message), word(needed), rights.holder())
                : "%s needs the right '%s' on '%s', and %s has '%s' there"
                        .formatted(
                                asked(message), word(needed), structure, rights.holder(), word(rights.on(structure)));
        return missing + ": use a token that has it, or grant it in the bricks' tokens file";
    }

    private static String asked(CallMessage message) {
        return message instanceof CallMessage.Instruct instruct
                ? instruct.command().getClass().getSimpleName()
                : message.getClass().getSimpleName();
    }

    private static String word(Right right) {
        return switch (right) {
            case NONE -> "none";
            case READ -> "read";
            case WRITE -> "write";
            case ADMIN -> "admin";
        };
    }

    /** The name of the structure that a message is about; null if it is about none, or about one that is not known. */
    private @Nullable String structure(CallMessage message) {
        return switch (message) {
            case CallMessage.Write write when isOfCatalog(write) -> createdName(write);
            case CallMessage.Request request -> name(request.partition().structure());
            case CallMessage.Instruct instruct -> name(structure(instruct.command()));
            default -> null;
        };
    }

    private @Nullable String name(int structure) {
        StructureInfo info = state.structure(structure);
        return info == null ? null : info.name();
    }

    private static boolean isOfCatalog(CallMessage.Request request) {
        return request.partition().structure() == Catalog.STRUCTURE.id();
    }

    /** The name that is to be created; null if the request makes no sense. */
    private static @Nullable String createdName(CallMessage.Write write) {
        try {
            return Catalog.creation(write.body()).name();
        } catch (MalformedOperationException | MalformedException | IllegalArgumentException nonsense) {
            return null;
        }
    }
}
