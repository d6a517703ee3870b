package io.brickwork.cli;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.settings.SeedAddress;
import io.brickwork.core.BrickId;
import io.brickwork.core.DdsException;
import io.brickwork.core.PartitionId;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster is: what each brick says of itself, and the newest that any of them has learned of the metadata log.
 */
final class ClusterReport {
    /** What one brick said, or why it said nothing. */
    record Answer(
            LinkMessage.Member member,
            CallMessage.@Nullable Status status,
            @Nullable String failure) {}

    private final TreeMap<BrickId, Answer> answers = new TreeMap<>();
    private BrickProbe.Cluster cluster;

    private ClusterReport(BrickProbe.Cluster cluster) {
        this.cluster = cluster;
    }

    /** A report of what has been asked already. */
    ClusterReport(BrickProbe.Cluster cluster, List<Answer> told) {
        this(cluster);
        told.forEach(answer -> answers.put(answer.member().brick(), answer));
    }

    /** Asks every brick that the first one which answers knows. */
    static ClusterReport of(ClusterOptions options) throws IOException {
        List<LinkMessage.Member> members = new ArrayList<>();
        ClusterReport report = new ClusterReport(options.askAny(probe -> {
            members.addAll(probe.welcome().members());
            return probe.cluster();
        }));
        for (LinkMessage.Member member : members) {
            report.ask(member, options);
        }
        // Who is not registered, and says nothing, is none of the cluster's bricks: its settings may name it still.
        report.answers
                .values()
                .removeIf(answer -> answer.status() == null
                        && !report.state().bricks().isEmpty()
                        && report.state().brick(answer.member().brick()) == null);
        return report;
    }

    private void ask(LinkMessage.Member member, ClusterOptions options) {
        String refusal = Reachability.refusal(member.host(), member.port());
        if (refusal != null) {
            answers.put(
                    member.brick(),
                    new Answer(
                            member,
                            null,
                            "the brick at %s gave no answer: %s"
                                    .formatted(new SeedAddress(member.host(), member.port()), refusal)));
            return;
        }
        try (BrickProbe probe = options.probe(member.host(), member.port())) {
            answers.put(member.brick(), new Answer(member, probe.status(), null));
            BrickProbe.Cluster seen = probe.cluster();
            if (seen.state().slot() > cluster.state().slot()) {
                cluster = seen;
            }
        } catch (DdsException failure) {
            answers.put(member.brick(), new Answer(member, null, failure.getMessage()));
        }
    }

    /** By the names of the bricks. */
    List<Answer> answers() {
        return List.copyOf(answers.values());
    }

    BrickProbe.Cluster cluster() {
        return cluster;
    }

    MetadataState state() {
        return cluster.state();
    }

    boolean answers(BrickId brick) {
        Answer answer = answers.get(brick);
        return answer != null && answer.status() != null;
    }

    /** Whether the brick was to be emptied, and is. */
    boolean isEmptied(BrickId brick) {
        BrickInfo info = state().brick(brick);
        return info != null && info.isLeaving() && state().isEmpty(brick);
    }

    /** What the brick says of its replica; null if it says nothing, or has none. */
    CallMessage.@Nullable ReplicaStatus replica(BrickId brick, PartitionId partition) {
        Answer answer = answers.get(brick);
        CallMessage.Status status = answer == null ? null : answer.status();
        return status == null
                ? null
                : status.replicas().stream()
                        .filter(replica -> replica.partition().equals(partition))
                        .findFirst()
                        .orElse(null);
    }

    String name(PartitionId partition) {
        StructureInfo structure = state().structure(partition.structure());
        return structure == null ? "#" + partition.structure() : structure.name();
    }

    /**
     * Whether a member of the base is there, with the disk on which it was one: without any, what was acknowledged
     * cannot be had.
     */
    boolean hasBase(Group group) {
        GroupView base = group.base();
        return base == null || base.members().stream().anyMatch(this::isThere);
    }

    /** Members of the base that do not answer, or have another disk. */
    List<BrickId> missing(Group group) {
        GroupView base = group.base();
        return base == null
                ? List.of()
                : base.members().stream()
                        .filter(member -> !isThere(member))
                        .map(Member::brick)
                        .toList();
    }

    private boolean isThere(Member member) {
        BrickInfo info = state().brick(member.brick());
        return info != null && info.member().standsFor(member) && answers(member.brick());
    }

    /** What is wrong with the group, for people; empty if nothing is. */
    String complaint(Group group) {
        GroupView view = group.newest();
        List<BrickId> silent = view.members().stream()
                .map(Member::brick)
                .filter(brick -> !answers(brick))
                .toList();
        if (!hasBase(group)) {
            return "every copy that had all is away: bring back one of %s, or see ./dds accept-loss"
                    .formatted(missing(group));
        }
        if (!silent.isEmpty()) {
            return "no answer from " + silent;
        }
        if (!group.isOpen()) {
            return "its view is not open yet";
        }
        if (view.members().size() < group.minInSync()) {
            return "%d of %d members are there, and nothing is committed with less than %d"
                    .formatted(view.members().size(), group.replicas(), group.minInSync());
        }
        return "";
    }

    /** Whether there is a brick that answers, stays, and has no copy yet. */
    private boolean couldTakeAnother(GroupView view) {
        return state().bricks().stream()
                .anyMatch(info -> !info.isLeaving() && answers(info.brick()) && view.member(info.brick()) == null);
    }

    /** Why the group has fewer copies than it should; empty if it has not. */
    String shortage(Group group) {
        GroupView view = group.newest();
        if (view.members().size() >= group.replicas() && view.learners().isEmpty()) {
            return "";
        }
        if (view.learners().isEmpty()) {
            return "%d of %d copies, and %s"
                    .formatted(
                            view.members().size(),
                            group.replicas(),
                            couldTakeAnother(view)
                                    ? "another is to be made: a few are made at a time"
                                    : "no brick that could take another");
        }
        BrickId learner = view.learners().getFirst().brick();
        CallMessage.ReplicaStatus replica = replica(learner, group.partition());
        return replica != null && replica.copiedBytes() >= 0
                ? "brick %s takes a copy".formatted(learner)
                : "brick %s is being brought level".formatted(learner);
    }
}
