package io.brickwork.sim.scenario;

import io.brickwork.core.Durability;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.world.FaultOptions;
import io.brickwork.sim.world.FaultOptions.Fault;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.Strikes;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Lets faults happen until it is called off: draws what happens when, and looks afterwards whether it did anything.
 *
 * <p>It asks nothing of a system that nobody could give: without syncs ({@link Durability#REPLICATED}) what all
 * machines of a view forget at once is lost, so there only one brick, drawn by the seed, ever loses power or has a disk
 * that fails; and none where there is one copy.
 */
public final class Nemesis {
    /** More of them in one run teach nothing that another seed would not. */
    private static final int MAX_FAULTS = 200;

    private final World world;
    private final FaultOptions options;
    private final List<Fault> wheel;
    private final SimRandom random;
    private final Strikes strikes;

    private final EnumMap<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final EnumMap<Fault, Integer> effects = new EnumMap<>(Fault.class);
    /** Faults of which it is not known yet whether they did anything, oldest first. */
    private final List<Struck> struck = new ArrayList<>();

    private Reduction reduction = Reduction.NONE;
    /** How many faults have been drawn, those that were dropped included. */
    private int drawn;

    private boolean isCalledOff;
    private boolean isSuspended;

    /** A fault, and how often its harm had been done before. */
    private record Struck(Fault fault, long harmBefore) {}

    public Nemesis(World world, FaultOptions options, Durability durability, int replicas) {
        this.world = world;
        this.options = options;
        this.wheel = options.wheel();
        this.random = world.random("nemesis");
        SimBrick drawnOne = random.pick(world.bricks());
        List<SimBrick> forgetful = durability == Durability.SYNC
                ? List.copyOf(world.bricks())
                : replicas > 1 && world.bricks().size() > 1 ? List.of(drawnOne) : List.of();
        this.strikes = new Strikes(world, options, random.stream("strikes"), forgetful, replicas);
    }

    /** Lets some of what it draws not happen. */
    void reduce(Reduction by) {
        reduction = by;
    }

    public void begin() {
        if (!wheel.isEmpty()) {
            plan();
        }
    }

    /** No more faults; those that are there are the world's to heal. */
    public void callOff() {
        isCalledOff = true;
        strikes.callOff();
        struck.removeIf(this::hasHarmed);
    }

    /** No fault strikes for now; those that are there end in their own time. */
    void suspend() {
        isSuspended = true;
        strikes.suspend(true);
    }

    /** Faults strike again. */
    void resume() {
        isSuspended = false;
        strikes.suspend(false);
    }

    /** How often each kind of fault has happened. */
    public Map<Fault, Integer> counts() {
        return counts;
    }

    /** How often each kind of fault was followed by the harm that it can do; complete once it has been called off. */
    public Map<Fault, Integer> effects() {
        return effects;
    }

    /** How many faults have been drawn, those that were dropped included. */
    public int drawn() {
        return drawn;
    }

    public int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void plan() {
        world.queue().after(random.tailed(0, options.periodNanos()), () -> {
            if (!isCalledOff && drawn < MAX_FAULTS) {
                if (!isSuspended) {
                    strike();
                }
                plan();
            }
        });
    }

    private void strike() {
        Fault fault = random.pick(wheel);
        int number = drawn++;
        if (!reduction.drops(number, fault)) {
            counts.merge(fault, 1, Integer::sum);
            world.trace().recorder().struck(number, fault.name());
            Struck now = new Struck(fault, world.harms().of(fault.harm()));
            strikes.strike(number, fault);
            settle(now);
        }
    }

    /** A fault's time is over when the next one of its kind begins, or all are called off. */
    private void settle(Struck now) {
        struck.removeIf(earlier -> hasHarmed(earlier) || earlier.fault() == now.fault());
        struck.add(now);
    }

    private boolean hasHarmed(Struck fault) {
        boolean harmed = world.harms().of(fault.fault().harm()) > fault.harmBefore();
        if (harmed) {
            effects.merge(fault.fault(), 1, Integer::sum);
        }
        return harmed;
    }
}
