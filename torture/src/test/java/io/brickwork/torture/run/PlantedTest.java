package io.brickwork.torture.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.core.Version;
import io.brickwork.torture.cli.TortureCommand;
import io.brickwork.torture.history.HistoryWriter;
import io.brickwork.torture.history.RecordedHistory;
import io.brickwork.torture.judge.FinalState;
import io.brickwork.torture.nemesis.Fault;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The judging end of the command on recorded runs in which something is wrong, from the files to the exit code. */
class PlantedTest {
    private static final String KEY = "ks0.0";
    private static final String APPENDED = "as0.0";
    private static final String PARTITION = "s/0";

    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private long zeroNanos;
    private HistoryWriter client;

    @BeforeEach
    void begin() throws Exception {
        zeroNanos = System.nanoTime();
        client = new HistoryWriter(temp.resolve("c1-1" + RecordedHistory.SUFFIX));
    }

    @AfterEach
    void close() throws Exception {
        client.close();
    }

    @Test
    void aRunWithoutFaultPasses() throws Exception {
        put("v1", null, 1);
        put("v2", "v1", 2);
        client.invoke("c1-1", PARTITION, Call.of(Call.Kind.PUT, KEY, "v3")); // its client was killed
        finalReads(KEY, List.of("v2", "v2", "v2"), 2);
        assertThat(check()).as(out.toString()).isZero();
        assertThat(lastLine())
                .startsWith("torture: acknowledged=2 unknown=1 failed=0 lost=0 violations=0 undecided=0 ");
    }

    @Test
    void anOpenWriteThatTookEffectAfterAllIsNoFault() throws Exception {
        put("v1", null, 1);
        client.invoke("c1-1", PARTITION, Call.of(Call.Kind.PUT, KEY, "v2"));
        finalReads(KEY, List.of("v2", "v2", "v2"), 2);
        assertThat(check()).as(out.toString()).isZero();
    }

    @Test
    void anAcknowledgedWriteThatOneBrickHasLostIsFound() throws Exception {
        put("v1", null, 1);
        put("v2", "v1", 2);
        finalReads(KEY, List.of("v2", "v1", "v2"), 2);
        assertThat(check()).isEqualTo(10);
        assertThat(said())
                .contains("acked-never-lost: key " + KEY + ": acknowledged version (1,2), found (1,1) at brick-b")
                .contains("linearizability: key " + KEY);
        assertThat(lastLine()).contains(" lost=1 ");
    }

    @Test
    void anAcknowledgedWriteThatAllBricksHaveLostIsFound() throws Exception {
        put("v1", null, 1);
        finalReads(KEY, Arrays.asList(null, null, null), 1);
        assertThat(check()).isEqualTo(10);
        assertThat(lastLine()).contains(" lost=3 ");
    }

    @Test
    void aStaleReadIsFound() throws Exception {
        put("v1", null, 1);
        put("v2", "v1", 2);
        try (HistoryWriter other = new HistoryWriter(temp.resolve("c2-1" + RecordedHistory.SUFFIX))) {
            long read = other.invoke("c2-1", PARTITION, Call.of(Call.Kind.GET, KEY));
            other.done(read, "v1", new Version(1, 1));
        }
        finalReads(KEY, List.of("v2", "v2", "v2"), 2);
        assertThat(check()).isEqualTo(10);
        assertThat(said()).contains("linearizability: key " + KEY + ": no order explains");
        assertThat(lastLine()).contains(" lost=0 ").doesNotContain(" violations=0 ");
    }

    @Test
    void aWriteThatCertainlyDidNotHappenMustNotBeSeen() throws Exception {
        put("v1", null, 1);
        client.didNotHappen(client.invoke("c1-1", PARTITION, Call.of(Call.Kind.SET, KEY, "v2")));
        finalReads(KEY, List.of("v2", "v2", "v2"), 2);
        assertThat(check()).isEqualTo(10);
        assertThat(said()).contains("v2 can only come from what certainly did not happen");
    }

    @Test
    void anAppendThatTookEffectTwiceIsFound() throws Exception {
        append("x", 1);
        append("y", 2);
        finalReads(APPENDED, List.of(",x,y,x", ",x,y,x", ",x,y,x"), 3);
        assertThat(check()).isEqualTo(10);
        assertThat(said()).contains("exactly-once: key " + APPENDED).contains("took effect 2 times");
    }

    @Test
    void aVersionThatGoesBackIsFound() throws Exception {
        put("v1", null, 2);
        put("v2", "v1", 1);
        finalReads(KEY, List.of("v2", "v2", "v2"), 2);
        assertThat(check()).isEqualTo(10);
        assertThat(said()).contains("version-order: partition " + PARTITION);
    }

    @Test
    void aRunInWhichNothingWasAcknowledgedShowsNothing() throws Exception {
        client.unknown(client.invoke("c1-1", PARTITION, Call.of(Call.Kind.SET, KEY, "v1")));
        assertThat(check()).isEqualTo(10);
        assertThat(said()).contains("wrong: nothing was acknowledged at all");
    }

    @Test
    void aFolderWithoutARunAndALineThatMakesNoSenseAreNamed() throws Exception {
        StringWriter err = new StringWriter();
        CommandLine command = TortureCommand.commandLine().setErr(new PrintWriter(err));
        assertThat(command.execute("torture", "--check", temp.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("there is no run in " + temp);

        put("v1", null, 1);
        Files.writeString(temp.resolve("c1-1" + RecordedHistory.SUFFIX), "d 7 seven\ncut o", StandardOpenOption.APPEND);
        new RunFile(options(), zeroNanos, zeroNanos, System.nanoTime()).write(temp);
        assertThat(command.execute("torture", "--check", temp.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("c1-1.history, line 3, is not of a history", "d 7 seven");
    }

    private void put(String value, @Nullable String before, long seq) {
        client.done(client.invoke("c1-1", PARTITION, Call.of(Call.Kind.PUT, KEY, value)), before, new Version(1, seq));
    }

    private void append(String value, long seq) {
        client.done(
                client.invoke("c1-1", PARTITION, Call.of(Call.Kind.APPEND, APPENDED, value)),
                null,
                new Version(1, seq));
    }

    private void finalReads(String key, List<@Nullable String> values, long seq) throws Exception {
        List<String> bricks = List.of("a", "b", "c");
        for (int i = 0; i < bricks.size(); i++) {
            String brick = bricks.get(i);
            try (HistoryWriter writer = new HistoryWriter(temp.resolve("final-" + brick + RecordedHistory.SUFFIX))) {
                long read = writer.invoke(FinalState.client(brick), PARTITION, Call.of(Call.Kind.GET, key));
                writer.done(read, values.get(i), new Version(1, seq));
            }
        }
    }

    private int check() throws Exception {
        new RunFile(options(), zeroNanos, zeroNanos, System.nanoTime()).write(temp);
        return TortureCommand.commandLine().setOut(new PrintWriter(out)).execute("torture", "--check", temp.toString());
    }

    private static Torture.Options options() {
        return new Torture.Options(1, 3, 1, 1, EnumSet.allOf(Fault.class));
    }

    private String said() {
        return out.toString();
    }

    private String lastLine() {
        return said().lines().reduce("", (first, second) -> second);
    }
}
