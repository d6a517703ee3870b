package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Durability;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules that the simulator found: each left a group without an open view, or a member in the dark, for ever. */
class RecoveryTest {
    private static final List<BrickId> ABC = List.of(A, B, C);

    /** T50: its promise is on disk, and so is what it reported; but the view names the life that is over. */
    @Test
    void aMemberThatWasRestartedTakesNothingOfAViewThatNamesItsEarlierLife() {
        assertThat(restartedInItsView(Defences.ALL)).isEmpty();
        assertThat(restartedInItsView(Defences.without(Defence.COUNT_STARTS)))
                .as("if starts did not count")
                .isNotEmpty();
    }

    /** What a member says in a view in which it was killed and started again. */
    private static List<Message> restartedInItsView(Defences defences) {
        ScriptedBrick brick = backup(defences);
        GroupView view = brick.newest();
        brick.kill();
        brick.register();
        brick.sent.clear();
        brick.from(A, new ReplicaMessage.Level(REGISTERS, 1, 0, false, 0, List.of()));
        brick.from(A, new ReplicaMessage.Fetch(REGISTERS, 1, 1, 3));
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, view));
        brick.from(A, new ReplicaMessage.Store(0, 0, ScriptedBrick.entry(REGISTERS, 1, 1, "x", "v")));
        brick.sync();
        return List.copyOf(brick.sent);
    }

    /**
     * T53: whoever is told of a promise may count on it, so nothing is told before the promise is synced; what was lost
     * with the power was told to nobody.
     */
    @Test
    void aPromiseIsToldOnceItIsSynced() {
        assertThat(toldBeforeTheSync(Defences.ALL)).isEmpty();
    }

    private static List<Message> toldBeforeTheSync(Defences defences) {
        ScriptedBrick brick = backup(defences);
        GroupView next = second(brick);
        brick.sent.clear();
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, next));
        brick.pass(200);
        List<Message> told = List.copyOf(brick.sent);
        brick.losePower();
        brick.register();
        brick.sent.clear();
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, next));
        brick.from(A, new ReplicaMessage.Store(0, 0, ScriptedBrick.entry(REGISTERS, 1, 1, "x", "v")));
        brick.sync();
        assertThat(brick.sent).as("in its next life").isEmpty();
        return told;
    }

    /** A member that has been levelled in the first view. */
    private static ScriptedBrick backup() {
        return backup(Defences.ALL);
    }

    private static ScriptedBrick backup(Defences defences) {
        ScriptedBrick brick = new ScriptedBrick(B, ABC, defences);
        brick.register();
        brick.create(Durability.SYNC);
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, brick.newest()));
        brick.sync();
        return brick;
    }

    /** A primary of two whose view is open. */
    private static ScriptedBrick primary(long nowNanos) {
        ScriptedBrick brick = new ScriptedBrick(A, List.of(A, B), nowNanos);
        brick.register();
        brick.create(Durability.SYNC);
        brick.openAsPrimary();
        return brick;
    }

    @Test
    void aRequestIsRefusedWhileThePartitionIsNotSetUp() {
        ScriptedBrick brick = new ScriptedBrick(A, List.of(A));
        brick.openAlone(Durability.REPLICATED);
        brick.request(write(1, 1, "put k v0"));
        brick.sync();
        brick.kill(); // what it has of the partition belongs to another life
        brick.sent.clear();
        brick.request(write(2, 2, "put k v1"));

        assertThat(brick.sent).singleElement().isInstanceOfSatisfying(CallMessage.Refusal.class, refusal -> {
            assertThat(refusal.partition()).isEqualTo(REGISTERS);
            assertThat(refusal.reason()).isEqualTo(CallMessage.Reason.NOT_OPEN);
            assertThat(refusal.view()).isNotNull();
        });
    }

    @Test
    void aCommitThatWasLostIsToldAgain() {
        ScriptedBrick brick = primary(0);
        brick.request(write(1, 1, "put k v0"));
        brick.sync();
        brick.from(B, new ReplicaMessage.Stored(REGISTERS, 1, 1, 1, 0, 0));
        brick.pass(10);
        brick.sent.clear();
        brick.pass(500);
        assertThat(commits(brick))
                .as("B has not said that it knows")
                .isNotEmpty()
                .allMatch(c -> c.committedSeq() == 1);

        brick.from(B, new ReplicaMessage.Stored(REGISTERS, 1, 1, 1, 1, 0));
        brick.pass(10);
        brick.sent.clear();
        brick.pass(500);
        assertThat(commits(brick)).as("B knows").isEmpty();
    }

    /** A monotonic clock counts from anywhere: what is periodic must not wait for it to pass zero. */
    @Test
    void whatIsPeriodicDoesNotWaitForTheClockToPassZero() {
        ScriptedBrick brick = primary(-3_600_000_000_000L);
        brick.pass(50);
        brick.sent.clear();
        brick.pass(300);
        assertThat(commits(brick))
                .as("B has not been heard of since the view opened")
                .isNotEmpty();
    }

    private static List<ReplicaMessage.Commit> commits(ScriptedBrick brick) {
        return brick.sent.stream()
                .filter(ReplicaMessage.Commit.class::isInstance)
                .map(ReplicaMessage.Commit.class::cast)
                .filter(commit -> commit.partition().equals(REGISTERS))
                .toList();
    }

    @Test
    void aMemberWhoseDiskHasRoomAgainSaysSoUnasked() {
        ScriptedBrick brick = backup();
        brick.from(A, new ReplicaMessage.Level(REGISTERS, 1, 0, false, 0, List.of()));
        brick.from(A, new ReplicaMessage.Open(REGISTERS, 1, 0));
        brick.table.fill(900);
        brick.pass(20);
        brick.sent.clear();
        brick.table.fill(100);
        brick.pass(20);

        assertThat(brick.sent).singleElement().isEqualTo(new ReplicaMessage.Stored(REGISTERS, 1, 0, 0, 0, 100));
    }

    /**
     * A member whose first segment could go but for the promise of epoch 2 in it, and which is fenced before it does.
     */
    private static ScriptedBrick fencedBeforeTrimming() {
        ScriptedBrick brick = new ScriptedBrick(B, ABC);
        brick.register();
        brick.create(Durability.SYNC);
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, second(brick)));
        brick.sync();
        List<Entry> entries = new ArrayList<>();
        for (int seq = 1; seq <= 25; seq++) {
            entries.add(ScriptedBrick.entry(REGISTERS, 2, seq, "x" + seq, "v"));
        }
        brick.from(A, new ReplicaMessage.Level(REGISTERS, 2, 0, false, 25, entries));
        brick.sync();
        brick.from(A, new ReplicaMessage.Open(REGISTERS, 2, 25));
        brick.from(A, new ReplicaMessage.Commit(REGISTERS, 2, 25, 25));
        brick.pass(100);
        brick.apply();
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, second(brick)));
        brick.pass(2_000);
        return brick;
    }

    private static GroupView second(ScriptedBrick brick) {
        brick.metadata.open(REGISTERS);
        return brick.decide(A, ABC, List.of());
    }

    /** The new promise is beyond what would go, but not synced yet: the one before it must stay until it is. */
    @Test
    void aPromiseStaysInTheLogUntilTheNextOneIsSynced() {
        ScriptedBrick brick = fencedBeforeTrimming();
        brick.losePower();
        brick.register();
        brick.sent.clear();
        brick.from(A, new ReplicaMessage.Store(0, 0, ScriptedBrick.entry(REGISTERS, 1, 26, "x", "v")));
        assertThat(brick.sent)
                .as("epoch 1 is over, and the disk knows it")
                .containsExactly(new ReplicaMessage.WrongEpoch(REGISTERS, 1, 2));
    }

    @Test
    void aPromiseLeavesTheLogOnceTheNextOneIsSynced() {
        ScriptedBrick brick = fencedBeforeTrimming();
        assertThat(brick.log.headPosition()).as("before").isZero();
        brick.sync();
        brick.pass(100);
        assertThat(brick.log.headPosition()).as("after").isPositive();
    }
}
