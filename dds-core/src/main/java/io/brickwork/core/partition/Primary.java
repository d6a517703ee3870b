package io.brickwork.core.partition;

import io.brickwork.core.BrickId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.execute.Sequencer;
import io.brickwork.core.partition.execute.SessionExpiry;
import io.brickwork.core.partition.execute.SessionTable;
import io.brickwork.core.partition.execute.Writes;
import io.brickwork.core.partition.machine.WriteSample;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.reshape.MergeDriver;
import io.brickwork.core.partition.reshape.SplitDriver;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.transact.CommitExpiry;
import io.brickwork.core.partition.transact.DrainGate;
import io.brickwork.core.partition.transact.LockGate;
import io.brickwork.core.partition.transact.Participation;
import io.brickwork.core.partition.transact.Resolver;

/** What a replica is as the primary of one open view: the rooms that only a primary has, put together. */
final class Primary {
    private final Tenure tenure;
    private final Replicator replicator;
    private final Sequencer sequencer;
    private final Writes writes;
    private final LockGate gate;
    private final DrainGate drain;
    private final Participation participation;
    private final Resolver resolver;
    private final CommitExpiry commitExpiry;
    private final SessionExpiry expiry;
    private final SplitDriver splits;
    private final MergeDriver merges;

    /** @param commits whether the view has the members that it takes to commit anything */
    Primary(Rooms rooms, Replicator replicator, boolean commits) {
        Tenure tenure = rooms.tenure;
        Ports ports = rooms.ports;
        this.tenure = tenure;
        this.replicator = replicator;
        SessionTable sessions = new SessionTable(rooms.partition, ports, rooms.log.overlay());
        sequencer = new Sequencer(
                tenure,
                rooms.log,
                rooms.extent,
                rooms.commitPoint,
                rooms.storage,
                rooms.waiters,
                sessions,
                replicator,
                rooms.refusals,
                rooms.repairs,
                ports,
                commits);
        gate = new LockGate(rooms.log.locks(), rooms.extent, rooms.refusals, ports.load(), this::onRequest);
        drain = new DrainGate(rooms.log.locks(), ports.cluster());
        participation = new Participation(
                rooms.partition,
                sequencer,
                sessions,
                gate,
                drain,
                rooms.log,
                rooms.commitPoint,
                rooms.waiters,
                rooms.refusals,
                ports);
        resolver = new Resolver(
                rooms.partition,
                sequencer.view().epoch(),
                rooms.log.locks(),
                rooms.commitPoint,
                drain,
                participation::settle,
                ports);
        commitExpiry = new CommitExpiry(rooms.partition, sequencer, sessions, rooms.commitPoint, ports);
        writes = new Writes(sequencer, gate, tenure, rooms.extent, rooms.log, rooms.refusals, ports);
        expiry = new SessionExpiry(sequencer, sessions, replicator, tenure, ports);
        splits = new SplitDriver(sequencer, replicator, drain, tenure, rooms.log, ports);
        merges = new MergeDriver(
                sequencer, expiry, drain, tenure, rooms.log, rooms.extent, rooms.commitPoint, rooms.repairs, ports);
    }

    /** Its view is closed. */
    void close() {
        gate.close();
    }

    // ---- requests

    void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        switch (request) {
            case CallMessage.Write write -> writes.onWrite(from, write, nowNanos);
            case CallMessage.Inquire inquire -> sequencer.onInquire(from, inquire);
            case CallMessage.OfTransaction one -> participation.onRequest(from, one, nowNanos);
            case CallMessage.Read read -> throw new IllegalArgumentException("a read needs no primary: " + read);
        }
    }

    void onCallerGone(Endpoint caller) {
        gate.onCallerGone(caller);
    }

    // ---- other partitions

    void onMergeAsk(BrickId from, ReplicaMessage.MergeAsk ask) {
        merges.onAsk(from, ask);
    }

    void onMergePart(ReplicaMessage.MergePart part, long nowNanos) {
        merges.onPart(part, nowNanos);
    }

    void onAskStand(BrickId from, ReplicaMessage.AskStand ask, long nowNanos) {
        participation.onAsk(from, ask, nowNanos);
    }

    void onToldStand(ReplicaMessage.TellStand told, long nowNanos) {
        resolver.onTold(told, nowNanos);
        commitExpiry.onTold(told, nowNanos);
    }

    // ---- time

    void onTick(long nowNanos) {
        replicator.onTick(nowNanos);
        expiry.onTick(nowNanos);
        if (tenure.group() != null && !tenure.isToBeReshaped()) {
            drain.reopen();
        }
        splits.onTick(nowNanos);
        merges.onTick(nowNanos);
        resolver.onTick(nowNanos);
        gate.onTick(nowNanos);
        commitExpiry.onTick(nowNanos);
    }

    // ---- questions

    Replicator replicator() {
        return replicator;
    }

    /** Requests that wait for locks, in bytes. */
    long waitingBytes() {
        return gate.waitingBytes();
    }

    /** What was written of late. */
    WriteSample sample() {
        return sequencer.sample();
    }
}
