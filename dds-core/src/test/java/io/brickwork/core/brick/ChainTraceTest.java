package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.entry;
import static io.brickwork.core.brick.ScriptedBrick.read;
import static io.brickwork.core.brick.ScriptedBrick.write;

import io.brickwork.core.BrickId;
import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.message.ReplicaMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A put in the chain A, B, C as each member takes it, and a read of a dirty record, as text in {@code traces/}. A
 * change of a trace is a change of the protocol: review the difference.
 *
 * <p>Sources: van Renesse and Schneider 2004 §3; Terrace and Freedman 2009 §2.3.
 */
class ChainTraceTest {
    @Test
    void theHeadSendsToTheNextAndAnswersWhenTheWordIsBack() {
        ScriptedBrick brick = member(A);
        brick.openAsPrimary();
        brick.say("nothing leaves before it is stored here");
        brick.request(write(1, 1, "put k v0"));
        brick.sync();
        brick.say("the next one has it, the tail does not");
        brick.from(B, passed(1, 0));
        brick.say("all have it");
        brick.from(B, passed(1, 1));
        brick.pass(10);
        brick.assertTranscript("chain-head");
    }

    @Test
    void theMiddleSendsOnAndPassesBack() {
        ScriptedBrick brick = opened(B);
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 1, "k", "v0")));
        brick.say("sent on, and told to the head, when it is stored");
        brick.sync();
        brick.say("what the tail has stored goes back");
        brick.from(C, passed(1, 1));
        brick.pass(10);
        brick.assertTranscript("chain-middle");
    }

    @Test
    void theTailCommitsWhatItHasStored() {
        ScriptedBrick brick = opened(C);
        brick.from(B, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 1, "k", "v0")));
        brick.sync();
        brick.say("the word was lost: asked once more, it says the same");
        brick.from(B, new ReplicaMessage.Commit(REGISTERS, 1, 0, 0));
        brick.assertTranscript("chain-tail");
    }

    @Test
    void aReadOfADirtyRecordAsksTheTail() {
        ScriptedBrick brick = opened(B);
        brick.from(A, new ReplicaMessage.Store(0, 0, entry(REGISTERS, 1, 1, "k", "v0")));
        brick.sync();
        brick.quietly(() -> brick.pass(10)); // it gets a lease
        brick.say("k is dirty: not the head is asked, but the tail");
        brick.request(read(1, "get k"));
        brick.say("another key is clean");
        brick.request(read(2, "get other"));
        brick.from(C, new ReplicaMessage.Committed(REGISTERS, 1, 1, 1));
        brick.say("the word from the tail makes it clean");
        brick.request(read(3, "get k"));
        brick.assertTranscript("chain-dirty-read");
    }

    /** A registered brick, with the other two played by the script; the view is decided and not open. */
    private static ScriptedBrick member(BrickId self) {
        ScriptedBrick brick = new ScriptedBrick(self, List.of(A, B, C));
        brick.register();
        brick.create(Durability.SYNC, Replication.CHAIN);
        return brick;
    }

    /** A member behind the head, in the open view. */
    private static ScriptedBrick opened(BrickId self) {
        ScriptedBrick brick = member(self);
        brick.openAsMember();
        return brick;
    }

    private static ReplicaMessage.Passed passed(long storedSeq, long passedSeq) {
        return new ReplicaMessage.Passed(REGISTERS, 1, storedSeq, passedSeq, storedSeq, 0);
    }
}
