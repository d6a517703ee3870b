package io.brickwork.core.partition.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.brick.MemoryTable;
import io.brickwork.core.brick.RegisterType;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.partition.store.Overlay;
import io.brickwork.core.partition.store.ReplicaRecords;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Table;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * The lock-free read view under Lincheck: the lane writes, applies, shrinks and reopens; readers read on threads of
 * their own, and go through the lane only if the view gives up, as callers do. The whole must look like one register.
 */
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class ReadViewLincheckTest {
    private static final PartitionId PARTITION = new PartitionId(1, 0);

    private static final long NOW_NANOS = 5;

    private final MemoryTable table = new MemoryTable();
    private final Overlay overlay = new Overlay(0);
    private final Locks locks = new Locks(List.of());
    private final ReadView view = new ReadView(PARTITION, locks, overlay, table, lease(), new ReadViews());
    private final Object lane = new Object();
    private long seq;
    private long appliedSeq;
    private long batch;

    public ReadViewLincheckTest() {
        view.open(RegisterType.INSTANCE, Extent.Keys.all(KeyRange.ALL), 1, 0);
    }

    @Operation(nonParallelGroup = "lane")
    public void write(@Param(name = "value") int value) {
        synchronized (lane) {
            seq++;
            overlay.add(entry(seq, value));
            view.commit(seq);
        }
    }

    /** The table's transaction commits; later the lane hears of it. Readers may come at any moment of this. */
    @Operation(nonParallelGroup = "lane")
    public void apply() {
        synchronized (lane) {
            if (appliedSeq < seq) {
                table.apply(new Table.Batch(
                        ++batch, List.of(new Table.Part(PARTITION, overlay.entries(appliedSeq + 1, seq)))));
                table.applyNow();
                appliedSeq = seq;
                overlay.shrink(appliedSeq);
            }
        }
    }

    @Operation(nonParallelGroup = "lane")
    public void reopen() {
        synchronized (lane) {
            view.close();
            view.open(RegisterType.INSTANCE, Extent.Keys.all(KeyRange.ALL), 2, seq);
        }
    }

    @Operation
    public String get() {
        Bytes body = Bytes.utf8("get k");
        ReadView.Result result = view.read(Bytes.EMPTY, body, () -> NOW_NANOS);
        if (result != null) {
            return result.result().toUtf8();
        }
        synchronized (lane) {
            ReplicaRecords records =
                    new ReplicaRecords(PARTITION, Extent.Keys.all(KeyRange.ALL), locks, overlay, seq, table::snapshot);
            return RegisterType.INSTANCE
                    .evaluate(body, records, ReadView.NoChanges.INSTANCE)
                    .toUtf8();
        }
    }

    private static LeaseEnd lease() {
        LeaseEnd end = new LeaseEnd();
        end.set(NOW_NANOS + 1);
        return end;
    }

    private static Entry entry(long seq, int value) {
        return EntryCodec.encode(
                Entry.Kind.WRITE,
                PARTITION,
                new Version(1, seq),
                null,
                0,
                List.of(new Effect(Bytes.utf8("k"), Bytes.utf8("" + value))));
    }

    @Test
    void readersOnOtherThreadsSeeARegisterUnderModelChecking() {
        new ModelCheckingOptions()
                .iterations(Integer.getInteger("lincheck.iterations", 3))
                .invocationsPerIteration(80)
                .threads(2)
                .actorsPerThread(3)
                .addGuarantee(
                        forClasses("java.util.concurrent.ConcurrentSkipListMap", "io.brickwork.core.entry.EntryCodec")
                                .allMethods()
                                .treatAsAtomic())
                .check(ReadViewLincheckTest.class);
    }

    @Test
    void readersOnOtherThreadsSeeARegisterUnderStress() {
        new StressOptions()
                .iterations(2 * Integer.getInteger("lincheck.iterations", 3))
                .invocationsPerIteration(1000)
                .threads(3)
                .actorsPerThread(4)
                .check(ReadViewLincheckTest.class);
    }

    @Test
    void aReaderDoesWithoutTheLaneWhileNothingIsUnderWay() {
        write(7);
        assertThat(view.read(Bytes.EMPTY, Bytes.utf8("get k"), () -> NOW_NANOS)).isNotNull();
        apply();
        assertThat(view.read(Bytes.EMPTY, Bytes.utf8("get k"), () -> NOW_NANOS)).isNotNull();
        view.close();
        assertThat(view.read(Bytes.EMPTY, Bytes.utf8("get k"), () -> NOW_NANOS)).isNull();
    }

    /** T11: the clock is looked at after the read. */
    @Test
    void aReaderWhoseLeaseEndsWhileItReadsGivesUp() {
        write(7);
        assertThat(view.read(Bytes.EMPTY, Bytes.utf8("get k"), () -> NOW_NANOS + 1))
                .isNull();
    }
}
