package io.brickwork.core.partition;

import io.brickwork.core.partition.replicate.Follower;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.replicate.chain.ChainHead;
import io.brickwork.core.partition.replicate.chain.ChainMember;
import io.brickwork.core.partition.replicate.twophase.TwoPhaseBackup;
import io.brickwork.core.partition.replicate.twophase.TwoPhasePrimary;

/**
 * Makes what a way of replication consists of, besides its {@link io.brickwork.core.group.GroupRules}. A new way adds
 * one line to each method.
 */
final class ReplicationFactory {
    private ReplicationFactory() {}

    /**
     * Gets entries to the other members, at the primary of the view that opens.
     *
     * @param levelSeq what all members have when the view opens
     * @param commits whether the view has the members that it takes to commit anything
     */
    static Replicator replicator(Rooms rooms, long levelSeq, boolean commits) {
        return switch (rooms.extent.replication()) {
            case TWO_PHASE ->
                new TwoPhasePrimary(
                        rooms.tenure,
                        rooms.log,
                        rooms.extent,
                        rooms.commitPoint,
                        rooms.storage,
                        rooms.repairs,
                        rooms.ports,
                        levelSeq,
                        commits);
            case CHAIN ->
                new ChainHead(
                        rooms.tenure,
                        rooms.log,
                        rooms.extent,
                        rooms.commitPoint,
                        rooms.storage,
                        rooms.repairs,
                        rooms.ports,
                        levelSeq,
                        commits);
        };
    }

    /** Takes entries in, at any other member and at a learner. Only once the structure has said how it replicates. */
    static Follower follower(Rooms rooms) {
        TwoPhaseBackup backup = new TwoPhaseBackup(
                rooms.tenure, rooms.log, rooms.commitPoint, rooms.storage, rooms.member, rooms.ports);
        return switch (rooms.extent.replication()) {
            case TWO_PHASE -> backup;
            case CHAIN ->
                new ChainMember(
                        rooms.tenure, rooms.log, rooms.commitPoint, rooms.storage, rooms.member, backup, rooms.ports);
        };
    }
}
