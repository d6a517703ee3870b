package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.CATALOG;
import static io.brickwork.core.brick.ScriptedBrick.entry;
import static io.brickwork.core.brick.ScriptedBrick.read;
import static io.brickwork.core.brick.ScriptedBrick.write;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.view.EpochRun;
import io.brickwork.core.view.View;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scripted inputs and exact effects of one brick, as text in {@code traces/}. A change of a trace is a change of the protocol: review the difference. */
class CommitTraceTest {
    private static final List<BrickId> ABC = List.of(A, B, C);

    @Test
    void aloneABrickCommitsWhatItHasWritten() {
        ScriptedBrick brick = new ScriptedBrick(A, List.of(A));
        brick.openAlone(Durability.REPLICATED);
        brick.request(write(1, 1, "put k v0"));
        brick.request(write(2, 2, "add k v1"));
        brick.say("a retry gets the same answer");
        brick.request(write(3, 2, "add k v1"));
        brick.request(read(4, "get k"));
        brick.say("what throws is answered, and remembered");
        brick.request(write(5, 3, "boom"));
        brick.request(write(6, 3, "boom"));
        brick.say("below the low-water mark");
        brick.request(write(7, 1, "put k v0"));
        brick.assertTranscript("alone");
    }

    @Test
    void primaryFencesLevelsAndOpens() {
        ScriptedBrick brick = new ScriptedBrick(A, ABC);
        brick.say("the promise is synced before anyone is fenced");
        brick.sync();
        brick.from(B, report(1, Version.NONE));
        brick.pass(100);
        brick.from(C, report(1, Version.NONE));
        brick.from(B, new ReplicaMessage.Levelled(CATALOG, 1, 0));
        brick.from(C, new ReplicaMessage.Levelled(CATALOG, 1, 0));
        brick.say("a write: stored at all, then committed, then answered");
        brick.createRegisters(Durability.REPLICATED);
        brick.sync();
        brick.from(C, new ReplicaMessage.Stored(CATALOG, 1, 1, 1, 0, 0));
        brick.from(B, new ReplicaMessage.Stored(CATALOG, 1, 1, 1, 0, 0));
        brick.pass(10);
        brick.assertTranscript("open-and-commit");
    }

    @Test
    void primaryTakesWhatTheFullestMemberHas() {
        ScriptedBrick brick = new ScriptedBrick(A, ABC);
        brick.sync();
        brick.from(B, new ReplicaMessage.Restarted(CATALOG, 1));
        brick.sync();
        brick.say("B has two entries that C and this brick lack: T50");
        brick.from(
                B,
                new ReplicaMessage.FenceReport(
                        CATALOG, 2, new Version(1, 2), List.of(new EpochRun(0, 0), new EpochRun(1, 2))));
        brick.from(C, report(2, Version.NONE));
        brick.from(
                B,
                new ReplicaMessage.Fetched(
                        CATALOG, 2, List.of(entry(CATALOG, 1, 1, "x", "1"), entry(CATALOG, 1, 2, "y", "2"))));
        brick.sync();
        brick.from(C, new ReplicaMessage.Levelled(CATALOG, 2, 2));
        brick.from(B, new ReplicaMessage.Levelled(CATALOG, 2, 2));
        brick.assertTranscript("fullest-member");
    }

    @Test
    void primaryTakesTheNextEpochIfAMemberWasRestarted() {
        ScriptedBrick brick = new ScriptedBrick(A, List.of(A, B));
        brick.sync();
        brick.from(B, report(1, Version.NONE));
        brick.from(B, new ReplicaMessage.Levelled(CATALOG, 1, 0));
        brick.input(new BrickInput.LinkUp(B));
        brick.from(B, new ReplicaMessage.Restarted(CATALOG, 1));
        brick.sync();
        brick.say("a late word of the old epoch changes nothing");
        brick.from(B, new ReplicaMessage.Restarted(CATALOG, 1));
        brick.from(B, report(2, Version.NONE));
        brick.assertTranscript("member-restarted");
    }

    @Test
    void backupStoresWithoutHolesAndOnlyInTheEpochItWasLevelledIn() {
        ScriptedBrick brick = new ScriptedBrick(B, ABC);
        View view = new View(5, A, ABC);
        brick.from(A, new ReplicaMessage.Fence(CATALOG, view));
        brick.say("nothing is taken before levelling: T67");
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(CATALOG, 5, 1, "k", "v")));
        brick.sync();
        brick.from(A, new ReplicaMessage.Fence(CATALOG, view));
        brick.from(A, new ReplicaMessage.Level(CATALOG, 5, 0, false, 0, List.of()));
        brick.from(A, new ReplicaMessage.Open(CATALOG, 5, 0));
        brick.say("2 before 1 is dropped: T52");
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(CATALOG, 5, 2, "k", "w")));
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(CATALOG, 5, 1, "k", "v")));
        brick.say("acknowledged when synced");
        brick.sync();
        brick.from(A, new ReplicaMessage.Store(1, 1, entry(CATALOG, 5, 2, "k", "w")));
        brick.sync();
        brick.say("an older primary is refused, a repeated entry acknowledged again");
        brick.from(A, new ReplicaMessage.Store(1, 1, entry(CATALOG, 4, 2, "k", "z")));
        brick.from(A, new ReplicaMessage.Store(1, 1, entry(CATALOG, 5, 2, "k", "w")));
        brick.say("after a restart nothing of the epoch is gone on with");
        brick.kill();
        brick.from(A, new ReplicaMessage.Commit(CATALOG, 5, 2, 2));
        brick.from(A, new ReplicaMessage.Fence(CATALOG, view));
        brick.from(A, new ReplicaMessage.Fence(CATALOG, view.atEpoch(6)));
        brick.sync();
        brick.assertTranscript("backup");
    }

    @Test
    void backupIsCutWhereItsLogParts() {
        ScriptedBrick brick = new ScriptedBrick(B, ABC);
        openBackup(brick, 5);
        for (int seq = 1; seq <= 3; seq++) {
            brick.from(A, new ReplicaMessage.Store(1, 0, entry(CATALOG, 5, seq, "k", "v" + seq)));
        }
        brick.sync();
        View view = new View(7, C, ABC);
        brick.from(C, new ReplicaMessage.Fence(CATALOG, view));
        brick.sync();
        brick.from(C, new ReplicaMessage.Level(CATALOG, 7, 1, true, 2, List.of(entry(CATALOG, 6, 2, "k", "other"))));
        brick.say("the cut is synced before the level is reported");
        brick.sync();
        brick.from(C, new ReplicaMessage.Open(CATALOG, 7, 2));
        brick.say("and it holds across a restart");
        brick.kill();
        brick.from(C, new ReplicaMessage.Fence(CATALOG, view.atEpoch(8)));
        brick.sync();
        brick.assertTranscript("cut");
    }

    @Test
    void backupAsksThePrimaryAboutADirtyRecord() {
        ScriptedBrick brick = new ScriptedBrick(B, ABC);
        openBackup(brick, 5);
        brick.from(A, new ReplicaMessage.Store(0, 0, ScriptedBrick.creation(5, 1, "x")));
        brick.sync();
        brick.say("the reader may not see it, nor may it be told that there is nothing: T9");
        brick.request(new CallMessage.Read(
                1,
                CATALOG,
                0,
                ReadMode.LINEARIZABLE,
                Bytes.EMPTY,
                Catalog.find("x").body()));
        brick.pass(100);
        brick.from(A, new ReplicaMessage.Committed(CATALOG, 5, 1, 1));
        brick.assertTranscript("dirty-read");
    }

    private static void openBackup(ScriptedBrick brick, long epoch) {
        brick.from(A, new ReplicaMessage.Fence(CATALOG, new View(epoch, A, ABC)));
        brick.sync();
        brick.from(A, new ReplicaMessage.Level(CATALOG, epoch, 0, false, 0, List.of()));
        brick.from(A, new ReplicaMessage.Open(CATALOG, epoch, 0));
    }

    private static ReplicaMessage.FenceReport report(long epoch, Version last) {
        return new ReplicaMessage.FenceReport(CATALOG, epoch, last, List.of(new EpochRun(last.epoch(), last.seq())));
    }
}
