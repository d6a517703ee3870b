package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.Split;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a member of two partitions goes through when the upper one is merged into the lower one, and schedules that the
 * simulator found.
 */
class MergeTest {
    private static final List<BrickId> ABC = List.of(A, B, C);
    private static final PartitionId UPPER = new PartitionId(1, 1);
    private static final KeyRange UPPER_RANGE = new KeyRange(Bytes.utf8("m"), null);
    /** By which the lower one takes in the upper one. */
    private static final Version ABSORBED = new Version(4, 4);

    private final ScriptedBrick brick = new ScriptedBrick(B, ABC);

    /**
     * "a" is in the lower one, "x" and "z" in the upper one, which is closed; the lower one is open in its new view.
     */
    @BeforeEach
    void close() {
        brick.register();
        brick.create(Durability.SYNC);
        brick.metadata.open(REGISTERS);
        brick.learn();
        brick.openAsMember();
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 1, "a", "1")));
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 2, "z", "2")));
        Split split = Split.of(KeyRange.ALL, Bytes.utf8("m"), false, UPPER);
        brick.from(A, new ReplicaMessage.Store(2, 0, EntryCodec.encodeSplit(REGISTERS, new Version(1, 3), split)));
        brick.sync();
        brick.from(A, new ReplicaMessage.Commit(REGISTERS, 1, 3, 0));
        brick.metadata.decide(new MetadataCommand.SplitPartition(REGISTERS, Bytes.utf8("m"), false));
        brick.metadata.decide(new MetadataCommand.FinishSplit(REGISTERS, UPPER, new Version(1, 3)));
        brick.learn();
        brick.applyAll();

        BrickId leading = brick.metadata.group(UPPER).newest().primary();
        brick.from(
                leading,
                new ReplicaMessage.Fence(UPPER, brick.metadata.group(UPPER).newest()));
        assertThat(leading).isNotEqualTo(A).isEqualTo(B);
        brick.metadata.decide(UPPER, A, ABC, List.of());
        brick.learn();
        fence(UPPER);
        brick.from(A, new ReplicaMessage.Level(UPPER, 3, 3, false, 3, List.of()));
        brick.from(A, new ReplicaMessage.Open(UPPER, 3, 3));
        brick.metadata.open(UPPER);
        brick.from(A, new ReplicaMessage.Store(3, 0, entry(UPPER, 3, 4, "x", "3")));
        brick.metadata.decide(new MetadataCommand.MergePartitions(REGISTERS, UPPER));
        brick.from(A, new ReplicaMessage.Store(4, 0, EntryCodec.encodeClose(UPPER, new Version(3, 5))));
        brick.sync();
        brick.from(A, new ReplicaMessage.Commit(UPPER, 3, 5, 0));
        brick.learn();
        brick.applyAll();
        fence(REGISTERS);
        brick.from(A, new ReplicaMessage.Level(REGISTERS, 4, 3, false, 3, List.of()));
        brick.from(A, new ReplicaMessage.Open(REGISTERS, 4, 3));
        brick.metadata.open(REGISTERS);
        TableChunk content = new TableChunk(
                new Version(3, 5),
                List.of(row("x", new Version(3, 4), "3"), row("z", new Version(1, 2), "2")),
                List.of(),
                null);
        brick.from(
                A,
                new ReplicaMessage.Store(
                        3,
                        0,
                        EntryCodec.encodeAbsorption(REGISTERS, ABSORBED, new Absorption(UPPER, UPPER_RANGE, content))));
        brick.sync();
        brick.from(A, new ReplicaMessage.Commit(REGISTERS, 4, 4, 0));
    }

    @Test
    void nothingIsServedOfTheOneThatGoes() {
        assertThat(brick.machine().readViews().find(1, Bytes.utf8("z")))
                .isSameAs(brick.machine().readViews().find(1, Bytes.utf8("a")));
    }

    /** Committed, and not recorded yet: then it stays in the log for whoever is primary next. */
    @Test
    void whatIsTakenInIsAppliedWhenItIsRecordedAndTheOtherOneIsGone() {
        brick.applyAll();
        assertThat(applied()).isEqualTo(new Version(1, 3));
        brick.metadata.decide(new MetadataCommand.FinishMerge(REGISTERS, UPPER, ABSORBED));
        brick.learn();
        brick.applyAll();
        assertThat(applied()).isEqualTo(ABSORBED);
        assertThat(records()).containsExactly("a=1", "x=3", "z=2");
    }

    /** Its log has entries of the one that is gone, whose range is the other one's by now. */
    @Test
    void whatWasMergedIsNotDroppedOnceMoreAfterARestart() {
        brick.metadata.decide(new MetadataCommand.FinishMerge(REGISTERS, UPPER, ABSORBED));
        brick.learn();
        brick.applyAll();
        brick.kill();
        brick.register();
        brick.learn();
        brick.applyAll();
        assertThat(records()).containsExactly("a=1", "x=3", "z=2");
    }

    private static TableChunk.Row row(String key, Version version, String value) {
        return new TableChunk.Row(Bytes.utf8(key), new TableRecord(version, Bytes.utf8(value)));
    }

    private void fence(PartitionId partition) {
        brick.from(
                A,
                new ReplicaMessage.Fence(
                        partition, brick.metadata.group(partition).newest()));
        brick.sync();
    }

    private Version applied() {
        try (Snapshot snapshot = brick.table.snapshot()) {
            return snapshot.applied(REGISTERS).version();
        }
    }

    private List<String> records() {
        List<String> found = new ArrayList<>();
        try (Snapshot snapshot = brick.table.snapshot()) {
            snapshot.scan(
                    1,
                    KeyRange.ALL,
                    (key, record) ->
                            found.add(key.toUtf8() + "=" + record.value().toUtf8()));
        }
        return found;
    }
}
