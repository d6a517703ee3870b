package io.brickwork.bricks.lane;

import io.brickwork.core.BrickId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.rights.Rights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The outlets of a brick, by endpoint. Lane only. */
public final class Outlets {
    private final Map<BrickId, Outlet> peers = new HashMap<>();
    private final Map<Long, Outlet> callers = new HashMap<>();
    private long lastCaller;

    /** Registers the outlet of a peer's link, and gives the one that it replaces, if there is one. */
    public @Nullable Outlet putPeer(BrickId peer, Outlet outlet) {
        return peers.put(peer, outlet);
    }

    /** Forgets the peer's outlet if it is still this one. */
    public boolean removePeer(BrickId peer, Outlet outlet) {
        return peers.remove(peer, outlet);
    }

    /** Registers the outlet of a client in this process under a number that was never used before. */
    public Endpoint.Caller addCaller(Outlet outlet) {
        return addCaller(outlet, Rights.CLIENT, "");
    }

    /**
     * The same for anybody who calls.
     *
     * @param who calls and from where, for people
     */
    public Endpoint.Caller addCaller(Outlet outlet, Rights rights, String who) {
        Endpoint.Caller caller = new Endpoint.Caller(++lastCaller, rights, who);
        callers.put(caller.link(), outlet);
        return caller;
    }

    public boolean removeCaller(Endpoint.Caller caller) {
        return callers.remove(caller.link()) != null;
    }

    /** The outlet to the endpoint; null if there is no link. */
    public @Nullable Outlet find(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Peer peer -> peers.get(peer.brick());
            case Endpoint.Caller caller -> callers.get(caller.link());
        };
    }

    /** Closes all outlets and forgets them. */
    public void closeAll() {
        List<Outlet> all = new ArrayList<>(peers.values());
        all.addAll(callers.values());
        peers.clear();
        callers.clear();
        all.forEach(Outlet::close);
    }
}
