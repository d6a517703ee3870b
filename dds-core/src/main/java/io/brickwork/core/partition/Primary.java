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
import io.brickwork.core.partition.transact.Transactions;

/** What a replica is as the primary of one open view: the rooms that only a primary has, put together. */
final class Primary {
    private final Tenure tenure;
    private final Replicator replicator;
    private final Sequencer sequencer;
    private final Writes writes;
    private final Transactions transactions;
    private final SessionExpiry expiry;
    private final SplitDriver splits;
    private final MergeDriver merges;

    /**
     * @param commits whether the view has the members that it takes to commit anything
     */
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
        transactions = new Transactions(
                sequencer,
                this::onWrite,
                tenure,
                rooms.log,
                rooms.extent,
                rooms.commitPoint,
                rooms.waiters,
                sessions,
                rooms.refusals,
                ports);
        writes = new Writes(sequencer, transactions, tenure, rooms.extent, rooms.log, rooms.refusals, ports);
        expiry = new SessionExpiry(sequencer, sessions, replicator, tenure, ports);
        splits = new SplitDriver(sequencer, replicator, transactions, tenure, rooms.log, ports);
        merges = new MergeDriver(
                sequencer,
                expiry,
                transactions,
                tenure,
                rooms.log,
                rooms.extent,
                rooms.commitPoint,
                rooms.repairs,
                ports);
    }

    /** Its view is closed. */
    void close() {
        transactions.close();
    }

    // ---- requests

    void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        switch (request) {
            case CallMessage.Write write -> onWrite(from, write, nowNanos);
            case CallMessage.Inquire inquire -> sequencer.onInquire(from, inquire);
            case CallMessage.OfTransaction one -> transactions.onRequest(from, one, nowNanos);
            case CallMessage.Read read -> throw new IllegalArgumentException("a read needs no primary: " + read);
        }
    }

    private void onWrite(Endpoint from, CallMessage.Write write, long nowNanos) {
        writes.onWrite(from, write, nowNanos);
    }

    void onCallerGone(Endpoint caller) {
        transactions.onCallerGone(caller);
    }

    // ---- other partitions

    void onMergeAsk(BrickId from, ReplicaMessage.MergeAsk ask) {
        merges.onAsk(from, ask);
    }

    void onMergePart(ReplicaMessage.MergePart part, long nowNanos) {
        merges.onPart(part, nowNanos);
    }

    void onAskStand(BrickId from, ReplicaMessage.AskStand ask, long nowNanos) {
        transactions.onAsk(from, ask, nowNanos);
    }

    void onToldStand(ReplicaMessage.TellStand told, long nowNanos) {
        transactions.onTold(told, nowNanos);
    }

    // ---- time

    void onTick(long nowNanos) {
        replicator.onTick(nowNanos);
        expiry.onTick(nowNanos);
        if (tenure.group() != null && !tenure.isToBeReshaped()) {
            transactions.endDrain();
        }
        splits.onTick(nowNanos);
        merges.onTick(nowNanos);
        transactions.onTick(nowNanos);
    }

    // ---- questions

    Replicator replicator() {
        return replicator;
    }

    /** Requests that wait for locks, in bytes. */
    long waitingBytes() {
        return transactions.waitingBytes();
    }

    /** What was written of late. */
    WriteSample sample() {
        return sequencer.sample();
    }
}
