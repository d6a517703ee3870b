package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.message.PaxosMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster begins: the first of the listed founders asks the others, and founds it once all have answered and all
 * are empty. The others learn of it like of anything else. One that is not empty ends it: the cluster exists, and
 * whoever is empty has lost its disk or is new.
 */
final class Founding {
    private final PaxosNode node;
    private final PaxosOutbox outbox;
    private final TreeMap<BrickId, DiskId> empty = new TreeMap<>();
    private long askedNanos;
    /** Who was told that this disk is empty, and may count on it. */
    private @Nullable PaxosMember relyingFounder;

    Founding(PaxosNode node, PaxosOutbox outbox) {
        this.node = node;
        this.outbox = outbox;
    }

    void begin(long nowNanos) {
        askedNanos = nowNanos - node.config().retryNanos();
    }

    private boolean isFirst() {
        List<BrickId> founders = node.config().founders();
        return !founders.isEmpty() && founders.getFirst().equals(node.self().brick());
    }

    void onTick(long nowNanos) {
        if (!isFirst() || nowNanos - askedNanos < node.config().retryNanos()) {
            return;
        }
        askedNanos = nowNanos;
        empty.put(node.self().brick(), node.self().disk());
        PaxosMessage ask =
                new PaxosMessage.FoundAsk(node.config().founders(), node.self().disk());
        for (BrickId founder : node.config().founders()) {
            if (!empty.containsKey(founder)) {
                outbox.send(founder, ask);
            }
        }
        foundIfAllAreEmpty();
    }

    void onAsk(BrickId from, PaxosMessage.FoundAsk ask) {
        if (ask.founders().equals(node.config().founders())
                && !ask.founders().isEmpty()
                && ask.founders().getFirst().equals(from)) {
            if (node.isEmpty()) {
                relyingFounder = new PaxosMember(from, ask.disk());
            }
            outbox.send(
                    from, new PaxosMessage.FoundAnswer(ask.disk(), node.self().disk(), node.isEmpty()));
        }
    }

    void onAnswer(BrickId from, PaxosMessage.FoundAnswer answer) {
        if (isFirst() && node.isEmpty() && answer.asker().equals(node.self().disk())) {
            if (answer.isEmpty()) {
                empty.put(from, answer.disk());
            } else {
                empty.remove(from);
            }
        }
    }

    private void foundIfAllAreEmpty() {
        if (empty.keySet().containsAll(node.config().founders())) {
            List<PaxosMember> members = new ArrayList<>();
            node.config().founders().forEach(founder -> members.add(new PaxosMember(founder, founderDisk(founder))));
            node.found(new Membership(members));
        }
    }

    private DiskId founderDisk(BrickId founder) {
        return Check.present(empty.get(founder), "%s has not answered", founder);
    }

    /**
     * Whether an empty node may take this for the cluster it belongs to: not if it is what a founder left behind who
     * has lost its disk since.
     */
    boolean mayJoin(Membership members) {
        PaxosMember founder = relyingFounder;
        return founder == null || members.find(founder.brick()) == null || members.contains(founder);
    }
}
