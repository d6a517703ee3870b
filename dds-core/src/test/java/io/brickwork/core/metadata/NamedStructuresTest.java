package io.brickwork.core.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Check;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import org.junit.jupiter.api.Test;

class NamedStructuresTest {
    private final NamedStructures structures = new NamedStructures();

    private static StructureSpec spec(int partitions, Replication replication) {
        return new StructureSpec("hashtable", "k", "v", partitions, 3, Durability.SYNC, replication);
    }

    private StructureInfo create(String name, int partitions) {
        return structures.create(name, spec(partitions, Replication.TWO_PHASE));
    }

    @Test
    void structureIsFoundByIdAndByName() {
        StructureInfo first = create("first", 1);
        StructureInfo second = create("second", 2);

        assertThat(first.id()).isEqualTo(1);
        assertThat(second.id()).isEqualTo(2);
        assertThat(structures.get(2)).isEqualTo(second);
        assertThat(structures.get("first")).isEqualTo(first);
        assertThat(structures.all()).containsExactly(first, second);
        assertThat(structures.get("third")).isNull();
        assertThat(structures.get(3)).isNull();
    }

    @Test
    void nameIsFreeWhenItsStructureIsDroppedAndTheIdIsNot() {
        create("t", 1);
        structures.drop(1);
        assertThat(structures.get("t")).isNull();
        assertThat(structures.partitionsGiven(1)).isZero();

        assertThat(create("t", 1).id()).isEqualTo(2);
    }

    @Test
    void droppingWhatIsNotThereChangesNothing() {
        StructureInfo info = create("t", 1);
        structures.drop(7);

        assertThat(structures.all()).containsExactly(info);
    }

    @Test
    void partitionsAreNumberedOnFromThoseOfTheSpec() {
        create("t", 4);
        create("u", 1);

        assertThat(structures.addPartition(1)).isEqualTo(new PartitionId(1, 4));
        assertThat(structures.addPartition(1)).isEqualTo(new PartitionId(1, 5));
        assertThat(structures.addPartition(2)).isEqualTo(new PartitionId(2, 1));
        assertThat(structures.partitionsGiven(1)).isEqualTo(6);
    }

    @Test
    void rulesAreThoseOfTheStructure() {
        structures.create("t", spec(1, Replication.CHAIN));
        create("u", 1);

        assertThat(structures.rules(new PartitionId(1, 0))).isEqualTo(GroupRules.of(Replication.CHAIN));
        assertThat(structures.rules(new PartitionId(2, 0))).isEqualTo(GroupRules.of(Replication.TWO_PHASE));
        assertThatThrownBy(() -> structures.rules(new PartitionId(3, 0))).isInstanceOf(Check.InvariantBroken.class);
    }

    @Test
    void nothingIsGivenTwiceAfterReading() {
        create("t", 4);
        create("dropped", 1);
        structures.drop(2);
        structures.addPartition(1);
        ByteWriter writer = new ByteWriter(64);
        structures.writeLastId(writer);
        structures.write(writer);
        structures.writePartitionsGiven(writer);

        NamedStructures read = new NamedStructures();
        read.create("before", spec(9, Replication.CHAIN));
        ByteReader reader = new ByteReader(writer.toBytes());
        read.readLastId(reader);
        read.read(reader);
        read.readPartitionsGiven(reader);
        assertThat(read.all()).containsExactlyElementsOf(structures.all());
        assertThat(read.get("before")).isNull();
        assertThat(read.addPartition(1)).isEqualTo(new PartitionId(1, 5));
        assertThat(read.create("next", spec(1, Replication.CHAIN)).id()).isEqualTo(3);
    }
}
