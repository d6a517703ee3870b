package io.brickwork.torture.nemesis;

import io.brickwork.core.Check;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.torture.net.Network.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * All strikes of a run, drawn from its seed before it begins. Every kind of fault comes up before any comes up again;
 * most strikes stand alone, some begin in the middle of another, and between them there is quiet in which everything
 * should work.
 *
 * @param strikes in the order in which they begin
 * @param lengthMillis when the load may end, counted from its beginning: after the last strike there is time to recover
 */
public record Plan(List<Strike> strikes, long lengthMillis) {
    static final long FIRST_MILLIS = 3_000;
    static final long LAST_QUIET_MILLIS = 5_000;
    private static final int OVERLAP_PER_MILLION = 300_000;

    public Plan {
        strikes = List.copyOf(strikes);
    }

    /**
     * Draws a plan.
     *
     * @param bricks their names, at least 2; the last one has the small disk
     * @param clients their names, at least 1
     * @param faults which kinds may strike
     * @param lengthMillis about how long the load is to last; each kind of fault comes up at least once, so it may be
     *     longer
     */
    public static Plan draw(
            SimRandom random, List<String> bricks, List<String> clients, Set<Fault> faults, long lengthMillis) {
        Check.argument(bricks.size() >= 2, "%d bricks; at least 2", bricks.size());
        Check.argument(!clients.isEmpty() && !faults.isEmpty(), "clients %s, faults %s", clients, faults);
        return new Draw(random, bricks, clients).plan(EnumSet.copyOf(faults), lengthMillis);
    }

    /** One drawing. */
    private record Draw(SimRandom random, List<String> bricks, List<String> clients) {
        Plan plan(Set<Fault> faults, long lengthMillis) {
            List<Strike> strikes = new ArrayList<>();
            List<Fault> bag = new ArrayList<>();
            boolean hasAll = false;
            long freeMillis = FIRST_MILLIS;
            // When all strikes but the last are over.
            long othersMillis = FIRST_MILLIS;
            while (true) {
                if (bag.isEmpty()) {
                    hasAll = !strikes.isEmpty();
                    bag.addAll(faults);
                    Collections.shuffle(bag, random.stream("bag", strikes.size()));
                }
                Strike last = strikes.isEmpty() ? null : strikes.getLast();
                Fault fault = bag.removeLast();
                long at = freeMillis + random.between(1_000, 4_000);
                boolean mayOverlap = last != null
                        && fault != Fault.LOSE_DISK // which needs all copies to be complete
                        && last.endMillis() > Math.max(last.atMillis(), othersMillis)
                        && last.fault().concernsProcesses() != fault.concernsProcesses()
                        && random.chance(OVERLAP_PER_MILLION);
                if (last != null && mayOverlap) {
                    at = random.between(Math.max(last.atMillis(), othersMillis) + 1, last.endMillis());
                }
                Strike strike = strike(strikes.size() + 1, fault, at);
                if (hasAll && strike.endMillis() + LAST_QUIET_MILLIS > lengthMillis) {
                    return new Plan(strikes, Math.max(lengthMillis, freeMillis + LAST_QUIET_MILLIS));
                }
                strikes.add(strike);
                othersMillis = freeMillis;
                freeMillis = Math.max(freeMillis, strike.endMillis());
            }
        }

        private Strike strike(int number, Fault fault, long at) {
            return switch (fault) {
                case KILL_BRICK, END_BRICK, LOSE_DISK ->
                    on(number, fault, at, random.between(0, 4_000), List.of(random.pick(bricks)));
                case KILL_BRICKS ->
                    on(number, fault, at, random.between(0, 3_000), some(random.between(2, bricks.size())));
                case STOP_BRICK -> on(number, fault, at, random.between(6_000, 12_000), List.of(random.pick(bricks)));
                case KILL_CLIENT -> on(number, fault, at, random.between(0, 2_000), List.of(random.pick(clients)));
                case STOP_CLIENT -> on(number, fault, at, random.between(5_000, 9_000), List.of(random.pick(clients)));
                case FILL_DISK -> on(number, fault, at, random.between(4_000, 8_000), List.of(bricks.getLast()));
                case CUT -> between(number, fault, at, random.between(1_000, 12_000), both(oneWayCut()));
                case CUT_ONE_WAY -> between(number, fault, at, random.between(1_000, 12_000), oneWayCut());
                case BREAK_LINKS -> between(number, fault, at, random.between(500, 4_000), oneWayCut());
                case DELAY ->
                    new Strike(
                            number,
                            fault,
                            at,
                            random.between(2_000, 8_000),
                            List.of(),
                            around(random.pick(bricks)),
                            random.scaled(10, 800));
            };
        }

        private static Strike on(int number, Fault fault, long at, long forMillis, List<String> victims) {
            return new Strike(number, fault, at, forMillis, victims, List.of(), 0);
        }

        private static Strike between(int number, Fault fault, long at, long forMillis, List<Pair> ways) {
            return new Strike(number, fault, at, forMillis, List.of(), ways, 0);
        }

        private List<String> some(int count) {
            List<String> shuffled = new ArrayList<>(bricks);
            Collections.shuffle(shuffled, random);
            return shuffled.subList(0, count).stream().sorted().toList();
        }

        /**
         * One pair of bricks, or a brick and all other bricks, or a part of the bricks and the rest, clients divided
         * too; one direction of each.
         */
        private List<Pair> oneWayCut() {
            List<String> shuffled = new ArrayList<>(bricks);
            Collections.shuffle(shuffled, random);
            boolean isTurned = random.nextBoolean();
            int inFirst = switch (random.nextInt(3)) {
                case 0 -> {
                    shuffled = shuffled.subList(0, 2);
                    yield 1;
                }
                case 1 -> 1;
                default -> random.between(1, shuffled.size() - 1);
            };
            List<String> first = new ArrayList<>(shuffled.subList(0, inFirst));
            List<String> rest = new ArrayList<>(shuffled.subList(inFirst, shuffled.size()));
            List<Pair> ways = product(first, rest);
            if (shuffled.size() == bricks.size() && random.nextBoolean()) {
                for (String client : clients) {
                    List<String> side = random.nextBoolean() ? first : rest;
                    // Clients talk to bricks only.
                    ways.addAll(side.equals(first) ? product(List.of(client), rest) : product(first, List.of(client)));
                }
            }
            return isTurned ? ways.stream().map(Pair::reversed).toList() : ways;
        }

        private static List<Pair> product(List<String> from, List<String> to) {
            List<Pair> ways = new ArrayList<>();
            for (String one : from) {
                for (String other : to) {
                    ways.add(new Pair(one, other));
                }
            }
            return ways;
        }

        private static List<Pair> both(List<Pair> oneWay) {
            List<Pair> ways = new ArrayList<>();
            for (Pair pair : oneWay) {
                ways.add(pair);
                ways.add(pair.reversed());
            }
            return ways;
        }

        /** Everything that a brick sends and is sent. */
        private List<Pair> around(String brick) {
            List<String> others = new ArrayList<>(bricks);
            others.remove(brick);
            others.addAll(clients);
            return both(product(List.of(brick), others));
        }
    }
}
