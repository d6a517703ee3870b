package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.entry;
import static io.brickwork.core.brick.ScriptedBrick.read;
import static io.brickwork.core.brick.ScriptedBrick.report;
import static io.brickwork.core.brick.ScriptedBrick.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Scripted inputs and exact effects of one brick, as text in {@code traces/}. A change of a trace is a change of the
 * protocol: review the difference.
 */
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
    void primaryFencesLevelsHasItRecordedAndOpens() {
        ScriptedBrick brick = member(A);
        brick.create(Durability.REPLICATED);
        brick.say("the promise is synced before anyone is fenced");
        brick.sync();
        brick.from(B, report(REGISTERS, 1, Version.NONE));
        brick.pass(100);
        brick.from(C, report(REGISTERS, 1, Version.NONE));
        brick.from(B, new ReplicaMessage.Levelled(REGISTERS, 1, 0));
        brick.say("nobody is served before the metadata log has it: T23");
        brick.from(C, new ReplicaMessage.Levelled(REGISTERS, 1, 0));
        brick.say("a write: stored at all, then committed, then answered");
        brick.request(write(1, 1, "put k v0"));
        brick.from(C, new ReplicaMessage.Stored(REGISTERS, 1, 1, 1, 0, 0));
        brick.from(B, new ReplicaMessage.Stored(REGISTERS, 1, 1, 1, 0, 0));
        brick.pass(10);
        brick.assertTranscript("open-and-commit");
    }

    @Test
    void primaryTakesWhatTheFullestMemberHas() {
        ScriptedBrick brick = member(A);
        brick.create(Durability.SYNC);
        brick.sync();
        brick.say("B has two entries that C and this brick lack: T50");
        brick.from(
                B,
                new ReplicaMessage.FenceReport(
                        REGISTERS, 1, new Version(1, 2), List.of(new EpochRun(0, 0), new EpochRun(1, 2)), false));
        brick.from(C, report(REGISTERS, 1, Version.NONE));
        brick.from(
                B,
                new ReplicaMessage.Fetched(
                        REGISTERS, 1, List.of(entry(REGISTERS, 1, 1, "x", "1"), entry(REGISTERS, 1, 2, "y", "2"))));
        brick.sync();
        brick.from(C, new ReplicaMessage.Levelled(REGISTERS, 1, 2));
        brick.from(B, new ReplicaMessage.Levelled(REGISTERS, 1, 2));
        brick.assertTranscript("fullest-member");
    }

    @Test
    void whoIsLeftOutIsFencedAndNotWaitedFor() {
        ScriptedBrick brick = member(A);
        brick.create(Durability.SYNC);
        brick.openAsPrimary();
        brick.decide(A, List.of(A, B), List.of());
        brick.sync();
        brick.from(B, report(REGISTERS, 2, Version.NONE));
        brick.from(B, new ReplicaMessage.Levelled(REGISTERS, 2, 0));
        brick.say("a late word of the old epoch changes nothing");
        brick.from(C, new ReplicaMessage.Stored(REGISTERS, 1, 1, 1, 0, 0));
        brick.assertTranscript("left-out");
    }

    @Test
    void backupStoresWithoutHolesAndOnlyInTheEpochItWasLevelledIn() {
        ScriptedBrick brick = member(B);
        brick.create(Durability.SYNC);
        GroupView view = brick.newest();
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, view));
        brick.say("nothing is taken before levelling: T67");
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 1, "k", "v")));
        brick.sync();
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, view));
        brick.from(A, new ReplicaMessage.Level(REGISTERS, 1, 0, false, 0, List.of()));
        brick.from(A, new ReplicaMessage.Open(REGISTERS, 1, 0));
        brick.say("2 before 1 is dropped: T52");
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 2, "k", "w")));
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 1, "k", "v")));
        brick.say("acknowledged when synced");
        brick.sync();
        brick.from(A, new ReplicaMessage.Store(1, 1, entry(REGISTERS, 1, 2, "k", "w")));
        brick.sync();
        brick.say("a repeated entry is acknowledged again");
        brick.from(A, new ReplicaMessage.Store(1, 1, entry(REGISTERS, 1, 2, "k", "w")));
        brick.say("after a restart nothing of the epoch is gone on with: it names another life");
        brick.kill();
        brick.from(A, new ReplicaMessage.Commit(REGISTERS, 1, 2, 2));
        brick.register();
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, view));
        brick.from(A, new ReplicaMessage.Store(1, 1, entry(REGISTERS, 1, 3, "k", "x")));
        brick.say("the next view names this one");
        brick.metadata.open(REGISTERS);
        GroupView next = brick.decide(A, ABC, List.of());
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, next));
        brick.sync();
        brick.say("an older primary is refused");
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, view));
        brick.from(A, new ReplicaMessage.Store(1, 1, entry(REGISTERS, 1, 3, "k", "z")));
        brick.assertTranscript("backup");
    }

    @Test
    void backupIsCutWhereItsLogParts() {
        ScriptedBrick brick = member(B);
        brick.create(Durability.SYNC);
        brick.openAsMember();
        for (int seq = 1; seq <= 3; seq++) {
            brick.from(A, new ReplicaMessage.Store(1, 0, entry(REGISTERS, 1, seq, "k", "v" + seq)));
        }
        brick.sync();
        brick.metadata.open(REGISTERS);
        brick.decide(C, ABC, List.of());
        GroupView view = brick.decide(C, ABC, List.of());
        brick.from(C, new ReplicaMessage.Fence(REGISTERS, view));
        brick.sync();
        brick.from(
                C, new ReplicaMessage.Level(REGISTERS, 3, 1, true, 2, List.of(entry(REGISTERS, 2, 2, "k", "other"))));
        brick.say("the cut is synced before the level is reported");
        brick.sync();
        brick.from(C, new ReplicaMessage.Open(REGISTERS, 3, 2));
        brick.say("and it holds across a restart");
        brick.kill();
        brick.register();
        GroupView next = brick.decide(C, ABC, List.of());
        brick.from(C, new ReplicaMessage.Fence(REGISTERS, next));
        brick.sync();
        brick.assertTranscript("cut");
    }

    @Test
    void backupAsksThePrimaryAboutADirtyRecord() {
        ScriptedBrick brick = member(B);
        brick.create(Durability.SYNC);
        brick.openAsMember();
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 1, "k", "v")));
        brick.sync();
        brick.quietly(() -> brick.pass(10)); // it gets a lease
        brick.say("the reader may not see it, nor may it be told that there is nothing: T9");
        brick.request(read(1, "get k"));
        brick.pass(100);
        brick.from(A, new ReplicaMessage.Committed(REGISTERS, 1, 1, 1));
        brick.assertTranscript("dirty-read");
    }

    /**
     * What a learner is brought up to is what the primary has stored: a primary that dies then may be the only one that
     * had it (T67).
     */
    @Test
    void learnerTakesForCommittedOnlyWhatThePrimarySaysIs() {
        ScriptedBrick brick = member(B);
        brick.create(Durability.SYNC);
        GroupView view = brick.decide(A, List.of(A, C), List.of());
        GroupView learning = brick.decide(A, List.of(A, C), List.of(B));
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, learning));
        brick.sync();
        brick.from(
                A,
                new ReplicaMessage.Level(
                        REGISTERS,
                        learning.epoch(),
                        0,
                        false,
                        2,
                        List.of(
                                entry(REGISTERS, view.epoch(), 1, "k", "v1"),
                                entry(REGISTERS, view.epoch(), 2, "k", "v2"))));
        brick.sync();
        brick.from(A, new ReplicaMessage.Commit(REGISTERS, learning.epoch(), 1, 0));
        brick.pass(200);
        brick.apply();
        assertThat(brick.machine().statuses())
                .singleElement()
                .satisfies(status -> assertThat(status.committedSeq()).isEqualTo(1))
                .satisfies(status -> assertThat(status.appliedSeq()).isEqualTo(1));
        brick.assertTranscript("learner");
    }

    @Test
    void whoHasNoLeaseHasEveryOtherMemberConfirmTheView() {
        ScriptedBrick brick = member(B);
        brick.create(Durability.SYNC);
        brick.openAsMember();
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 1, "k", "v")));
        brick.sync();
        brick.say("without a lease the word of the primary alone is not enough");
        brick.request(read(1, "get k"));
        brick.from(A, new ReplicaMessage.Committed(REGISTERS, 1, 1, 1));
        brick.from(C, new ReplicaMessage.Committed(REGISTERS, 1, 1, 0));
        brick.say("with one, a read that trusts no clock still asks all");
        brick.quietly(() -> brick.pass(10));
        brick.request(confirmedRead(2, "get k"));
        brick.from(C, new ReplicaMessage.Committed(REGISTERS, 1, 2, 0));
        brick.say("who does not answer is asked again, and given up on");
        brick.pass(600);
        brick.assertTranscript("confirmed-read");
    }

    /** A brick that is registered, with the other two played by the script. */
    private static ScriptedBrick member(BrickId self) {
        ScriptedBrick brick = new ScriptedBrick(self, ABC);
        brick.register();
        return brick;
    }

    private static CallMessage.Read confirmedRead(long ticket, String operation) {
        return new CallMessage.Read(ticket, REGISTERS, 0, ReadMode.CONFIRMED, Bytes.EMPTY, Bytes.utf8(operation));
    }
}
