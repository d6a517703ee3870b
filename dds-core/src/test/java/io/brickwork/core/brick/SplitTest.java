package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.entry;
import static io.brickwork.core.brick.ScriptedBrick.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a member goes through when its partition is split, and schedules that the simulator found. */
class SplitTest {
    private static final List<BrickId> ABC = List.of(A, B, C);
    private static final PartitionId CHILD = new PartitionId(1, 1);
    private static final Version SPLIT = new Version(1, 3);

    /** The entry that splits is stored: from then on the upper keys are nobody's until the child is open. */
    @Test
    void aMemberServesNothingOfWhatIsGivenAwayOnceItHasStoredTheSplit() {
        ScriptedBrick brick = member();
        assertThat(brick.machine().readViews().find(1, Bytes.utf8("z"))).isNotNull();
        storeSplit(brick);
        assertThat(records(brick)).isEmpty();
        brick.sent.clear();
        brick.request(read(1, "get z"));
        assertThat(brick.sent.toString()).contains("SPLITTING").contains("being split");
    }

    /** In one batch, and in the middle of what else there is to apply. */
    @Test
    void theChildBeginsWhereTheParentHasSplit() {
        ScriptedBrick brick = member();
        storeSplit(brick);
        brick.from(A, new ReplicaMessage.Store(3, 0, entry(REGISTERS, 1, 4, "b", "later")));
        brick.sync();
        brick.from(A, new ReplicaMessage.Commit(REGISTERS, 1, 4, 0));
        brick.applyAll();
        try (Snapshot snapshot = brick.table.snapshot()) {
            assertThat(snapshot.applied(CHILD).version()).isEqualTo(SPLIT);
            assertThat(snapshot.applied(CHILD).liveRecords()).isEqualTo(1);
            assertThat(snapshot.applied(REGISTERS).version()).isEqualTo(new Version(1, 4));
            assertThat(snapshot.applied(REGISTERS).liveRecords()).isEqualTo(2);
            assertThat(snapshot.sessions(CHILD)).hasSize(1);
        }
    }

    /** It did not hear that the split was committed; the metadata log says so, whatever view is open. */
    @Test
    void whatIsRecordedAsSplitIsCommitted() {
        ScriptedBrick brick = member();
        storeSplit(brick);
        recordSplit(brick);
        brick.learn();
        brick.applyAll();
        assertThat(records(brick)).containsExactly("a", "z");
        try (Snapshot snapshot = brick.table.snapshot()) {
            assertThat(snapshot.applied(CHILD).version()).isEqualTo(SPLIT);
        }
    }

    /** The parent is to be dropped while the batch that splits it is on its way: what the child has stays. */
    @Test
    void whatIsBeingGivenToAChildIsNotDroppedWithTheParent() {
        ScriptedBrick brick = member();
        storeSplit(brick);
        brick.from(A, new ReplicaMessage.Commit(REGISTERS, 1, 3, 0));
        brick.pass(100); // until the batch is handed over; the table is slow
        recordSplit(brick);
        brick.metadata.open(CHILD);
        brick.metadata.decide(REGISTERS, A, List.of(A, C), List.of());
        brick.metadata.open(REGISTERS);
        brick.learn();
        brick.applyAll();
        assertThat(records(brick)).containsExactly("z");
    }

    /** What is left of a pass over the records lies in the child, and then below the child. */
    @Test
    void theScrubberGoesOnInWhatIsLeft() {
        ScriptedBrick brick = member();
        String large = "v".repeat(40 << 10);
        for (int i = 0; i < 8; i++) {
            brick.from(A, new ReplicaMessage.Store(i, 0, entry(REGISTERS, 1, i + 1, "" + (char) ('a' + 3 * i), large)));
        }
        brick.sync();
        brick.from(A, new ReplicaMessage.Commit(REGISTERS, 1, 8, 0));
        brick.applyAll();
        brick.sent.clear();
        while (brick.sent.stream().noneMatch(ReplicaMessage.Compare.class::isInstance)) {
            brick.pass(10);
        }
        Split split = Split.of(KeyRange.ALL, Bytes.utf8("b"), false, CHILD);
        brick.from(A, new ReplicaMessage.Store(8, 0, EntryCodec.encodeSplit(REGISTERS, new Version(1, 9), split)));
        brick.pass(200);
        assertThat(brick.machine().statuses()).hasSize(1);
    }

    /**
     * With a view comes which keys the partition has: who has not learned of it promises nothing yet, and the primary
     * need not ask again.
     */
    @Test
    void aFenceWaitsUntilTheBrickHasLearnedOfItsView() {
        ScriptedBrick brick = member();
        GroupView next = brick.metadata.decide(REGISTERS, A, ABC, List.of());
        brick.sent.clear();
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, next));
        brick.sync();
        assertThat(brick.sent).isEmpty();
        brick.learn();
        brick.sync();
        assertThat(brick.sent).hasAtLeastOneElementOfType(ReplicaMessage.FenceReport.class);
    }

    /** A member of the open first view. */
    private static ScriptedBrick member() {
        ScriptedBrick brick = new ScriptedBrick(B, ABC);
        brick.register();
        brick.create(Durability.SYNC);
        brick.metadata.open(REGISTERS);
        brick.learn();
        brick.openAsMember();
        return brick;
    }

    private static void storeSplit(ScriptedBrick brick) {
        Split split = Split.of(KeyRange.ALL, Bytes.utf8("m"), false, CHILD);
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 1, "a", "1")));
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 2, "z", "2")));
        brick.from(A, new ReplicaMessage.Store(0, 0, EntryCodec.encodeSplit(REGISTERS, SPLIT, split)));
        brick.sync();
    }

    private static void recordSplit(ScriptedBrick brick) {
        brick.metadata.decide(new MetadataCommand.SplitPartition(REGISTERS, Bytes.utf8("m"), false));
        brick.metadata.decide(new MetadataCommand.FinishSplit(REGISTERS, CHILD, SPLIT));
    }

    private static List<String> records(ScriptedBrick brick) {
        List<String> keys = new ArrayList<>();
        try (Snapshot snapshot = brick.table.snapshot()) {
            snapshot.scan(1, KeyRange.ALL, (key, record) -> keys.add(key.toUtf8()));
        }
        return keys;
    }
}
