package io.brickwork.sim.report;

import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.world.FaultOptions.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Takes away from a failing run whatever it fails without: kinds of faults, single faults, callers, operations, bricks;
 * again and again, until nothing more can go or the time is over.
 *
 * <p>Lists are halved as in delta debugging (Zeller, Hildebrandt 2002, ddmin), numbers by bisection. Every candidate is
 * a run of its own and may differ from the others in more than what was taken away, because what is left meets other
 * moments; so the result is small, not the smallest.
 */
public final class Shrinker {
    private final Predicate<Reduction> stillFails;
    private final BooleanSupplier hasTime;
    private Reduction best = Reduction.NONE;
    private int tries;

    /**
     * What a run has to give.
     *
     * @param faults kinds that happened
     * @param strikes how many single faults were drawn
     */
    public record Size(List<Fault> faults, int strikes, int clients, int operations, int bricks) {
        public Size {
            faults = List.copyOf(faults);
        }
    }

    /**
     * @param stillFails whether the run that is reduced so fails in the same way
     * @param hasTime asked before each try
     */
    public Shrinker(Predicate<Reduction> stillFails, BooleanSupplier hasTime) {
        this.stillFails = stillFails;
        this.hasTime = hasTime;
    }

    /**
     * @param start a reduction that fails
     * @param size of the run that is reduced so
     * @return one that fails in the same way and is at least as small
     */
    public Reduction shrink(Reduction start, Size size) {
        best = start;
        Reduction before;
        do {
            before = best;
            dropFaults(size);
            dropStrikes(size);
            lessen(size.clients(), best.clients(), Reduction::withClients);
            lessen(size.operations(), best.operations(), Reduction::withOperations);
            lessen(size.bricks(), best.bricks(), Reduction::withBricks);
        } while (!best.equals(before) && hasTime.getAsBoolean());
        return best;
    }

    /** How many runs it took. */
    public int tries() {
        return tries;
    }

    private boolean accepts(Reduction candidate) {
        if (candidate.equals(best)) {
            return true;
        }
        if (!hasTime.getAsBoolean()) {
            return false;
        }
        tries++;
        if (!stillFails.test(candidate)) {
            return false;
        }
        best = candidate;
        return true;
    }

    private void dropFaults(Size size) {
        TreeSet<Fault> all = new TreeSet<>(best.faults());
        all.addAll(size.faults());
        if (accepts(best.withFaults(all))) {
            return;
        }
        for (Fault fault : size.faults()) {
            TreeSet<Fault> more = new TreeSet<>(best.faults());
            more.add(fault);
            accepts(best.withFaults(more));
        }
    }

    /** ddmin: ever smaller pieces of what is left are dropped. */
    private void dropStrikes(Size size) {
        if (best.faults().containsAll(size.faults())) {
            return; // none is left
        }
        List<Integer> left = IntStream.range(0, size.strikes())
                .filter(strike -> !best.strikes().contains(strike))
                .boxed()
                .toList();
        int piece = left.size();
        while (piece >= 1 && hasTime.getAsBoolean()) {
            List<Integer> kept = new ArrayList<>();
            for (int from = 0; from < left.size(); from += piece) {
                List<Integer> part = left.subList(from, Math.min(left.size(), from + piece));
                TreeSet<Integer> more = new TreeSet<>(best.strikes());
                more.addAll(part);
                if (!accepts(best.withStrikes(more))) {
                    kept.addAll(part);
                }
            }
            left = kept;
            piece /= 2;
        }
    }

    private interface With {
        Reduction apply(Reduction reduction, int count);
    }

    /** The least count that fails, if fewer always fail less; else some small one. */
    private void lessen(int drawn, int already, With with) {
        int good = 0;
        int bad = already == 0 ? drawn : Math.min(drawn, already);
        while (bad - good > 1) {
            int middle = (good + bad) >>> 1;
            if (accepts(with.apply(best, middle))) {
                bad = middle;
            } else {
                good = middle;
            }
        }
    }
}
