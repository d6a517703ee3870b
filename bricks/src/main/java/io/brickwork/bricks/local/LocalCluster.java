package io.brickwork.bricks.local;

import io.brickwork.bricks.BrickStartException;
import io.brickwork.bricks.SecretFile;
import io.brickwork.bricks.local.BrickProcesses.Place;
import io.brickwork.bricks.local.ClusterFile.Member;
import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.core.DdsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cluster whose bricks are processes of this machine that outlive the program which started them. Each brick has a directory and a log file in the cluster's directory; {@link ClusterFile} is what is known of them. Used by one thread.
 */
public final class LocalCluster {
    /** More processes than this on one machine teach nothing. */
    public static final int MOST_BRICKS = 26;

    private static final Duration STARTING = Duration.ofSeconds(60);
    private static final Duration STOPPING = Duration.ofSeconds(20);
    private static final Duration ONE_ANSWER = Duration.ofSeconds(1);
    private static final int LAST_LINES = 8;

    private final Path directory;

    public LocalCluster(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /**
     * Starts the bricks and returns when all of their partitions are open. Bricks that were here before come back with their data, on the same ports unless these were taken; those beyond them join.
     *
     * @param bricks how many
     * @throws BrickStartException if the cluster is up, the directory holds something else, or a brick ends or does not serve in time; whatever was started is stopped again
     */
    public ClusterFile up(int bricks, List<String> settings) throws IOException, InterruptedException {
        ClusterFile cluster = stopped(bricks);
        Files.createDirectories(directory);
        return start(cluster, cluster.members(), settings);
    }

    /**
     * Starts one more brick, which joins those that run, and returns when it serves.
     *
     * @throws BrickStartException if the cluster is not up, or the brick ends or does not serve in time
     */
    public ClusterFile.Member add(List<String> settings) throws IOException, InterruptedException {
        ClusterFile known = known();
        if (!known.isUp()) {
            throw new BrickStartException(
                    "no brick of the cluster in %s is running; './dds cluster up --bricks %d --dir %s' starts them"
                            .formatted(directory, known.members().size(), directory));
        }
        Member added = joining(known.members());
        List<Member> members = new ArrayList<>(known.members());
        members.add(added);
        return start(known.with(members), List.of(added), settings).members().getLast();
    }

    /** Stops a brick that is not needed any more, and forgets it; its data stays. */
    public void remove(String name) throws IOException, InterruptedException {
        ClusterFile known = known();
        List<Member> staying = new ArrayList<>();
        List<Place> gone = new ArrayList<>(known.gone());
        for (Member member : known.members()) {
            if (!member.place().name().equals(name)) {
                staying.add(member);
                continue;
            }
            Optional<ProcessHandle> process = member.process();
            process.ifPresent(ProcessHandle::destroy);
            awaitEnd(process.stream().toList());
            stop(process);
            if (!member.hasJoined()) {
                gone.add(member.place());
            }
        }
        new ClusterFile(staying, gone).write(directory);
    }

    /** Starts some of the members, of which the others run, and waits until they serve. */
    private ClusterFile start(ClusterFile known, List<Member> starting, List<String> settings)
            throws IOException, InterruptedException {
        List<Member> all = known.members();
        BrickProcesses processes = BrickProcesses.at(
                        directory, known.founders(), List.of("-Xmx256m", "-XX:+UseSerialGC"), settings)
                .outliving();
        boolean isServing = false;
        try {
            List<Member> members = new ArrayList<>(all);
            for (int i = 0; i < members.size(); i++) {
                Member member = members.get(i);
                if (starting.contains(member)) {
                    if (member.hasJoined()) {
                        processes.startJoining(member.place(), seeds(all, member));
                    } else {
                        processes.start(member.place());
                    }
                    members.set(
                            i,
                            Member.running(
                                    member.place(),
                                    member.hasJoined(),
                                    processes.process(member.place()).toHandle()));
                    known.with(members).write(directory);
                }
            }
            ClusterFile cluster = known.with(members);
            awaitOpen(cluster);
            isServing = true;
            processes.release();
            return cluster;
        } finally {
            if (!isServing) {
                processes.close();
            }
        }
    }

    private static String seeds(List<Member> all, Member joining) {
        return all.stream()
                .map(Member::place)
                .filter(place -> !place.equals(joining.place()))
                .map(Place::address)
                .collect(Collectors.joining(","));
    }

    private ClusterFile stopped(int bricks) throws IOException {
        Optional<ClusterFile> known = ClusterFile.read(directory);
        if (known.isEmpty()) {
            refuseForeignDirectory();
            return new ClusterFile(
                    BrickProcesses.freePlaces(names(bricks)).stream()
                            .map(place -> Member.stopped(place, false))
                            .toList(),
                    List.of());
        }
        if (known.get().isUp()) {
            throw new BrickStartException(
                    "the cluster in %s is up already; './dds cluster status --dir %s' shows it, './dds cluster add --dir %s' adds a brick, './dds cluster down --dir %s' stops it"
                            .formatted(directory, directory, directory, directory));
        }
        List<Member> members = new ArrayList<>(known.get().members());
        if (members.size() > bricks) {
            throw new BrickStartException(
                    "the cluster in %s has %d bricks, not %d: say --bricks %d, and './dds decommission' those that are too many"
                            .formatted(directory, members.size(), bricks, members.size()));
        }
        boolean areFree = members.stream()
                .map(Member::place)
                .allMatch(place -> isFree(place.dataPort()) && isFree(place.controlPort()));
        if (!areFree) {
            List<Place> places = BrickProcesses.freePlaces(
                    members.stream().map(member -> member.place().name()).toList());
            for (int i = 0; i < places.size(); i++) {
                members.set(i, Member.stopped(places.get(i), members.get(i).hasJoined()));
            }
        }
        while (members.size() < bricks) {
            members.add(joining(members));
        }
        return known.get().with(members);
    }

    private static Member joining(List<Member> others) throws IOException {
        List<String> taken =
                others.stream().map(member -> member.place().name()).toList();
        String name = names(MOST_BRICKS).stream()
                .filter(free -> !taken.contains(free))
                .findFirst()
                .orElseThrow(() -> new BrickStartException(
                        "there are %d bricks already, which is the most on one machine".formatted(MOST_BRICKS)));
        return Member.stopped(BrickProcesses.freePlaces(List.of(name)).getFirst(), true);
    }

    private void refuseForeignDirectory() throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new BrickStartException(directory + " is not a directory");
        }
        try (Stream<Path> entries = Files.list(directory)) {
            // A secret alone is what a cluster leaves that never started.
            entries.filter(entry -> !entry.endsWith(SecretFile.NAME))
                    .findFirst()
                    .ifPresent(entry -> {
                        throw new BrickStartException(
                                "%s holds no cluster but is not empty (%s): use an empty directory, or one that does not exist"
                                        .formatted(directory, entry.getFileName()));
                    });
        }
    }

    private static List<String> names(int bricks) {
        return IntStream.range(0, bricks)
                .mapToObj(i -> String.valueOf((char) ('a' + i)))
                .toList();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private void awaitOpen(ClusterFile cluster) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + STARTING.toNanos();
        for (Member member : cluster.members()) {
            while (!isOpen(member.place())) {
                refuseDead(cluster);
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new BrickStartException("brick %s does not serve after %d s; it said last:%n%s"
                            .formatted(member.place().name(), STARTING.toSeconds(), lastWords(member)));
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        refuseDead(cluster);
    }

    private static boolean isOpen(Place place) {
        try (BrickProbe probe = new BrickProbe("127.0.0.1", place.dataPort(), "brickwork", "", ONE_ANSWER)) {
            return probe.serves();
        } catch (DdsException.Unavailable late) {
            return false;
        }
    }

    private void refuseDead(ClusterFile cluster) throws IOException {
        for (Member member : cluster.members()) {
            if (member.process().isEmpty()) {
                throw new BrickStartException("brick %s ended by itself; it said last:%n%s"
                        .formatted(member.place().name(), lastWords(member)));
            }
        }
    }

    /** The last lines that a brick has said. */
    public String lastWords(Member member) throws IOException {
        return BrickProcesses.lastWords(directory.resolve(member.place().name() + ".log"), LAST_LINES);
    }

    /** What became of one brick that was told to stop. */
    public record Stopped(String name, Way way) {
        /** How it ended. */
        public enum Way {
            IN_ORDER,
            KILLED,
            WAS_NOT_RUNNING
        }
    }

    /** What is known of the cluster. @throws BrickStartException if there is none in the directory */
    public ClusterFile known() throws IOException {
        return ClusterFile.read(directory)
                .orElseThrow(
                        () -> new BrickStartException("there is no cluster in %s; './dds cluster up --dir %s' makes one"
                                .formatted(directory, directory)));
    }

    /**
     * Asks all bricks to stop, and kills those that have not done so in 20 s. The data stays.
     *
     * @throws BrickStartException if the directory holds no cluster
     */
    public List<Stopped> down() throws IOException, InterruptedException {
        ClusterFile cluster = known();
        List<Optional<ProcessHandle>> processes =
                cluster.members().stream().map(Member::process).toList();
        processes.forEach(process -> process.ifPresent(ProcessHandle::destroy));
        awaitEnd(processes.stream().flatMap(Optional::stream).toList());
        List<Stopped> stopped = new ArrayList<>();
        for (int i = 0; i < processes.size(); i++) {
            stopped.add(new Stopped(cluster.members().get(i).place().name(), stop(processes.get(i))));
        }
        cluster.with(cluster.members().stream()
                        .map(member -> Member.stopped(member.place(), member.hasJoined()))
                        .toList())
                .write(directory);
        return stopped;
    }

    private static void awaitEnd(List<ProcessHandle> processes) throws InterruptedException {
        CompletableFuture<Void> ended = CompletableFuture.allOf(
                processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
        long deadlineNanos = System.nanoTime() + STOPPING.toNanos();
        while (!ended.isDone() && System.nanoTime() - deadlineNanos < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static Stopped.Way stop(Optional<ProcessHandle> process) {
        if (process.isEmpty()) {
            return Stopped.Way.WAS_NOT_RUNNING;
        }
        if (!process.get().isAlive()) {
            return Stopped.Way.IN_ORDER;
        }
        process.get().destroyForcibly();
        process.get().onExit().join();
        return Stopped.Way.KILLED;
    }
}
