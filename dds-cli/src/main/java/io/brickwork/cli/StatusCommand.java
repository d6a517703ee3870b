package io.brickwork.cli;

import io.brickwork.bricks.settings.SeedAddress;
import io.brickwork.cli.local.ClusterFile;
import io.brickwork.cli.local.LocalCluster;
import io.brickwork.core.BrickId;
import io.brickwork.core.DdsException;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    private static final int NEARLY_FULL_PERMILLE = 800;

    @Mixin
    private ClusterOptions options;

    @Option(
            names = {"-w", "--watch"},
            description = "Look again every second until Ctrl-C.")
    private boolean isWatching;

    @Option(
            names = {"-a", "--all"},
            description = "A line for each replica, not only for those that are not open.")
    private boolean all;

    @Spec
    private CommandSpec spec;

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
        ClusterReport report = ClusterReport.of(options);
        printCluster(out, report);
        boolean isWell = printBricks(out, report);
        printDead(out);
        isWell &= printGroups(out, report);
        printReplicas(out, report);
        return isWell;
    }

    private static void printCluster(PrintWriter out, ClusterReport report) {
        BrickId leader = report.cluster().leader();
        List<BrickId> voters = report.cluster().voters();
        out.printf(
                "metadata is kept by %s; %s%n%n",
                voters.isEmpty() ? "nobody yet" : names(voters),
                leader == null ? "nobody leads it" : "brick " + leader + " leads");
    }

    private static String names(List<BrickId> bricks) {
        return bricks.stream().map(BrickId::name).collect(Collectors.joining(", "));
    }

    /**
     * Which partitions take no writes, and for want of whom; and which have fewer copies than they should. Whether all
     * take writes.
     */
    private static boolean printGroups(PrintWriter out, ClusterReport report) {
        Map<String, Integer> unwritable = new TreeMap<>();
        Map<String, Integer> shortOfCopies = new TreeMap<>();
        long copiedBytes = 0;
        for (Group group : report.state().groups()) {
            String name = report.name(group.partition());
            String complaint = report.complaint(group);
            String shortage = report.shortage(group);
            if (!complaint.isEmpty()) {
                unwritable.merge(name + ": " + complaint, 1, Integer::sum);
            }
            if (!shortage.isEmpty()) {
                shortOfCopies.merge(name + ": " + shortage, 1, Integer::sum);
            }
            for (Member learner : group.newest().learners()) {
                CallMessage.ReplicaStatus replica = report.replica(learner.brick(), group.partition());
                copiedBytes += replica == null ? 0 : Math.max(0, replica.copiedBytes());
            }
        }
        print(out, "cannot be written", unwritable);
        print(out, "short of copies", shortOfCopies);
        if (copiedBytes > 0) {
            out.printf("%.1f MiB of copies that are under way have come so far%n", copiedBytes / 1048576.0);
        }
        return unwritable.isEmpty();
    }

    private static void print(PrintWriter out, String what, Map<String, Integer> counts) {
        if (!counts.isEmpty()) {
            out.println();
            counts.forEach((why, partitions) ->
                    out.printf("%s: %,d partition%s of %s%n", what, partitions, partitions == 1 ? "" : "s", why));
        }
    }

    /** Adds what a directory tells of bricks that gave no answer. */
    private void printDead(PrintWriter out) throws IOException {
        LocalCluster local = options.local();
        if (local == null) {
            return;
        }
        for (ClusterFile.Member member : local.known().members()) {
            if (member.process().isEmpty()) {
                out.printf(
                        "  brick %s is not running; it said last:%n%s",
                        member.place().name(), local.lastWords(member));
            }
        }
    }

    private static boolean printBricks(PrintWriter out, ClusterReport report) {
        boolean isWell = true;
        boolean isAnyFull = false;
        TextTable table =
                new TextTable("brick", "address", "state", "disk", "replicas", "open", "primary of", "to apply");
        List<String> failures = new ArrayList<>();
        for (ClusterReport.Answer answer : report.answers()) {
            LinkMessage.Member member = answer.member();
            String address = new SeedAddress(member.host(), member.port()).toString();
            CallMessage.Status status = answer.status();
            if (status == null) {
                boolean isMissed = !report.isEmptied(member.brick());
                isWell &= !isMissed;
                table.row(
                        member.brick().name(),
                        address,
                        isMissed ? "no answer" : "empty, has stopped",
                        "",
                        "",
                        "",
                        "",
                        "");
                if (isMissed) {
                    failures.add(String.valueOf(answer.failure()));
                }
                continue;
            }
            long open = status.replicas().stream()
                    .filter(CallMessage.ReplicaStatus::isOpen)
                    .count();
            long primary = report.state().groups().stream()
                    .filter(group -> group.newest().primary().equals(member.brick()))
                    .count();
            long behind = status.replicas().stream()
                    .mapToLong(replica -> replica.storedSeq() - replica.appliedSeq())
                    .sum();
            isWell &= status.isRegistered();
            isAnyFull |= status.fillPermille() >= NEARLY_FULL_PERMILLE;
            table.row(
                    member.brick().name(),
                    address,
                    state(report, member.brick(), status),
                    "%.1f %%".formatted(status.fillPermille() / 10.0),
                    "%,d".formatted(status.replicas().size()),
                    "%,d".formatted(open),
                    "%,d".formatted(primary),
                    "%,d".formatted(behind));
        }
        table.print(out);
        if (isAnyFull) {
            out.println(
                    "  Full is what log and table take of what they may: the capacity, or the disk less a reserve that is"
                            + " kept free (capacity and disk-reserve in ./dds brick --print-config; the brick's log has the figures).");
        }
        failures.forEach(failure -> out.println("  " + failure));
        return isWell;
    }

    private static String state(ClusterReport report, BrickId brick, CallMessage.Status status) {
        BrickInfo info = report.state().brick(brick);
        if (!status.isRegistered() || info == null) {
            return "not registered yet";
        }
        if (info.isLeaving()) {
            return report.isEmptied(brick) ? "empty, may be stopped" : "is emptied";
        }
        return "start " + info.incarnation().start();
    }

    private void printReplicas(PrintWriter out, ClusterReport report) {
        TextTable table =
                new TextTable("structure", "partition", "brick", "epoch", "view", "stored", "committed", "applied");
        for (ClusterReport.Answer answer : report.answers()) {
            CallMessage.Status status = answer.status();
            if (status == null) {
                continue;
            }
            for (CallMessage.ReplicaStatus replica : status.replicas()) {
                if (!all && replica.isOpen()) {
                    continue;
                }
                table.row(
                        report.name(replica.partition()),
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
