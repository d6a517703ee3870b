package io.brickwork.client.call;

import io.brickwork.client.link.Dialler;
import io.brickwork.client.link.Link;
import io.brickwork.client.link.LinkHandler;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.core.BrickId;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Member;
import io.brickwork.core.message.Message;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Bricks over sockets: begins with the addresses that the user gave, learns of the others from the first that answers,
 * and keeps one link to each.
 */
public final class LinkedBricks implements BrickAccess {
    /**
     * Whom to dial, and as whom.
     *
     * @param seeds addresses of some of the bricks
     * @param areAll whether no other address is ever dialled
     * @param role as which it is dialled: a client, or an operator, who proves that he knows the cluster's secret
     * @param cluster the cluster's name
     * @param clientName what bricks call this client in their logs
     * @param except a brick that is reached in another way; null for none
     */
    public record Target(
            List<Seed> seeds,
            boolean areAll,
            LinkMessage.Role role,
            String cluster,
            String clientName,
            @Nullable BrickId except) {
        public Target {
            seeds = List.copyOf(seeds);
        }
    }

    /** An address that the user gave. */
    public record Seed(String host, int port) {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    private final EventLoop loop;
    private final Target target;
    private final LinkOptions options;
    /** Completed when the first link is up. */
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    /** Written on the loop, read by any thread. */
    private final List<Peer> peers = new CopyOnWriteArrayList<>();

    private final Map<BrickId, Peer> up = new LinkedHashMap<>();
    /** Links with something to flush. */
    private final List<Link> unflushed = new ArrayList<>();

    private @Nullable Listener listener;
    private boolean isClosed;

    public LinkedBricks(EventLoop loop, Target target, LinkOptions options) {
        this.loop = loop;
        this.target = target;
        this.options = options;
    }

    /** Done as soon as some brick has been reached. */
    public CompletableFuture<Void> reached() {
        return reached;
    }

    /** For each address that was dialled, why there is no link. Any thread. */
    public String failures() {
        List<String> lines = new ArrayList<>();
        for (Peer peer : peers) {
            String why = peer.dialler == null ? null : peer.dialler.lastFailure();
            lines.add(peer.address + ": " + (why == null ? "no answer yet" : why));
        }
        return String.join("; ", lines);
    }

    @Override
    public void begin(Listener listener) {
        this.listener = listener;
        target.seeds().forEach(seed -> dial(seed, null));
    }

    private void dial(Seed address, @Nullable BrickId expected) {
        Peer peer = new Peer(address, expected);
        peers.add(peer);
        peer.dialler = Dialler.start(
                loop,
                address.host(),
                address.port(),
                new Dialler.Identity(target.role(), target.cluster(), target.clientName(), expected),
                options,
                peer);
    }

    @Override
    public void send(BrickId to, CallMessage request) {
        Peer peer = up.get(to);
        Link link = peer == null ? null : peer.link;
        if (peer != null && link != null) {
            link.send(request);
            if (!peer.isUnflushed) {
                peer.isUnflushed = true;
                unflushed.add(link);
            }
        }
    }

    @Override
    public boolean takesMore(BrickId to) {
        Peer peer = up.get(to);
        Link link = peer == null ? null : peer.link;
        return link != null && link.isWritable();
    }

    @Override
    public void flush() {
        if (!unflushed.isEmpty()) {
            unflushed.forEach(Link::flush);
            unflushed.clear();
            up.values().forEach(peer -> peer.isUnflushed = false);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        for (Peer peer : peers) {
            peer.retire();
        }
        up.clear();
        unflushed.clear();
    }

    /** Whether all links were let go. On the loop. */
    public boolean isClosed() {
        return isClosed;
    }

    /** Dials those members that nobody is on the way to. On the loop. */
    public void dialOthers(List<Member> members) {
        if (isClosed) {
            return;
        }
        for (Member member : members) {
            Seed address = new Seed(member.host(), member.port());
            boolean isKnown = peers.stream()
                    .anyMatch(peer -> member.brick().equals(peer.brick)
                            ? peer.link != null || peer.address.equals(address)
                            : peer.brick == null && peer.address.equals(address));
            if (!isKnown && member.port() > 0 && !member.brick().equals(target.except())) {
                dial(address, member.brick());
            }
        }
    }

    /** One address, the dialler to it, and its link while it is up. */
    private final class Peer implements LinkHandler {
        final Seed address;
        /** Who answers there, as far as is known. */
        private @Nullable BrickId brick;

        private volatile @Nullable Dialler dialler;
        private @Nullable Link link;
        private boolean isUnflushed;
        private boolean isRetired;

        Peer(Seed address, @Nullable BrickId expected) {
            this.address = address;
            brick = expected;
        }

        @Override
        public void up(Link newLink) {
            BrickId answered = newLink.peerBrick();
            if (isRetired || isClosed || answered == null || listener == null) {
                return;
            }
            if (up.containsKey(answered) || answered.equals(target.except())) {
                retire(); // the same brick under two addresses: one link is enough
                return;
            }
            peers.stream()
                    .filter(peer -> peer != this && answered.equals(peer.brick))
                    .toList()
                    .forEach(Peer::retire);
            brick = answered;
            link = newLink;
            up.put(answered, this);
            List<Member> members = newLink.welcome().members();
            listener.up(answered, members, newLink.freeCredits());
            if (!target.areAll()) {
                dialOthers(members);
            }
            reached.complete(null);
        }

        @Override
        public void received(Link from, Message message) {
            if (message instanceof LinkMessage.Members news && isCurrent(from) && !target.areAll()) {
                dialOthers(news.members());
            }
            if (isCurrent(from) && brick != null && listener != null && message instanceof CallMessage reply) {
                listener.received(brick, reply);
            }
        }

        @Override
        public void down(Link lost, String reason) {
            if (isCurrent(lost) && brick != null && listener != null) {
                link = null;
                isUnflushed = false;
                up.remove(brick);
                listener.down(brick);
            }
        }

        @Override
        public void tokenRefused(String reason) {
            if (!isRetired && !isClosed && up.isEmpty() && listener != null) {
                listener.tokenRefused(reason);
            }
        }

        @Override
        public void writable(Link drained) {
            if (isCurrent(drained) && brick != null && listener != null) {
                listener.drained(brick);
            }
        }

        @SuppressWarnings("ReferenceEquality") // each link is an object of its own
        private boolean isCurrent(Link candidate) {
            return link == candidate && !isRetired;
        }

        /** Dials no more, and says no more. */
        void retire() {
            isRetired = true;
            peers.remove(this);
            Dialler open = dialler;
            if (open != null) {
                open.close();
            }
        }
    }
}
