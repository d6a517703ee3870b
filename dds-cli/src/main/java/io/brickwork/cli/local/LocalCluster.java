package io.brickwork.cli.local;

import io.brickwork.bricks.disk.OwnerOnly;
import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.settings.SecretFile;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.cli.local.ClusterFile.Member;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.client.tls.Tls;
import io.brickwork.core.BrickId;
import io.brickwork.core.DdsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cluster whose bricks are processes of this machine that outlive the program which started them. Each brick has a
 * directory and a log file in the cluster's directory; {@link ClusterFile} is what is known of them. Used by one
 * thread.
 */
public final class LocalCluster {
    /** More processes than this on one machine teach nothing. */
    public static final int MOST_BRICKS = 26;

    private static final Duration STOPPING = Duration.ofSeconds(20);
    private static final Duration ONE_ANSWER = Duration.ofSeconds(1);
    private static final int LAST_LINES = 8;

    private final Path directory;

    public LocalCluster(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /**
     * Starts the bricks and returns when all of their partitions are open. Bricks that were here before come back with
     * their data, on the same ports unless these were taken; those beyond them join.
     *
     * @param bricks how many
     * @param isTls whether they are to speak TLS; once they do, they do each time
     * @throws BrickStartException if the cluster is up or the directory holds something else; if a brick ends, in which
     *     case the others are stopped if the cluster is new; if a brick does not serve in time
     */
    public ClusterFile up(int bricks, boolean isTls, Launch launch) throws IOException, InterruptedException {
        boolean isNew = ClusterFile.read(directory).isEmpty();
        ClusterFile cluster = stopped(bricks);
        OwnerOnly.createDirectories(directory);
        if (isTls || ClusterTls.find(directory) != null) {
            ClusterTls.make(directory);
        }
        return start(cluster, cluster.members(), launch, !isNew);
    }

    /**
     * Starts one more brick, which joins those that run, and returns when it serves.
     *
     * @throws BrickStartException if the cluster is not up, or the brick ends or does not serve in time
     */
    public ClusterFile.Member add(Launch launch) throws IOException, InterruptedException {
        ClusterFile known = upAndKnown();
        Member added = joining(known.members());
        List<Member> members = new ArrayList<>(known.members());
        members.add(added);
        try {
            return start(known.with(members), List.of(added), launch, false)
                    .members()
                    .getLast();
        } catch (BrickStartException failure) {
            if (isRunning(added.place().name()) || isRegistered(known, added.place())) {
                throw failure;
            }
            // Nobody has heard of it: nothing but its own directory is left of it.
            known.write(directory);
            BrickProcesses.deleteTree(directory.resolve(added.place().name()));
            throw failure;
        }
    }

    /**
     * Starts a brick of the cluster that has stopped, while others run, and returns when it serves.
     *
     * @throws BrickStartException if there is no such brick, it runs, no other runs, or it ends or does not serve in
     *     time
     */
    public ClusterFile.Member start(String name, Launch launch) throws IOException, InterruptedException {
        ClusterFile known = known();
        Member member = known.members().stream()
                .filter(one -> one.place().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BrickStartException("the cluster in %s has no brick '%s'; it has %s"
                        .formatted(
                                directory,
                                name,
                                known.members().stream()
                                        .map(one -> one.place().name())
                                        .toList())));
        if (member.process().isPresent()) {
            throw new BrickStartException("brick %s runs already (pid %d)".formatted(name, member.pid()));
        }
        upAndKnown();
        for (int port : new int[] {member.place().dataPort(), member.place().controlPort()}) {
            if (!isFree(port)) {
                throw new BrickStartException(
                        "brick %s cannot start: another program has taken its port %d. Stop that program, or './dds cluster down' and 'up', which takes other ports"
                                .formatted(name, port));
            }
        }
        ClusterFile started = start(known, List.of(member), launch, true);
        return started.members().stream()
                .filter(one -> one.place().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private ClusterFile upAndKnown() throws IOException {
        ClusterFile known = known();
        if (!known.isUp()) {
            throw new BrickStartException(
                    "no brick of the cluster in %s is running; './dds cluster up --bricks %d --dir %s' starts them"
                            .formatted(directory, known.members().size(), directory));
        }
        return known;
    }

    private boolean isRunning(String name) throws IOException {
        return known().members().stream()
                .anyMatch(member ->
                        member.place().name().equals(name) && member.process().isPresent());
    }

    /** Whether a brick that runs knows this one as one of the cluster's; true if nobody can tell. */
    private boolean isRegistered(ClusterFile known, Place place) {
        LinkOptions options = clientOptions();
        for (Member member : known.members()) {
            if (member.process().isEmpty()) {
                continue;
            }
            try (BrickProbe probe = probe(member.place(), options)) {
                return probe.cluster().state().brick(new BrickId(place.name())) != null;
            } catch (DdsException.Unavailable hung) {
                continue;
            }
        }
        return true;
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

    /**
     * Starts some of the members, and waits until they serve; the others may run or not.
     *
     * @param keeps whether those that run stay when one of them ends
     */
    private ClusterFile start(ClusterFile known, List<Member> starting, Launch launch, boolean keeps)
            throws IOException, InterruptedException {
        List<Member> all = known.members();
        List<String> jvmOptions = new ArrayList<>(List.of("-Xmx256m", "-XX:+UseSerialGC"));
        jvmOptions.addAll(launch.jvmOptions());
        BrickProcesses processes = BrickProcesses.at(directory, known.founders(), jvmOptions, launch.settings())
                .outliving();
        boolean isReleased = false;
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
            List<Place> started = starting.stream().map(Member::place).toList();
            Awaited awaited = awaitOpen(
                    members.stream()
                            .filter(member -> started.contains(member.place()))
                            .toList(),
                    launch.patience(),
                    keeps);
            isReleased = keeps || !awaited.hasDied();
            if (!awaited.failure().isEmpty()) {
                throw new BrickStartException(
                        awaited.failure() + (isReleased ? "" : ". Whatever was started was stopped again"));
            }
            return cluster;
        } finally {
            if (isReleased) {
                processes.release();
            } else {
                processes.close();
            }
        }
    }

    /** Those that run come first: the others do not answer. */
    private static String seeds(List<Member> all, Member joining) {
        return all.stream()
                .filter(member -> !member.place().equals(joining.place()))
                .sorted(Comparator.comparing(member -> member.process().isEmpty()))
                .map(member -> member.place().address())
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
            String dead = known.get().members().stream()
                    .filter(member -> member.process().isEmpty())
                    .map(member -> member.place().name())
                    .collect(Collectors.joining(" "));
            throw new BrickStartException(
                    "the cluster in %s is up already%s; './dds cluster status --dir %s' shows it, './dds cluster add --dir %s' adds a brick, './dds cluster down --dir %s' stops it"
                            .formatted(
                                    directory,
                                    dead.isEmpty()
                                            ? ""
                                            : " but for %s, which './dds cluster start %s --dir %s' starts again"
                                                    .formatted(dead, dead, directory),
                                    directory,
                                    directory,
                                    directory));
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
            // A secret and certificates alone are what a cluster leaves that never started.
            entries.filter(entry -> !entry.endsWith(SecretFile.NAME) && !entry.endsWith(ClusterTls.NAME))
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

    /**
     * What waiting came to.
     *
     * @param failure empty if all serve
     */
    private record Awaited(String failure, boolean hasDied) {}

    private Awaited awaitOpen(List<Member> starting, Duration patience, boolean keeps)
            throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        List<Member> waiting = new ArrayList<>(starting);
        LinkOptions options = clientOptions();
        List<String> failures = new ArrayList<>();
        boolean hasDied = false;
        while (!waiting.isEmpty()) {
            for (Member member : List.copyOf(waiting)) {
                if (member.process().isEmpty()) {
                    waiting.remove(member);
                    hasDied = true;
                    failures.add("brick %s ended by itself; it said last:%n%s"
                            .formatted(member.place().name(), said(member)));
                } else if (isOpen(member.place(), options)) {
                    waiting.remove(member);
                }
            }
            if (hasDied && !keeps) {
                break;
            }
            if (!waiting.isEmpty() && System.nanoTime() - deadlineNanos > 0) {
                Member first = waiting.getFirst();
                failures.add(
                        "%s not serve after %d s and may take longer: './dds cluster status --dir %s' shows how far; brick %s said last:%n%s"
                                .formatted(
                                        waiting.size() == 1
                                                ? "brick " + first.place().name() + " does"
                                                : waiting.size() + " bricks do",
                                        patience.toSeconds(),
                                        directory,
                                        first.place().name(),
                                        said(first)));
                return new Awaited(String.join("; ", failures), hasDied);
            }
            if (!waiting.isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        return new Awaited(String.join("; ", failures), hasDied);
    }

    private LinkOptions clientOptions() {
        ClusterTls tls = ClusterTls.find(directory);
        return tls == null ? LinkOptions.DEFAULT : LinkOptions.DEFAULT.withTls(Tls.of(tls.operator()));
    }

    private static BrickProbe probe(Place place, LinkOptions options) {
        return new BrickProbe("127.0.0.1", place.dataPort(), "brickwork", options, ONE_ANSWER);
    }

    private static boolean isOpen(Place place, LinkOptions options) {
        try (BrickProbe probe = probe(place, options)) {
            return probe.serves();
        } catch (DdsException.Unavailable late) {
            return false;
        }
    }

    private String said(Member member) throws IOException {
        String words = lastWords(member);
        return words.isEmpty() ? "nothing (its log is empty)" : words;
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
