package io.brickwork.torture.process;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.probe.Wholeness;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.torture.net.Network;
import io.brickwork.torture.net.Network.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The brick processes, each of which is told the addresses of proxies where the others should be. What bricks are told
 * when they are started stands here and nowhere else. One thread at a time, except {@link #end}.
 */
public final class BrickFleet implements AutoCloseable {
    /** How a brick ends that has halted, such as for want of disk. */
    private static final int HALTED = 70;

    private static final String CLUSTER = "brickwork";
    private static final List<String> JVM = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    /**
     * Small segments, so that some are trimmed. Nothing about data hangs on the control plane, which takes time to
     * start.
     */
    private static final List<String> SETTINGS = List.of("control-plane=off", "log-segment=4MiB");

    private final BrickProcesses processes;
    private final TreeMap<String, Place> places = new TreeMap<>();
    private final Ends ends = new Ends();
    /** Names of those that may halt, since their disk is or was full. */
    private final Set<String> mayHalt = ConcurrentHashMap.newKeySet();

    /**
     * Opens the proxies between the bricks; starts nothing.
     *
     * @param directory gets a directory and a log for each
     */
    public BrickFleet(Path directory, List<String> names, Network network) throws IOException {
        List<Place> real = BrickProcesses.freePlaces(names);
        TreeMap<String, String> members = new TreeMap<>();
        for (Place self : real) {
            places.put(self.name(), self);
            List<Place> asSeen = new ArrayList<>();
            for (Place other : real) {
                int port = other.equals(self)
                        ? self.dataPort()
                        : network.open(new Pair(self.name(), other.name()), other.dataPort());
                asSeen.add(new Place(other.name(), port, other.controlPort()));
            }
            members.put(self.name(), BrickProcesses.members(asSeen));
        }
        processes = BrickProcesses.at(
                directory, real, JVM, SETTINGS, place -> Check.present(members.get(place.name()), "members"));
    }

    /** Addresses that lead to the bricks without any proxy. */
    public String directAddresses() {
        return processes.addresses();
    }

    public List<String> names() {
        return List.copyOf(places.keySet());
    }

    public int dataPort(String name) {
        return place(name).dataPort();
    }

    public Path directoryOf(String name) {
        return processes.directoryOf(place(name));
    }

    public void start(String name) throws IOException {
        mayHalt.remove(name);
        processes.start(place(name));
        ends.watch("brick " + name, processes.process(place(name)), code -> code == HALTED && mayHalt.contains(name));
    }

    public void kill(String name) throws InterruptedException {
        if (isAlive(name)) {
            ends.expect(processes.process(place(name)));
        }
        processes.kill(place(name));
    }

    /** Kills one, and deletes what it has. */
    public void loseDisk(String name) throws IOException, InterruptedException {
        kill(name);
        processes.killAndEmpty(place(name));
    }

    /** Asks one to end in good order, and waits; false if it does not in time, and is killed. */
    public boolean endInOrder(String name) throws InterruptedException {
        if (!isAlive(name)) {
            return true;
        }
        ends.expect(processes.process(place(name)));
        return processes.end(place(name));
    }

    /** Kills several at the same moment. */
    public void kill(List<String> names) throws InterruptedException {
        for (String name : names) {
            if (isAlive(name)) {
                ends.expect(processes.process(place(name)));
                processes.process(place(name)).destroyForcibly();
            }
        }
        for (String name : names) {
            processes.kill(place(name));
        }
    }

    public long pid(String name) {
        return processes.process(place(name)).pid();
    }

    public boolean isAlive(String name) {
        try {
            return processes.process(place(name)).isAlive();
        } catch (IllegalStateException notStarted) {
            return false;
        }
    }

    /** From here on it may halt without surprise, until it is started again. */
    public void mayHalt(String name) {
        mayHalt.add(name);
    }

    /** Starts those again that do not run. Gives their names. */
    public List<String> revive() throws IOException, InterruptedException {
        List<String> dead = names().stream().filter(name -> !isAlive(name)).toList();
        for (String name : dead) {
            processes.kill(place(name));
            start(name);
        }
        return dead;
    }

    /** Which of them ended by themselves, and how. */
    public List<String> surprises() {
        return ends.surprises();
    }

    /**
     * Waits until every brick serves and all copies are complete; gives what is lacking if it takes too long, else
     * nothing.
     */
    public List<String> awaitWhole(Duration longest) throws InterruptedException {
        List<BrickProbe> probes =
                names().stream().map(name -> probe(name, longest)).toList();
        try {
            return Wholeness.await(probes, longest)
                    .map(lack -> "after %d s %s".formatted(longest.toSeconds(), lack))
                    .stream()
                    .toList();
        } catch (DdsException.Unavailable late) {
            return List.of(late.getMessage());
        } finally {
            probes.forEach(BrickProbe::close);
        }
    }

    /** How many views there have been in all groups, besides the first ones, as far as any brick knows. */
    public long viewChanges(Duration longest) {
        long most = 0;
        for (String name : names()) {
            try (BrickProbe probe = probe(name, longest)) {
                most = Math.max(
                        most,
                        probe.cluster().state().groups().stream()
                                .mapToLong(group -> group.newest().epoch() - 1)
                                .sum());
            } catch (DdsException.Unavailable late) {
                // another may know
            }
        }
        return most;
    }

    /** A link of this process's own to one brick, through no proxy. */
    public BrickProbe probe(String name, Duration timeout) {
        return new BrickProbe("127.0.0.1", dataPort(name), CLUSTER, "", timeout);
    }

    private Place place(String name) {
        Place place = places.get(name);
        Check.argument(place != null, "there is no brick '%s'", name);
        return Check.present(place, "checked");
    }

    /** Kills all and starts none from then on. Any thread. */
    public void end() {
        processes.end();
    }

    /** Kills all that run. */
    @Override
    public void close() {
        for (String name : names()) {
            if (isAlive(name)) {
                ends.expect(processes.process(place(name)));
            }
        }
        try {
            processes.killAll();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        processes.close();
    }
}
