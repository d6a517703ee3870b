package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static io.brickwork.core.brick.ScriptedBrick.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Replication;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.paxos.PaxosInput;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What callers ask for is refused if it is larger than a command, entry or frame may be: before anything of it is
 * queued, with the value, the limit and the way out. The brick goes on. Requests are made byte by byte here, since the
 * library's own client refuses most of them earlier.
 */
class SizeLimitsTest {
    private static final PartitionId CATALOG = new PartitionId(0, 0);

    private final ScriptedBrick brick = new ScriptedBrick(A, List.of(A));
    private long number;

    private CallMessage.Write creation(String name, int partitions, List<Bytes> fences) {
        ByteWriter body = new ByteWriter(1024).u8(1).string(name);
        Catalog.writeSpec(
                body, new StructureSpec("register", "k", "v", partitions, 3, Durability.SYNC, Replication.TWO_PHASE));
        Catalog.writeKeys(body, fences);
        number++;
        return new CallMessage.Write(
                number, CATALOG, 0, new OperationId(SESSION, number), 1, 1, Bytes.EMPTY, body.toBytes());
    }

    /** Keys of so many bytes, ascending. */
    private static List<Bytes> fences(int count, int bytes) {
        return IntStream.range(0, count)
                .mapToObj(i -> Bytes.utf8(String.format(Locale.ROOT, "%0" + bytes + "d", i)))
                .toList();
    }

    /** What the brick answers, within some seconds. */
    private Message answer(CallMessage request) {
        brick.sent.clear();
        brick.request(request);
        for (int i = 0; brick.sent.isEmpty(); i++) {
            assertThat(i).as("rounds until %s is answered", request.getClass()).isLessThan(500);
            brick.round();
        }
        return brick.sent.getFirst();
    }

    private void assertTooLarge(CallMessage request, String... parts) {
        assertThat(answer(request)).isInstanceOfSatisfying(CallMessage.Refusal.class, refusal -> {
            assertThat(refusal.reason()).isEqualTo(CallMessage.Reason.TOO_LARGE);
            assertThat(refusal.detail()).contains(parts);
        });
    }

    private void assertCreated(CallMessage.Write creation, String name, int partitions) {
        assertThat(answer(creation)).isInstanceOf(CallMessage.Answer.class);
        var structure = brick.machine().metadata().structure(name);
        assertThat(structure).isNotNull();
        assertThat(brick.machine().metadata().groupsOf(structure.id())).hasSize(partitions);
    }

    /** Long enough for anything that was left among the proposals to be sent again. */
    private void assertLives() {
        brick.pass(2_000);
        assertCreated(creation("alive " + number, 1, List.of()), "alive " + (number - 1), 1);
    }

    @Test
    void keysOfPartitionsThatFitIntoNoCommandAreRefusedAndLeaveNothingBehind() {
        brick.register();
        int most = Limits.FENCE_BYTES / 493;
        assertTooLarge(
                creation("more", most + 2, fences(most + 1, 490)),
                "'more'",
                "the limit is " + Limits.FENCE_BYTES,
                "create it with fewer");
        assertThat(brick.machine().metadata().structure("more")).isNull();
        assertLives();
        assertCreated(creation("most", most + 1, fences(most, 490)), "most", most + 1);
    }

    @Test
    void moreThanTheMostPartitionsAreRefusedAndLeaveNothingBehind() {
        brick.register();
        assertTooLarge(
                creation("more", Limits.PARTITIONS + 1, fences(Limits.PARTITIONS, 5)),
                "'more' cannot begin with 1025 partitions; the limit is 1024");
        assertTooLarge(creation("hash", 16_384, List.of()), "16384", "the limit is 1024");
        assertLives();
    }

    @Test
    void aClusterThatIsFullTakesNoStructureUntilOneIsDropped() {
        brick.register();
        int tables = Limits.CLUSTER_PARTITIONS / Limits.PARTITIONS;
        for (int i = 0; i < tables; i++) {
            assertCreated(
                    creation("t" + i, Limits.PARTITIONS, fences(Limits.PARTITIONS - 1, 5)), "t" + i, Limits.PARTITIONS);
        }
        assertTooLarge(creation("more", 1, List.of()), "4096 partitions", "'more' would add 1", "drop a structure");
        assertThat(answer(creation("t0", 1, List.of()))).as("exists").isInstanceOf(CallMessage.Answer.class);
        assertThat(answer(new CallMessage.Instruct(
                        3, new MetadataCommand.SplitPartition(new PartitionId(1, 0), Bytes.utf8("00000"), false))))
                .isInstanceOfSatisfying(
                        CallMessage.Instructed.class,
                        told -> assertThat(told.refusal()).contains("4096 partitions", "is not split"));
        answer(new CallMessage.Instruct(4, new MetadataCommand.DropStructure(1)));
        assertLives();
    }

    @Test
    void namesOfAllStructuresTogetherAreBounded() {
        brick.register();
        String codec = "\u4e2d".repeat(Limits.NAME_CHARS); // three bytes each
        StructureSpec spec = new StructureSpec("register", codec, codec, 1, 1, Durability.SYNC, Replication.TWO_PHASE);
        int each = Catalog.encodeInfo(new StructureInfo(1000, "\u4e2d".repeat(155) + 1000, spec))
                .length();
        MetadataState state = brick.machine().metadata();
        for (int i = 1000; i < 1000 + Limits.CATALOG_BYTES / each; i++) {
            state.apply(
                    state.slot(),
                    MetadataCodec.encode(
                            new MetadataCommand.CreateStructure("\u4e2d".repeat(155) + i, spec, List.of(Bytes.EMPTY))));
        }
        ByteWriter body = new ByteWriter(4096).u8(1).string("\u4e2d".repeat(155));
        Catalog.writeSpec(body, spec);
        Catalog.writeKeys(body, List.of());
        Message last = answer(
                new CallMessage.Write(1, CATALOG, 0, new OperationId(SESSION, 1), 1, 1, Bytes.EMPTY, body.toBytes()));
        assertThat(last)
                .isInstanceOfSatisfying(
                        CallMessage.Refusal.class,
                        refusal -> assertThat(refusal.detail())
                                .contains("the limit is " + Limits.CATALOG_BYTES, "drop a structure"));
        Message list = answer(new CallMessage.Read(
                1, CATALOG, 0, ReadMode.STALE, Bytes.EMPTY, Catalog.list().body()));
        assertThat(list).isInstanceOf(CallMessage.Answer.class);
        assertThat(((CallMessage.Answer) list).result().length())
                .isBetween(Limits.CATALOG_BYTES - 4096, Limits.CATALOG_BYTES + 4096);
    }

    @Test
    void aVoteThatFitsIntoNoEntryIsRefused() {
        brick.openAlone(Durability.SYNC);
        List<Participant> participants = new ArrayList<>();
        participants.add(new Participant(REGISTERS, Bytes.utf8("a")));
        for (int i = 1; i < Participant.AT_MOST; i++) {
            participants.add(new Participant(
                    new PartitionId(2, i), fences(1, Limits.RECORD_KEY_BYTES).getFirst()));
        }
        long names = participants.stream()
                .mapToLong(one -> one.routingKey().length())
                .sum();
        List<Effect> writes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int bytes = i < 2 ? Limits.VALUE_BYTES : (int) (Limits.VALUE_BYTES - names);
            writes.add(new Effect(Bytes.utf8("key" + i), Bytes.wrap(new byte[bytes])));
        }
        assertTooLarge(
                prepare(1, participants, writes),
                "what the transaction compares and writes here takes",
                "the limit is");
        writes.removeLast();
        assertThat(answer(prepare(2, participants, writes))).isInstanceOf(CallMessage.Answer.class);
        assertLives();
    }

    private CallMessage.Prepare prepare(long transaction, List<Participant> participants, List<Effect> writes) {
        return new CallMessage.Prepare(
                50 + transaction,
                REGISTERS,
                0,
                new OperationId(SESSION, transaction),
                0,
                1,
                participants,
                Bytes.utf8("a"),
                new Part(List.of(), writes));
    }

    @Test
    void aCommandThatFitsIntoNoMessageIsRefusedBeforeItIsQueued() {
        assertThat(new PaxosInput.Propose(1, Bytes.wrap(new byte[Limits.COMMAND_BYTES])).ticket())
                .isEqualTo(1);
        assertThatThrownBy(() -> new PaxosInput.Propose(1, Bytes.wrap(new byte[Limits.COMMAND_BYTES + 1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the limit is " + Limits.COMMAND_BYTES);
    }
}
