package io.brickwork.torture.client;

import io.brickwork.client.Dds;
import io.brickwork.client.call.LoopInvoker;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.torture.history.HistoryWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client process: {@code NAME SEED ZERO-NANOS ADDRESSES HISTORY-FILE}. Runs its load until its standard input says
 * {@value #STOP}, then ends what is open and exits with 0. When the input ends without that word, whoever started it is
 * gone, and it halts. Once a second it tells its {@link Counts}. A bug of the client ends the process with 1.
 */
public final class ClientMain {
    public static final String STOP = "stop";
    private static final int ORPHANED = 71;
    private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(10);
    private static final long TELL_MILLIS = 1_000;

    private final List<PartitionLoad> loads = new ArrayList<>();
    private boolean isStopping;

    private ClientMain() {}

    /** Ends the process. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Check.argument(
                arguments.length == 5, "NAME SEED ZERO-NANOS ADDRESSES HISTORY-FILE, not %s", List.of(arguments));
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dds-logback.xml");
        }
        Thread.setDefaultUncaughtExceptionHandler((thread, bug) -> {
            bug.printStackTrace();
            Runtime.getRuntime().halt(1);
        });
        ClientMain client = new ClientMain();
        Thread.ofPlatform().name("input").daemon().start(client::listen);
        client.run(
                arguments[0],
                Long.parseLong(arguments[1]),
                Long.parseLong(arguments[2]),
                arguments[3],
                Path.of(arguments[4]));
        System.exit(0);
    }

    private void listen() {
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                if (line.equals(STOP)) {
                    stop();
                    return;
                }
            }
        } catch (IOException closed) {
            // Ends as well.
        }
        Runtime.getRuntime().halt(ORPHANED);
    }

    private synchronized void stop() {
        isStopping = true;
        loads.forEach(PartitionLoad::stop);
    }

    private synchronized boolean isStopping() {
        return isStopping;
    }

    private synchronized void add(PartitionLoad load) {
        loads.add(load);
        if (isStopping) {
            load.stop();
        }
    }

    private void run(String name, long seed, long zeroNanos, String addresses, Path file)
            throws IOException, InterruptedException {
        try (HistoryWriter history = new HistoryWriter(file);
                Dds dds = Dds.connect(
                        addresses,
                        options -> options.onlyGivenAddresses().clientName(name).connectTimeout(CONNECT_TIMEOUT))) {
            LoopInvoker session = (LoopInvoker) dds.invoker(); // over sockets it always is one
            Counts counts = new Counts();
            List<Thread> threads = new ArrayList<>();
            for (Tables table : Tables.ALL) {
                StructureInfo structure = find(session, table);
                if (structure == null) {
                    break;
                }
                KeySpace keys = new KeySpace(table, structure);
                for (int partition = 0; partition < Tables.PARTITIONS; partition++) {
                    SimRandom random = new SimRandom(seed).stream(name + table.letter(), partition);
                    PartitionLoad load = new PartitionLoad(
                            name, table, partition, keys, session, history, counts, random, zeroNanos);
                    add(load);
                    threads.add(
                            Thread.ofVirtual().name(table.partition(partition)).start(load));
                }
            }
            for (Thread thread : threads) {
                while (!thread.join(Duration.ofMillis(TELL_MILLIS))) {
                    System.out.println(counts.totals().line());
                }
            }
            System.out.println(counts.totals().line());
        }
    }

    /** The table as the bricks know it; null if the process was told to stop before any of them said. */
    private @Nullable StructureInfo find(LoopInvoker session, Tables table) throws InterruptedException {
        while (!isStopping()) {
            try {
                Optional<StructureInfo> found = session.invoke(
                                Catalog.find(table.name()), CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(2)))
                        .await();
                return found.orElseThrow(() -> new IllegalStateException("there is no table " + table.name()));
            } catch (DdsException late) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        return null;
    }
}
