package io.brickwork.bench;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.meter.Meters;
import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.probe.Wholeness;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.SecretFile;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.client.Dds;
import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Bricks of this process, connected over the loopback address, and what they count. Used by one thread. */
final class LocalBricks implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final List<Place> places;
    private final List<HostedBrick> bricks = new ArrayList<>();
    private final ConcurrentSkipListMap<String, LongAdder> counters = new ConcurrentSkipListMap<>();
    private final Meters meters = (brick, name, description) -> counter(brick, name)::increment;
    private Optional<Dds> dds = Optional.empty();

    private LocalBricks(List<Place> places) {
        this.places = places;
    }

    /** Starts so many, with nothing in them; returns when they serve. */
    static LocalBricks start(int size, Path directory) throws IOException, InterruptedException {
        List<String> names = IntStream.range(0, size)
                .mapToObj(i -> String.valueOf((char) ('a' + i)))
                .toList();
        LocalBricks local = new LocalBricks(BrickProcesses.freePlaces(names));
        boolean isUp = false;
        try {
            local.open(Files.createDirectories(directory));
            isUp = true;
            return local;
        } finally {
            if (!isUp) {
                local.close();
            }
        }
    }

    private void open(Path directory) throws IOException, InterruptedException {
        Path secret = directory.resolve(SecretFile.NAME);
        SecretFile.make(secret);
        String members = "\"" + BrickProcesses.members(places).replace(",", "\",\"") + "\"";
        for (Place place : places) {
            bricks.add(HostedBrick.start(
                    BrickSettings.of(ConfigFactory.parseString(
                            """
                            brickwork.brick {
                              id = "%s"
                              members = [%s]
                              secret-file = "%s"
                              directory = "%s"
                              control-plane = off
                            }
                            """.formatted(place.name(), members, secret, directory.resolve(place.name())))),
                    meters));
        }
        dds = Optional.of(Dds.connect(
                String.join(",", places.stream().map(Place::address).toList()),
                options -> options.timeout(PATIENCE).connectTimeout(PATIENCE)));
        awaitWhole();
    }

    Dds dds() {
        return dds.orElseThrow();
    }

    /** Waits until all copies are complete. */
    void awaitWhole() throws InterruptedException {
        List<BrickProbe> probes = places.stream().map(LocalBricks::probe).toList();
        try {
            Optional<String> lack = Wholeness.await(probes, PATIENCE);
            Check.state(lack.isEmpty(), "after %s %s", PATIENCE, lack.orElse(""));
        } finally {
            probes.forEach(BrickProbe::close);
        }
    }

    /** The primary of a structure that has one partition. */
    BrickId primary(String structure) {
        try (BrickProbe probe = probe(places.getFirst())) {
            MetadataState state = probe.cluster().state();
            StructureInfo info = Check.present(state.structure(structure), "no structure '%s'", structure);
            return state.groupsOf(info.id()).iterator().next().newest().primary();
        }
    }

    /** What a brick has counted by now under one of the names that {@link Meters} are asked for. */
    long count(BrickId brick, String name) {
        return counter(brick, name).sum();
    }

    /** The same of all bricks together. */
    long count(String name) {
        return places.stream()
                .mapToLong(place -> count(new BrickId(place.name()), name))
                .sum();
    }

    private LongAdder counter(BrickId brick, String name) {
        return counters.computeIfAbsent(brick.name() + " " + name, ignored -> new LongAdder());
    }

    private static BrickProbe probe(Place place) {
        return new BrickProbe("127.0.0.1", place.dataPort(), "brickwork", "", PATIENCE);
    }

    @Override
    public void close() {
        dds.ifPresent(Dds::close);
        bricks.forEach(HostedBrick::close);
    }
}
