package io.brickwork.bricks.local;

import io.brickwork.bricks.BrickStartException;
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
     * Starts the bricks and returns when all of their partitions are open. Bricks that were here before come back with their data, on the same ports unless these were taken.
     *
     * @param bricks how many
     * @throws BrickStartException if the cluster is up, the directory holds something else, or a brick ends or does not serve in time; whatever was started is stopped again
     */
    public ClusterFile up(int bricks, List<String> settings) throws IOException, InterruptedException {
        List<Place> places = places(bricks);
        Files.createDirectories(directory);
        BrickProcesses processes = BrickProcesses.at(
                        directory, places, List.of("-Xmx256m", "-XX:+UseSerialGC"), settings)
                .outliving();
        boolean isServing = false;
        try {
            List<Member> members =
                    new ArrayList<>(places.stream().map(Member::stopped).toList());
            for (int i = 0; i < places.size(); i++) {
                processes.start(places.get(i));
                members.set(
                        i,
                        Member.running(
                                places.get(i), processes.process(places.get(i)).toHandle()));
                new ClusterFile(members).write(directory);
            }
            ClusterFile cluster = new ClusterFile(members);
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

    private List<Place> places(int bricks) throws IOException {
        Optional<ClusterFile> known = ClusterFile.read(directory);
        if (known.isEmpty()) {
            refuseForeignDirectory();
            return BrickProcesses.freePlaces(names(bricks));
        }
        List<Member> members = known.get().members();
        if (known.get().isUp()) {
            throw new BrickStartException(
                    "the cluster in %s is up already; './dds cluster status --dir %s' shows it, './dds cluster down --dir %s' stops it"
                            .formatted(directory, directory, directory));
        }
        if (members.size() != bricks) {
            throw new BrickStartException(
                    "the cluster in %s has %d bricks, not %d, and its members are fixed: say --bricks %d, or use another directory"
                            .formatted(directory, members.size(), bricks, members.size()));
        }
        List<Place> places = members.stream().map(Member::place).toList();
        boolean areFree = places.stream().allMatch(place -> isFree(place.dataPort()) && isFree(place.controlPort()));
        return areFree ? places : BrickProcesses.freePlaces(names(bricks));
    }

    private void refuseForeignDirectory() throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new BrickStartException(directory + " is not a directory");
        }
        try (Stream<Path> entries = Files.list(directory)) {
            entries.findFirst().ifPresent(entry -> {
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
        CompletableFuture<Void> ended = CompletableFuture.allOf(processes.stream()
                .flatMap(Optional::stream)
                .map(ProcessHandle::onExit)
                .toArray(CompletableFuture<?>[]::new));
        long deadlineNanos = System.nanoTime() + STOPPING.toNanos();
        while (!ended.isDone() && System.nanoTime() - deadlineNanos < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        List<Stopped> stopped = new ArrayList<>();
        for (int i = 0; i < processes.size(); i++) {
            stopped.add(new Stopped(cluster.members().get(i).place().name(), stop(processes.get(i))));
        }
        new ClusterFile(cluster.members().stream()
                        .map(member -> Member.stopped(member.place()))
                        .toList())
                .write(directory);
        return stopped;
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
