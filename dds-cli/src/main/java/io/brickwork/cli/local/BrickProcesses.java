package io.brickwork.cli.local;

import io.brickwork.bricks.disk.OwnerOnly;
import io.brickwork.bricks.settings.SecretFile;
import io.brickwork.core.Check;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Bricks as processes of their own on this machine, started with the same JVM, class path and launcher's flags as this
 * process. Used by one thread.
 *
 * <p>They end with this process: when it is told to end (Ctrl-C, SIGTERM), those that run are killed; if it is itself
 * killed (SIGKILL), they notice that their standard input has ended. Only {@linkplain #outliving those meant to} stay
 * behind.
 */
public final class BrickProcesses implements AutoCloseable {
    /** Has a brick end with its standard input. */
    public static final String WITH_INPUT = "--ends-with-input";

    /** The program of which each brick is a process. It stands on this package, which therefore knows its name only. */
    private static final String DDS = "io.brickwork.cli.DdsCommand";

    private static final int STOP_SECONDS = 20;

    /** One brick: its place, and its process while it runs. */
    public record Place(String name, int dataPort, int controlPort) {
        public String address() {
            return "127.0.0.1:" + dataPort;
        }
    }

    private final Path directory;
    private final List<String> jvmOptions;
    private final List<String> settings;
    private final List<Place> places;
    private final Function<Place, String> membersAsToldTo;
    private final ConcurrentSkipListMap<String, Process> running = new ConcurrentSkipListMap<>();
    private final Thread endWithThisProcess = new Thread(this::end, "end-bricks");
    private boolean isOutlived;
    /** Guarded by this; no brick is started from then on. */
    private boolean isEnding;

    private BrickProcesses(
            Path directory,
            List<String> jvmOptions,
            List<String> settings,
            List<Place> places,
            Function<Place, String> membersAsToldTo) {
        this.directory = directory;
        this.jvmOptions = List.copyOf(jvmOptions);
        this.settings = List.copyOf(settings);
        this.places = List.copyOf(places);
        this.membersAsToldTo = membersAsToldTo;
        Runtime.getRuntime().addShutdownHook(endWithThisProcess);
    }

    /**
     * Bricks on free ports of this machine; none is started yet.
     *
     * @param directory each brick gets a directory and a log file in it
     * @param jvmOptions such as {@code -Xmx256m}
     * @param settings of {@code brickwork.brick}, each {@code key=value}
     */
    public static BrickProcesses on(Path directory, List<String> names, List<String> jvmOptions, List<String> settings)
            throws IOException {
        return at(directory, freePlaces(names), jvmOptions, settings);
    }

    /** Bricks on ports that are known; none is started yet. The rest as {@link #on}. */
    public static BrickProcesses at(
            Path directory, List<Place> places, List<String> jvmOptions, List<String> settings) {
        String members = members(places);
        return at(directory, places, jvmOptions, settings, ignored -> members);
    }

    /**
     * Bricks that are told different addresses of each other, such as those of a proxy between them.
     *
     * @param membersAsToldTo the members as each brick is told them: all names in the same order, its own place as it
     *     is
     */
    public static BrickProcesses at(
            Path directory,
            List<Place> places,
            List<String> jvmOptions,
            List<String> settings,
            Function<Place, String> membersAsToldTo) {
        return new BrickProcesses(directory, jvmOptions, settings, places, membersAsToldTo);
    }

    /**
     * Has the bricks that are started from here on go on when this process is gone, however it ends, once
     * {@link #release} was called.
     */
    public BrickProcesses outliving() {
        isOutlived = true;
        return this;
    }

    /** Places with ports that nobody listens on at the moment. */
    public static List<Place> freePlaces(List<String> names) throws IOException {
        List<Place> places = new ArrayList<>();
        List<ServerSocket> reserved = new ArrayList<>();
        try {
            for (String name : names) {
                int[] ports = new int[2];
                for (int i = 0; i < ports.length; i++) {
                    ServerSocket socket = new ServerSocket();
                    reserved.add(socket);
                    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    ports[i] = socket.getLocalPort();
                }
                places.add(new Place(name, ports[0], ports[1]));
            }
        } finally {
            for (ServerSocket socket : reserved) {
                socket.close();
            }
        }
        return places;
    }

    public List<Place> places() {
        return places;
    }

    /** What clients connect to. */
    public String addresses() {
        return String.join(",", places.stream().map(Place::address).toList());
    }

    /** The members as the bricks are told them unless each is told its own. */
    public String members() {
        return members(places);
    }

    /** All of these places, as {@code brickwork.brick.members} has them. */
    public static String members(List<Place> places) {
        return String.join(
                ",",
                places.stream()
                        .map(place ->
                                "%s=127.0.0.1:%d/%d".formatted(place.name(), place.dataPort(), place.controlPort()))
                        .toList());
    }

    /** Where a brick keeps its data. */
    public Path directoryOf(Place place) {
        return directory.resolve(place.name());
    }

    /** The file with the secret of the cluster; made when the first brick is started, if it is not there. */
    public Path secretFile() {
        return directory.resolve(SecretFile.NAME);
    }

    /** What a brick has said so far. */
    public Path logOf(Place place) {
        return directory.resolve(place.name() + ".log");
    }

    /** The last lines that a brick has said, each indented; empty if it said nothing. */
    public static String lastWords(Path log, int lines) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        List<String> said = Files.readAllLines(log);
        return said.subList(Math.max(0, said.size() - lines), said.size()).stream()
                .map(line -> "    " + line + System.lineSeparator())
                .collect(Collectors.joining());
    }

    /** The process ids of those that run. */
    public List<Long> pids() {
        return running.values().stream().map(Process::pid).toList();
    }

    public void startAll() throws IOException {
        for (Place place : places) {
            start(place);
        }
    }

    /** Starts a brick; returns at once. */
    public void start(Place place) throws IOException {
        start(place, List.of());
    }

    /**
     * Starts a brick that joins the others by seeds, instead of founding a cluster with them; returns at once.
     *
     * @param seeds data ports of some that run
     */
    public void startJoining(Place place, String seeds) throws IOException {
        start(
                place,
                List.of(),
                List.of(
                        "--seeds",
                        seeds,
                        "--address",
                        "127.0.0.1:%d/%d".formatted(place.dataPort(), place.controlPort())));
    }

    /**
     * Starts a brick behind another program; returns at once.
     *
     * @param wrapper the program and its arguments, to which the brick's command line is added; empty for none
     */
    public void start(Place place, List<String> wrapper) throws IOException {
        start(place, wrapper, List.of("--members", membersAsToldTo.apply(place)));
    }

    private void start(Place place, List<String> wrapper, List<String> others) throws IOException {
        OwnerOnly.createDirectories(directory);
        OwnerOnly.createFile(logOf(place));
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(ChildJvm.command(jvmOptions, DDS));
        command.addAll(List.of("brick", "--id", place.name()));
        command.addAll(others);
        command.addAll(List.of("--dir", directoryOf(place).toString()));
        if (!Files.exists(secretFile())) {
            SecretFile.make(secretFile());
        }
        command.addAll(List.of("--secret-file", secretFile().toString()));
        ClusterTls tls = ClusterTls.find(directory);
        if (tls != null) {
            for (String setting : tls.settings(place.name())) {
                command.addAll(List.of("--set", setting));
            }
        }
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        if (!isOutlived) {
            command.add(WITH_INPUT);
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(isOutlived ? Redirect.from(new File("/dev/null")) : Redirect.PIPE)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(logOf(place).toFile()));
        synchronized (this) {
            Check.state(!isEnding, "this process is ending; brick %s is not started any more", place.name());
            running.put(place.name(), builder.start());
        }
    }

    /** Kills those that run and starts none from then on; returns when they are gone. Any thread; may be repeated. */
    public void end() {
        synchronized (this) {
            isEnding = true;
        }
        running.values().forEach(Process::destroyForcibly);
        running.values().forEach(process -> process.onExit().join());
    }

    /** Kills them all at once, as {@code kill -9} does, and waits until they are gone. */
    public void killAll() throws InterruptedException {
        running.values().forEach(Process::destroyForcibly);
        for (Process process : running.values()) {
            process.waitFor();
        }
        running.clear();
    }

    /** Kills one. */
    public void kill(Place place) throws InterruptedException {
        Process process = running.remove(place.name());
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Kills one, and empties its directory. */
    public void killAndEmpty(Place place) throws IOException, InterruptedException {
        kill(place);
        empty(directoryOf(place));
    }

    /** Asks one to stop in order, and waits; false if it does not in time, and is killed. */
    public boolean end(Place place) throws InterruptedException {
        Process process = process(place);
        process.destroy();
        boolean isOver = process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        kill(place);
        return isOver;
    }

    /** Deletes a directory with all that is in it. */
    public static void deleteTree(Path root) throws IOException {
        if (Files.exists(root)) {
            empty(root);
            Files.deleteIfExists(root);
        }
    }

    private static void empty(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path path : files.filter(path -> !path.equals(root))
                    .sorted(Comparator.reverseOrder())
                    .toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** The brick's process, if it was started and not stopped. */
    public Process process(Place place) {
        Process process = running.get(place.name());
        if (process == null) {
            throw new IllegalStateException("brick " + place.name() + " was not started");
        }
        return process;
    }

    /** @throws IllegalStateException naming a brick that has ended by itself, and what it said last */
    public void checkAllRun() throws IOException {
        for (Place place : places) {
            Process process = running.get(place.name());
            if (process != null && !process.isAlive()) {
                List<String> said = Files.readAllLines(logOf(place));
                throw new IllegalStateException("brick %s ended by itself with exit code %d; it said last: %s"
                        .formatted(
                                place.name(),
                                process.exitValue(),
                                said.isEmpty() ? "nothing" : said.get(said.size() - 1)));
            }
        }
    }

    /** Lets the bricks that run outlive this process; to be called once, and nothing else afterwards. */
    public void release() {
        running.clear();
        Runtime.getRuntime().removeShutdownHook(endWithThisProcess);
    }

    /** Asks all to stop in order, and waits; whoever does not is killed. */
    @Override
    public void close() {
        running.values().forEach(Process::destroy);
        boolean isInterrupted = false;
        for (Process process : running.values()) {
            try {
                if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException interrupted) {
                isInterrupted = true;
                process.destroyForcibly();
            }
        }
        running.clear();
        try {
            Runtime.getRuntime().removeShutdownHook(endWithThisProcess);
        } catch (IllegalStateException isEndingAnyway) {
            end();
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
