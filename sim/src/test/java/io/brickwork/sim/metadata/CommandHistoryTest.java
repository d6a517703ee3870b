package io.brickwork.sim.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.brickwork.core.metadata.Creations;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureSpec;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The checkers reject what they are there for. */
class CommandHistoryTest {
    private static final Bytes X = Bytes.utf8("x");

    private final CommandHistory history = new CommandHistory();

    @Test
    void anotherCommandInTheSamePlaceIsRejected() {
        history.applied("a", 0, 1, X, 11);
        history.applied("b", 0, 1, X, 11);
        assertThatThrownBy(() -> history.applied("c", 0, 1, Bytes.utf8("y"), 11))
                .hasMessageContaining("one-value-per-slot");
    }

    @Test
    void sameCommandInAnotherSlotIsRejected() {
        history.applied("a", 0, 1, X, 11);
        assertThatThrownBy(() -> history.applied("b", 0, 2, X, 11)).hasMessageContaining("one-value-per-slot");
    }

    @Test
    void statesThatDifferAtASlotAreRejected() {
        history.applied("a", 0, 1, X, 11);
        history.reached("a", 1, 1, 11);
        history.reached("b", 1, 1, 11);
        assertThatThrownBy(() -> history.reached("c", 1, 0, 0)).hasMessageContaining("equal-states");
        assertThatThrownBy(() -> history.reached("c", 1, 1, 12)).hasMessageContaining("equal-states");
    }

    @Test
    void acknowledgedCommandThatStandsNowhereIsRejected() {
        history.applied("a", 0, 1, X, 11);
        history.acknowledged("a", X, 1, 0);
        assertThat(history.acknowledged()).isEqualTo(1);
        assertThatThrownBy(() -> history.acknowledged("a", Bytes.utf8("y"), 1, 0))
                .hasMessageContaining("acked-never-lost");
        assertThatThrownBy(() -> history.acknowledged("a", X, 2, 1)).hasMessageContaining("acked-never-lost");
    }

    @Test
    void leaseThatOutlivesItsViewIsRejected() {
        MetadataState state = new MetadataState(Bytes.EMPTY);
        PartitionId partition = new PartitionId(1, 0);
        Member a = member("a", 1);
        Member b = member("b", 2);
        Member c = member("c", 3);
        List<MetadataCommand> commands = List.of(
                new MetadataCommand.RegisterBrick(a.brick(), null, a.incarnation(), "h", 1, true),
                new MetadataCommand.RegisterBrick(b.brick(), null, b.incarnation(), "h", 1, true),
                new MetadataCommand.RegisterBrick(c.brick(), null, c.incarnation(), "h", 1, true),
                Creations.create(
                        "t", new StructureSpec("register", "k", "v", 1, 3, Durability.SYNC, Replication.TWO_PHASE)),
                new MetadataCommand.OpenView(partition, 1, List.of()),
                new MetadataCommand.ChangeView(partition, 1, 1, a.brick(), List.of(a), List.of()),
                new MetadataCommand.OpenView(partition, 2, List.of(c.brick())));
        long slot = 0;
        for (MetadataCommand command : commands) {
            Bytes encoded = MetadataCodec.encode(command);
            state.apply(++slot, encoded);
            history.carriedOut(state, encoded);
        }
        assertThat(history.views()).isEqualTo(2);
        Group group = Objects.requireNonNull(state.group(partition));
        history.serves(a, partition, Objects.requireNonNull(group.base()));
        history.serves(c, partition, Objects.requireNonNull(group.base()));
        assertThatThrownBy(() -> history.serves(b, partition, Objects.requireNonNull(group.base())))
                .hasMessageContaining("no-lease-outlives-its-view");
    }

    private static Member member(String name, long disk) {
        return new Member(new BrickId(name), new Incarnation(new DiskId(disk, disk), 1));
    }
}
