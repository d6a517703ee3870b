package io.brickwork.core.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.structure.StructureSpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The bytes of a snapshot in which there is one of everything: bricks read what earlier versions wrote. */
class MetadataSnapshotTest {
    private static final BrickId A = new BrickId("a");
    private static final BrickId B = new BrickId("b");
    private static final BrickId C = new BrickId("c");

    private static final String GOLDEN = """
            0107636c75737465721c80bcc1960b80e497d012031c030161000000000000006100000000000000070106686f73742d
            61d83600010162000000000000006200000000000000070106686f73742d62d836010101630000000000000063000000
            00000000070209656c73657768657265d936000202020374776f0174016b01760102010103036f6e650175016b017601
            0302020302000001016d0201130104016102016100000000000000610000000000000007010162000000000000006200
            000000000000070100000103016102016100000000000000610000000000000007010162000000000000006200000000
            000000070100000103016102016100000000000000610000000000000007010162000000000000006200000000000000
            0701000000010101000201016d0002010b01020161020161000000000000006100000000000000070101620000000000
            000062000000000000000701000001020161020161000000000000006100000000000000070101620000000000000062
            000000000000000701000001020161020161000000000000006100000000000000070101620000000000000062000000
            00000000070100000001000001000107016d000203000000030215010201610101610000000000000061000000000000
            000701010162000000000000006200000000000000070100010101620301610000000000000061000000000000000701
            016200000000000000620000000000000007010163000000000000006300000000000000070100000101016203016100
            000000000000610000000000000007010162000000000000006200000000000000070101630000000000000063000000
            000000000701000001010000017801000001000000000000001b00000000000000090302010202000309016701016d11
            01000107016701016d02
            """.replace("\n", "");

    private final MetadataState state = new MetadataState(Bytes.utf8("cluster"));

    private void apply(MetadataCommand command) {
        Bytes answer = state.apply(state.slot() + 1, MetadataCodec.encode(command));
        assertThat(MetadataCodec.decodeAnswer(answer)).as("%s", command).isNotInstanceOf(MetadataAnswer.Refused.class);
    }

    private static Incarnation life(BrickId brick, long start) {
        return new Incarnation(new DiskId(brick.name().charAt(0), 7), start);
    }

    private static Member member(BrickId brick) {
        return new Member(brick, life(brick, 1));
    }

    private void oneOfEverything() {
        for (BrickId brick : List.of(A, B, C)) {
            apply(new MetadataCommand.RegisterBrick(brick, null, life(brick, 1), "host-" + brick, 7000, true));
        }
        apply(Creations.create(
                "dropped", new StructureSpec("t", "k", "v", 1, 1, Durability.SYNC, Replication.TWO_PHASE)));
        apply(new MetadataCommand.DropStructure(1));
        apply(Creations.create("two", new StructureSpec("t", "k", "v", 1, 2, Durability.SYNC, Replication.TWO_PHASE)));
        apply(Creations.create(
                "one", new StructureSpec("u", "k", "v", 1, 3, Durability.REPLICATED, Replication.CHAIN)));
        PartitionId two = new PartitionId(2, 0);
        PartitionId one = new PartitionId(3, 0);
        open(two);
        open(one);
        split(two, "m", 1);
        split(two, "g", 2);
        apply(new MetadataCommand.MergePartitions(two, new PartitionId(2, 2)));
        apply(new MetadataCommand.FinishMerge(two, new PartitionId(2, 2), new Version(3, 9)));
        open(two);
        apply(new MetadataCommand.MergePartitions(two, new PartitionId(2, 1)));
        apply(new MetadataCommand.SplitPartition(one, Bytes.utf8("x"), true));
        apply(new MetadataCommand.ChangeView(one, 1, 1, A, List.of(member(A)), List.of(member(B))));
        apply(new MetadataCommand.SetLeaving(B, true));
        apply(new MetadataCommand.RegisterBrick(C, life(C, 1), life(C, 2), "elsewhere", 7001, false));
        apply(new MetadataCommand.SetLeaseTerm(5_000_000_000L));
        apply(new MetadataCommand.SetLeaseTerm(3_000_000_000L));
        apply(new MetadataCommand.OpenSession(8));
        apply(new MetadataCommand.OpenSession(9));
        apply(new MetadataCommand.ExpireSession(state.sessions().first()));
    }

    private void open(PartitionId partition) {
        Group group = Objects.requireNonNull(state.group(partition));
        apply(new MetadataCommand.OpenView(partition, group.newest().epoch(), List.of()));
    }

    private void split(PartitionId parent, String key, int child) {
        PartitionId given = new PartitionId(parent.structure(), child);
        apply(new MetadataCommand.SplitPartition(parent, Bytes.utf8(key), false));
        apply(new MetadataCommand.FinishSplit(parent, given, new Version(1, 7)));
        open(given);
    }

    @Test
    void bytesAreAsTheyWere() {
        oneOfEverything();
        assertThat(HexFormat.of().formatHex(state.snapshot().toArray())).isEqualTo(GOLDEN);
    }

    @Test
    void whatIsReadIsWrittenAgain() {
        MetadataState read = new MetadataState(Bytes.EMPTY);
        read.restore(Bytes.wrap(HexFormat.of().parseHex(GOLDEN)));

        assertThat(HexFormat.of().formatHex(read.snapshot().toArray())).isEqualTo(GOLDEN);
        oneOfEverything();
        assertThat(read.groups()).containsExactlyElementsOf(state.groups());
        assertThat(read.absorbed(new PartitionId(2, 2))).isEqualTo(state.absorbed(new PartitionId(2, 2)));
        assertThat(read.bricks()).containsExactlyElementsOf(state.bricks());
        assertThat(read.structures()).containsExactlyElementsOf(state.structures());
        assertThat(read.structure("two")).isEqualTo(state.structure("two"));
        assertThat(read.sessions()).isEqualTo(state.sessions());
    }

    @Test
    void restoringTakesThePlaceOfEverything() {
        oneOfEverything();
        state.restore(new MetadataState(Bytes.utf8("cluster")).snapshot());

        assertThat(state.snapshot()).isEqualTo(new MetadataState(Bytes.utf8("cluster")).snapshot());
    }

    @Test
    void snapshotThatIsCutOffIsRefusedAndChangesNothing() {
        oneOfEverything();
        Bytes whole = state.snapshot();
        for (int length = 0; length < whole.length(); length++) {
            Bytes part = whole.slice(0, length);
            assertThatThrownBy(() -> state.restore(part)).isInstanceOf(MalformedException.class);
        }
        assertThat(state.snapshot()).isEqualTo(whole);
    }

    @Test
    void withoutSessionsAllElseIsShown() {
        oneOfEverything();
        MetadataState shown = new MetadataState(Bytes.EMPTY);
        shown.restore(state.snapshotWithoutSessions());

        assertThat(shown.sessions()).isEmpty();
        assertThat(state.sessions()).hasSize(1);
        assertThat(shown.groups()).containsExactlyElementsOf(state.groups());
    }
}
