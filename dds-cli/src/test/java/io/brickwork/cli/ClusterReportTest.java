package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.metadata.Creations;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A group of three copies that has two, in a cluster of four bricks. */
class ClusterReportTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);

    private final MetadataState state = new MetadataState(Bytes.utf8("cluster"));
    private long slot;

    @BeforeEach
    void twoOfThree() {
        for (int number = 1; number <= 4; number++) {
            apply(new MetadataCommand.RegisterBrick(
                    brick(number), null, member(number).incarnation(), "localhost", number, true));
        }
        apply(new MetadataCommand.SetLeaving(brick(4), true));
        apply(Creations.create(
                "t",
                new StructureSpec("hashtable", "string/1", "string/1", 1, 3, Durability.SYNC, Replication.TWO_PHASE)));
        apply(new MetadataCommand.ChangeView(PARTITION, 1, 0, brick(1), List.of(member(1), member(2)), List.of()));
        apply(new MetadataCommand.SetLeaving(brick(4), false));
    }

    @Test
    void groupThatWaitsForItsTurnDoesNotSayThatThereIsNoBrick() {
        assertThat(report(1, 2, 3, 4).shortage(group()))
                .isEqualTo("2 of 3 copies, and another is to be made: a few are made at a time");
    }

    @Test
    void groupWhoseOtherBricksAreSilentOrLeavingSaysSo() {
        apply(new MetadataCommand.SetLeaving(brick(3), true));
        assertThat(report(1, 2, 3).shortage(group())).isEqualTo("2 of 3 copies, and no brick that could take another");
    }

    private ClusterReport report(int... answering) {
        List<ClusterReport.Answer> answers = new ArrayList<>();
        for (int number : answering) {
            answers.add(new ClusterReport.Answer(
                    new LinkMessage.Member(brick(number), "localhost", number),
                    new CallMessage.Status(1, 0, true, false, List.of()),
                    null));
        }
        return new ClusterReport(new BrickProbe.Cluster(brick(1), List.of(brick(1)), state), answers);
    }

    private Group group() {
        return Objects.requireNonNull(state.group(PARTITION));
    }

    private void apply(MetadataCommand command) {
        state.apply(++slot, MetadataCodec.encode(command));
    }

    private static BrickId brick(int number) {
        return new BrickId("brick-" + number);
    }

    private static Member member(int number) {
        return new Member(brick(number), new Incarnation(new DiskId(number, number), 1));
    }
}
