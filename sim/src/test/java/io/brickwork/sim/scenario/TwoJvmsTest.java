package io.brickwork.sim.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same seed gives the same run in every JVM: whatever its identity hashes, the salt of its immutable sets, its
 * heap, collector, compiler, locale and time zone.
 */
class TwoJvmsTest {
    private static final long BASE = 0x2b1c0;
    private static final int SEEDS = 12;

    @TempDir
    private Path directory;

    @Test
    void aJvmThatDiffersInEverythingGivesTheSameTraces() throws IOException, InterruptedException {
        Process other = start(
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:hashCode=2",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx384m",
                "-Duser.language=ar",
                "-Duser.country=EG",
                "-Duser.timezone=Pacific/Chatham");
        List<String> here = TraceHashes.reports(BASE, SEEDS);
        List<String> there;
        try (InputStream out = other.getInputStream()) {
            there = new String(out.readAllBytes(), UTF_8).lines().toList();
        }
        assertThat(other.waitFor()).as(Files.readString(errors())).isZero();
        assertThat(there).isEqualTo(here);
        assertThat(here).doesNotHaveDuplicates().allMatch(report -> report.contains(" trace "));
    }

    private Process start(String... options) throws IOException {
        // Surefire hands its own process a jar that names the class path, and tells the class path itself here.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", classPath, TraceHashes.class.getName(), Long.toString(BASE), Integer.toString(SEEDS)));
        return new ProcessBuilder(command).redirectError(errors().toFile()).start();
    }

    private Path errors() {
        return directory.resolve("errors.txt");
    }
}
