package io.brickwork.bench;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.probe.Wholeness;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.client.Dds;
import io.brickwork.core.Check;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Three bricks as processes, with their defaults unless told otherwise, to be killed, and what is known of them. Used
 * by one thread; closing it deletes all that it wrote.
 */
final class Trio implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration SETTLING = Duration.ofMillis(1_500);
    private static final List<String> NAMES = List.of("a", "b", "c");

    private final Path directory;
    private final BrickProcesses bricks;
    private final List<BrickProbe> probes;
    private final Dds dds;

    private Trio(Path directory, BrickProcesses bricks) throws InterruptedException {
        this.directory = directory;
        this.bricks = bricks;
        probes = bricks.places().stream()
                .map(place -> new BrickProbe("127.0.0.1", place.dataPort(), "brickwork", "", PATIENCE))
                .toList();
        dds = Dds.connect(bricks.addresses());
        awaitWhole();
    }

    /**
     * Starts them, and waits until they serve.
     *
     * @param directory of nobody else, which {@link #close} deletes
     * @param settings of {@code brickwork.brick}, each {@code key=value}
     */
    static Trio start(Path directory, List<String> settings) throws IOException, InterruptedException {
        BrickProcesses bricks = BrickProcesses.on(directory, NAMES, List.of(), settings);
        bricks.startAll();
        return new Trio(directory, bricks);
    }

    int size() {
        return NAMES.size();
    }

    String name(int brick) {
        return NAMES.get(brick);
    }

    Place place(int brick) {
        return bricks.places().get(brick);
    }

    BrickProcesses bricks() {
        return bricks;
    }

    Dds dds() {
        return dds;
    }

    /** For files of the benchmark's own, beside the bricks'. */
    Path directory() {
        return directory;
    }

    /** What the brick knows of the cluster. */
    BrickProbe.Cluster cluster(int brick) {
        return probes.get(brick).cluster();
    }

    StructureInfo structure(String name) {
        return Check.present(cluster(0).state().structure(name), "no structure '%s'", name);
    }

    /** The partitions of a structure whose primary the brick is, as this state has it. */
    List<Integer> primaries(MetadataState state, StructureInfo info, int brick) {
        return state.groups().stream()
                .filter(group -> group.partition().structure() == info.id())
                .filter(group -> group.newest().primary().name().equals(name(brick)))
                .map(group -> group.partition().number())
                .toList();
    }

    /** Waits until all copies are complete. */
    void awaitWhole() throws InterruptedException {
        Optional<String> lack = Wholeness.await(probes, PATIENCE);
        Check.state(lack.isEmpty(), "after %s %s", PATIENCE, lack.orElse(""));
    }

    /** Waits until all copies are complete, and primaries have gone back to a brick that was away. */
    void settle() throws InterruptedException {
        awaitWhole();
        Thread.sleep(SETTLING);
    }

    /** Waits, looking every few milliseconds. */
    static void await(String what, BooleanSupplier isSo) throws InterruptedException {
        long beganNanos = System.nanoTime();
        while (!isSo.getAsBoolean()) {
            Check.state(System.nanoTime() - beganNanos < PATIENCE.toNanos(), "not after %s: %s", PATIENCE, what);
            Thread.sleep(2);
        }
    }

    @Override
    public void close() throws IOException {
        dds.close();
        probes.forEach(BrickProbe::close);
        bricks.end();
        bricks.close();
        BrickProcesses.deleteTree(directory);
    }
}
