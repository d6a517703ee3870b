package io.brickwork.core.brick;

import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.metadata.MetadataAnswer;
import io.brickwork.core.metadata.MetadataCommand;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.wire.MalformedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests to the catalog out of the metadata log, at any brick. Creating goes through the log, and is safe to repeat: a structure is created once, whoever asks how often. Looking answers from what
 * this brick has carried out, which may be a moment old: whoever must know creates.
 */
final class CatalogDesk {
    private final MetadataLog metadata;
    private final StructureTypes types;
    private final Outbox outbox;

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
                case CallMessage.Write write -> {
                    Catalog.Creation creation = Catalog.creation(write.body());
                    List<Bytes> lows = creation.lows(types.get(creation.spec().type()));
                    MetadataCommand command =
                            new MetadataCommand.CreateStructure(creation.name(), creation.spec(), lows);
                    if (!metadata.propose(command, answer -> onAnswer(from, write, answer), nowNanos)) {
                        refuse(from, request, CallMessage.Reason.OVERLOADED, "too many changes of metadata wait");
                    }
                }
                case CallMessage.Read read ->
                    answer(from, read, Catalog.look(read.body(), name -> state.structure(name), state.structures()));
                case CallMessage.Inquire inquire ->
                    refuse(from, request, CallMessage.Reason.NEVER_SEEN, "the catalog keeps no records of operations");
                case CallMessage.OfTransaction ignored ->
                    refuse(from, request, CallMessage.Reason.MALFORMED, "the catalog takes part in no transaction");
            }
        } catch (MalformedOperationException | MalformedException | IllegalArgumentException e) {
            refuse(from, request, CallMessage.Reason.MALFORMED, String.valueOf(e.getMessage()));
        }
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
