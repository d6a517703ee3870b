package io.brickwork.core.brick;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests to the catalog out of the metadata log, at any brick. Creating goes through the log, and is safe to
 * repeat: a structure is created once, whoever asks how often. Looking answers from what this brick has carried out,
 * which may be a moment old: whoever must know creates.
 *
 * <p>What is too large is refused before anything of it is queued. The limits of the whole cluster are compared with
 * what this brick has carried out and with what it has under way itself, so bricks that are asked at the same moment
 * may together exceed them by a little: nothing breaks by that.
 */
final class CatalogDesk {
    private final MetadataLog metadata;
    private final StructureTypes types;
    private final Outbox outbox;
    /** Partitions, and bytes of the catalog, of structures whose creation is under way. */
    private int pendingPartitions;

    private int pendingBytes;

    CatalogDesk(MetadataLog metadata, StructureTypes types, Outbox outbox) {
        this.metadata = metadata;
        this.types = types;
        this.outbox = outbox;
    }

    void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        if (metadata.node().chosenSlot() < 0) {
            refuse(from, request, CallMessage.Reason.NOT_OPEN, "this brick has not found the cluster's metadata yet");
            return;
        }
        MetadataState state = metadata.state();
        try {
            switch (request) {
                case CallMessage.Write write -> create(from, write, Catalog.creation(write.body()), nowNanos);
                case CallMessage.Read read -> {
                    Bytes found = Catalog.look(read.body(), name -> state.structure(name), state.structures());
                    if (found.length() > Limits.ENTRY_BYTES) {
                        refuse(
                                from,
                                request,
                                CallMessage.Reason.TOO_LARGE,
                                "the list of %d structures takes %d bytes; the limit is %d: drop some"
                                        .formatted(state.structures().size(), found.length(), Limits.ENTRY_BYTES));
                    } else {
                        answer(from, read, found);
                    }
                }
                case CallMessage.Inquire inquire ->
                    refuse(from, request, CallMessage.Reason.NEVER_SEEN, "the catalog keeps no records of operations");
                case CallMessage.OfTransaction ignored ->
                    refuse(from, request, CallMessage.Reason.MALFORMED, "the catalog takes part in no transaction");
            }
        } catch (MalformedOperationException | MalformedException | IllegalArgumentException e) {
            refuse(from, request, CallMessage.Reason.MALFORMED, String.valueOf(e.getMessage()));
        }
    }

    private void create(Endpoint from, CallMessage.Write write, Catalog.Creation creation, long nowNanos) {
        int partitions = creation.spec().partitions();
        int bytes = Catalog.encodeInfo(new StructureInfo(Integer.MAX_VALUE, creation.name(), creation.spec()))
                .length();
        StructureInfo existing = metadata.state().structure(creation.name());
        String tooLarge = Catalog.whyTooLarge(creation.name(), partitions, creation.fences());
        if (existing != null && tooLarge != null) {
            answer(from, write, Catalog.encodeInfo(existing)); // it was created when larger ones could be
            return;
        }
        if (existing == null && tooLarge == null) {
            tooLarge = whyFull(creation.name(), partitions, bytes);
        }
        if (tooLarge != null) {
            refuse(from, write, CallMessage.Reason.TOO_LARGE, tooLarge);
            return;
        }
        List<Bytes> lows = creation.lows(types.get(creation.spec().type()));
        MetadataCommand command = new MetadataCommand.CreateStructure(creation.name(), creation.spec(), lows);
        boolean isTaken = metadata.propose(
                command,
                answer -> {
                    pendingPartitions -= partitions;
                    pendingBytes -= bytes;
                    onAnswer(from, write, answer);
                },
                nowNanos);
        if (isTaken) {
            pendingPartitions += partitions;
            pendingBytes += bytes;
        } else {
            refuse(from, write, CallMessage.Reason.OVERLOADED, "too many changes of metadata wait");
        }
    }

    /** Why the cluster has no room for another structure; null if it has. */
    private @Nullable String whyFull(String name, int partitions, int bytes) {
        MetadataState state = metadata.state();
        int before = state.groups().size() + pendingPartitions;
        if (before + partitions > Limits.CLUSTER_PARTITIONS) {
            return "the cluster has %d partitions, and '%s' would add %d; the limit is %d: create it with fewer, or drop a structure"
                    .formatted(before, name, partitions, Limits.CLUSTER_PARTITIONS);
        }
        long catalogBytes = pendingBytes;
        for (StructureInfo info : state.structures()) {
            catalogBytes += Catalog.encodeInfo(info).length();
        }
        if (catalogBytes + bytes > Limits.CATALOG_BYTES) {
            return "the names and codecs of %d structures take %d bytes, and '%s' would add %d; the limit is %d: drop a structure"
                    .formatted(state.structures().size(), catalogBytes, name, bytes, Limits.CATALOG_BYTES);
        }
        return null;
    }

    private void onAnswer(Endpoint from, CallMessage.Write write, @Nullable MetadataAnswer answer) {
        switch (answer) {
            case MetadataAnswer.Structure structure -> answer(from, write, Catalog.encodeInfo(structure.info()));
            case MetadataAnswer.Refused refused -> refuse(from, write, CallMessage.Reason.NOT_OPEN, refused.reason());
            case null, default -> refuse(from, write, CallMessage.Reason.NOT_OPEN, "the metadata log does not answer");
        }
    }

    private void answer(Endpoint to, CallMessage.Request request, Bytes result) {
        Version asOf = new Version(1, metadata.state().slot());
        outbox.send(
                to,
                new CallMessage.Answer(request.ticket(), request.partition(), Completion.Status.DONE, asOf, result));
    }

    private void refuse(Endpoint to, CallMessage.Request request, CallMessage.Reason reason, String detail) {
        outbox.send(to, new CallMessage.Refusal(request.ticket(), request.partition(), reason, detail, null));
    }
}
