package io.brickwork.bricks;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.SecretFile;
import io.brickwork.client.DdsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Bricks a, b, c, … in this process, on real sockets, without a control plane unless asked for. */
public final class TestCluster implements AutoCloseable {
    private final List<BrickSettings> settings;
    private final List<HostedBrick> bricks = new ArrayList<>();

    private TestCluster(List<BrickSettings> settings) {
        this.settings = settings;
    }

    /** @param more settings of every brick, each as {@code key = value} */
    public static TestCluster start(Path directory, int size, String... more) throws IOException {
        TestCluster cluster = new TestCluster(settings(directory, size, more));
        for (BrickSettings settings : cluster.settings) {
            cluster.bricks.add(HostedBrick.start(settings));
        }
        return cluster;
    }

    public static List<BrickSettings> settings(Path directory, int size, String... more) throws IOException {
        int[] ports = FreePorts.take(2 * size);
        List<String> names = IntStream.range(0, size)
                .mapToObj(i -> String.valueOf((char) ('a' + i)))
                .toList();
        String members = String.join(
                ",",
                IntStream.range(0, size)
                        .mapToObj(i -> "\"%s=127.0.0.1:%d/%d\"".formatted(names.get(i), ports[2 * i], ports[2 * i + 1]))
                        .toList());
        if (!Files.exists(secretFile(directory))) {
            SecretFile.make(secretFile(directory));
        }
        return names.stream()
                .map(name -> BrickSettings.of(ConfigFactory.parseString("""
                        brickwork.brick {
                          id = %s
                          members = [%s]
                          directory = "%s"
                          secret-file = "%s"
                          log-segment = 1 MiB
                          control-plane = off
                          %s
                        }
                        """.formatted(
                        name, members, directory.resolve(name), secretFile(directory), String.join("\n  ", more)))))
                .toList();
    }

    /** Where the secret of the cluster in a directory lies. */
    public static Path secretFile(Path directory) {
        return directory.resolve(SecretFile.NAME);
    }

    public String addresses() {
        return String.join(
                ",",
                settings.stream()
                        .map(brick -> "127.0.0.1:" + brick.self().dataPort())
                        .toList());
    }

    /** For machines that are busy with other things. */
    public static void patiently(DdsOptions options) {
        options.timeout(Duration.ofSeconds(60)).connectTimeout(Duration.ofSeconds(60));
    }

    public BrickSettings settings(int brick) {
        return settings.get(brick);
    }

    public HostedBrick brick(int brick) {
        return bricks.get(brick);
    }

    /** Stops one in order. */
    public void stop(int brick) {
        bricks.get(brick).close();
    }

    /** Starts one again that was stopped. */
    public void restart(int brick) {
        bricks.set(brick, HostedBrick.start(settings.get(brick)));
    }

    @Override
    public void close() {
        bricks.forEach(HostedBrick::close);
    }
}
