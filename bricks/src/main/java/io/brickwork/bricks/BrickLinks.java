package io.brickwork.bricks;

import io.brickwork.bricks.lane.Lane;
import io.brickwork.bricks.lane.Outlet;
import io.brickwork.bricks.meter.Meters;
import io.brickwork.bricks.meter.Meters.Counter;
import io.brickwork.bricks.tokens.Admission;
import io.brickwork.bricks.tokens.TokenTable;
import io.brickwork.client.link.Complaints;
import io.brickwork.client.link.Link;
import io.brickwork.client.link.LinkHandler;
import io.brickwork.core.BrickId;
import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.rights.Rights;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what happens on links into inputs of the brick, and gives the lane its outlets. On the lane's loop only.
 *
 * <p>A peer's newer link replaces the older one: the older end may not know yet that the peer is gone and back.
 */
final class BrickLinks implements LinkHandler {
    private static final Logger LOG = LoggerFactory.getLogger(BrickLinks.class);

    private final Complaints complaints = new Complaints(LOG);
    private final Lane lane;
    private final BrickId self;
    private final Neighbours neighbours;
    private final Admission admission;
    private final Counter replicaMessages;
    private final Map<Link, Open> open = new IdentityHashMap<>();

    /** A link that is up: whom it belongs to, and where messages to him leave. */
    private record Open(Endpoint endpoint, LinkOutlet outlet) {}

    BrickLinks(Lane lane, BrickId self, Neighbours neighbours, Admission admission, Meters meters) {
        this.lane = lane;
        this.self = self;
        this.neighbours = neighbours;
        this.admission = admission;
        replicaMessages = meters.counter(
                self, "brickwork.replicas.messages", "Messages about replicas that this brick has sent to others");
    }

    /** Tells all clients which bricks there are. */
    void tellClients(List<LinkMessage.Member> members) {
        open.forEach((link, known) -> {
            if (known.endpoint() instanceof Endpoint.Caller && link.isUp()) {
                link.send(new LinkMessage.Members(members));
                link.flush();
            }
        });
    }

    /**
     * The tokens file has changed: whoever shows a token that is gone loses the link, and what rights have become holds
     * from the next request on.
     */
    void onTokensChanged(TokenTable tokens) {
        admission.replace(tokens);
        open.replaceAll((link, known) -> {
            if (!(known.endpoint() instanceof Endpoint.Caller caller)) {
                return known;
            }
            Rights rights = admission.rights(link.hello());
            if (rights == null) {
                LOG.info(
                        "{}: closes {}: {} was revoked",
                        self,
                        link,
                        caller.rights().holder());
                link.refuseToken(caller.rights().holder() + " was revoked");
                return known;
            }
            return new Open(caller.with(rights), known.outlet());
        });
    }

    @Override
    public void up(Link link) {
        LinkOutlet outlet = new LinkOutlet(link, lane, self, complaints, replicaMessages);
        BrickId peer = link.peerBrick();
        if (peer == null) {
            Rights rights = admission.rights(link.hello());
            if (rights == null) {
                link.refuseToken("the token was revoked"); // while the link came up
                return;
            }
            open.put(link, new Open(lane.outlets().addCaller(outlet, rights, link.toString()), outlet));
            LOG.debug("{}: {} is up", self, link);
            return;
        }
        boolean isJoining = !link.isDialled() && link.hello().role() == LinkMessage.Role.JOINING;
        if (peer.equals(self) || !(isJoining || neighbours.isKnown(peer))) {
            LOG.warn("{}: {} is turned away: '{}' is not another member of this cluster", self, link, peer);
            link.close("'" + peer + "' is not another member of this cluster as " + self + " knows it: "
                    + neighbours.known());
            return;
        }
        if (!link.isDialled()) {
            neighbours.onDialledBy(peer);
        }
        Outlet older = lane.outlets().putPeer(peer, outlet);
        if (older != null) {
            older.close();
        }
        open.put(link, new Open(new Endpoint.Peer(peer), outlet));
        LOG.info("{}: {} is up", self, link);
        lane.post(new BrickInput.LinkUp(peer));
    }

    @Override
    public void received(Link link, Message message) {
        Open from = open.get(link);
        if (from != null) {
            if (message instanceof CallMessage.Instruct instruct) {
                from.outlet().audit.onInstruct(from.endpoint(), instruct);
            }
            lane.post(new BrickInput.Received(
                    from.endpoint(), message)); // whether it may be said is for the machine to say
        }
    }

    @Override
    public void down(Link link, String reason) {
        Open gone = open.remove(link);
        if (gone == null) {
            return;
        }
        gone.outlet().audit.end();
        switch (gone.endpoint()) {
            case Endpoint.Peer(BrickId peer) -> {
                if (lane.outlets().removePeer(peer, gone.outlet())) {
                    LOG.info("{}: {} is down: {}", self, link, reason);
                    lane.post(new BrickInput.LinkDown(peer));
                }
            }
            case Endpoint.Caller caller -> {
                lane.outlets().removeCaller(caller);
                LOG.debug("{}: {} is down: {}", self, link, reason);
                lane.post(new BrickInput.CallerGone(caller));
            }
        }
    }

    @Override
    public void writable(Link link) {
        Open known = open.get(link);
        if (known != null) {
            known.outlet().repeat();
        }
    }

    /** A link as the lane sees it. */
    private static final class LinkOutlet implements Outlet {
        private static final int OVERHEAD_BYTES = 300;
        private static final int LARGEST_KEPT_BYTES = 8 << 10;
        private static final int LARGE_FRAME_BYTES = 512 << 10;

        private final Link link;
        private final Lane lane;
        private final BrickId self;
        private final Complaints complaints;
        private final Counter replicaMessages;
        private final AuditLog audit;
        /** Requests of a client that does not read its answers, until it does. */
        private ArrayDeque<BrickInput.Received> kept = new ArrayDeque<>();

        LinkOutlet(Link link, Lane lane, BrickId self, Complaints complaints, Counter replicaMessages) {
            this.link = link;
            this.lane = lane;
            this.self = self;
            this.complaints = complaints;
            this.replicaMessages = replicaMessages;
            audit = new AuditLog(self);
        }

        @Override
        public boolean takesRequests() {
            return link.isWritable();
        }

        @Override
        public boolean keep(BrickInput.Received received) {
            long bytes = bytesOf(received);
            if (bytes > LARGEST_KEPT_BYTES || link.heldBytes() + bytes > link.holdBackBytes()) {
                return false;
            }
            kept.addLast(received);
            link.hold(bytes);
            link.pauseReading(true);
            return true;
        }

        /** What a request keeps alive: a large frame whole. */
        private static long bytesOf(BrickInput.Received received) {
            if (!(received.message() instanceof CallMessage.Request request)) {
                return 0;
            }
            int frame = request.routingKey().backingArray().length;
            long own = switch (request) {
                case CallMessage.Write write -> write.body().length();
                case CallMessage.Read read -> read.body().length();
                default -> 0;
            };
            return frame > LARGE_FRAME_BYTES
                    ? frame
                    : OVERHEAD_BYTES + own + request.routingKey().length();
        }

        /**
         * The client has read some: what it asked is looked at again, and more is read from it when nothing of that had
         * to be kept once more.
         */
        void repeat() {
            ArrayDeque<BrickInput.Received> again = kept;
            kept = new ArrayDeque<>();
            for (BrickInput.Received one : again) {
                link.hold(-bytesOf(one));
                lane.post(one);
            }
            lane.loop().execute(() -> {
                if (kept.isEmpty()) {
                    link.pauseReading(false);
                }
            });
        }

        @Override
        public void send(Message message) {
            if (message instanceof ReplicaMessage) {
                replicaMessages.increment();
            } else if (message instanceof CallMessage.Instructed answer) {
                audit.onInstructed(answer);
            }
            link.send(message);
        }

        @Override
        public void flush() {
            link.flush();
        }

        @Override
        public void close() {
            link.close("the brick closes this link");
        }

        @Override
        public void close(String reason) {
            complaints.log("{}: closes {}", self, link + ": " + reason);
            link.close(reason);
        }
    }
}
