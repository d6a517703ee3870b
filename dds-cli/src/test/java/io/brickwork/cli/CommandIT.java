package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.settings.BrickSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands as people type them, but for the launcher. */
class CommandIT {
    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aValueIsSetReadReplacedAndDeletedInADirectory() {
        String dir = temp.resolve("data").toString();
        assertThat(dds("set", "--dir", dir, "greeting", "hello")).isZero();
        assertThat(dds("get", "--dir", dir, "greeting")).isZero();
        assertThat(said()).isEqualTo("hello\n");
        assertThat(dds("set", "--dir", dir, "greeting", "good day")).isZero();
        assertThat(dds("get", "--dir", dir, "greeting")).isZero();
        assertThat(said()).isEqualTo("good day\n");
        assertThat(dds("delete", "--dir", dir, "greeting")).isZero();
        assertThat(dds("get", "--dir", dir, "greeting")).isEqualTo(1);
        assertThat(complained()).isEqualTo("dds: there is no entry 'greeting' in table 'main'\n");
    }

    @Test
    void linesOfAFileAreLoaded() throws Exception {
        String dir = temp.resolve("data").toString();
        Path file = Files.writeString(temp.resolve("lines.tsv"), "one\teins\ntwo\tzwei\twith a tab\nthree\t\n");
        assertThat(dds("load", "--quiet", "--dir", dir, "--table", "de", file.toString()))
                .isZero();
        assertThat(said()).startsWith("3 entries in ");
        assertThat(dds("get", "--dir", dir, "--table", "de", "two")).isZero();
        assertThat(said()).isEqualTo("zwei\twith a tab\n");
    }

    @Test
    void aLineThatIsNoEntryIsNamed() throws Exception {
        Path file = Files.writeString(temp.resolve("lines.tsv"), "one\teins\nno tab here\n");
        assertThat(dds("load", "--quiet", "--dir", temp.resolve("data").toString(), file.toString()))
                .isEqualTo(1);
        assertThat(complained())
                .startsWith("dds: line 2 of ")
                .contains("no tab here")
                .hasLineCount(1);
        assertThat(dds("load", "--dir", temp.toString(), "nowhere.tsv")).isEqualTo(1);
        assertThat(complained()).isEqualTo("dds: there is no file nowhere.tsv\n");
    }

    @Test
    void everyLineBeforeABadOneIsStoredAndCounted() throws Exception {
        String dir = temp.resolve("data").toString();
        StringBuilder lines = new StringBuilder("\ufeff");
        for (int i = 0; i < 700; i++) {
            lines.append("key-%03d\tvalue\n".formatted(i));
        }
        Path file = Files.writeString(temp.resolve("lines.tsv"), lines + "no tab here\nkey-999\tlate\n");
        for (List<String> how : List.of(List.of("--table", "h"), List.of("--table", "t", "--tree", "--sorted"))) {
            List<String> command = new ArrayList<>(List.of("load", "--quiet", "--dir", dir));
            command.addAll(how);
            command.add(file.toString());
            assertThat(dds(command.toArray(String[]::new))).isEqualTo(1);
            assertThat(complained())
                    .contains("line 701 of", "no tab here", "the 700 entries before it are stored")
                    .hasLineCount(1);
            Path dumped = temp.resolve(how.get(1) + ".tsv");
            assertThat(dds("dump", "--dir", dir, "--table", how.get(1), dumped.toString()))
                    .isZero();
            assertThat(said()).startsWith("700 entries");
            assertThat(Files.readAllLines(dumped)).contains("key-000\tvalue").doesNotContain("key-999\tlate");
        }
        Path unsorted = Files.writeString(temp.resolve("unsorted.tsv"), "x\t1\ny\t2\n\nw\t3\n");
        assertThat(dds("load", "--quiet", "--dir", dir, "--table", "t", "--sorted", unsorted.toString()))
                .isEqualTo(1);
        assertThat(complained()).contains("line 4 of", "all 2 entries before it are stored");
        assertThat(dds("get", "--dir", dir, "--table", "t", "y")).isZero();
        assertThat(said()).isEqualTo("2\n");
        Path large = Files.writeString(temp.resolve("large.tsv"), "p\t1\n" + "k".repeat(500) + "\t2\nq\t3\n");
        assertThat(dds("load", "--quiet", "--dir", dir, "--table", "h", large.toString()))
                .isEqualTo(1);
        assertThat(complained()).contains("line 2 of").hasLineCount(1);
        assertThat(dds("get", "--dir", dir, "--table", "h", "p")).isZero();
    }

    @Test
    void ofSeveralLinesWithOneKeyTheLastCounts() throws Exception {
        String dir = temp.resolve("data").toString();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            lines.append("same\t").append(i).append('\n');
        }
        Path file = Files.writeString(temp.resolve("lines.tsv"), lines);
        assertThat(dds("load", "--quiet", "--dir", dir, file.toString())).isZero();
        said();
        assertThat(dds("get", "--dir", dir, "same")).isZero();
        assertThat(said()).isEqualTo("199\n");
    }

    @Test
    void aTreeIsLoadedScannedAndDumped() throws Exception {
        String dir = temp.resolve("data").toString();
        Path file = Files.writeString(temp.resolve("words.csv"), "club,1\r\ncluster,\"2,\n3\"\r\nclutter,4\r\n");
        assertThat(dds("load", "--quiet", "--dir", dir, "--table", "words", "--tree", "--sorted", file.toString()))
                .isZero();
        assertThat(said()).startsWith("3 entries in ");
        assertThat(dds("set", "--dir", dir, "--table", "words", "clan", "0")).isZero();
        assertThat(dds("scan", "--dir", dir, "--table", "words", "--keys")).isZero();
        assertThat(said()).isEqualTo("clan\nclub\ncluster\nclutter\n");
        assertThat(dds(
                        "scan",
                        "--dir",
                        dir,
                        "--table",
                        "words",
                        "--from",
                        "clb",
                        "--to",
                        "clutter",
                        "--reverse",
                        "--limit",
                        "1",
                        "--format",
                        "jsonl"))
                .isZero();
        assertThat(said()).isEqualTo("{\"key\":\"cluster\",\"value\":\"2,\\n3\"}\n");
        assertThat(dds("scan", "--dir", dir, "--table", "words", "--prefix", "clu", "--count"))
                .isZero();
        assertThat(said()).isEqualTo("3\n");

        Path dumped = temp.resolve("dump.jsonl");
        assertThat(dds("dump", "--dir", dir, "--table", "words", dumped.toString()))
                .isZero();
        assertThat(said()).isEqualTo("4 entries in " + dumped + "\n");
        assertThat(dds("load", "--quiet", "--dir", dir, "--table", "again", dumped.toString()))
                .isZero();
        said();
        assertThat(dds("get", "--dir", dir, "--table", "again", "cluster")).isZero();
        assertThat(said()).isEqualTo("2,\n3\n");
    }

    @Test
    void whatAScanOrADumpCannotDoIsSaid() throws Exception {
        String dir = temp.resolve("data").toString();
        assertThat(dds("set", "--dir", dir, "k", "a\nb")).isZero();
        assertThat(dds("scan", "--dir", dir)).isEqualTo(1);
        assertThat(complained())
                .contains("'main' is a hash table, which has no order")
                .hasLineCount(1);
        assertThat(dds("dump", "--dir", dir, "-")).isEqualTo(1);
        assertThat(complained()).contains("use --format csv or jsonl").hasLineCount(1);
        assertThat(dds("dump", "--dir", dir, "--format", "csv", temp.toString()))
                .isEqualTo(1);
        assertThat(complained()).contains("is there already").hasLineCount(1);
        Path unsorted = Files.writeString(temp.resolve("unsorted.tsv"), "b\t1\na\t2\n");
        assertThat(dds("load", "--quiet", "--dir", dir, "--table", "t", "--sorted", unsorted.toString()))
                .isEqualTo(1);
        assertThat(complained())
                .contains("key a of tree 't' does not come after b")
                .hasLineCount(1);
        assertThat(dds("scan", "--dir", dir, "--table", "t", "--from", "b", "--to", "a"))
                .isEqualTo(1);
        assertThat(complained()).contains("--from 'b' comes after --to 'a'").hasLineCount(1);
        assertThat(dds("scan", "--dir", dir, "--table", "t", "--limit", "-1")).isEqualTo(2);
        assertThat(complained())
                .contains("--limit is -1; it must be at least 0")
                .hasLineCount(2);
        Path json = Files.writeString(temp.resolve("bad.jsonl"), "{\"key\":\"a\"}\n");
        assertThat(dds("load", "--quiet", "--dir", dir, "--table", "t", json.toString()))
                .isEqualTo(1);
        assertThat(complained()).contains("line 1 of", "bad.jsonl is not {").hasLineCount(1);
    }

    @Test
    void aRunningBrickAnswersAndShowsHowItIs() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String address = "127.0.0.1:" + port;
        BrickSettings settings = BrickSettings.of(ConfigFactory.parseMap(Map.of(
                "brickwork.brick.id",
                "solo",
                "brickwork.brick.members",
                List.of("solo=" + address + "/1"),
                "brickwork.brick.control-plane",
                "off",
                "brickwork.brick.directory",
                temp.resolve("solo").toString())));
        try (HostedBrick brick = HostedBrick.start(settings)) {
            assertThat(brick.id().name()).isEqualTo("solo");
            assertThat(dds("set", "--connect", address, "--timeout", "60", "k", "v"))
                    .isZero();
            assertThat(dds("get", "--connect", address, "--timeout", "60", "k")).isZero();
            assertThat(said()).isEqualTo("v\n");
            assertThat(dds("status", "--connect", address, "--timeout", "60", "--all"))
                    .isZero();
            assertThat(said())
                    .containsPattern("brick +address +state +disk +replicas +open +primary of +to apply")
                    .containsPattern("solo +" + address + " +start 1 +[\\d.]+ % +16 +16 +16 ")
                    .containsPattern("main +15 +solo \\(primary\\) +1 +open");
        }
        assertThat(dds("status", "--connect", address, "--timeout", "1")).isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(complained())
                .startsWith("dds: the brick at " + address + " gave no answer")
                .hasLineCount(1);
        assertThat(dds("get", "--connect", address, "--timeout", "0.5", "k")).isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(complained())
                .startsWith("dds: no brick of cluster 'brickwork' could be reached")
                .hasLineCount(1);
    }

    @Test
    void aDirectoryWithoutDataIsNotMadeByReading() {
        Path nowhere = temp.resolve("nowhere");
        assertThat(dds("get", "--dir", nowhere.toString(), "k")).isEqualTo(1);
        assertThat(complained()).contains(nowhere.toString(), "holds no data");
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void aTableThatIsNotThereIsNotMadeByLookingForIt() {
        String dir = temp.resolve("data").toString();
        assertThat(dds("set", "--dir", dir, "k", "v")).isZero();
        for (String command : List.of("get", "delete")) {
            assertThat(dds(command, "--dir", dir, "--table", "mian", "k")).isEqualTo(1);
            assertThat(complained()).isEqualTo("dds: there is no table 'mian'; there are [main]\n");
        }
    }

    @Test
    void linesThatAreNotUtf8AreRefused() throws Exception {
        Path file = Files.write(temp.resolve("latin.tsv"), "one\tgr\u00fcn\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(dds("load", "--quiet", "--dir", temp.resolve("data").toString(), file.toString()))
                .isEqualTo(1);
        assertThat(complained()).contains("latin.tsv is not in UTF-8").hasLineCount(1);
    }

    @Test
    void misuseIsAnsweredWithALineAndTheWayToTheHelp() {
        assertThat(dds("get")).isEqualTo(2);
        assertThat(complained()).isEqualTo("dds: Missing required parameter: 'KEY'\nTry './dds get --help'.\n");
        assertThat(dds("gett", "k")).isEqualTo(2);
        assertThat(complained()).contains("Did you mean: dds get");
        assertThat(dds("get", "--dir", "a", "--connect", "b:1", "k")).isEqualTo(2);
        assertThat(complained()).contains("mutually exclusive");
        assertThat(dds()).isEqualTo(2);
        assertThat(complained()).startsWith("dds: which command?");
        assertThat(dds("brick")).isEqualTo(1);
        assertThat(complained()).startsWith("dds: brickwork.brick.id is missing");
        assertThat(dds("brick", "--set", "capasity=1")).isEqualTo(1);
        assertThat(complained()).contains("did you mean capacity?");
    }

    @Test
    void everyCommandHasHelpThatFitsItsLines() {
        CommandLine root = DdsCommand.commandLine();
        assertThat(root.getSubcommands())
                .containsKeys("demo", "brick", "status", "get", "set", "delete", "load", "scan", "dump");
        for (String command : root.getSubcommands().keySet()) {
            assertThat(dds(command, "--help")).isZero();
            String help = said();
            assertThat(help).startsWith("Usage: dds " + command).contains("Options:");
            assertThat(help.lines()).allMatch(line -> line.length() <= 110);
        }
        assertThat(dds("--help")).isZero();
        assertThat(said()).contains("Commands:", "Examples:").doesNotContain("warm-up");
        assertThat(dds("--version")).isZero();
        assertThat(said()).startsWith("Brickwork ").contains("Java ");
    }

    private int dds(String... arguments) {
        return DdsCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String said() {
        return taken(out);
    }

    private String complained() {
        return taken(err);
    }

    private static String taken(StringWriter writer) {
        String text = writer.toString();
        writer.getBuffer().setLength(0);
        return text;
    }
}
