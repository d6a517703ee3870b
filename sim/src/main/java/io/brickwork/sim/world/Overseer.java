package io.brickwork.sim.world;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.effect.Event;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.table.Snapshot;
import java.util.List;

/**
 * Sees all bricks from above, and checks what no brick can see alone: each {@link Promise} at every event that concerns
 * it, and all of them {@linkplain #sweep now and then} at everything there is. The two invariants of chain replication
 * are looked at after every turn of a brick: {@link ChainInvariants}.
 */
public final class Overseer {
    private final List<SimBrick> bricks;
    private final Sightings sightings;
    private final List<Promise> promises;
    private final ChainWatch chains;

    private long commits;
    private long views;
    private long sweeps;

    Overseer(List<SimBrick> bricks) {
        this.bricks = bricks;
        sightings = new Sightings(bricks);
        promises = List.of(
                new OneHistory(sightings),
                new StoredByAll(sightings),
                new OneView(sightings),
                new CommittedStays(sightings),
                new TrimsWhatAllHave(sightings),
                new EqualReplicas(sightings),
                new TablesNeverGoBack(sightings),
                new OneMetadataLog());
        chains = new ChainWatch(sightings);
    }

    // ---- questions

    /** How many entries have been committed. */
    public long commits() {
        return commits;
    }

    /** How many times a member opened a view. */
    public long views() {
        return views;
    }

    /** How often it has looked at everything. */
    public long sweeps() {
        return sweeps;
    }

    /** How often the invariants of chain replication were looked at. */
    public long chainLooks() {
        return chains.looks();
    }

    /** The epoch of the newest view of a partition that has been opened anywhere; 0 if there is none. */
    public long newestEpoch(PartitionId partition) {
        return sightings.newestEpoch(partition);
    }

    /** Whether the brick's table of the partition may hold traces of entries above the version that it says. */
    public boolean isMixed(SimBrick brick, PartitionId partition, Version applied) {
        return sightings.isMixed(brick.id(), partition, applied);
    }

    // ---- what happens

    void watch(StructureInfo structure) {
        sightings.watch(structure);
    }

    void onPowerLoss() {
        sightings.onPowerLoss();
    }

    /** The brick's process is gone. */
    void onEnded(SimBrick brick) {
        chains.onEnded(brick);
    }

    /** The brick's disk holds something older, or nothing. */
    void onDiskReplaced(SimBrick brick) {
        sightings.onDiskReplaced(brick.id());
    }

    /** The brick has taken a turn; what it sends has not left yet. */
    void onTurn(SimBrick brick) {
        chains.onTurn(brick);
    }

    void onEvent(SimBrick brick, Event event) {
        switch (event) {
            case Event.EntryCommitted committed -> {
                commits++;
                promises.forEach(promise -> promise.onCommitted(brick, committed.partition(), committed.version()));
                sightings.onCommitted(committed.partition(), committed.version());
            }
            case Event.ViewOpened opened -> onOpened(brick, opened);
            case Event.ViewClosed closed -> chains.onClosed(brick, closed);
            case Event.WasCut cut -> promises.forEach(promise -> promise.onCut(brick, cut));
            case Event.LogTrimmed trimmed -> promises.forEach(promise -> promise.onTrimmed(brick, trimmed));
            case Event.CopyBegan began -> sightings.partition(began.partition()).forgetTable(brick.id());
            case Event.CopyEnded ended ->
                sightings
                        .partition(ended.partition())
                        .reached
                        .put(brick.id(), ended.reached().seq());
            case Event.Dropped dropped -> sightings.onDropped(brick.id(), dropped.partition());
            case Event.Registered registered -> sightings.onRegistered(brick.id(), registered.incarnation());
            case Event.ReplicasDiffer differ -> promises.forEach(promise -> promise.onDifference(brick, differ));
            case Event.OfBrick ofBrick -> {}
            case Event.OfPartition other -> {}
        }
    }

    private void onOpened(SimBrick brick, Event.ViewOpened opened) {
        views++;
        sightings.inherit(brick, opened.partition());
        PartitionSeen seen = sightings.partition(opened.partition());
        if (opened.view().lineage() > seen.lineage) {
            seen.giveUp(opened);
        }
        promises.forEach(promise -> promise.onOpened(brick, opened));
        sightings.onOpened(brick.id(), opened);
    }

    // ---- everything, now and then

    void sweep() {
        sweeps++;
        for (SimBrick brick : bricks) {
            BrickMachine machine = brick.machine();
            if (machine != null) {
                machine.audit();
                machine.statuses().forEach(status -> sweepReplica(brick, status));
                promises.forEach(promise -> promise.sweepBrick(brick));
            }
            try (Snapshot snapshot = brick.disk().look()) {
                snapshot.partitions()
                        .forEach(applied ->
                                promises.forEach(promise -> promise.sweepTable(brick, applied.partition(), snapshot)));
            }
        }
    }

    private void sweepReplica(SimBrick brick, CallMessage.ReplicaStatus status) {
        sightings.inherit(brick, status.partition());
        promises.forEach(promise -> promise.sweepReplica(brick, status));
    }
}
