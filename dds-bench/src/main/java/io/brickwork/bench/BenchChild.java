package io.brickwork.bench;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.client.Dds;
import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codecs;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The main class of the benchmark's other processes; see {@link ChildProcess}. What it is told first is its role:
 *
 * <pre>
 * echo FRAME-BYTES                       answers its port
 * backup FRAME-BYTES                     answers its port
 * primary FRAME-BYTES BACKUP-PORT ...    answers its port
 * brick KEY=VALUE ...                    a brick with these settings; answers "up"
 * first-put DIRECTORY                    answers times since the JVM was started, see {@link FirstPut}; then ends
 * </pre>
 *
 * Then it answers questions until its standard input ends.
 */
final class BenchChild {
    /** What the lines begin with that are answers. */
    static final String ANSWER = "@ ";

    static final String USAGE = "usage";
    static final String START_TIMES = "start-times";
    static final String STOP_TIMES = "stop-times";

    private BenchChild() {}

    /** Does what the class comment says. */
    public static void main(String[] arguments) throws IOException {
        long mainNanos = System.nanoTime();
        System.setProperty("logback.configurationFile", "dds-logback.xml");
        List<String> rest = Arrays.asList(arguments).subList(1, arguments.length);
        switch (arguments[0]) {
            case "echo" -> answer(RawServers.echo(Integer.parseInt(rest.get(0))));
            case "backup" -> answer(RawServers.backup(Integer.parseInt(rest.get(0))));
            case "primary" ->
                answer(RawServers.primary(
                        Integer.parseInt(rest.get(0)),
                        rest.stream().skip(1).map(Integer::valueOf).toList()));
            case "brick" -> {
                HostedBrick.start(settings(rest));
                answer("up");
            }
            case "first-put" -> {
                answer(firstPut(Path.of(rest.get(0)), mainNanos));
                return;
            }
            default -> throw new IllegalArgumentException("no role '" + arguments[0] + "'");
        }
        answerQuestions();
        // What a brick of the benchmark holds is deleted anyway: nothing is closed in order.
        Runtime.getRuntime().halt(0);
    }

    private static void answerQuestions() throws IOException {
        Stages measured = Stages.none();
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String question = questions.readLine(); question != null; question = questions.readLine()) {
            switch (question) {
                case USAGE -> answer(Usage.ofThisProcess().format());
                case START_TIMES -> {
                    measured = Stages.start();
                    answer("started");
                }
                case STOP_TIMES -> answer(measured.stop().format());
                default -> answer("unknown question");
            }
        }
    }

    private static BrickSettings settings(List<String> told) {
        return BrickSettings.of(ConfigFactory.parseString(
                told.stream().map(setting -> "brickwork.brick." + setting).collect(Collectors.joining("\n"))));
    }

    private static String firstPut(Path directory, long mainNanos) {
        long startedMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
        long beforeMainMillis =
                System.currentTimeMillis() - startedMillis - (System.nanoTime() - mainNanos) / 1_000_000;
        try (Dds dds = Dds.embedded(directory)) {
            long opened = System.nanoTime();
            DdsHashTable<String, byte[]> table = dds.hashTable(
                    TableSpec.of("first", Codecs.string(), Codecs.bytes()).durability(Durability.SYNC));
            long found = System.nanoTime();
            table.put("key", new byte[100]);
            long put = System.nanoTime();
            return new FirstPut(beforeMainMillis * 1_000_000, opened - mainNanos, found - opened, put - found).format();
        }
    }

    private static void answer(Object answer) {
        System.out.println(ANSWER + answer);
    }
}
