package io.brickwork.cli;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has groups go on without what only lost bricks had. */
@Command(
        name = "accept-loss",
        description =
                "Let partitions go on whose every complete copy is lost: each is founded anew on what one brick that is left holds.",
        sortOptions = false,
        footer = {
            "",
            "A partition stands still when no brick is there that has all that was acknowledged. If one of those that had can be brought back, bring it back: nothing is lost then.",
            "This command is for when none can. It says for each partition what may be lost, and changes nothing without --yes.",
            "Whoever comes back afterwards takes a copy of the new state; what it had beyond that is gone."
        })
final class AcceptLossCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions options;

    @Option(
            names = "--founder",
            paramLabel = "BRICK",
            description = "Whose copy to go on with. (default: for each partition the one that has stored the most)")
    private @Nullable BrickId founder;

    @Option(names = "--yes", description = "Do it.")
    private boolean isMeant;

    @Spec
    private CommandSpec spec;

    /** A partition that stands still, and who could found it anew. */
    private record Loss(Group group, Member founder, long storedSeq, boolean holdsAnything) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        ClusterReport report = ClusterReport.of(options);
        List<Loss> losses = new ArrayList<>();
        for (Group group : report.state().groups()) {
            if (!report.hasBase(group)) {
                losses.add(loss(report, group));
            }
        }
        if (losses.isEmpty()) {
            out.println("no partition has lost every complete copy: there is nothing to accept");
            out.flush();
            return 0;
        }
        print(out, report, losses);
        if (!isMeant) {
            out.printf(
                    "%nnothing was changed; './dds accept-loss %s --yes' goes on with what is left%n",
                    options.target());
            out.flush();
            return 1;
        }
        int done = 0;
        for (Loss loss : losses) {
            done += found(out, loss) ? 1 : 0;
        }
        out.printf("%n%,d of %,d partitions go on with what is left%n", done, losses.size());
        out.flush();
        return done == losses.size() ? 0 : 1;
    }

    private Loss loss(ClusterReport report, Group group) {
        return report.state().bricks().stream()
                .filter(info -> report.answers(info.brick()))
                .filter(info -> founder == null || founder.equals(info.brick()))
                .map(info -> candidate(report, group, info))
                .max(Comparator.comparing(Loss::holdsAnything).thenComparingLong(Loss::storedSeq))
                .orElseThrow(() -> new CommandFailed(
                        founder == null
                                ? "no brick answers that could go on"
                                : "brick '" + founder + "' does not answer, or is not one of this cluster"));
    }

    private static Loss candidate(ClusterReport report, Group group, BrickInfo info) {
        CallMessage.ReplicaStatus replica = report.replica(info.brick(), group.partition());
        return replica == null || replica.copiedBytes() >= 0
                ? new Loss(group, info.member(), 0, false)
                : new Loss(group, info.member(), replica.storedSeq(), true);
    }

    private static void print(PrintWriter out, ClusterReport report, List<Loss> losses) {
        TextTable table = new TextTable("structure", "partition", "lost with", "goes on with", "may be lost");
        for (Loss loss : losses) {
            PartitionId partition = loss.group().partition();
            table.row(
                    report.name(partition),
                    String.valueOf(partition.number()),
                    String.valueOf(report.missing(loss.group())),
                    loss.founder().brick().name(),
                    loss.holdsAnything()
                            ? "every write after its %,dth".formatted(loss.storedSeq())
                            : "everything: it holds nothing of this partition");
        }
        table.print(out);
    }

    private boolean found(PrintWriter out, Loss loss) throws IOException {
        Group group = loss.group();
        Optional<String> refusal = options.instruct(new MetadataCommand.FoundLineage(
                group.partition(), group.newest().epoch(), group.openedEpoch(), loss.founder()));
        refusal.ifPresent(why -> out.printf("partition %s: %s%n", group.partition(), why));
        return refusal.isEmpty();
    }
}
