package io.brickwork.bricks.cli;

import io.brickwork.bricks.local.ClusterFile;
import io.brickwork.bricks.local.LocalCluster;
import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.core.BrickId;
import io.brickwork.core.DdsException;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks every brick how it is. */
@Command(
        name = "status",
        description =
                "Show how the bricks of a running cluster are; exit code 1 if any cannot be reached or a partition is not open.",
        sortOptions = false)
final class StatusCommand implements Callable<Integer> {
    /** Terminal codes: to the upper left corner, and clear from there on. */
    private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";

    @Option(
            names = {"-c", "--connect"},
            paramLabel = "HOST:PORT,...",
            defaultValue = TargetOptions.DEFAULT_ADDRESS,
            description = "Bricks to ask for the others. (default: ${DEFAULT-VALUE})")
    private String connect;

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            description = "Ask the cluster that './dds cluster up' has started there.")
    private @Nullable Path directory;

    @Option(
            names = {"-w", "--watch"},
            description = "Look again every second until Ctrl-C.")
    private boolean isWatching;

    @Option(
            names = {"-a", "--all"},
            description = "A line for each replica, not only for those that are not open.")
    private boolean all;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "How long a brick may take. (default: ${DEFAULT-VALUE})")
    private int timeoutSeconds;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            defaultValue = "brickwork",
            description = "The cluster's name. (default: ${DEFAULT-VALUE})")
    private String cluster;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "",
            description = "What the bricks demand, if they do.")
    private String token;

    @Spec
    private CommandSpec spec;

    /** What one brick said, or why it said nothing. */
    private record Answer(
            LinkMessage.Member member,
            CallMessage.@Nullable Status status,
            @Nullable String failure) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (!isWatching) {
            boolean isWell = look(out);
            out.flush();
            return isWell ? 0 : 1;
        }
        while (true) {
            // Written aside first, so that the screen is never empty while bricks are asked.
            StringWriter page = new StringWriter();
            try (PrintWriter writer = new PrintWriter(page)) {
                look(writer);
            } catch (CommandFailed | DdsException failure) {
                page.append(failure.getMessage()).append(System.lineSeparator());
            }
            out.print(CommandLine.Help.Ansi.AUTO.enabled() ? HOME_AND_CLEAR + page : page + System.lineSeparator());
            out.flush();
            TimeUnit.SECONDS.sleep(1);
        }
    }

    /** Prints how all are; whether all is well. */
    private boolean look(PrintWriter out) throws IOException {
        List<Answer> answers = new ArrayList<>();
        Map<Integer, String> structures = new TreeMap<>();
        for (LinkMessage.Member member : members()) {
            try (BrickProbe probe = probe(member.host(), member.port())) {
                answers.add(new Answer(member, probe.status(), null));
                if (structures.isEmpty()) {
                    readStructures(probe, structures);
                }
            } catch (DdsException failure) {
                answers.add(new Answer(member, null, failure.getMessage()));
            }
        }
        boolean isWell = printBricks(out, answers);
        printDead(out);
        printUnwritable(out, answers, structures);
        printReplicas(out, answers, structures);
        return isWell;
    }

    /** Which partitions take no writes, and for want of whom: a write needs every member of its view. */
    private static void printUnwritable(PrintWriter out, List<Answer> answers, Map<Integer, String> structures) {
        Set<BrickId> silent = new TreeSet<>();
        Map<PartitionId, CallMessage.ReplicaStatus> newest = new TreeMap<>();
        for (Answer answer : answers) {
            CallMessage.Status status = answer.status();
            if (status == null) {
                silent.add(answer.member().brick());
                continue;
            }
            for (CallMessage.ReplicaStatus replica : status.replicas()) {
                newest.merge(
                        replica.partition(),
                        replica,
                        (a, b) -> a.view().epoch() >= b.view().epoch() ? a : b);
            }
        }
        Map<String, Integer> count = new TreeMap<>();
        for (CallMessage.ReplicaStatus replica : newest.values()) {
            List<BrickId> missing =
                    replica.view().members().stream().filter(silent::contains).toList();
            if (!missing.isEmpty() || !replica.isOpen()) {
                String structure = structures.getOrDefault(
                        replica.partition().structure(),
                        "#" + replica.partition().structure());
                String why = missing.isEmpty() ? "its view is not open yet" : "no answer from " + missing;
                count.merge(structure + ": " + why, 1, Integer::sum);
            }
        }
        if (!count.isEmpty()) {
            out.println();
            count.forEach((why, partitions) -> out.printf(
                    "cannot be written: %,d partition%s of %s%n", partitions, partitions == 1 ? "" : "s", why));
        }
    }

    /** Adds what a directory tells of bricks that gave no answer. */
    private void printDead(PrintWriter out) throws IOException {
        if (directory == null) {
            return;
        }
        LocalCluster local = new LocalCluster(directory);
        for (ClusterFile.Member member : local.known().members()) {
            if (member.process().isEmpty()) {
                out.printf(
                        "  brick %s is not running; it said last:%n%s",
                        member.place().name(), local.lastWords(member));
            }
        }
    }

    private static void readStructures(BrickProbe probe, Map<Integer, String> structures) {
        structures.put(0, Catalog.STRUCTURE.name());
        try {
            for (StructureInfo structure :
                    probe.read(Catalog.list(), ReadMode.STALE).result()) {
                structures.put(structure.id(), structure.name());
            }
        } catch (DdsException notOpen) {
            // Without the catalog structures are shown by their numbers.
            return;
        }
    }

    /** Everybody that the first brick which answers knows. */
    private List<LinkMessage.Member> members() throws IOException {
        DdsException last = null;
        String addresses = connect;
        if (directory != null) {
            ClusterFile known = new LocalCluster(directory).known();
            if (!known.isUp()) {
                throw new CommandFailed(
                        "no brick of the cluster in %s is running; './dds cluster up --bricks %d --dir %s' starts them"
                                .formatted(directory, known.members().size(), directory));
            }
            addresses = known.addresses();
        }
        for (String address : addresses.split(",")) {
            int colon = address.lastIndexOf(':');
            try (BrickProbe probe =
                    probe(address.substring(0, Math.max(0, colon)).strip(), port(address, colon))) {
                return probe.welcome().members();
            } catch (DdsException unreachable) {
                last = unreachable;
            }
        }
        throw new CommandFailed(last == null ? "no address to connect to" : String.valueOf(last.getMessage()));
    }

    private static int port(String address, int colon) {
        try {
            return Integer.parseInt(address.substring(colon + 1).strip());
        } catch (NumberFormatException bad) {
            throw new CommandFailed("'" + address + "' is not host:port", bad);
        }
    }

    private BrickProbe probe(String host, int port) {
        return new BrickProbe(host, port, cluster, token, Duration.ofSeconds(timeoutSeconds));
    }

    private static boolean printBricks(PrintWriter out, List<Answer> answers) {
        boolean isWell = true;
        TextTable table = new TextTable("brick", "address", "disk", "replicas", "open", "primary of", "to apply");
        List<String> failures = new ArrayList<>();
        for (Answer answer : answers) {
            LinkMessage.Member member = answer.member();
            String address = member.host() + ":" + member.port();
            CallMessage.Status status = answer.status();
            if (status == null) {
                isWell = false;
                table.row(member.brick().name(), address, "no answer", "", "", "", "");
                failures.add(String.valueOf(answer.failure()));
                continue;
            }
            long open = status.replicas().stream()
                    .filter(CallMessage.ReplicaStatus::isOpen)
                    .count();
            long primary = status.replicas().stream()
                    .filter(replica -> replica.view().primary().equals(member.brick()))
                    .count();
            long behind = status.replicas().stream()
                    .mapToLong(replica -> replica.storedSeq() - replica.appliedSeq())
                    .sum();
            isWell &= open == status.replicas().size();
            table.row(
                    member.brick().name(),
                    address,
                    "%.1f %%".formatted(status.fillPermille() / 10.0),
                    "%,d".formatted(status.replicas().size()),
                    "%,d".formatted(open),
                    "%,d".formatted(primary),
                    "%,d".formatted(behind));
        }
        table.print(out);
        failures.forEach(failure -> out.println("  " + failure));
        return isWell;
    }

    private void printReplicas(PrintWriter out, List<Answer> answers, Map<Integer, String> structures) {
        TextTable table =
                new TextTable("structure", "partition", "brick", "epoch", "view", "stored", "committed", "applied");
        for (Answer answer : answers) {
            CallMessage.Status status = answer.status();
            if (status == null) {
                continue;
            }
            for (CallMessage.ReplicaStatus replica : status.replicas()) {
                if (!all && replica.isOpen()) {
                    continue;
                }
                table.row(
                        structures.getOrDefault(
                                replica.partition().structure(),
                                "#" + replica.partition().structure()),
                        String.valueOf(replica.partition().number()),
                        answer.member().brick().name()
                                + (replica.view()
                                                .primary()
                                                .equals(answer.member().brick())
                                        ? " (primary)"
                                        : ""),
                        "%,d".formatted(replica.view().epoch()),
                        replica.isOpen() ? "open" : "not open",
                        "%,d".formatted(replica.storedSeq()),
                        "%,d".formatted(replica.committedSeq()),
                        "%,d".formatted(replica.appliedSeq()));
            }
        }
        if (!table.isEmpty()) {
            out.println();
            table.print(out);
        }
    }
}
