package io.brickwork.torture.run;

import io.brickwork.cli.local.Stopped;
import io.brickwork.torture.nemesis.Fault;
import io.brickwork.torture.nemesis.Plan;
import io.brickwork.torture.nemesis.Strike;
import io.brickwork.torture.net.Network;
import io.brickwork.torture.net.Network.Pair;
import io.brickwork.torture.process.BrickFleet;
import io.brickwork.torture.process.ClientFleet;
import io.brickwork.torture.process.SmallDisk;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries a plan out, in the order of its moments, each as soon as it is due and the one before is done. Used by one
 * thread.
 */
final class Nemesis {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);
    private static final long HALTING_MILLIS = 1_000;
    private static final long BETWEEN_BREAKS_MILLIS = 200;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Network network;
    private final BrickFleet bricks;
    private final ClientFleet clients;
    private final @Nullable SmallDisk disk;
    private final Teller teller;
    private final Tally tally = new Tally();
    private final List<String> wrong = new ArrayList<>();
    /** How far it is behind its plan, since it had to wait. */
    private long lateNanos;

    /** By strike, the processes that it has stopped. */
    private final TreeMap<Integer, List<Stopped>> stopped = new TreeMap<>();

    /** How often what was done; a process that was killed or stopped counts each time. */
    static final class Tally {
        int faults;
        int kills;
        int lostDisks;
        int shutdowns;
        int stops;
        int cuts;
    }

    /** A strike begins or ends. */
    private record Moment(long atMillis, boolean isBegin, Strike strike) {
        static final Comparator<Moment> ORDER = Comparator.comparingLong(Moment::atMillis)
                .thenComparing(moment -> moment.strike().number())
                .thenComparing(moment -> !moment.isBegin());
    }

    Nemesis(Network network, BrickFleet bricks, ClientFleet clients, @Nullable SmallDisk disk, Teller teller) {
        this.network = network;
        this.bricks = bricks;
        this.clients = clients;
        this.disk = disk;
        this.teller = teller;
    }

    Tally tally() {
        return tally;
    }

    /** How much later than planned the last strikes came, since some had to wait until all copies were complete. */
    long lateNanos() {
        return lateNanos;
    }

    /** What did not go as it should have. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** Returns when the last strike is over. */
    void carryOut(Plan plan, long beginNanos) throws IOException, InterruptedException {
        List<Moment> moments = new ArrayList<>();
        for (Strike strike : plan.strikes()) {
            moments.add(new Moment(strike.atMillis(), true, strike));
            moments.add(new Moment(strike.endMillis(), false, strike));
        }
        moments.sort(Moment.ORDER);
        for (Moment moment : moments) {
            sleepUntil(beginNanos + lateNanos + moment.atMillis() * NANOS_PER_MILLI);
            if (moment.isBegin() && moment.strike().fault() == Fault.LOSE_DISK) {
                awaitWhole();
            }
            if (moment.isBegin()) {
                tally.faults++;
                teller.say("#%d %s", moment.strike().number(), moment.strike().description());
                begin(moment.strike());
            } else {
                end(moment.strike());
                teller.say("#%d is over", moment.strike().number());
            }
        }
    }

    /** Whatever is still the matter with anything is over; all bricks run. */
    void heal() throws IOException, InterruptedException {
        network.heal();
        stopped.values().forEach(all -> all.forEach(Stopped::close));
        stopped.clear();
        if (disk != null) {
            disk.free();
        }
        revive();
    }

    private void begin(Strike strike) throws IOException, InterruptedException {
        switch (strike.fault()) {
            case KILL_BRICK, KILL_BRICKS -> {
                bricks.kill(strike.victims());
                tally.kills += strike.victims().size();
            }
            case LOSE_DISK -> {
                for (String brick : strike.victims()) {
                    bricks.loseDisk(brick);
                    tally.lostDisks++;
                }
            }
            case END_BRICK -> {
                for (String brick : strike.victims()) {
                    if (!bricks.endInOrder(brick)) {
                        wrong.add("brick %s did not end in order when it was told to".formatted(brick));
                    }
                    tally.shutdowns++;
                }
            }
            case KILL_CLIENT -> {
                for (String client : strike.victims()) {
                    clients.kill(client);
                    tally.kills++;
                }
            }
            case STOP_BRICK, STOP_CLIENT -> {
                List<Stopped> held = new ArrayList<>();
                for (String victim : strike.victims()) {
                    held.add(Stopped.of(bricks.names().contains(victim) ? bricks.pid(victim) : clients.pid(victim)));
                    tally.stops++;
                }
                stopped.put(strike.number(), held);
            }
            case CUT, CUT_ONE_WAY -> {
                strike.ways().forEach(network::hold);
                tally.cuts++;
            }
            case BREAK_LINKS -> breakLinks(strike);
            case DELAY -> strike.ways().forEach(pair -> network.delay(pair, strike.delayMillis() * NANOS_PER_MILLI));
            case FILL_DISK -> {
                if (disk == null) {
                    throw new IllegalStateException("there is no disk to fill");
                }
                strike.victims().forEach(bricks::mayHalt);
                teller.say("#%d wrote %,d bytes until the disk was full", strike.number(), disk.fill());
            }
        }
    }

    private void end(Strike strike) throws IOException, InterruptedException {
        switch (strike.fault()) {
            case KILL_BRICK, KILL_BRICKS, LOSE_DISK, END_BRICK -> {
                for (String brick : strike.victims()) {
                    bricks.start(brick);
                }
            }
            case KILL_CLIENT -> {
                for (String client : strike.victims()) {
                    clients.start(client);
                }
            }
            case STOP_BRICK, STOP_CLIENT -> {
                List<Stopped> held = stopped.remove(strike.number());
                if (held != null) {
                    held.forEach(Stopped::close);
                }
            }
            case CUT, CUT_ONE_WAY -> strike.ways().forEach(network::release);
            case BREAK_LINKS -> breakLinks(strike);
            case DELAY -> strike.ways().forEach(pair -> network.delay(pair, 0));
            case FILL_DISK -> {
                if (disk != null) {
                    disk.free();
                }
                TimeUnit.MILLISECONDS.sleep(HALTING_MILLIS); // who is about to halt does so
                revive();
            }
        }
    }

    /** Twice in a row: the second time meets links in the middle of their hello. */
    private void breakLinks(Strike strike) throws InterruptedException {
        int broken = 0;
        for (int i = 0; i < 2; i++) {
            for (Pair pair : strike.ways()) {
                broken += network.reset(pair);
            }
            TimeUnit.MILLISECONDS.sleep(i == 0 ? BETWEEN_BREAKS_MILLIS : 0);
        }
        teller.say("#%d reset %d connections", strike.number(), broken);
    }

    private void revive() throws IOException, InterruptedException {
        for (String brick : bricks.revive()) {
            teller.say("brick %s had ended and is started again", brick);
        }
    }

    /** A second disk must not go before the copies that were on the first one are there again. */
    private void awaitWhole() throws InterruptedException {
        long beganNanos = System.nanoTime();
        wrong.addAll(bricks.awaitWhole(LONGEST_WAIT));
        lateNanos += System.nanoTime() - beganNanos;
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, nanos - System.nanoTime()));
    }
}
