package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.FreePorts;
import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.cli.local.ChildJvm;
import io.brickwork.client.Dds;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are not started with all jars on one class path: docs/embedding.md. */
class HostingIT {
    @TempDir
    Path temp;

    /** A program whose thread's context class loader sees nothing of Brickwork. */
    static final class Foreign {
        public static void main(String[] arguments) {
            Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0], null));
            Path directory = Path.of(arguments[0]);
            try (Dds dds = Dds.embedded(directory.resolve("embedded"))) {
                System.out.println(
                        dds.hashTable("t", String.class, String.class).put("k", "v"));
            }
            int dataPort = Integer.parseInt(arguments[1]);
            int controlPort = Integer.parseInt(arguments[2]);
            try (HostedBrick brick = HostedBrick.start(BrickSettings.of(ConfigFactory.parseMap(Map.of(
                            "brickwork.brick.id",
                            "solo",
                            "brickwork.brick.members",
                            List.of("solo=127.0.0.1:%d/%d".formatted(dataPort, controlPort)),
                            "brickwork.brick.directory",
                            directory.resolve("hosted").toString()))));
                    Dds dds = Dds.connect("127.0.0.1:" + dataPort)) {
                dds.hashTable("t", String.class, String.class).put("k", "v");
                System.out.println(brick.id());
            }
        }
    }

    @Test
    void aThreadWhoseClassLoaderSeesNothingHostsBricks() throws Exception {
        List<String> command = new ArrayList<>(ChildJvm.command(List.of("-Xmx256m"), Foreign.class.getName()));
        command.add(temp.toString());
        int[] ports = FreePorts.take(2);
        command.addAll(List.of(String.valueOf(ports[0]), String.valueOf(ports[1])));
        assertThat(run(command)).contains("null\nsolo\n").doesNotContain("Exception");
    }

    @Test
    void theDocumentedLineStartsAnEmbeddedBrickOnTheModulePath() throws Exception {
        Path target = Path.of("target").toAbsolutePath();
        List<String> jars = new ArrayList<>(List.of(
                Files.readString(target.resolve("dds.classpath")).strip().split(File.pathSeparator)));
        try (Stream<Path> own = Files.list(target)) {
            jars.add(own.filter(file -> file.getFileName().toString().matches("dds-cli-[^-]*(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow()
                    .toString());
        }
        Map<Boolean, List<String>> byKind = jars.stream().collect(Collectors.partitioningBy(HostingIT::isNoModule));
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-p",
                String.join(File.pathSeparator, byKind.getOrDefault(false, List.of())),
                "-cp",
                String.join(File.pathSeparator, byKind.getOrDefault(true, List.of())),
                "--add-modules",
                "ALL-MODULE-PATH",
                "--enable-native-access=org.jnrproject.jffi",
                "-m",
                "io.brickwork.cli/io.brickwork.cli.DdsCommand");
        String dir = temp.resolve("data").toString();
        run(Stream.concat(java.stream(), Stream.of("set", "--dir", dir, "k", "v"))
                .toList());
        assertThat(run(Stream.concat(java.stream(), Stream.of("get", "--dir", dir, "k"))
                        .toList()))
                .endsWith("v\n");
    }

    /** A name that no module can have, or two jars with the same package. */
    private static boolean isNoModule(String jar) {
        String name = Path.of(jar).getFileName().toString();
        return name.startsWith("native-") || name.startsWith("pekko-http");
    }

    private static String run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
