package io.brickwork.bricks;

import io.brickwork.bricks.lane.Lane;
import io.brickwork.bricks.lane.Outlet;
import io.brickwork.client.link.Complaints;
import io.brickwork.client.link.Link;
import io.brickwork.client.link.LinkHandler;
import io.brickwork.core.BrickId;
import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
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
    private final Map<Link, Open> open = new IdentityHashMap<>();

    /** A link that is up: whom it belongs to, and where messages to him leave. */
    private record Open(Endpoint endpoint, LinkOutlet outlet) {}

    BrickLinks(Lane lane, BrickId self, Neighbours neighbours) {
        this.lane = lane;
        this.self = self;
        this.neighbours = neighbours;
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

    @Override
    public void up(Link link) {
        LinkOutlet outlet = new LinkOutlet(link, self, complaints);
        BrickId peer = link.peerBrick();
        if (peer == null) {
            boolean isOperator = link.hello().role() == LinkMessage.Role.OPERATOR;
            open.put(link, new Open(lane.outlets().addCaller(outlet, isOperator), outlet));
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

    /** A link as the lane sees it. */
    private record LinkOutlet(Link link, BrickId self, Complaints complaints) implements Outlet {
        @Override
        public void send(Message message) {
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
