package io.brickwork.demo;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.probe.Wholeness;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.cli.local.Stopped;
import io.brickwork.core.BrickId;
import io.brickwork.core.group.Group;
import io.brickwork.core.metadata.MetadataState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What happens to the bricks while loads go on, one after the other, each once the one before is got over: one is
 * killed and its disk deleted, one is stopped for longer than its lease, all are killed. Tells what becomes of it, with
 * the seconds since each began. Used by one thread.
 */
final class Misfortunes {
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int LEASES = 3;

    private final BrickProcesses bricks;
    private final TimeLine.Printer printer;
    private final Runnable read;

    /** Seconds until each was got over, with all copies complete. */
    record Healed(double lostDisk, double stop, double kill) {}

    /** @param read returns once a read was answered */
    Misfortunes(BrickProcesses bricks, TimeLine.Printer printer, Runnable read) {
        this.bricks = bricks;
        this.printer = printer;
        this.read = read;
    }

    /**
     * All of them.
     *
     * @throws IllegalStateException if one is not got over in time
     */
    Healed strike() throws IOException, InterruptedException {
        List<Place> places = bricks.places();
        return new Healed(loseDisk(places.get(1), places.get(0)), stop(places.get(2), places.get(0)), killAll());
    }

    private double loseDisk(Place victim, Place witness) throws IOException, InterruptedException {
        TimeLine line = new TimeLine(printer);
        bricks.killAndEmpty(victim);
        line.tell("brick %s is killed (SIGKILL), and its disk deleted", victim.name());
        awaitLeftOut(victim, witness, line);
        bricks.start(victim);
        line.tell("brick %s is started again, with nothing", victim.name());
        try (BrickProbe probe = Audit.probe(victim)) {
            await(
                    "the cluster knows brick " + victim.name(),
                    () -> probe.status().isRegistered());
            line.tell("the cluster knows brick %s by its new disk", victim.name());
            awaitGroups(
                    probe,
                    "brick " + victim.name() + " is given copies",
                    groups -> groups.stream().anyMatch(group -> group.newest().holds(new BrickId(victim.name()))));
            line.tell("brick %s takes copies", victim.name());
        }
        return awaitWhole(line);
    }

    private double stop(Place victim, Place witness) throws IOException, InterruptedException {
        long leaseNanos = state(witness).longestTermNanos();
        TimeLine line = new TimeLine(printer);
        try (Stopped held = Stopped.of(bricks.process(victim).pid())) {
            line.tell("brick %s is stopped (SIGSTOP)", victim.name());
            awaitLeftOut(victim, witness, line);
            line.awaitNanos(LEASES * leaseNanos);
        }
        line.tell(
                "brick %s goes on (SIGCONT) as if nothing had been; a lease is good for %.1f s at most",
                victim.name(), leaseNanos / 1e9);
        return awaitWhole(line);
    }

    private double killAll() throws IOException, InterruptedException {
        TimeLine line = new TimeLine(printer);
        bricks.killAll();
        line.tell("all bricks are killed (SIGKILL)");
        bricks.startAll();
        line.tell("all bricks are started again");
        read.run();
        line.tell("the first read is answered");
        return awaitWhole(line);
    }

    /** From the moment when the first group is to do without the brick to that when all of them do. */
    private void awaitLeftOut(Place victim, Place witness, TimeLine line) throws IOException, InterruptedException {
        BrickId brick = new BrickId(victim.name());
        try (BrickProbe probe = Audit.probe(witness)) {
            awaitGroups(
                    probe,
                    "brick " + brick + " is missed",
                    groups -> groups.stream().anyMatch(group -> group.newest().member(brick) == null));
            line.tell("brick %s is missed: views without it are proposed", brick);
            awaitGroups(
                    probe,
                    "all views are open without brick " + brick,
                    groups -> groups.stream()
                            .allMatch(group -> group.isOpen() && group.newest().member(brick) == null));
            line.tell("all partitions go on without brick %s", brick);
        }
    }

    private double awaitWhole(TimeLine line) throws IOException, InterruptedException {
        List<BrickProbe> probes = new ArrayList<>();
        try {
            bricks.places().forEach(place -> probes.add(Audit.probe(place)));
            await("all copies are complete", () -> Wholeness.lack(probes).isEmpty());
        } finally {
            probes.forEach(BrickProbe::close);
        }
        return line.tell("whole again: three copies of everything");
    }

    private void awaitGroups(BrickProbe probe, String what, Predicate<List<Group>> condition)
            throws IOException, InterruptedException {
        await(what, () -> condition.test(List.copyOf(probe.cluster().state().groups())));
    }

    private static MetadataState state(Place witness) {
        try (BrickProbe probe = Audit.probe(witness)) {
            return probe.cluster().state();
        }
    }

    private void await(String what, Condition condition) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + LONGEST.toNanos();
        while (!condition.holds()) {
            bricks.checkAllRun();
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IllegalStateException(
                        "it is not so within %d s that %s".formatted(LONGEST.toSeconds(), what));
            }
            Thread.sleep(PAUSE);
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds();
    }
}
