package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.D;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.SESSION;
import static io.brickwork.core.brick.ScriptedBrick.write;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Transactions at the primary of one of three participants, and the end of a session, as text in {@code traces/}. A
 * change of a trace is a change of the protocol: review the difference.
 */
class TransactionTraceTest {
    private static final BrickId E = new BrickId("E");
    /** A participant whose only replica is at D. */
    private static final PartitionId SECOND = new PartitionId(2, 0);
    /** A participant whose only replica is at E. */
    private static final PartitionId THIRD = new PartitionId(2, 1);

    private static final List<Participant> PARTICIPANTS = List.of(
            new Participant(REGISTERS, Bytes.utf8("k")),
            new Participant(SECOND, Bytes.utf8("a")),
            new Participant(THIRD, Bytes.utf8("z")));
    private static final OperationId TRANSACTION = new OperationId(SESSION, 2);

    private final ScriptedBrick brick = new ScriptedBrick(A, List.of(A, B, C, D));

    @BeforeEach
    void open() {
        brick.register();
        brick.create(Durability.REPLICATED);
        StructureSpec spec =
                new StructureSpec("register", "k", "v", 2, 1, Durability.REPLICATED, Replication.TWO_PHASE);
        brick.metadata.register(E);
        brick.metadata.apply(
                new MetadataCommand.CreateStructure("others", spec, List.of(Bytes.EMPTY, Bytes.utf8("m"))));
        brick.quietly(() -> {
            brick.learn();
            brick.openAsPrimary();
            brick.pass(10);
        });
        brick.say("A is the primary of 1/0, with the members B and C; D is the primary of 2/0, and E of 2/1");
    }

    /**
     * A vote is told when it is committed, and so is the outcome; meanwhile what is locked waits; once the client's
     * low-water mark has passed the transaction, nothing is remembered.
     */
    @Test
    void votesThenDecidesThenForgets() {
        brick.request(prepare(1));
        brick.say("locked, though the vote is not committed yet: a write waits");
        brick.request(write(2, 1, "add k w"));
        brick.say("all members have the vote, which must be synced even if writes need not be");
        stored(1);
        brick.sync();
        brick.say("decided, so the write goes on behind the outcome");
        brick.request(decide(3));
        brick.sync();
        stored(3);
        brick.say("decided once more: nothing is stored");
        brick.request(decide(4));
        brick.say("the client needs nothing below its operation 3: the transaction, its operation 2, is forgotten");
        brick.request(write(5, 3, "put l x"));
        stored(4);
        brick.request(decide(6));
        brick.request(new CallMessage.Resolve(7, REGISTERS, 0, TRANSACTION, REGISTERS, Bytes.utf8("k")));
        brick.assertTranscript("transaction");
    }

    /**
     * A participant that hears of no outcome asks the other ones where they stand, and decides by itself once all votes
     * are known.
     */
    @Test
    void asksTheOtherParticipantsWhenNobodyDecides() {
        brick.request(prepare(1));
        brick.sync();
        stored(1);
        brick.say("the other participants are asked when a second has passed, and then again until they answer");
        brick.pass(990);
        brick.pass(20);
        brick.from(D, told(SECOND, State.PREPARED));
        brick.pass(100);
        brick.say("all have voted yes: that is a commit");
        brick.from(E, told(THIRD, State.PREPARED));
        brick.sync();
        stored(2);
        brick.say("the client that comes back finds the outcome");
        brick.request(decide(2));
        brick.assertTranscript("transaction-resolved");
    }

    /**
     * A participant that is asked where it stands before it has voted refuses for good, tells so once that is
     * committed, and never votes otherwise.
     */
    @Test
    void refusesForGoodWhenAskedBeforeItHasVoted() {
        ReplicaMessage.AskStand ask = new ReplicaMessage.AskStand(REGISTERS, 1, TRANSACTION, REGISTERS, SECOND);
        brick.from(D, ask);
        brick.say("not told before it is committed");
        brick.from(D, ask);
        brick.sync();
        stored(1);
        brick.from(D, ask);
        brick.request(prepare(1));
        brick.assertTranscript("transaction-refused");
    }

    /**
     * What is remembered of a session that is over is forgotten by an entry; a commit of the session stays until all
     * other participants are known to have the outcome.
     */
    @Test
    void aSessionIsForgottenAndItsCommitOnceAllKnowTheOutcome() {
        brick.quietly(() -> {
            brick.request(write(1, 1, "put k v"));
            brick.request(prepare(2));
            brick.sync();
            stored(2);
            brick.request(decide(3));
            brick.sync();
            stored(3);
            brick.applyAll();
        });
        brick.say("the session has written k, and has a committed transaction");
        brick.decide(new MetadataCommand.ExpireSession(SESSION));
        brick.say("no new operation is taken; what was done is remembered until an entry forgets it");
        brick.request(write(4, 3, "put l x"));
        brick.request(write(5, 1, "put k v"));
        brick.pass(10);
        brick.request(write(6, 1, "put k v"));
        brick.sync();
        stored(4);
        brick.say("the commit is still there: the other participants are asked whether they have the outcome");
        brick.pass(1_000);
        brick.say("E still waits for the outcome, so E is asked once more");
        brick.from(D, told(SECOND, State.COMMITTED));
        brick.from(E, told(THIRD, State.PREPARED));
        brick.pass(1_000);
        brick.say("all have the outcome");
        brick.from(E, told(THIRD, State.COMMITTED));
        brick.sync();
        stored(5);
        brick.assertTranscript("session-expiry");
    }

    private static CallMessage.Prepare prepare(long ticket) {
        Part part = new Part(List.of(), List.of(new Effect(Bytes.utf8("k"), Bytes.utf8("t"))));
        return new CallMessage.Prepare(ticket, REGISTERS, 0, TRANSACTION, 0, 1, PARTICIPANTS, Bytes.utf8("k"), part);
    }

    private static CallMessage.Decide decide(long ticket) {
        return new CallMessage.Decide(ticket, REGISTERS, 0, TRANSACTION, REGISTERS, true, Bytes.utf8("k"));
    }

    /** What another participant answers when it is asked where it stands. */
    private static ReplicaMessage.TellStand told(PartitionId participant, State state) {
        return new ReplicaMessage.TellStand(REGISTERS, 1, TRANSACTION, participant, state);
    }

    /** B and C have stored all entries up to this one, and know them to be committed. */
    private void stored(long seq) {
        for (BrickId member : List.of(B, C)) {
            brick.from(member, new ReplicaMessage.Stored(REGISTERS, 1, seq, seq, seq, 0));
        }
    }
}
