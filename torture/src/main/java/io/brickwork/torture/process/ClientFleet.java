package io.brickwork.torture.process;

import io.brickwork.cli.local.ChildJvm;
import io.brickwork.core.Check;
import io.brickwork.torture.client.ClientMain;
import io.brickwork.torture.client.Counts;
import io.brickwork.torture.history.RecordedHistory;
import io.brickwork.torture.net.Network;
import io.brickwork.torture.net.Network.Pair;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

/**
 * The client processes. One that is killed is followed by another with its place in the network and a name, a session
 * and a history file of its own. One thread at a time, except {@link #totals} and {@link #end}.
 */
public final class ClientFleet implements AutoCloseable {
    private static final List<String> JVM = List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path directory;
    private final long seed;
    private final long zeroNanos;
    /** By client, what it dials. */
    private final TreeMap<String, String> addresses = new TreeMap<>();

    private final TreeMap<String, Integer> lives = new TreeMap<>();
    private final ConcurrentSkipListMap<String, Process> running = new ConcurrentSkipListMap<>();
    /** By client and life. */
    private final ConcurrentSkipListMap<String, Counts.Totals> totals = new ConcurrentSkipListMap<>();

    private final Ends ends = new Ends();
    /** Guarded by this; none is started from then on. */
    private boolean isEnding;

    /**
     * Opens the proxies between clients and bricks; starts nothing.
     *
     * @param directory gets logs and history files
     * @param zeroNanos where generations of keys are counted from
     */
    public ClientFleet(
            Path directory, List<String> names, BrickFleet bricks, Network network, long seed, long zeroNanos)
            throws IOException {
        this.directory = directory;
        this.seed = seed;
        this.zeroNanos = zeroNanos;
        for (String name : names) {
            List<String> ways = new ArrayList<>();
            for (String brick : bricks.names()) {
                ways.add("127.0.0.1:" + network.open(new Pair(name, brick), bricks.dataPort(brick)));
            }
            addresses.put(name, String.join(",", ways));
        }
    }

    public List<String> names() {
        return List.copyOf(addresses.keySet());
    }

    public void startAll() throws IOException {
        for (String name : names()) {
            start(name);
        }
    }

    /** Starts the client's next life. */
    public void start(String name) throws IOException {
        String life = name + "-" + lives.merge(name, 1, Integer::sum);
        List<String> command = new ArrayList<>(ChildJvm.command(JVM, ClientMain.class.getName()));
        command.addAll(List.of(
                life,
                Long.toString(seed),
                Long.toString(zeroNanos),
                Check.present(addresses.get(name), "addresses"),
                directory.resolve(life + RecordedHistory.SUFFIX).toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()));
        Process process;
        synchronized (this) {
            Check.state(!isEnding, "this process is ending; client %s is not started any more", name);
            process = builder.start();
            running.put(name, process);
        }
        ends.watch("client " + life, process, code -> false);
        Thread.ofVirtual().name("counts of " + life).start(() -> listen(life, process));
    }

    private void listen(String life, Process process) {
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                Counts.Totals counts = Counts.Totals.parse(line);
                if (counts != null) {
                    totals.put(life, counts);
                }
            }
        } catch (IOException | UncheckedIOException killed) {
            // Its history file says the rest.
        }
    }

    /** How operations have ended so far, as far as clients have said. Any thread. */
    public Counts.Totals totals() {
        return totals.values().stream().reduce(Counts.Totals.NONE, Counts.Totals::plus);
    }

    /** How many lives have had an operation acknowledged. */
    public long served() {
        return totals.values().stream()
                .filter(counts -> counts.acknowledged() > 0)
                .count();
    }

    public long pid(String name) {
        return process(name).pid();
    }

    public void kill(String name) throws InterruptedException {
        Process process = process(name);
        ends.expect(process);
        process.destroyForcibly().waitFor();
    }

    private Process process(String name) {
        return Check.present(running.get(name), "the process of client " + name);
    }

    /**
     * Tells all to begin nothing more, and waits until they have ended; gives which did not in time and were killed.
     */
    public List<String> stopAll(Duration longest) throws InterruptedException {
        for (Process process : running.values()) {
            ends.expect(process);
            try {
                process.getOutputStream().write((ClientMain.STOP + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            } catch (IOException gone) {
                // Told below.
            }
        }
        List<String> wrong = new ArrayList<>();
        long deadlineNanos = System.nanoTime() + longest.toNanos();
        for (String name : running.keySet()) {
            Process process = process(name);
            if (!process.waitFor(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly().waitFor();
                wrong.add("client %s did not end when it was told to".formatted(name));
            } else if (process.exitValue() != 0) {
                wrong.add("client %s ended with exit code %d".formatted(name, process.exitValue()));
            }
        }
        return wrong;
    }

    /** Which of them ended by themselves, and how. */
    public List<String> surprises() {
        return ends.surprises();
    }

    /** Kills all and starts none from then on. Any thread. */
    public void end() {
        synchronized (this) {
            isEnding = true;
        }
        running.values().forEach(Process::destroyForcibly);
    }

    @Override
    public void close() {
        running.values().forEach(ends::expect);
        end();
    }
}
