package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.SESSION;
import static io.brickwork.core.brick.ScriptedBrick.entry;
import static io.brickwork.core.brick.ScriptedBrick.report;
import static io.brickwork.core.brick.ScriptedBrick.write;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.Version;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.message.ReplicaMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A copy of a partition as the learner takes it and as the primary gives it, as text in {@code traces/}. A change of a
 * trace is a change of the protocol: review the difference.
 */
class CopyTraceTest {
    /**
     * The learner forgets what it has, the log's part before the table's; asks for one chunk after the other; and
     * reports, as of the first chunk, once the table has them all.
     */
    @Test
    void theLearnerForgetsTakesChunksAndReportsAsOfTheFirst() {
        ScriptedBrick brick = new ScriptedBrick(B, List.of(A, B, C));
        brick.register();
        brick.create(Durability.SYNC);
        brick.quietly(() -> {
            brick.openAsMember();
            brick.from(A, new ReplicaMessage.Store(1, 0, entry(REGISTERS, 1, 1, "old", "1")));
            brick.sync();
            brick.from(A, new ReplicaMessage.Commit(REGISTERS, 1, 1, 1));
            brick.applyAll();
            brick.metadata.open(REGISTERS);
        });
        brick.say("B has old=1 from the first view");
        brick.quietly(() -> {
            brick.decide(A, List.of(A, C), List.of());
            brick.metadata.open(REGISTERS);
        });
        ReplicaMessage.Fence fence = new ReplicaMessage.Fence(REGISTERS, brick.decide(A, List.of(A, C), List.of(B)));
        brick.from(A, fence);
        brick.sync();
        brick.from(A, new ReplicaMessage.CopyOffer(REGISTERS, 3));
        brick.say("the table forgets once it is synced that the entries in the log are void");
        brick.sync();
        brick.say("the table is empty: the first chunk may come; asked again, B says that it has nothing that counts");
        brick.apply();
        brick.from(A, fence);
        TableChunk.Cursor second = new TableChunk.Cursor.Records(Bytes.utf8("a"));
        brick.from(A, part(TableChunk.Cursor.START, new Version(2, 7), "a", second));
        brick.say("a chunk that comes once more changes nothing");
        brick.from(A, part(TableChunk.Cursor.START, new Version(2, 7), "a", second));
        brick.apply();
        brick.say("the last chunk was read later; what was written in between comes with the log");
        brick.from(A, part(second, new Version(2, 9), "b", null));
        brick.apply();
        brick.apply();
        brick.from(
                A,
                new ReplicaMessage.Level(
                        REGISTERS,
                        3,
                        7,
                        false,
                        9,
                        List.of(entry(REGISTERS, 2, 8, "a", "2"), entry(REGISTERS, 2, 9, "b", "1"))));
        brick.sync();
        brick.assertTranscript("copy-learner");
    }

    /**
     * The primary offers a copy to a learner whose report counts for nothing, answers each ask from its table, sends
     * what was written since the first chunk, and proposes the learner as a member once it is level.
     */
    @Test
    void thePrimaryGivesItsTableAndThenItsLog() {
        ScriptedBrick brick = new ScriptedBrick(A, List.of(A, B, C));
        brick.register();
        brick.create(Durability.SYNC);
        brick.quietly(() -> {
            brick.openAsPrimary();
            brick.request(write(1, 1, "put a 1"));
            brick.sync();
            stored(brick, B, 1, 1);
            stored(brick, C, 1, 1);
            brick.applyAll();
            brick.decide(A, List.of(A, C), List.of());
            brick.sync();
            brick.from(C, report(REGISTERS, 2, new Version(1, 1)));
            brick.from(C, new ReplicaMessage.Levelled(REGISTERS, 2, 1));
            brick.decide(A, List.of(A, C), List.of(B));
            brick.sync();
            brick.from(C, report(REGISTERS, 3, new Version(1, 1)));
            brick.from(C, new ReplicaMessage.Levelled(REGISTERS, 3, 1));
            brick.pass(10);
        });
        brick.say("A and C have a=1; B is a learner");
        brick.from(B, new ReplicaMessage.FenceReport(REGISTERS, 3, Version.NONE, List.of(new EpochRun(0, 0)), true));
        brick.from(B, new ReplicaMessage.CopyAsk(REGISTERS, 3, TableChunk.Cursor.START));
        brick.say("a write in between is committed without the learner");
        brick.request(write(2, 2, "put b 2"));
        brick.sync();
        stored(brick, C, 3, 2);
        brick.say("what was written since the chunk comes from the log");
        brick.from(B, report(REGISTERS, 3, new Version(1, 1)));
        brick.from(B, new ReplicaMessage.Levelled(REGISTERS, 3, 2));
        brick.say("level: it may become a member");
        stored(brick, B, 3, 2);
        brick.assertTranscript("copy-primary");
    }

    private static ReplicaMessage.CopyPart part(
            TableChunk.Cursor from, Version applied, String key, TableChunk.@Nullable Cursor next) {
        TableChunk chunk = new TableChunk(
                applied,
                List.of(new TableChunk.Row(Bytes.utf8(key), new TableRecord(applied, Bytes.utf8("1")))),
                next == null ? List.of(new SessionRow(SESSION)) : List.of(),
                next);
        return new ReplicaMessage.CopyPart(REGISTERS, 3, from, CopyCodec.encode(REGISTERS, chunk));
    }

    private static void stored(ScriptedBrick brick, BrickId member, long epoch, long seq) {
        brick.from(member, new ReplicaMessage.Stored(REGISTERS, epoch, seq, seq, seq, 0));
    }
}
