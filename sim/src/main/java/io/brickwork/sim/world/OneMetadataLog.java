package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.metadata.MetadataState;
import java.util.TreeMap;

/** Whoever has carried out the metadata log up to a slot has come to the same state. */
final class OneMetadataLog implements Promise {
    /** The state after each slot, as the first brick that was seen there had it. */
    private final TreeMap<Long, Bytes> states = new TreeMap<>();
    /** The slot at which each brick was seen last. */
    private final TreeMap<BrickId, Long> slots = new TreeMap<>();

    @Override
    public void sweepBrick(SimBrick brick) {
        BrickMachine machine = brick.machine();
        if (machine == null) {
            return;
        }
        MetadataState state = machine.metadata();
        Long seen = slots.put(brick.id(), state.slot());
        if (state.slot() > 0 && (seen == null || seen != state.slot())) {
            Bytes snapshot = state.snapshot();
            Bytes first = states.putIfAbsent(state.slot(), snapshot);
            Promise.require(
                    first == null || first.equals(snapshot),
                    "one-log",
                    "%s has carried out another metadata log up to slot %d than another brick",
                    brick.name(),
                    state.slot());
        }
    }
}
