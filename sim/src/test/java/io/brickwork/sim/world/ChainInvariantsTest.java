package io.brickwork.sim.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Table;
import io.brickwork.sim.disk.DiskOptions;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.disk.SimLog;
import io.brickwork.sim.kernel.EventQueue;
import io.brickwork.sim.kernel.Harms;
import io.brickwork.sim.kernel.SimRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Good and bad histories of a chain of three, A the head and C the tail, each on a disk of its own. */
class ChainInvariantsTest {
    private static final PartitionId PARTITION = new PartitionId(3, 0);
    private static final BrickId A = new BrickId("a");
    private static final BrickId B = new BrickId("b");
    private static final BrickId C = new BrickId("c");
    private static final GroupView VIEW = view(5);

    private final EventQueue queue = new EventQueue();
    private final TreeMap<BrickId, SimDisk> disks = new TreeMap<>(Map.of(A, disk(), B, disk(), C, disk()));
    private final TreeMap<BrickId, SimLog> logs = new TreeMap<>();
    private final ChainInvariants invariants = new ChainInvariants(this::disk);

    ChainInvariantsTest() {
        disks.forEach((brick, disk) -> logs.put(brick, open(disk)));
    }

    private SimDisk disk(BrickId brick) {
        return Check.present(disks.get(brick), "%s has no disk", brick);
    }

    private SimLog log(BrickId brick) {
        return Check.present(logs.get(brick), "%s has no log", brick);
    }

    private SimDisk disk() {
        return new SimDisk(queue, new SimRandom(0xc4a1), DiskOptions.DEFAULT, new Harms());
    }

    private static SimLog open(SimDisk disk) {
        SimLog log = disk.openLog(new SimDisk.LogListener() {
            @Override
            public void synced(long position) {}

            @Override
            public void failed(StoreFailedException failure) {}
        });
        log.replay((position, record) -> {});
        return log;
    }

    private static GroupView view(long epoch) {
        return new GroupView(epoch, A, List.of(member(A), member(B), member(C)), List.of(), 0);
    }

    private static Member member(BrickId brick) {
        return new Member(brick, new Incarnation(new DiskId(1, brick.name().charAt(0)), 1));
    }

    /** The member writes the entry; nobody has looked at it yet. */
    private void write(BrickId member, long epoch, long seq) {
        Entry entry = EntryCodec.encode(
                Entry.Kind.WRITE,
                PARTITION,
                new Version(epoch, seq),
                null,
                0,
                List.of(new Effect(Bytes.utf8("k"), Bytes.utf8("v" + seq))));
        log(member).append(new LogRecord.Stored(entry));
        log(member).write();
    }

    /** The member voids every entry above {@code seq} that its log has. */
    private void cut(BrickId member, long seq) {
        log(member).append(new LogRecord.Cut(PARTITION, seq));
        log(member).write();
    }

    /** The member's table takes a copy that holds every entry up to the version. */
    private void copy(BrickId member, Version version) {
        Table table = disk(member).openTable(batch -> {});
        table.apply(new Table.Batch(1, List.of(new CopyStep.Begin(PARTITION, KeyRange.ALL)), List.of()));
        settle();
        table.apply(new Table.Batch(
                2,
                List.of(
                        new CopyStep.Chunk(PARTITION, new TableChunk(version, List.of(), List.of(), null)),
                        new CopyStep.Finish(PARTITION, version)),
                List.of()));
        settle();
        table.close();
    }

    private void sync(BrickId member) {
        log(member).requestSync();
        settle();
    }

    private void settle() {
        while (queue.runNext()) {
            // Until the disk is done.
        }
    }

    private void step(BrickId member, GroupView view, boolean mustBeSynced, long storedSeq, long committedSeq) {
        invariants.onStep(PARTITION, member, new ChainInvariants.Place(view, mustBeSynced, storedSeq, committedSeq));
    }

    private void step(BrickId member, long storedSeq, long committedSeq) {
        step(member, VIEW, false, storedSeq, committedSeq);
    }

    private void openEverywhere() {
        for (BrickId member : List.of(A, B, C)) {
            step(member, 0, 0);
        }
    }

    @Test
    void aWriteThatGoesDownAndBackKeepsBoth() {
        openEverywhere();
        for (BrickId member : List.of(A, B, C)) {
            write(member, 5, 1);
            step(member, 1, member.equals(C) ? 1 : 0);
        }
        step(B, 1, 1);
        step(A, 1, 1);
        assertThat(invariants.looks()).isEqualTo(8);
    }

    @Test
    void aStepThatChangesNothingIsNotLookedAt() {
        openEverywhere();
        long looks = invariants.looks();
        openEverywhere();
        assertThat(invariants.looks()).isEqualTo(looks);
    }

    // ---- Update Propagation

    @Test
    void whatTheOneBeforeHasNotGotIsRejected() {
        openEverywhere();
        write(B, 5, 1);
        assertBroken("update-propagation", () -> step(B, 1, 0));
    }

    @Test
    void anotherVersionUnderTheSameNumberIsRejected() {
        openEverywhere();
        write(A, 5, 1);
        step(A, 1, 0);
        write(B, 4, 1);
        assertBroken("update-propagation", () -> step(B, 1, 0));
    }

    @Test
    void whatTheOneBeforeHasNotSyncedIsRejectedWhereItMustBe() {
        step(A, VIEW, true, 0, 0);
        step(B, VIEW, true, 0, 0);
        write(A, 5, 1);
        step(A, VIEW, true, 1, 0);
        write(B, 5, 1);
        assertBroken("update-propagation", () -> step(B, VIEW, true, 1, 0));
    }

    @Test
    void whatTheOneBeforeHasSyncedIsAccepted() {
        step(A, VIEW, true, 0, 0);
        step(B, VIEW, true, 0, 0);
        write(A, 5, 1);
        step(A, VIEW, true, 1, 0);
        sync(A);
        write(B, 5, 1);
        step(B, VIEW, true, 1, 0);
        assertThat(invariants.looks()).isEqualTo(4);
    }

    @Test
    void aMemberThatTakesBackWhatItHasIsRejected() {
        openEverywhere();
        write(A, 5, 1);
        step(A, 1, 0);
        assertBroken("update-propagation", () -> step(A, 0, 0));
    }

    @Test
    void aViewThatOpensOverHistoriesThatDifferIsRejected() {
        write(A, 4, 1);
        write(B, 3, 1);
        step(B, 1, 1);
        assertBroken("update-propagation", () -> step(A, 1, 1));
    }

    @Test
    void anEntryThatTheMemberVoidedBeforeItTookACopyIsNotInItsHistory() {
        write(A, 4, 1);
        write(B, 3, 1);
        cut(B, 0);
        copy(B, new Version(4, 1));
        step(A, 1, 1);
        step(B, 1, 1);
        assertThat(invariants.looks()).isEqualTo(2);
    }

    @Test
    void aCopyThatEndsWithAnotherVersionIsRejected() {
        write(A, 4, 1);
        copy(B, new Version(3, 1));
        step(A, 1, 1);
        assertBroken("update-propagation", () -> step(B, 1, 1));
    }

    @Test
    void anEntryThatTheOneBeforeHasVoidedIsNotStoredThere() {
        openEverywhere();
        write(A, 5, 1);
        cut(A, 0);
        write(B, 5, 1);
        assertBroken("update-propagation", () -> step(B, 1, 0));
    }

    // ---- In-process Requests

    @Test
    void whatTheTailHasNotGotIsCommittedNowhere() {
        openEverywhere();
        write(A, 5, 1);
        step(A, 1, 0);
        write(B, 5, 1);
        assertBroken("in-process-requests", () -> step(B, 1, 1));
    }

    @Test
    void whatTheTailHasNotSyncedIsNotCommittedWhereItMustBe() {
        for (BrickId member : List.of(A, B, C)) {
            step(member, VIEW, true, 0, 0);
        }
        for (BrickId member : List.of(A, B)) {
            write(member, 5, 1);
            step(member, VIEW, true, 1, 0);
            sync(member);
        }
        write(C, 5, 1);
        assertBroken("in-process-requests", () -> step(C, VIEW, true, 1, 1));
    }

    @Test
    void whatTheNextOneLacksMustBeKept() {
        openEverywhere();
        assertBroken("in-process-requests", () -> step(A, 1, 0)); // the log has no entry 1
    }

    @Test
    void anEntryThatIsVoidIsNotKept() {
        openEverywhere();
        write(A, 4, 1);
        cut(A, 0);
        assertBroken("in-process-requests", () -> step(A, 1, 0));
    }

    // ---- who stands in no pair

    @Test
    void neighboursInOtherViewsAreNotCompared() {
        step(A, 0, 0);
        write(B, 6, 1);
        step(B, view(6), false, 1, 0);
        assertThat(invariants.looks()).isEqualTo(2);
    }

    @Test
    void whoIsDownOrClosedIsNotCompared() {
        openEverywhere();
        invariants.onEnded(A);
        write(B, 5, 1);
        step(B, 1, 0);
        invariants.onClosed(PARTITION, B);
        write(C, 5, 1);
        step(C, 1, 1);
        assertThat(invariants.looks()).isEqualTo(5);
    }

    /**
     * A merged partition is gone from a brick as soon as its view is closed: its log voids all, while other members go
     * on for a moment.
     */
    @Test
    void whoHasLetTheReplicaGoIsNotCompared() {
        openEverywhere();
        write(A, 5, 1);
        step(A, 1, 0);
        write(B, 5, 1);
        step(B, 1, 0);
        invariants.onClosed(PARTITION, C);
        step(B, 1, 1);
        assertBroken("in-process-requests", () -> {
            step(C, 0, 0);
            step(A, 1, 1);
        });
    }

    private static void assertBroken(String invariant, Runnable step) {
        assertThatThrownBy(step::run).isInstanceOf(SimFailure.class).hasMessageStartingWith(invariant + ": ");
    }
}
