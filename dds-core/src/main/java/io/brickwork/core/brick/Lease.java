package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Limits;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.group.Member;
import io.brickwork.core.lease.LeaseHolder;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.partition.read.LeaseEnd;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * This brick's lease: renews it with whoever leads the metadata log, and publishes when it ends for all who answer
 * under it.
 */
final class Lease {
    /** As many as the holder remembers. */
    private static final int KEPT_RENEWALS = 8;

    private final MetadataLog metadata;
    private final Leadership leadership;
    private final BrickId self;
    private final Outbox outbox;
    private final LeaseEnd end;
    private @Nullable LeaseHolder holder;
    private long usedSlot = -1;
    /** Another leader hears of this brick at once. */
    private Ballot renewedWith = Ballot.NONE;

    private boolean isDeparting;
    /** By number, who was asked for each of the last renewals. */
    private final TreeMap<Long, BrickId> sentTo = new TreeMap<>();

    Lease(BrickId self, MetadataLog metadata, Leadership leadership, Outbox outbox, LeaseEnd end) {
        this.end = end;
        this.self = self;
        this.metadata = metadata;
        this.leadership = leadership;
        this.outbox = outbox;
    }

    /** The brick is about to stop: others should take over. */
    void depart() {
        isDeparting = true;
        if (holder != null) {
            holder.depart();
        }
    }

    void onTick(@Nullable Member member, long nowNanos) {
        if (member == null) {
            return;
        }
        LeaseHolder held = holder;
        if (held == null) {
            held = new LeaseHolder(member.incarnation());
            holder = held;
            if (isDeparting) {
                held.depart();
            }
        }
        Ballot leader = metadata.node().leader();
        boolean isDue = held.isDue(metadata.state().leaseTermNanos(), nowNanos) || !leader.equals(renewedWith);
        if (isDue && !leader.equals(Ballot.NONE)) {
            renewedWith = leader;
            LeaseMessage.Renew renew = held.renew(nowNanos);
            BrickId to = leader.leader().brick();
            if (to.equals(self)) {
                LeaseMessage.Grant grant = leadership.onRenew(self, renew, nowNanos);
                if (grant != null) {
                    onGrant(grant, nowNanos);
                }
            } else {
                sentTo.put(renew.number(), to);
                if (sentTo.size() > KEPT_RENEWALS) {
                    sentTo.pollFirstEntry();
                }
                outbox.send(new Endpoint.Peer(to), renew);
            }
        }
        if (usedSlot < metadata.state().slot()) {
            publish(held, nowNanos);
        }
    }

    void onMessage(BrickId from, LeaseMessage message, long nowNanos) {
        switch (message) {
            case LeaseMessage.Renew renew -> {
                LeaseMessage.Grant grant = leadership.onRenew(from, renew, nowNanos);
                if (grant != null) {
                    outbox.send(new Endpoint.Peer(from), grant);
                }
            }
            case LeaseMessage.Grant grant -> {
                String objection = objection(from, grant);
                if (objection == null) {
                    onGrant(grant, nowNanos);
                } else {
                    outbox.note(new Event.MessageRefused(new Endpoint.Peer(from), objection));
                }
            }
            case LeaseMessage.Keep keep -> leadership.onSign(keep.session(), nowNanos);
        }
    }

    /** Only the leader that was asked gives a lease, and never one that nobody gives. */
    private @Nullable String objection(BrickId from, LeaseMessage.Grant grant) {
        BrickId asked = sentTo.get(grant.number());
        if (asked != null && !asked.equals(from)) {
            return "it grants a lease that " + asked + " was asked for";
        }
        return grant.durationNanos() <= Limits.LONGEST_LEASE_TERM_NANOS
                ? null
                : "a lease of %d ns cannot be: none is longer than %d"
                        .formatted(grant.durationNanos(), Limits.LONGEST_LEASE_TERM_NANOS);
    }

    private void onGrant(LeaseMessage.Grant grant, long nowNanos) {
        LeaseHolder held = holder;
        if (held != null) {
            held.onGrant(grant);
            publish(held, nowNanos);
        }
    }

    /** A grant counts once this brick has carried out the slot that it names. */
    private void publish(LeaseHolder held, long nowNanos) {
        usedSlot = metadata.state().slot();
        if (held.isValid(nowNanos, usedSlot)) {
            end.set(held.endNanos(nowNanos));
        }
    }
}
