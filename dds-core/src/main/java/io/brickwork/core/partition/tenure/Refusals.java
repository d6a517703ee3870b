package io.brickwork.core.partition.tenure;

import io.brickwork.core.BrickId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.partition.port.PeerPort;

/**
 * How a replica says no: to a client with the newest view it knows, so that it asks who can help; to a brick by a note
 * in the log.
 */
public final class Refusals {
    private final Tenure tenure;
    private final PeerPort peers;

    public Refusals(Tenure tenure, PeerPort peers) {
        this.tenure = tenure;
        this.peers = peers;
    }

    /** Of the request nothing was done here, and nothing will be. */
    public void refuse(Endpoint to, CallMessage.Request request, CallMessage.Reason reason, String detail) {
        peers.outbox()
                .send(
                        to,
                        new CallMessage.Refusal(
                                request.ticket(), tenure.partition(), reason, detail, tenure.knownView()));
    }

    /** What a brick says cannot be true: nothing comes of it. */
    public void disbelieve(BrickId from, String reason) {
        peers.outbox()
                .note(new Event.MessageRefused(
                        new Endpoint.Peer(from), "partition " + tenure.partition() + ": " + reason));
    }
}
