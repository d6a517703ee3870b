package io.brickwork.core.partition;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.tenure.Role;
import io.brickwork.core.partition.view.ViewChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands each message of a brick, and each request of a client, to the room of one replica that it concerns; or refuses
 * it. What cannot be true ({@link Plausible}) gets to no room.
 */
final class MessageRouter {
    private final Rooms rooms;
    private final ViewDuties duties;
    private final ReplicaHost host;

    MessageRouter(Rooms rooms, ViewDuties duties, ReplicaHost host) {
        this.rooms = rooms;
        this.duties = duties;
        this.host = host;
    }

    // ---- messages of bricks

    void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        if (!rooms.extent.isAttached()) {
            return; // will be sent again
        }
        String objection = objection(from, message);
        if (objection != null) {
            rooms.refusals.disbelieve(from, objection);
            return;
        }
        Primary primary = duties.primary();
        boolean isOfOpenView = message.epoch() == rooms.tenure.openEpoch();
        switch (message) {
            case ReplicaMessage.Fence fence -> rooms.member.onFence(from, fence.view());
            case ReplicaMessage.FenceReport report -> {
                ViewChange change = duties.viewChange(report.epoch());
                if (change != null) {
                    change.onReport(from, report, nowNanos);
                } else {
                    replicate(from, report, nowNanos);
                }
            }
            case ReplicaMessage.Fetch fetch -> onFetch(from, fetch);
            case ReplicaMessage.Fetched fetched -> {
                ViewChange change = duties.viewChange(fetched.epoch());
                if (change != null) {
                    change.onFetched(from, fetched, nowNanos);
                }
            }
            case ReplicaMessage.Level level -> rooms.member.onLevel(level);
            case ReplicaMessage.Levelled levelled -> {
                ViewChange change = duties.viewChange(levelled.epoch());
                if (change != null) {
                    change.onLevelled(from, levelled, nowNanos);
                } else {
                    replicate(from, levelled, nowNanos);
                }
            }
            case ReplicaMessage.Open open -> rooms.member.onOpen(from, open);
            case ReplicaMessage.Store store -> duties.follower().onStore(from, store, nowNanos);
            case ReplicaMessage.Commit commit -> duties.follower().onCommit(from, commit);
            case ReplicaMessage.Stored stored -> replicate(from, stored, nowNanos);
            case ReplicaMessage.Passed passed -> {
                if (primary != null) {
                    replicate(from, passed, nowNanos);
                } else if (rooms.tenure.isOpen() && isOfOpenView) {
                    duties.follower().onMessage(from, passed, nowNanos);
                }
            }
            case ReplicaMessage.WrongEpoch wrong -> {
                if (rooms.tenure.isOfView(wrong.epoch()) && wrong.promisedEpoch() > wrong.epoch()) {
                    duties.close(); // whoever has promised more takes nothing of this view any more
                }
            }
            case ReplicaMessage.CopyOffer offer -> {
                if (rooms.tenure.isOfView(offer.epoch())) {
                    duties.onCopyOffer(from);
                }
            }
            case ReplicaMessage.CopyAsk ask -> replicate(from, ask, nowNanos);
            case ReplicaMessage.CopyPart part -> {} // taken in by the copy, before it gets here
            case ReplicaMessage.RepairAsk ask -> rooms.repairs.onAsk(from, ask);
            case ReplicaMessage.RepairPart part -> rooms.repairs.onPart(part);
            case ReplicaMessage.MergeAsk ask -> {
                if (primary != null) {
                    primary.onMergeAsk(from, ask);
                }
            }
            case ReplicaMessage.MergePart part -> {
                if (primary != null && isOfOpenView) {
                    primary.onMergePart(part, nowNanos);
                }
            }
            case ReplicaMessage.AskStand ask -> {
                if (primary != null) {
                    primary.onAskStand(from, ask, nowNanos);
                }
            }
            case ReplicaMessage.TellStand told -> {
                if (primary != null && isOfOpenView) {
                    primary.onToldStand(told, nowNanos);
                }
            }
            case ReplicaMessage.Compare one -> {
                if (primary != null && isOfOpenView) {
                    rooms.compare.onCompare(from, one);
                }
            }
            case ReplicaMessage.AskCommitted ask -> {
                if (rooms.tenure.isOpen() && isOfOpenView) {
                    host.send(
                            from,
                            new ReplicaMessage.Committed(
                                    rooms.partition, ask.epoch(), ask.ticket(), rooms.commitPoint.seq()));
                }
            }
            case ReplicaMessage.Committed committed -> {
                if (isOfOpenView) {
                    rooms.commitPoint.advance(committed.committedSeq());
                    rooms.reads.onCommitted(from, committed.ticket(), committed.committedSeq(), nowNanos);
                }
            }
        }
    }

    private @Nullable String objection(BrickId from, ReplicaMessage message) {
        boolean isPrimary = duties.primary() != null && rooms.tenure.isOpen();
        return Plausible.objection(
                rooms.extent.rules(),
                host.self(),
                from,
                message,
                rooms.tenure.view(),
                rooms.tenure.group(),
                isPrimary ? rooms.log.lastSeq() : -1);
    }

    /** What a member or a learner says to the primary of an open view. */
    private void replicate(BrickId from, ReplicaMessage message, long nowNanos) {
        Primary primary = duties.primary();
        if (primary != null && message.epoch() == rooms.tenure.openEpoch()) {
            primary.replicator().onMessage(from, message, nowNanos);
        }
    }

    private void onFetch(BrickId from, ReplicaMessage.Fetch fetch) {
        GroupView view = rooms.tenure.view();
        if (view != null
                && rooms.tenure.isOfView(fetch.epoch())
                && from.equals(view.primary())
                && !rooms.tenure.isOpen()) {
            List<Entry> entries = rooms.log.read(fetch.fromSeq(), fetch.toSeq());
            host.send(from, new ReplicaMessage.Fetched(rooms.partition, fetch.epoch(), entries));
        }
    }

    // ---- requests of clients

    void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        Primary primary = duties.primary();
        if (!rooms.extent.isAttached()) {
            refuse(from, request, CallMessage.Reason.NOT_OPEN, "the partition is not set up yet");
        } else if (rooms.extent.keys().isClosed()) {
            refuse(from, request, CallMessage.Reason.SPLITTING, "the partition is being merged into another");
        } else if (!rooms.tenure.isServing() && !isReadInClosedView(request)) {
            refuse(from, request, CallMessage.Reason.NOT_OPEN, whyNotServing());
        } else if (request.epoch() != 0 && request.epoch() != rooms.tenure.openEpoch()) {
            refuse(from, request, CallMessage.Reason.WRONG_EPOCH, "the open epoch is " + rooms.tenure.openEpoch());
        } else if (request instanceof CallMessage.Read read) {
            rooms.reads.onRead(from, read, nowNanos);
        } else if (primary != null) {
            primary.onRequest(from, request, nowNanos);
        } else {
            refuse(from, request, CallMessage.Reason.NOT_PRIMARY, host.self() + " is not the primary");
        }
    }

    private void refuse(Endpoint to, CallMessage.Request request, CallMessage.Reason reason, String detail) {
        rooms.refusals.refuse(to, request, reason, detail);
    }

    private String whyNotServing() {
        Group group = rooms.tenure.group();
        if (rooms.tenure.isOpen() && rooms.tenure.role() == Role.LEARNER) {
            return host.self() + " is being brought level";
        }
        if (rooms.tenure.isOpen() && !duties.isReader()) {
            return host.self() + " keeps a copy, and others answer";
        }
        if (rooms.tenure.isOpen() && group != null) {
            return rooms.tenure.currentView().members().size() + " of " + group.replicas()
                    + " members are there, and nothing is committed with less than " + group.minInSync();
        }
        return "no view is open at " + host.self();
    }

    /** Simulations that leave a rule out only. */
    private boolean isReadInClosedView(CallMessage.Request request) {
        return rooms.tenure.view() != null
                && request instanceof CallMessage.Read
                && !host.defends(Defence.READ_IN_OPEN_VIEW);
    }
}
