package io.brickwork.bench;

import io.brickwork.bricks.lmdb.LmdbFloor;
import io.brickwork.core.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What the parts cost by themselves, without any of Brickwork, on the same machine and the same disk, measured in the
 * same run. One thread.
 */
final class Floors implements AutoCloseable {
    /** How many entries the applier puts into LMDB at a time, about. */
    static final int APPLIED_AT_ONCE = 1000;

    private static final int WARM_UP_AT_ONCE = 64;
    private static final int WARM_UP_TIMES = 6;

    private static final List<Supplier<Usage>> ALONE = List.of(Usage::ofThisProcess);

    private final Path directory;
    private final Duration warmUp;
    private final Duration measured;
    private final int keys;
    private final Map<Floor, Measured> figures = new TreeMap<>();
    /** By kind and size. */
    private final Map<Floor, Raw> servers = new TreeMap<>();

    /** What is measured by itself. */
    enum Kind {
        LMDB_GET("LMDB: get, transaction renewed"),
        LMDB_PUT("LMDB: put, committed and synced in batches"),
        APPEND("file: append in batches"),
        APPEND_SYNC("file: append in batches, fdatasync"),
        ECHO("sockets: request and reply, 2 processes"),
        COPIES("sockets: the three-copy round, 4 processes");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /**
     * A floor.
     *
     * @param atOnce operations in a batch, or under way at the same time
     */
    record Floor(Kind kind, int valueBytes, int atOnce) implements Comparable<Floor> {
        @Override
        public int compareTo(Floor other) {
            int byBytes = Integer.compare(valueBytes, other.valueBytes);
            int byKind = kind.compareTo(other.kind);
            return byBytes != 0 ? byBytes : byKind != 0 ? byKind : Integer.compare(atOnce, other.atOnce);
        }
    }

    /** What a row of the table is compared with, in microseconds. */
    record Sum(double latencyMicros, double cpuMicros) {}

    /**
     * @param directory on the disk that the bricks use
     * @param keys how many records LMDB holds
     */
    Floors(Path directory, Duration warmUp, Duration measured, int keys) {
        this.directory = directory;
        this.warmUp = warmUp;
        this.measured = measured;
        this.keys = keys;
    }

    /** All floors that were measured, in the order of {@link Floor}. */
    Map<Floor, Measured> figures() {
        return figures;
    }

    /** Which floors the row needs. */
    static List<Floor> neededFor(Row row) {
        List<Floor> needed = new ArrayList<>();
        int bytes = row.valueBytes();
        boolean isRemote = row.place() == Row.Place.THREE_BRICKS;
        if (row.operation() == Callers.Operation.GET) {
            needed.add(isRemote ? new Floor(Kind.ECHO, bytes, row.outstanding()) : new Floor(Kind.LMDB_GET, bytes, 1));
            return needed;
        }
        needed.add(new Floor(appendKind(row), bytes, row.outstanding()));
        needed.add(new Floor(Kind.LMDB_PUT, bytes, row.outstanding()));
        needed.add(new Floor(Kind.LMDB_PUT, bytes, APPLIED_AT_ONCE));
        if (isRemote) {
            needed.add(new Floor(Kind.COPIES, bytes, row.outstanding()));
        }
        return needed;
    }

    /**
     * What must be done for the row's operation at least. A read: one look-up, or one request and reply. A write: one
     * append (and sync) on each replica, the round among them if there are three, and, for CPU only, since nobody waits
     * for it, the put into each replica's table.
     */
    Sum of(Row row) {
        List<Measured> parts = neededFor(row).stream().map(this::figure).toList();
        if (row.operation() == Callers.Operation.GET) {
            Measured only = parts.getFirst();
            return new Sum(only.latencyMicros(50), only.cpuMicros());
        }
        Measured append = parts.get(0);
        Measured apply = parts.get(2);
        double replicaCpu = append.cpuMicros() + apply.cpuMicros();
        if (row.place() == Row.Place.ONE_BRICK) {
            return new Sum(append.latencyMicros(50), replicaCpu);
        }
        Measured round = parts.get(3);
        return new Sum(round.latencyMicros(50) + append.latencyMicros(50), round.cpuMicros() + 3 * replicaCpu);
    }

    /** One floor by itself. */
    Measured figure(Floor floor) {
        Measured figure = figures.get(floor);
        if (figure == null) {
            throw new IllegalStateException(floor + " was not measured");
        }
        return figure;
    }

    /** Measures it, unless that was done before. */
    void measure(Floor floor) throws IOException, InterruptedException {
        if (figures.containsKey(floor)) {
            return;
        }
        Measured figure = switch (floor.kind()) {
            case LMDB_GET, LMDB_PUT -> measureLmdb(floor);
            case APPEND -> measureAppend(floor, false);
            case APPEND_SYNC -> measureAppend(floor, true);
            case ECHO, COPIES -> measureRaw(floor);
        };
        figures.put(floor, figure);
    }

    private Measured measureLmdb(Floor floor) throws InterruptedException {
        // One for each floor: a file whose rows were put there past the table is taken for damaged when it is opened
        // again.
        Path where = directory.resolve("floor-%s-%d-%d".formatted(floor.kind(), floor.valueBytes(), floor.atOnce()));
        byte[] value = new byte[floor.valueBytes()];
        SplittableRandom random = new SplittableRandom(1);
        random.nextBytes(value);
        try (LmdbFloor lmdb = LmdbFloor.open(where)) {
            for (int from = 0; from < keys; from += APPLIED_AT_ONCE) {
                long[] batch = new long[Math.min(APPLIED_AT_ONCE, keys - from)];
                for (int i = 0; i < batch.length; i++) {
                    batch[i] = from + i;
                }
                lmdb.put(batch, value);
            }
            long[] batch = new long[floor.atOnce()];
            return alone(new SingleThread(floor.atOnce(), () -> {
                for (int i = 0; i < batch.length; i++) {
                    batch[i] = random.nextInt(keys);
                }
                if (floor.kind() == Kind.LMDB_PUT) {
                    lmdb.put(batch, value);
                } else if (!lmdb.get(batch[0])) {
                    throw new IllegalStateException("record " + batch[0] + " is not there");
                }
            }));
        }
    }

    private Measured measureAppend(Floor floor, boolean syncs) throws IOException, InterruptedException {
        Path file = directory.resolve("floor-append");
        try (Append append = new Append(file, floor.atOnce() * floor.valueBytes(), syncs)) {
            return alone(new SingleThread(floor.atOnce(), append::run));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /**
     * With servers that go on running, and were warmed up with many frames at once: what is compiled late would count
     * otherwise.
     */
    private Measured measureRaw(Floor floor) throws IOException, InterruptedException {
        Floor kind = new Floor(floor.kind(), floor.valueBytes(), WARM_UP_AT_ONCE);
        Raw raw = servers.get(kind);
        if (raw == null) {
            raw = startRaw(kind);
            servers.put(kind, raw);
            raw.measure(kind, warmUp.multipliedBy(WARM_UP_TIMES), warmUp);
        }
        return raw.measure(floor, warmUp, measured);
    }

    private Raw startRaw(Floor floor) throws IOException {
        List<ChildProcess> processes = new ArrayList<>();
        boolean isUp = false;
        try {
            if (floor.kind() == Kind.ECHO) {
                ChildProcess echo = start(processes, "echo", floor);
                Raw raw = new Raw(processes, port(echo));
                isUp = true;
                return raw;
            }
            ChildProcess one = start(processes, "backup", floor);
            ChildProcess two = start(processes, "backup", floor);
            ChildProcess primary =
                    start(processes, "primary", floor, String.valueOf(port(one)), String.valueOf(port(two)));
            Raw raw = new Raw(processes, port(primary));
            isUp = true;
            return raw;
        } finally {
            if (!isUp) {
                processes.forEach(ChildProcess::close);
            }
        }
    }

    /** Running servers of a floor. */
    private record Raw(List<ChildProcess> processes, int port) {
        Measured measure(Floor floor, Duration warmUp, Duration measured) throws InterruptedException {
            List<Supplier<Usage>> consumers = new ArrayList<>(ALONE);
            processes.forEach(process -> consumers.add(process::usage));
            return Workload.measure(
                    new RawClient(port, floor.atOnce(), floor.valueBytes()), warmUp, measured, consumers);
        }
    }

    private ChildProcess start(List<ChildProcess> processes, String role, Floor floor, String... more)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(role, String.valueOf(floor.valueBytes())));
        command.addAll(List.of(more));
        ChildProcess process = ChildProcess.start(
                role, directory.resolve("floors.log"), Bricks.JVM_OPTIONS, command.toArray(String[]::new));
        processes.add(process);
        return process;
    }

    /** Ends the servers. */
    @Override
    public void close() {
        servers.values().forEach(raw -> raw.processes().forEach(ChildProcess::close));
        servers.clear();
    }

    private static int port(ChildProcess child) {
        return Integer.parseInt(child.answer());
    }

    private Measured alone(Workload workload) throws InterruptedException {
        return Workload.measure(workload, warmUp, measured, ALONE);
    }

    private static Kind appendKind(Row row) {
        return row.durability() == Durability.SYNC ? Kind.APPEND_SYNC : Kind.APPEND;
    }
}
