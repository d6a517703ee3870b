package io.brickwork.core.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.Replication;
import io.brickwork.core.bytes.MalformedException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatalogTest {
    private static final StructureSpec SPEC = spec("hashtable", 16, Durability.REPLICATED);

    private final MapRecords records = new MapRecords();

    @Test
    void structuresAreGivenIdsFromOne() {
        assertThat(run(Catalog.create("orders", SPEC))).isEqualTo(new StructureInfo(1, "orders", SPEC));
        assertThat(run(Catalog.create("events", SPEC))).isEqualTo(new StructureInfo(2, "events", SPEC));
    }

    @Test
    void creatingTwiceGivesTheSameStructure() {
        StructureInfo first = run(Catalog.create("orders", SPEC));
        long count = records.count();
        assertThat(run(Catalog.create("orders", SPEC))).isEqualTo(first);
        assertThat(records.count()).isEqualTo(count);
        assertThat(run(Catalog.create("events", SPEC)).id()).isEqualTo(2);
    }

    @Test
    void creatingWithAnotherSpecGivesTheOneThatExists() {
        StructureInfo first = run(Catalog.create("orders", SPEC));
        StructureSpec other = spec("tree", 1, Durability.SYNC);
        assertThat(run(Catalog.create("orders", other))).isEqualTo(first);
        assertThat(run(Catalog.find("orders"))).contains(first);
    }

    /** The counter, not the list, decides the next id. */
    @Test
    void idsAreNeverUsedAgain() {
        run(Catalog.create("orders", SPEC));
        run(Catalog.create("events", SPEC));
        MapRecords withoutLast = new MapRecords();
        records.scan(Bytes.EMPTY, (key, value) -> {
            if (!key.equals(Bytes.utf8("nevents"))) {
                withoutLast.evaluate(new Copy(key, value), Bytes.EMPTY);
            }
            return true;
        });
        Operation<StructureInfo> create = Catalog.create("events", SPEC);
        assertThat(create.decoder()
                        .apply(withoutLast.evaluate(Catalog.TYPE, create.body()))
                        .id())
                .isEqualTo(3);
    }

    @Test
    void findTellsWhatIsThereAndWhatIsNot() {
        assertThat(run(Catalog.find("orders"))).isEqualTo(Optional.empty());
        StructureInfo info = run(Catalog.create("orders", SPEC));
        assertThat(run(Catalog.find("orders"))).contains(info);
        assertThat(run(Catalog.find("order"))).isEmpty();
        assertThat(run(Catalog.find("orders2"))).isEmpty();
    }

    @Test
    void listIsInTheOrderOfNames() {
        assertThat(run(Catalog.list())).isEmpty();
        StructureInfo orders = run(Catalog.create("orders", SPEC));
        StructureInfo events = run(Catalog.create("events", spec("tree", 1, Durability.SYNC)));
        StructureInfo umlaut = run(Catalog.create("Übersicht", SPEC));
        assertThat(run(Catalog.list())).containsExactly(events, orders, umlaut);
        Bytes looked = Catalog.look(Catalog.list().body(), name -> null, List.of(umlaut, orders, events));
        assertThat(Catalog.list().decoder().apply(looked)).containsExactly(events, orders, umlaut);
    }

    @Test
    void onlyCreateIsAWrite() {
        assertThat(Catalog.TYPE.isRead(Catalog.create("orders", SPEC).body())).isFalse();
        assertThat(Catalog.TYPE.isRead(Catalog.find("orders").body())).isTrue();
        assertThat(Catalog.TYPE.isRead(Catalog.list().body())).isTrue();
        assertThat(Catalog.create("orders", SPEC).read()).isFalse();
        assertThat(Catalog.find("orders").read()).isTrue();
        assertThat(Catalog.list().read()).isTrue();
    }

    @Test
    void allKeysLieInItsOnePartition() {
        PartitionMap map = Catalog.TYPE.initialPartitions(Catalog.STRUCTURE.spec());
        assertThat(map.partitions()).isEqualTo(List.of(0));
        assertThat(map.range(0)).isEqualTo(KeyRange.ALL);
        assertThat(map.locate(Catalog.find("orders").routingKey())).isZero();
        assertThatThrownBy(() -> map.range(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesThatCannotBeKeptAreRefusedBeforeTheyAreSent() {
        String longest = "n".repeat(Limits.NAME_CHARS);
        assertThat(run(Catalog.create(longest, SPEC)).name()).isEqualTo(longest);
        for (String name : List.of("", "  ", longest + "n", "水".repeat(170))) {
            assertThatThrownBy(() -> Catalog.create(name, SPEC))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + name.substring(0, Math.min(name.length(), 20)));
            assertThatThrownBy(() -> Catalog.find(name)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Whatever a client sends, evaluating it throws what becomes a stored rejection, and changes nothing. */
    @Test
    void bodiesThatMakeNoSenseChangeNothing() {
        Bytes create = Catalog.create("orders", SPEC).body();
        for (int length = 0; length < create.length(); length++) {
            Bytes cut = create.slice(0, length);
            assertThatThrownBy(() -> records.evaluate(Catalog.TYPE, cut))
                    .isInstanceOfAny(
                            MalformedException.class,
                            MalformedOperationException.class,
                            IllegalArgumentException.class);
        }
        for (int at = 0; at < create.length(); at++) {
            byte[] flipped = create.toArray();
            flipped[at] ^= (byte) 0xFF;
            MapRecords fresh = new MapRecords();
            try {
                fresh.evaluate(Catalog.TYPE, Bytes.wrap(flipped));
            } catch (MalformedException | MalformedOperationException | IllegalArgumentException expected) {
                assertThat(fresh.count()).isZero();
            }
        }
        assertThat(records.count()).isZero();
        assertThatThrownBy(() -> records.evaluate(Catalog.TYPE, Bytes.wrap(new byte[] {99})))
                .isInstanceOf(MalformedOperationException.class)
                .hasMessageContaining("no operation 99");
        assertThat(Catalog.TYPE.isRead(Bytes.EMPTY)).isTrue();
    }

    /** A name that a client of ours refuses to send must not get into the catalog by another way. */
    @Test
    void nameTooLongForAKeyIsRefusedByTheBrickToo() {
        Bytes body = new io.brickwork.core.bytes.ByteWriter(600)
                .u8(1)
                .string("水".repeat(170))
                .toBytes();
        assertThatThrownBy(() -> records.evaluate(Catalog.TYPE, body.concat(specOf(Catalog.create("x", SPEC)))))
                .isInstanceOfAny(MalformedOperationException.class, IllegalArgumentException.class);
    }

    /** What follows operation and name. */
    private static Bytes specOf(Operation<StructureInfo> create) {
        return create.body().slice(3, create.body().length());
    }

    private <R> R run(Operation<R> operation) {
        assertThat(operation.structure()).isEqualTo(Catalog.STRUCTURE);
        return operation.decoder().apply(records.evaluate(Catalog.TYPE, operation.body()));
    }

    private static StructureSpec spec(String type, int partitions, Durability durability) {
        return new StructureSpec(type, "string/1", "kryo:order/1", partitions, 3, durability, Replication.TWO_PHASE);
    }

    /** A type with one operation, which puts one record. */
    private record Copy(Bytes key, Bytes value) implements StructureType {
        @Override
        public String name() {
            return "copy";
        }

        @Override
        public PartitionMap initialPartitions(StructureSpec spec) {
            throw new UnsupportedOperationException("not partitioned");
        }

        @Override
        public boolean isRead(Bytes body) {
            return false;
        }

        @Override
        public Bytes evaluate(Bytes body, Records records, Changes changes) {
            changes.put(key, value);
            return Bytes.EMPTY;
        }
    }
}
