package io.brickwork.bricks.cli;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    @Option(
            names = {"-c", "--connect"},
            paramLabel = "HOST:PORT,...",
            defaultValue = TargetOptions.DEFAULT_ADDRESS,
            description = "Bricks to ask for the others. (default: ${DEFAULT-VALUE})")
    private String connect;

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
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
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
        printReplicas(out, answers, structures);
        out.flush();
        return isWell ? 0 : 1;
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
    private List<LinkMessage.Member> members() {
        DdsException last = null;
        for (String address : connect.split(",")) {
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
