package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.cli.local.ClusterFile;
import io.brickwork.client.Dds;
import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codecs;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./dds cluster} with real processes. */
class ClusterCommandIT {
    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void stop() throws Exception {
        if (ClusterFile.read(directory()).isPresent()) {
            dds("cluster", "down", "--dir", dir());
        }
    }

    @Test
    void aClusterComesUpSaysHowItIsGoesDownAndComesBackWithItsData() throws Exception {
        assertThat(launch("up", "--bricks", "2", "--dir", dir()))
                .as(err.toString())
                .isZero();
        assertThat(said()).contains("Dds.connect(\"127.0.0.1:", "./dds cluster down --dir");
        String addresses = ClusterFile.read(directory()).orElseThrow().addresses();
        for (String file : List.of("", "a", "a.log", "cluster.conf", "a/format", "a/table/data.mdb")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(directory().resolve(file))))
                    .as("permissions of %s", file)
                    .endsWith("------");
        }

        assertThat(launch("up", "--bricks", "2", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("is up already").hasLineCount(1);
        assertThat(patiently("set", "--connect", addresses, "greeting", "hello"))
                .as(err.toString())
                .isZero();
        assertThat(patiently("cluster", "status", "--dir", dir())).isZero();
        assertThat(said()).contains("primary of").doesNotContain("cannot be written");
        assertThat(patiently("load", "--connect", addresses, "--tree", "--table", "words", words().toString()))
                .isZero();
        said();
        assertThat(patiently("split", "--connect", addresses, "--table", "words", "--at", "m"))
                .as("without the secret")
                .isEqualTo(1);
        assertThat(complained()).contains("only an operator", "--secret-file").hasLineCount(1);
        String secret = directory().resolve("secret").toString();
        assertThat(patiently("split", "--connect", addresses, "--secret-file", secret, "--table", "words", "--at", "m"))
                .as(err.toString())
                .isZero();
        assertThat(said()).contains("'m' and what follows is partition 1 of 'words' now, led by brick");
        assertThat(patiently("scan", "--connect", addresses, "--table", "words", "--keys"))
                .isZero();
        assertThat(said()).isEqualTo("a\nm\nz\n");
        assertThat(patiently("split", "--connect", addresses, "--secret-file", secret, "--table", "words", "--at", "m"))
                .isEqualTo(1);
        assertThat(complained()).contains("does not lie within partition").hasLineCount(1);
        assertThat(patiently(
                        "split", "--connect", addresses, "--secret-file", secret, "--table", "lyrics", "--at", "m"))
                .isEqualTo(1);
        assertThat(complained()).contains("there is no table or tree called 'lyrics'", "words");

        ProcessHandle second = ClusterFile.read(directory())
                .orElseThrow()
                .members()
                .get(1)
                .process()
                .orElseThrow();
        second.destroyForcibly();
        second.onExit().join();
        assertThat(patiently("status", "--dir", dir())).isEqualTo(1);
        assertThat(said()).contains("no answer", "brick b is not running");

        assertThat(dds("cluster", "down", "--dir", dir())).isZero();
        assertThat(said()).isEqualTo("brick a stopped in order\nbrick b was not running\n");
        assertThat(patiently("status", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("no brick of the cluster").contains("cluster up --bricks 2");
        assertThat(patiently("get", "--dir", dir(), "greeting")).isEqualTo(ExitCodes.NO);
        assertThat(complained())
                .contains("is the directory of a cluster", "./dds cluster up --bricks 2 --dir")
                .hasLineCount(1);
        assertThat(launch("up", "--bricks", "1", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("has 2 bricks, not 1");

        assertThat(launch("up", "--bricks", "2", "--dir", dir()))
                .as(err.toString())
                .isZero();
        said();
        assertThat(patiently(
                        "get",
                        "--connect",
                        ClusterFile.read(directory()).orElseThrow().addresses(),
                        "greeting"))
                .isZero();
        assertThat(said()).isEqualTo("hello\n");
        for (String name : new String[] {"a", "b"}) {
            assertThat(Files.readString(directory().resolve(name + ".log")))
                    .as("an orderly stop")
                    .doesNotContain("Materializer", "Receptionist", "Exception");
        }

        assertThat(patiently("set", "--dir", dir(), "greeting", "elsewhere")).isEqualTo(ExitCodes.NO);
        assertThat(complained())
                .contains("is the directory of a cluster", "--connect " + addresses(), "in place of --dir")
                .hasLineCount(1);
        kill("b");
        assertThat(launch("up", "--bricks", "2", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("is up already but for b, which './dds cluster start b --dir");
        assertThat(launch("add", "--dir", dir())).as("while b is dead: %s", err).isZero();
        assertThat(said()).contains("brick c has joined");
        assertThat(launch("start", "b", "--dir", dir())).as(err.toString()).isZero();
        assertThat(said()).contains("brick b serves again");
        assertThat(launch("start", "b", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("brick b runs already");
        assertThat(launch("start", "x", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("has no brick 'x'; it has [a, b, c]");
    }

    private void kill(String name) throws IOException {
        ProcessHandle process = ClusterFile.read(directory()).orElseThrow().members().stream()
                .filter(member -> member.place().name().equals(name))
                .findFirst()
                .flatMap(ClusterFile.Member::process)
                .orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    private Path words() throws IOException {
        return Files.writeString(temp.resolve("words.tsv"), "z\t1\na\t2\nm\t3\n");
    }

    @Test
    void aClusterGrowsAndABrickIsDecommissioned() throws Exception {
        assertThat(launch("up", "--bricks", "3", "--dir", dir()))
                .as(err.toString())
                .isZero();
        assertThat(patiently("set", "--connect", addresses(), "greeting", "hello"))
                .isZero();
        assertThat(patiently("decommission", "c", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("2 bricks would stay", "ask for 3 copies", "--force");
        assertThat(patiently("decommission", "x", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("there is no brick 'x'", "[a, b, c]");

        assertThat(launch("add", "--dir", dir())).as(err.toString()).isZero();
        said();
        assertThat(patiently("decommission", "a", "--dir", dir()))
                .as(err.toString())
                .isZero();
        assertThat(said()).contains("brick a is empty; it was stopped");
        assertThat(ClusterFile.read(directory()).orElseThrow().members())
                .extracting(member -> member.place().name())
                .containsExactly("b", "c", "d");
        assertThat(patiently("get", "--connect", addresses(), "greeting")).isZero();
        assertThat(said()).isEqualTo("hello\n");
        assertThat(patiently("status", "--dir", dir())).isZero();
        assertThat(said()).contains("metadata is kept by").doesNotContain("cannot be written", "short of copies");
        assertThat(patiently("accept-loss", "--dir", dir())).isZero();
        assertThat(said()).contains("nothing to accept");

        assertThat(dds("cluster", "down", "--dir", dir())).isZero();
        assertThat(launch("up", "--bricks", "3", "--dir", dir()))
                .as(err.toString())
                .isZero();
        said();
        assertThat(patiently("get", "--connect", addresses(), "greeting")).isZero();
        assertThat(said()).isEqualTo("hello\n");
    }

    @Test
    void aClusterSpeaksTlsToWhoeverTrustsItsAuthority() throws Exception {
        assertThat(launch("up", "--bricks", "3", "--tls", "--dir", dir()))
                .as(err.toString())
                .isZero();
        Path tls = directory().resolve("tls");
        String trusted = tls.resolve("authority.crt").toString();
        assertThat(said()).contains("TlsFiles.trusting", "--tls-trusted " + trusted);
        assertThat(Files.getPosixFilePermissions(tls.resolve("a.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(patiently("set", "--connect", addresses(), "--tls-trusted", trusted, "greeting", "hello"))
                .as(err.toString())
                .isZero();
        assertThat(patiently("status", "--dir", dir())).as(err.toString()).isZero();
        assertThat(said()).contains("primary of");
        assertThat(launch("add", "--dir", dir())).as(err.toString()).isZero();
        said();
        assertThat(patiently("decommission", "a", "--dir", dir()))
                .as(err.toString())
                .isZero();
        said();
        assertThat(patiently("get", "--connect", addresses(), "--tls-trusted", trusted, "greeting"))
                .isZero();
        assertThat(said()).isEqualTo("hello\n");

        assertThat(dds("get", "--connect", addresses(), "greeting", "--timeout=2"))
                .isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(complained())
                .contains("this port speaks TLS", "--tls-trusted FILE")
                .hasLineCount(1);
        String secret = directory().resolve("secret").toString();
        assertThat(dds(
                        "split",
                        "--connect",
                        addresses(),
                        "--tls-trusted",
                        trusted,
                        "--secret-file",
                        secret,
                        "--table",
                        "main",
                        "--at",
                        "m",
                        "--timeout=2"))
                .isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(complained())
                .contains("operator 'probe' has shown no certificate", "--tls-certificate")
                .hasLineCount(1);
        assertThat(patiently("get", "--connect", addresses(), "--tls-trusted", secret, "greeting"))
                .isEqualTo(ExitCodes.NO);
        assertThat(complained())
                .contains("--tls-trusted: the file " + secret + " is not in PEM")
                .hasLineCount(1);
        assertThat(dds("get", "--tls-key", secret, "greeting")).isEqualTo(2);
        assertThat(complained()).contains("--tls-trusted is missing");
        assertThat(patiently("get", "--dir", dir(), "greeting")).isEqualTo(ExitCodes.NO);
        assertThat(complained()).contains("--connect " + addresses() + " --tls-trusted " + trusted);
    }

    /** Half of the partitions had their only copy on the brick that is gone. */
    @Test
    void whatIsLostIsGivenUpOnlyWhenAnOperatorSaysSo() throws Exception {
        assertThat(launch("up", "--bricks", "2", "--dir", dir()))
                .as(err.toString())
                .isZero();
        try (Dds dds = Dds.connect(addresses(), options -> options.timeout(Duration.ofSeconds(60)))) {
            DdsHashTable<String, String> table = dds.hashTable(TableSpec.of("t", Codecs.string(), Codecs.string())
                    .replicas(1)
                    .durability(Durability.SYNC));
            for (int i = 0; i < 100; i++) {
                table.set("k" + i, "v" + i);
            }
            ClusterFile.Member second =
                    ClusterFile.read(directory()).orElseThrow().members().get(1);
            ProcessHandle process = second.process().orElseThrow();
            process.destroyForcibly();
            process.onExit().join();
            assertThat(patiently("status", "--dir", dir())).isEqualTo(1);
            assertThat(said()).contains("cannot be written: 8 partitions of t: every copy", "accept-loss");
            assertThat(patiently("accept-loss", "--dir", dir())).isEqualTo(1);
            assertThat(said()).contains("everything: it holds nothing", "nothing was changed", "--yes");
            assertThat(patiently("accept-loss", "--dir", dir(), "--founder", "x", "--yes"))
                    .isEqualTo(1);
            assertThat(complained()).contains("brick 'x' does not answer");

            assertThat(patiently("accept-loss", "--dir", dir(), "--yes"))
                    .as(err.toString())
                    .isZero();
            assertThat(said()).contains("8 of 8 partitions go on");
            int left = 0;
            for (int i = 0; i < 100; i++) {
                String value = table.get("k" + i);
                assertThat(value == null || value.equals("v" + i)).isTrue();
                left += value == null ? 0 : 1;
                table.set("k" + i, "w" + i);
            }
            assertThat(left).as("what the other brick held is there").isBetween(20, 80);
        }
    }

    private String addresses() throws Exception {
        return ClusterFile.read(directory()).orElseThrow().addresses();
    }

    @Test
    void aDirectoryOfSomethingElseIsLeftAlone() throws Exception {
        Files.createDirectories(directory());
        Files.writeString(directory().resolve("letter.txt"), "dear");
        assertThat(launch("up", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("is not empty (letter.txt)");
        assertThat(dds("cluster", "down", "--dir", dir())).isEqualTo(1);
        assertThat(complained()).contains("there is no cluster in");
    }

    @Test
    void aBrickThatDiesAtItsStartIsNamedWithItsLastWords() {
        assertThat(launch("up", "--bricks", "1", "--dir", dir(), "--set", "overlay=5"))
                .isEqualTo(1);
        assertThat(complained()).contains("brick a ended by itself; it said last:", "overlay is 5 bytes");
    }

    private Path directory() {
        return temp.resolve("cluster");
    }

    private String dir() {
        return directory().toString();
    }

    /** Starts bricks whose JVMs stop at the first compiler tier, since most of them are over before the second pays. */
    private int launch(String command, String... arguments) {
        return dds(Stream.of(
                        Stream.of("cluster", command),
                        Stream.of(arguments),
                        Stream.of("--brick-jvm=-XX:TieredStopAtLevel=1", "--timeout=300"))
                .flatMap(words -> words)
                .toArray(String[]::new));
    }

    /**
     * For machines that are busy with other things. A brick that is dead refuses the connection, so nobody waits as
     * long for it.
     */
    private int patiently(String... arguments) {
        return dds(
                Stream.concat(Stream.of(arguments), Stream.of("--timeout=60")).toArray(String[]::new));
    }

    private int dds(String... arguments) {
        CommandLine command =
                DdsCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return command.execute(arguments);
    }

    private String said() {
        String text = out.toString();
        out.getBuffer().setLength(0);
        return text;
    }

    private String complained() {
        String text = err.toString();
        err.getBuffer().setLength(0);
        return text;
    }
}
