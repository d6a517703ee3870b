package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as people start it, on what this build has just packaged. */
class LauncherIT {
    private static final Path LAUNCHER = Path.of("..", "dds").toAbsolutePath().normalize();

    @TempDir
    Path temp;

    /** How a run of the launcher ended. */
    private record Ended(int exitCode, String output) {}

    @Test
    void theLauncherFindsAJdkAndStartsCommands() throws Exception {
        Map<String, String> noBuild = Map.of("DDS_NO_BUILD", "1", "JAVA_HOME", "");
        assertThat(run(LAUNCHER, noBuild, "--version").output()).contains("Brickwork ");
        String dir = temp.resolve("data").toString();
        assertThat(run(LAUNCHER, noBuild, "set", "--dir", dir, "greeting", "hello"))
                .isEqualTo(new Ended(0, ""));
        long startedNanos = System.nanoTime();
        assertThat(run(LAUNCHER, noBuild, "get", "--dir", dir, "greeting")).isEqualTo(new Ended(0, "hello\n"));
        System.out.printf("./dds get --dir: %d ms%n", (System.nanoTime() - startedNanos) / 1_000_000);
        assertThat(run(LAUNCHER, noBuild, "get", "--dir", dir, "nothing"))
                .isEqualTo(new Ended(1, "dds: there is no entry 'nothing' in table 'main'\n"));
    }

    @Test
    void argumentsAreUtf8WhateverTheLocale() throws Exception {
        Map<String, String> plain = Map.of("DDS_NO_BUILD", "1", "LC_ALL", "C", "LANG", "C");
        String dir = temp.resolve("данные").toString();
        assertThat(run(LAUNCHER, plain, "set", "--dir", dir, "ключ", "значение"))
                .isEqualTo(new Ended(0, ""));
        assertThat(run(LAUNCHER, plain, "get", "--dir", dir, "ключ")).isEqualTo(new Ended(0, "значение\n"));
        assertThat(run(LAUNCHER, plain, "get", "--dir", dir, "слюк").exitCode()).isEqualTo(1);
        assertThat(Path.of(dir)).as("where another locale looks for it").isDirectory();
    }

    @Test
    void aCopiedCheckoutRunsItsOwnJars() throws Exception {
        Path modules = LAUNCHER.getParent();
        Path copy = temp.resolve("copy");
        Files.createDirectories(copy);
        Files.copy(LAUNCHER, copy.resolve("dds"));
        for (String module :
                List.of("dds-core", "dds-map", "dds-hashtable", "dds-btree", "client-lib", "bricks", "dds-cli")) {
            Path from = modules.resolve(module).resolve("target");
            Path to = Files.createDirectories(copy.resolve(module).resolve("target"));
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : files.filter(name -> name.toString().endsWith(".jar")
                                || name.getFileName().toString().equals("dds.classpath"))
                        .toList()) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        }
        Map<String, String> shown = Map.of("DDS_NO_BUILD", "1", "DDS_JAVA_OPTS", "-verbose:class");
        Ended ended = run(copy.resolve("dds"), shown, "--version");
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output())
                .contains(copy.toRealPath().resolve("dds-cli").toString())
                .doesNotContain("file:" + modules);
    }

    @Test
    void aMissingJdkIsNamedWithTheWayToOne() throws Exception {
        Path old = Files.createDirectories(temp.resolve("old-jdk/bin")).getParent();
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
        assertThat(Files.writeString(old.resolve("bin/java"), "#!/bin/sh\n")
                        .toFile()
                        .setExecutable(true))
                .isTrue();
        Ended ended = run(
                LAUNCHER,
                Map.of("PATH", tools().toString(), "JAVA_HOME", old.toString(), "DDS_JDK_PLACES", old.toString()),
                "--version");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output())
                .startsWith("dds: no JDK of version 21 or newer found")
                .contains(old + " (8)", "Install one", "JAVA_HOME");
    }

    @Test
    void aMissingMavenIsNamedIfSomethingMustBeBuilt() throws Exception {
        Path copy = Files.copy(
                LAUNCHER, Files.createDirectories(temp.resolve("fresh")).resolve("dds"));
        Files.writeString(copy.resolveSibling("pom.xml"), "<project/>");
        Ended ended = run(
                copy, Map.of("PATH", tools().toString(), "JAVA_HOME", System.getProperty("java.home")), "--version");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).contains("not built yet", "needs Maven 3.8 or newer", "apt install maven");
    }

    /** A PATH with what the launcher needs and neither Java nor Maven. */
    private Path tools() throws Exception {
        Path bin = Files.createDirectories(temp.resolve("bin"));
        for (String tool : List.of(
                "bash", "env", "sed", "find", "head", "readlink", "mkdir", "rm", "dirname", "flock", "cat", "mv")) {
            for (Path place : List.of(Path.of("/bin"), Path.of("/usr/bin"))) {
                if (Files.isExecutable(place.resolve(tool)) && Files.notExists(bin.resolve(tool))) {
                    Files.createSymbolicLink(bin.resolve(tool), place.resolve(tool));
                }
            }
        }
        return bin;
    }

    private static Ended run(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(Stream.concat(Stream.of("/bin/bash", launcher.toString()), Stream.of(arguments))
                        .toList());
        builder.environment().putAll(new TreeMap<>(environment));
        builder.redirectErrorStream(true);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }
}
