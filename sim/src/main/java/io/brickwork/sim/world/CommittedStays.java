package io.brickwork.sim.world;

import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;

/** A view opens at a level that covers everything ever committed, and no member cuts what is committed. */
final class CommittedStays implements Promise {
    private final Sightings sightings;

    CommittedStays(Sightings sightings) {
        this.sightings = sightings;
    }

    @Override
    public void onOpened(SimBrick brick, Event.ViewOpened opened) {
        long epoch = opened.view().epoch();
        Version committed = sightings.partition(opened.partition()).lastCommittedBefore(epoch);
        if (brick.id().equals(opened.view().primary()) && committed != null) {
            Promise.require(
                    opened.levelSeq() >= committed.seq(),
                    "acked-never-lost",
                    "partition %s: epoch %d opens at level %d, but %s was committed",
                    opened.partition(),
                    epoch,
                    opened.levelSeq(),
                    committed);
        }
    }

    @Override
    public void onCut(SimBrick brick, Event.WasCut cut) {
        Version committed = sightings.partition(cut.partition()).committed.get(cut.seq() + 1);
        // Cutting an older entry under a committed number is right; cutting the committed one never is.
        if (committed != null && cut.was().seq() == cut.seq() + 1) {
            Promise.require(
                    !committed.equals(cut.was()),
                    "acked-never-lost",
                    "partition %s: %s cuts above %d, but %s was committed",
                    cut.partition(),
                    brick.name(),
                    cut.seq(),
                    committed);
        }
    }
}
