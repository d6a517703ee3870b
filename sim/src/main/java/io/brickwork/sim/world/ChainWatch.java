package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.ChainRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.CallMessage;
import io.brickwork.sim.disk.SimDisk;

/**
 * Shows {@link ChainInvariants} where each brick stands in its chains, after every turn. Costs nothing in a world
 * without chains.
 */
final class ChainWatch {
    private final Sightings sightings;
    private final ChainInvariants invariants;

    ChainWatch(Sightings sightings) {
        this.sightings = sightings;
        invariants = new ChainInvariants(this::disk);
    }

    private SimDisk disk(BrickId brick) {
        return sightings.brick(brick).disk();
    }

    long looks() {
        return invariants.looks();
    }

    void onEnded(SimBrick brick) {
        invariants.onEnded(brick.id());
    }

    void onClosed(SimBrick brick, Event.ViewClosed closed) {
        invariants.onClosed(closed.partition(), brick.id());
    }

    void onTurn(SimBrick brick) {
        BrickMachine machine = brick.machine();
        if (machine == null || !sightings.hasChains()) {
            return;
        }
        for (CallMessage.ReplicaStatus status : machine.statuses()) {
            Sightings.Watched structure = sightings.structure(status.partition());
            if (structure != null && structure.rules() == ChainRules.INSTANCE) {
                look(brick.id(), status, structure.mustBeSynced());
            }
        }
    }

    private void look(BrickId brick, CallMessage.ReplicaStatus status, boolean mustBeSynced) {
        // The status names the newest view that the brick knows of; what is open for it is the one that it opened last.
        GroupView view = status.isOpen() ? sightings.openView(brick, status.partition()) : null;
        if (view != null && view.member(brick) != null) {
            invariants.onStep(
                    status.partition(),
                    brick,
                    new ChainInvariants.Place(view, mustBeSynced, status.storedSeq(), status.committedSeq()));
        }
    }
}
