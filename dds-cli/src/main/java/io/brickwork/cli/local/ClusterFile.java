package io.brickwork.cli.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.brickwork.bricks.BrickDirectory;
import io.brickwork.bricks.disk.OwnerOnly;
import io.brickwork.cli.local.BrickProcesses.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a directory's cluster of bricks on this machine consists of: kept in the directory's file {@value #NAME}, so
 * that later commands find what an earlier one has started.
 *
 * @param gone bricks that founded the cluster and were decommissioned since
 */
public record ClusterFile(List<Member> members, List<Place> gone) {
    public static final String NAME = BrickDirectory.CLUSTER_FILE;
    /**
     * How far two readings of one process's start may differ: some systems count it from the boot, whose time follows
     * the clock.
     */
    private static final long START_TOLERANCE_MILLIS = 5_000;

    public ClusterFile {
        members = List.copyOf(members);
        gone = List.copyOf(gone);
    }

    /** The same with other members. */
    ClusterFile with(List<Member> others) {
        return new ClusterFile(others, gone);
    }

    /**
     * The bricks that founded the cluster, those that are gone among them: whoever comes back with an empty disk must
     * not take itself for a founder alone.
     */
    List<Place> founders() {
        List<Place> founders = new ArrayList<>(gone);
        members.stream()
                .filter(member -> !member.hasJoined())
                .map(Member::place)
                .forEach(founders::add);
        founders.sort(Comparator.comparing(Place::name));
        return founders;
    }

    /**
     * A brick and the process it was last started as.
     *
     * @param pid 0 if it was stopped
     * @param hasJoined whether it joined the others by seeds, instead of founding the cluster with them
     * @param startedMillis when that process began, since the epoch: another process that was given the same id later
     *     is not taken for the brick
     */
    public record Member(Place place, boolean hasJoined, long pid, long startedMillis) {
        static Member stopped(Place place, boolean hasJoined) {
            return new Member(place, hasJoined, 0, 0);
        }

        static Member running(Place place, boolean hasJoined, ProcessHandle process) {
            return new Member(place, hasJoined, process.pid(), startMillis(process));
        }

        /** The brick's process, if it lives. */
        public Optional<ProcessHandle> process() {
            if (pid == 0) {
                return Optional.empty();
            }
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> Math.abs(startMillis(process) - startedMillis) <= START_TOLERANCE_MILLIS);
        }

        private static long startMillis(ProcessHandle process) {
            return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        }
    }

    /** What clients connect to. */
    public String addresses() {
        return String.join(
                ",", members.stream().map(member -> member.place().address()).toList());
    }

    /** Whether any of the bricks lives. */
    public boolean isUp() {
        return members.stream().anyMatch(member -> member.process().isPresent());
    }

    /**
     * Reads a directory's file; empty if it has none.
     *
     * @throws IOException also if the file is not one of these; names it
     */
    public static Optional<ClusterFile> read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Config config = ConfigFactory.parseFile(file.toFile());
            return Optional.of(new ClusterFile(
                    config.getConfigList("bricks").stream()
                            .map(ClusterFile::member)
                            .toList(),
                    config.hasPath("gone")
                            ? config.getConfigList("gone").stream()
                                    .map(ClusterFile::place)
                                    .toList()
                            : List.of()));
        } catch (ConfigException bad) {
            throw new IOException(file + " does not describe a cluster: " + bad.getMessage(), bad);
        }
    }

    private static Place place(Config brick) {
        return new Place(brick.getString("name"), brick.getInt("data-port"), brick.getInt("control-port"));
    }

    private static Member member(Config brick) {
        return new Member(
                place(brick),
                brick.hasPath("joined") && brick.getBoolean("joined"),
                brick.getLong("pid"),
                brick.getLong("started-millis"));
    }

    /** Replaces the directory's file, at once or not at all. */
    void write(Path directory) throws IOException {
        List<Map<String, Object>> bricks = members.stream()
                .map(member -> Map.<String, Object>of(
                        "name", member.place().name(),
                        "data-port", member.place().dataPort(),
                        "control-port", member.place().controlPort(),
                        "joined", member.hasJoined(),
                        "pid", member.pid(),
                        "started-millis", member.startedMillis()))
                .toList();
        List<Map<String, Object>> left = gone.stream()
                .map(place -> Map.<String, Object>of(
                        "name", place.name(), "data-port", place.dataPort(), "control-port", place.controlPort()))
                .toList();
        String text = ConfigValueFactory.fromMap(Map.of("bricks", bricks, "gone", left))
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
        Path fresh = directory.resolve(NAME + ".new");
        OwnerOnly.createFile(fresh);
        Files.writeString(
                fresh, "# The bricks that ./dds cluster has started here. Do not edit while they run.\n" + text);
        Files.move(fresh, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
