package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.read;
import static io.brickwork.core.brick.ScriptedBrick.report;
import static io.brickwork.core.brick.ScriptedBrick.write;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A split and a merge as the primary of the partition that stays takes them, as text in {@code traces/}. A change of a
 * trace is a change of the protocol: review the difference.
 */
class ReshapeTraceTest {
    /** Has the keys from m on. */
    private static final PartitionId UPPER = new PartitionId(1, 1);

    private final ScriptedBrick brick = new ScriptedBrick(A, List.of(A, B, C));

    /**
     * A split is an entry: replicated, committed, and carried out by the table in one batch; only then does the
     * metadata log hear that the child is there.
     */
    @Test
    void theMetadataLogHearsOfTheChildOnceTheTableHasIt() {
        open();
        brick.decide(new MetadataCommand.SplitPartition(REGISTERS, Bytes.utf8("m"), false));
        brick.pass(10);
        brick.say("stored here: from now on nobody serves the upper keys");
        brick.request(write(3, 3, "put y 3"));
        brick.sync();
        stored(1, 3);
        brick.say("the metadata log hears of the committed split once the table has it");
        brick.pass(60);
        brick.apply();
        brick.pass(10);
        brick.say("the child's first view is decided; this brick leads only the lower keys");
        brick.request(write(4, 3, "put y 3"));
        brick.request(read(5, "get a"));
        brick.assertTranscript("split");
    }

    /**
     * The partition that stays opens a view above both, takes what the other one had as an entry of its own, and lets
     * the metadata log know once that is committed.
     */
    @Test
    void whatIsTakenInIsAnEntryThatIsCommittedBeforeTheNeighbourIsGone() {
        brick.quietly(() -> {
            open();
            brick.decide(new MetadataCommand.SplitPartition(REGISTERS, Bytes.utf8("m"), false));
            brick.pass(10);
            brick.sync();
            stored(1, 3);
            brick.applyAll();
            brick.metadata.open(UPPER);
        });
        brick.say("a is in 1/0; z is in 1/1, whose primary is B");
        brick.decide(new MetadataCommand.MergePartitions(REGISTERS, UPPER));
        brick.sync();
        brick.from(B, report(REGISTERS, 3, new Version(1, 3)));
        brick.from(C, report(REGISTERS, 3, new Version(1, 3)));
        brick.from(B, new ReplicaMessage.Levelled(REGISTERS, 3, 3));
        brick.from(C, new ReplicaMessage.Levelled(REGISTERS, 3, 3));
        brick.say("asked until there is an answer");
        brick.pass(110);
        TableChunk content = new TableChunk(
                new Version(2, 5),
                List.of(
                        new TableChunk.Row(Bytes.utf8("x"), new TableRecord(new Version(2, 4), Bytes.utf8("3"))),
                        new TableChunk.Row(Bytes.utf8("z"), new TableRecord(new Version(1, 2), Bytes.utf8("2")))),
                List.of(),
                null);
        KeyRange range = new KeyRange(Bytes.utf8("m"), null);
        brick.from(B, new ReplicaMessage.MergePart(REGISTERS, 3, new Absorption(UPPER, range, content)));
        brick.say("the metadata log hears nothing before the entry is committed");
        brick.pass(10);
        brick.say(
                "stored at all members and synced, but the metadata log has not heard of it: the table does not get it");
        stored(3, 4);
        brick.sync();
        brick.metadata.loses = ScriptedMetadata.EVERYTHING;
        brick.pass(100);
        brick.metadata.loses = ScriptedMetadata.NOTHING;
        brick.say(
                "the proposal was lost; recorded now, and what this brick has of the neighbour goes before the entry is applied");
        brick.pass(100);
        brick.sync();
        brick.apply();
        brick.pass(50);
        brick.apply();
        brick.assertTranscript("merge");
    }

    /** The first view is open, and two writes are committed in it. */
    private void open() {
        brick.register();
        brick.create(Durability.SYNC);
        brick.quietly(() -> {
            brick.openAsPrimary();
            brick.request(write(1, 1, "put a 1"));
            brick.request(write(2, 2, "put z 2"));
            brick.sync();
            stored(1, 2);
            brick.applyAll();
        });
        brick.say("A is the primary of the open first view; a=1 and z=2 are committed");
    }

    private void stored(long epoch, long seq) {
        for (BrickId member : List.of(B, C)) {
            brick.from(member, new ReplicaMessage.Stored(REGISTERS, epoch, seq, seq, seq, 0));
        }
    }
}
