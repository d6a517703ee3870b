package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No damage to any file of an embedded brick makes a key read as absent, or brings the process down.
 *
 * <p>A sample of {@link DamageTrial}'s cases; {@code -Ddamage.every=1} takes all of them, some 2,000, in some minutes.
 */
class DamagedFilesIT {
    private static final int SAMPLE = 41;

    @TempDir
    Path temp;

    @Test
    void damageIsNamedAndNeverReadsAsAbsent() throws Exception {
        int every = Integer.getInteger("damage.every", SAMPLE);
        Path output = temp.resolve("output");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DamageTrial.class.getName(),
                temp.resolve("bricks").toString(),
                String.valueOf(every),
                "0");

        Process child = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(child.waitFor(every == 1 ? 3600 : 300, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }

        List<String> lines =
                Files.readString(output, StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).as("the process ends in order").contains("END");
        assertThat(lines).noneMatch(line -> line.startsWith("WRONG"));
        assertThat(lines.stream().filter(line -> line.startsWith("NAMED"))).hasSizeGreaterThan(5);
        assertThat(lines.stream().filter(line -> line.startsWith("FINE"))).hasSizeGreaterThan(5);
    }
}
