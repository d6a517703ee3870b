package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.CATALOG;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Durability;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.view.EpochRun;
import io.brickwork.core.view.View;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules that the simulator found: each left a group without an open view, or a member in the dark, for ever. */
class RecoveryTest {
    private static final List<BrickId> ABC = List.of(A, B, C);

    private static ScriptedBrick restartedAfterItsReport() {
        ScriptedBrick brick = new ScriptedBrick(B, ABC);
        brick.from(A, new ReplicaMessage.Fence(CATALOG, new View(5, A, ABC)));
        brick.sync();
        brick.kill();
        brick.sent.clear();
        return brick;
    }

    @Test
    void aMemberThatWasRestartedAfterItsReportSaysSoWhenItIsLevelled() {
        ScriptedBrick brick = restartedAfterItsReport();
        brick.from(A, new ReplicaMessage.Level(CATALOG, 5, 0, false, 0, List.of()));

        assertThat(brick.sent).containsExactly(new ReplicaMessage.Restarted(CATALOG, 5));
    }

    @Test
    void theFullestMemberSaysThatItWasRestartedWhenItIsAskedForEntries() {
        ScriptedBrick brick = restartedAfterItsReport();
        brick.from(A, new ReplicaMessage.Fetch(CATALOG, 5, 1, 3));

        assertThat(brick.sent).containsExactly(new ReplicaMessage.Restarted(CATALOG, 5));
    }

    @Test
    void aRequestIsRefusedWhileThePartitionIsNotSetUp() {
        ScriptedBrick brick = new ScriptedBrick(A, List.of(A));
        brick.openAlone(Durability.REPLICATED);
        brick.request(write(1, 1, "put k v0"));
        brick.sync();
        brick.kill(); // the log knows the partition; the catalog that says what it is has no open view yet
        brick.sent.clear();
        brick.request(write(2, 2, "put k v1"));

        assertThat(brick.sent).singleElement().isInstanceOfSatisfying(CallMessage.Refusal.class, refusal -> {
            assertThat(refusal.partition()).isEqualTo(REGISTERS);
            assertThat(refusal.reason()).isEqualTo(CallMessage.Reason.NOT_OPEN);
            assertThat(refusal.view()).isNull();
        });
    }

    @Test
    void aCommitThatWasLostIsToldAgain() {
        ScriptedBrick brick = new ScriptedBrick(A, List.of(A, B));
        brick.sync();
        brick.from(B, new ReplicaMessage.FenceReport(CATALOG, 1, Version.NONE, List.of(new EpochRun(0, 0))));
        brick.from(B, new ReplicaMessage.Levelled(CATALOG, 1, 0));
        brick.createRegisters(Durability.SYNC);
        brick.sync();
        brick.from(B, new ReplicaMessage.Stored(CATALOG, 1, 1, 1, 0, 0));
        brick.pass(10);
        brick.sent.clear();
        brick.pass(500);
        assertThat(commits(brick))
                .as("B has not said that it knows")
                .isNotEmpty()
                .allMatch(c -> c.committedSeq() == 1);

        brick.from(B, new ReplicaMessage.Stored(CATALOG, 1, 1, 1, 1, 0));
        brick.pass(10);
        brick.sent.clear();
        brick.pass(500);
        assertThat(commits(brick)).as("B knows").isEmpty();
    }

    /** A monotonic clock counts from anywhere: what is periodic must not wait for it to pass zero. */
    @Test
    void whatIsPeriodicDoesNotWaitForTheClockToPassZero() {
        ScriptedBrick brick = new ScriptedBrick(A, List.of(A, B), -3_600_000_000_000L);
        brick.sync();
        brick.from(B, new ReplicaMessage.FenceReport(CATALOG, 1, Version.NONE, List.of(new EpochRun(0, 0))));
        brick.from(B, new ReplicaMessage.Levelled(CATALOG, 1, 0));
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
                .filter(commit -> commit.partition().equals(CATALOG))
                .toList();
    }

    @Test
    void aMemberWhoseDiskHasRoomAgainSaysSoUnasked() {
        ScriptedBrick brick = new ScriptedBrick(B, ABC);
        brick.from(A, new ReplicaMessage.Fence(CATALOG, new View(5, A, ABC)));
        brick.sync();
        brick.from(A, new ReplicaMessage.Level(CATALOG, 5, 0, false, 0, List.of()));
        brick.from(A, new ReplicaMessage.Open(CATALOG, 5, 0));
        brick.table.fill(900);
        brick.pass(20);
        brick.sent.clear();
        brick.table.fill(100);
        brick.pass(20);

        assertThat(brick.sent).singleElement().isEqualTo(new ReplicaMessage.Stored(CATALOG, 5, 0, 0, 0, 100));
    }

    /** A member whose first segment could go but for the promise in it, and which is fenced before it does. */
    private static ScriptedBrick fencedBeforeTrimming() {
        ScriptedBrick brick = new ScriptedBrick(B, ABC);
        brick.from(A, new ReplicaMessage.Fence(CATALOG, new View(5, A, ABC)));
        brick.sync();
        List<Entry> entries = new ArrayList<>();
        for (int seq = 1; seq <= 25; seq++) {
            entries.add(ScriptedBrick.entry(CATALOG, 5, seq, "x" + seq, "v"));
        }
        brick.from(A, new ReplicaMessage.Level(CATALOG, 5, 0, false, 25, entries));
        brick.sync();
        brick.from(A, new ReplicaMessage.Open(CATALOG, 5, 25));
        brick.from(A, new ReplicaMessage.Commit(CATALOG, 5, 25, 25));
        brick.pass(100);
        brick.apply();
        brick.from(A, new ReplicaMessage.Fence(CATALOG, new View(6, A, ABC)));
        brick.pass(2_000);
        return brick;
    }

    /** The new promise is beyond what would go, but not synced yet: the one before it must stay until it is. */
    @Test
    void aPromiseStaysInTheLogUntilTheNextOneIsSynced() {
        ScriptedBrick brick = fencedBeforeTrimming();
        brick.losePower();
        brick.sent.clear();
        brick.from(A, new ReplicaMessage.Fence(CATALOG, new View(5, A, ABC)));
        assertThat(brick.sent).containsExactly(new ReplicaMessage.Restarted(CATALOG, 5));
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
