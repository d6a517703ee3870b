package io.brickwork.bricks.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.brickwork.bricks.local.BrickProcesses.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a directory's cluster of bricks on this machine consists of: kept in the directory's file {@value #NAME}, so that later commands find what an earlier one has started.
 */
public record ClusterFile(List<Member> members) {
    static final String NAME = "cluster.conf";
    /** How far two readings of one process's start may differ: some systems count it from the boot, whose time follows the clock. */
    private static final long START_TOLERANCE_MILLIS = 5_000;

    public ClusterFile {
        members = List.copyOf(members);
    }

    /**
     * A brick and the process it was last started as.
     *
     * @param pid 0 if it was stopped
     * @param startedMillis when that process began, since the epoch: another process that was given the same id later is not taken for the brick
     */
    public record Member(Place place, long pid, long startedMillis) {
        static Member stopped(Place place) {
            return new Member(place, 0, 0);
        }

        static Member running(Place place, ProcessHandle process) {
            return new Member(place, process.pid(), startMillis(process));
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
            return Optional.of(new ClusterFile(ConfigFactory.parseFile(file.toFile()).getConfigList("bricks").stream()
                    .map(ClusterFile::member)
                    .toList()));
        } catch (ConfigException bad) {
            throw new IOException(file + " does not describe a cluster: " + bad.getMessage(), bad);
        }
    }

    private static Member member(Config brick) {
        return new Member(
                new Place(brick.getString("name"), brick.getInt("data-port"), brick.getInt("control-port")),
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
                        "pid", member.pid(),
                        "started-millis", member.startedMillis()))
                .toList();
        String text = ConfigValueFactory.fromMap(Map.of("bricks", bricks))
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
        Path fresh = directory.resolve(NAME + ".new");
        Files.writeString(
                fresh, "# The bricks that ./dds cluster has started here. Do not edit while they run.\n" + text);
        Files.move(fresh, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
