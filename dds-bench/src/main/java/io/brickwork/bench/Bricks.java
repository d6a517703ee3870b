package io.brickwork.bench;

import io.brickwork.bricks.settings.SecretFile;
import io.brickwork.cli.BulkLoad;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.client.Dds;
import io.brickwork.client.tls.ThrowAwayAuthority;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.codec.Codecs;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The bricks that a part of the table is measured on, with loaded tables. One thread. */
final class Bricks implements AutoCloseable {
    /**
     * Of every process with an event loop; as the launcher starts a brick, and enough heap that collections tell what
     * allocation costs, not what scarcity does.
     */
    static final List<String> JVM_OPTIONS = List.of("-XX:+UseParallelGC", "-Xms512m", "-Xmx512m");

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int LOAD_OUTSTANDING = 256;

    private final Dds dds;
    private final Replication replication;
    private final List<ChildProcess> processes;
    private final TreeMap<String, DdsHashTable<String, byte[]>> tables = new TreeMap<>();
    /** Those of this process. */
    private Stages measured = Stages.none();

    private Bricks(Dds dds, Replication replication, List<ChildProcess> processes) {
        this.dds = dds;
        this.replication = replication;
        this.processes = processes;
    }

    /**
     * Starts them, with nothing in them.
     *
     * @param replication of all tables
     * @param isTls whether bricks in processes of their own speak TLS
     * @param jvmOptions more of them, for bricks in processes of their own
     */
    static Bricks start(
            Row.Place place, Path directory, Replication replication, boolean isTls, List<String> jvmOptions)
            throws IOException {
        return switch (place) {
            case ONE_BRICK -> new Bricks(Dds.embedded(directory.resolve("embedded")), replication, List.of());
            case THREE_BRICKS -> startThree(directory, replication, isTls, jvmOptions);
        };
    }

    private static Bricks startThree(Path directory, Replication replication, boolean isTls, List<String> jvmOptions)
            throws IOException {
        List<String> options = new ArrayList<>(JVM_OPTIONS);
        options.addAll(jvmOptions);
        List<ChildProcess> processes = new ArrayList<>();
        boolean isUp = false;
        // Only for places and addresses: the processes are the benchmark's own, which tell what they consume.
        try (BrickProcesses places = BrickProcesses.on(directory, NAMES, List.of(), List.of())) {
            SecretFile.make(places.secretFile());
            TlsFiles tls = isTls ? ThrowAwayAuthority.in(directory).issue("brick", List.of("127.0.0.1")) : null;
            for (BrickProcesses.Place place : places.places()) {
                processes.add(ChildProcess.start(
                        place.name(),
                        places.logOf(place),
                        options,
                        "brick",
                        "id=\"" + place.name() + "\"",
                        "members=[\"" + places.members().replace(",", "\",\"") + "\"]",
                        "secret-file=\"" + places.secretFile() + "\"",
                        "directory=\"" + places.directoryOf(place) + "\"",
                        tls == null
                                ? "tls {}"
                                : "tls { certificate=\"%s\", key=\"%s\", trusted=\"%s\" }"
                                        .formatted(tls.certificate(), tls.key(), tls.trusted())));
            }
            for (ChildProcess process : processes) {
                process.answer();
            }
            Bricks bricks = new Bricks(connect(places.addresses(), tls), replication, processes);
            isUp = true;
            return bricks;
        } finally {
            if (!isUp) {
                processes.forEach(ChildProcess::close);
            }
        }
    }

    private static Dds connect(String addresses, @Nullable TlsFiles tls) {
        return Dds.connect(addresses, options -> {
            if (tls != null) {
                options.tls(TlsFiles.trusting(tls.trusted()));
            }
        });
    }

    /** Whoever takes part in an operation. */
    List<Supplier<Usage>> consumers() {
        List<Supplier<Usage>> consumers = new ArrayList<>();
        consumers.add(Usage::ofThisProcess);
        processes.forEach(process -> consumers.add(process::usage));
        return consumers;
    }

    /** Begins to follow writes through their primaries. */
    void startTimes() {
        measured = Stages.start();
        processes.forEach(process -> process.ask(BenchChild.START_TIMES));
    }

    /** Where the time of the writes went since {@link #startTimes}. */
    Stages stopTimes() {
        Stages stages = measured.stop();
        for (ChildProcess process : processes) {
            stages.add(Stages.parse(process.ask(BenchChild.STOP_TIMES)));
        }
        return stages;
    }

    /** The table for rows like this one; every key is in it. */
    DdsHashTable<String, byte[]> table(Row row, Entries entries) {
        String name = row.durability() + "-" + row.valueBytes();
        DdsHashTable<String, byte[]> table = tables.get(name);
        if (table == null) {
            table = open(name, row.durability());
            load(table, entries);
            tables.put(name, table);
        }
        return table;
    }

    private DdsHashTable<String, byte[]> open(String name, Durability durability) {
        return dds.hashTable(TableSpec.of(name, Codecs.string(), Codecs.bytes())
                .durability(durability)
                .replication(replication));
    }

    private static void load(DdsHashTable<String, byte[]> table, Entries entries) {
        BulkLoad load = new BulkLoad(LOAD_OUTSTANDING);
        SplittableRandom random = new SplittableRandom(0);
        for (int i = 0; i < entries.count(); i++) {
            String key = entries.key(i);
            byte[] value = entries.value(random);
            load.add(() -> table.async().set(key, value), () -> {});
        }
        load.await();
        load.failure().ifPresent(Callers::check);
    }

    @Override
    public void close() {
        try {
            dds.close();
        } finally {
            processes.forEach(ChildProcess::close);
        }
    }
}
