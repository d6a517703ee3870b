package io.brickwork.cli;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.client.Dds;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Touches what the other commands touch, so that the launcher can keep the loaded classes in an archive. */
@Command(name = "warm-up", hidden = true, description = "Load the classes that the other commands need.")
final class WarmUpCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        Path directory = Files.createTempDirectory("dds-warm-up");
        try (ServerSocket data = new ServerSocket(0);
                ServerSocket control = new ServerSocket(0)) {
            int dataPort = data.getLocalPort();
            int controlPort = control.getLocalPort();
            data.close();
            control.close();
            try (Dds dds = Dds.embedded(directory.resolve("embedded"))) {
                use(dds);
            }
            BrickSettings settings = BrickSettings.of(ConfigFactory.parseMap(Map.of(
                    "brickwork.brick.id", "warm-up",
                    "brickwork.brick.members", List.of("warm-up=127.0.0.1:%d/%d".formatted(dataPort, controlPort)),
                    "brickwork.brick.directory", directory.resolve("brick").toString())));
            try (HostedBrick brick = HostedBrick.start(settings);
                    Dds dds = Dds.connect("127.0.0.1:" + brick.address().getPort())) {
                use(dds);
            }
            return 0;
        } finally {
            BrickProcesses.deleteTree(directory);
        }
    }

    private static void use(Dds dds) {
        var table = dds.hashTable("warm-up", String.class, String.class);
        table.set("key", "value");
        if (!"value".equals(table.get("key"))) {
            throw new IllegalStateException("a value that was set was not found");
        }
    }
}
