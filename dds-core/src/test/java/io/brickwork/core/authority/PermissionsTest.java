package io.brickwork.core.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Replication;
import io.brickwork.core.SessionId;
import io.brickwork.core.authority.Permissions.Verdict;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.rights.Grant;
import io.brickwork.core.rights.Right;
import io.brickwork.core.rights.Rights;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may do what to which structure. */
class PermissionsTest {
    private static final BrickId B = new BrickId("b");
    private static final Member MEMBER = new Member(B, new Incarnation(new DiskId(1, 2), 1));
    private static final OperationId OPERATION = new OperationId(new SessionId(1, 7), 1);
    private static final int ORDERS = 1;
    private static final int ORDERS_OLD = 2;
    private static final int USERS = 3;
    private static final int UNKNOWN = 4;

    private static final Rights READER = rights(new Grant(Right.READ, "*"));
    private static final Rights ORDERS_READER = rights(new Grant(Right.READ, "orders"));
    private static final Rights ALL_ORDERS_WRITER = rights(new Grant(Right.WRITE, "orders*"));
    private static final Rights ORDERS_ADMIN = rights(new Grant(Right.ADMIN, "orders"), new Grant(Right.READ, "*"));

    private final MetadataState state = state();
    private final Permissions permissions = new Permissions(state);

    private static Rights rights(Grant... grants) {
        return Rights.ofToken("shop", List.of(grants));
    }

    private static MetadataState state() {
        MetadataState state = new MetadataState(Bytes.EMPTY);
        apply(state, new MetadataCommand.RegisterBrick(B, null, MEMBER.incarnation(), "h", 1, true));
        for (String name : List.of("orders", "orders-old", "users")) {
            apply(state, new MetadataCommand.CreateStructure(name, spec(), List.of(Bytes.EMPTY)));
        }
        return state;
    }

    private static void apply(MetadataState state, MetadataCommand command) {
        state.apply(state.slot() + 1, MetadataCodec.encode(command));
    }

    private static StructureSpec spec() {
        return new StructureSpec("register", "k", "v", 1, 1, Durability.SYNC, Replication.TWO_PHASE);
    }

    private static CallMessage.Read read(int structure) {
        return new CallMessage.Read(
                1, new PartitionId(structure, 0), 0, ReadMode.LINEARIZABLE, Bytes.EMPTY, Bytes.utf8("get"));
    }

    private static CallMessage.Write write(int structure) {
        return new CallMessage.Write(
                1, new PartitionId(structure, 0), 0, OPERATION, 1, 1, Bytes.EMPTY, Bytes.utf8("put"));
    }

    private static CallMessage.Write create(String name) {
        return new CallMessage.Write(
                1,
                new PartitionId(Catalog.STRUCTURE.id(), 0),
                0,
                OPERATION,
                1,
                1,
                Bytes.EMPTY,
                Catalog.create(name, spec()).body());
    }

    private static CallMessage.Prepare prepare(int structure, Effect... writes) {
        PartitionId partition = new PartitionId(structure, 0);
        List<Participant> participants = List.of(
                new Participant(partition, Bytes.EMPTY), new Participant(new PartitionId(USERS, 0), Bytes.EMPTY));
        return new CallMessage.Prepare(
                1, partition, 0, OPERATION, 0, 1, participants, Bytes.EMPTY, new Part(List.of(), List.of(writes)));
    }

    private static CallMessage.Instruct instruct(MetadataCommand.OfOperator command) {
        return new CallMessage.Instruct(1, command);
    }

    /** Each message, and what becomes of it from a reader of all, of one, a writer of a prefix, an admin of one. */
    @Test
    void theRightOnTheStructureDecides() {
        Effect put = new Effect(Bytes.utf8("k"), Bytes.utf8("v"));
        PartitionId orders = new PartitionId(ORDERS, 0);
        PartitionId users = new PartitionId(USERS, 0);
        Map<CallMessage, String> cases = new LinkedHashMap<>();
        cases.put(read(ORDERS), "yes yes yes yes");
        cases.put(read(ORDERS_OLD), "yes no yes yes");
        cases.put(read(USERS), "yes no no yes");
        cases.put(write(ORDERS), "no no yes yes");
        cases.put(write(ORDERS_OLD), "no no yes no");
        cases.put(write(USERS), "no no no no");
        cases.put(new CallMessage.Inquire(1, orders, 0, OPERATION, Bytes.EMPTY), "yes yes yes yes");
        cases.put(prepare(ORDERS), "yes yes yes yes");
        cases.put(prepare(ORDERS, put), "no no yes yes");
        cases.put(new CallMessage.Decide(1, orders, 0, OPERATION, orders, true, Bytes.EMPTY), "yes yes yes yes");
        cases.put(new CallMessage.Resolve(1, users, 0, OPERATION, users, Bytes.EMPTY), "yes no no yes");
        cases.put(create("orders-new"), "no no yes no");
        cases.put(create("users-new"), "no no no no");
        cases.put(read(Catalog.STRUCTURE.id()), "yes yes yes yes");
        cases.put(new CallMessage.AskMetadata(1), "yes yes yes yes");
        cases.put(new CallMessage.AskStatus(1), "yes yes yes yes");
        cases.put(new CallMessage.OpenSession(1, 7), "yes yes yes yes");
        cases.put(instruct(new MetadataCommand.DropStructure(ORDERS)), "no no no yes");
        cases.put(instruct(new MetadataCommand.DropStructure(USERS)), "no no no no");
        cases.put(instruct(new MetadataCommand.SplitPartition(orders, Bytes.utf8("k"), false)), "no no no yes");
        cases.put(instruct(new MetadataCommand.MergePartitions(orders, new PartitionId(ORDERS, 1))), "no no no yes");
        cases.put(instruct(new MetadataCommand.MergePartitions(orders, users)), "no no no no");
        cases.put(instruct(new MetadataCommand.FoundLineage(orders, 1, 1, MEMBER)), "no no no yes");
        cases.put(instruct(new MetadataCommand.SetLeaving(B, true)), "no no no no");
        cases.put(instruct(new MetadataCommand.SetLeaseTerm(1_000_000_000)), "no no no no");
        for (int round = 1; round <= 2; round++) { // worked out first, then remembered
            cases.forEach((message, expected) -> assertThat(String.join(
                            " ",
                            List.of(READER, ORDERS_READER, ALL_ORDERS_WRITER, ORDERS_ADMIN).stream()
                                    .map(rights -> yesOrNo(permissions.verdict(rights, message)))
                                    .toList()))
                    .as(message.toString())
                    .isEqualTo(expected));
        }
        cases.keySet()
                .forEach(message -> assertThat(permissions.verdict(Rights.OPERATOR, message))
                        .as(message.toString())
                        .isEqualTo(Verdict.PERMITTED));
    }

    private static String yesOrNo(Verdict verdict) {
        return switch (verdict) {
            case PERMITTED -> "yes";
            case FORBIDDEN -> "no";
            case UNKNOWN_STRUCTURE -> "unknown";
        };
    }

    @Test
    void aStructureThatTheBrickDoesNotKnowIsOpenToNobodyWhoseRightsHangOnItsName() {
        assertThat(permissions.verdict(ALL_ORDERS_WRITER, write(UNKNOWN))).isEqualTo(Verdict.UNKNOWN_STRUCTURE);
        assertThat(permissions.verdict(READER, read(UNKNOWN)))
                .as("a right on all structures does not hang on the name")
                .isEqualTo(Verdict.PERMITTED);
        apply(state, new MetadataCommand.CreateStructure("orders-new", spec(), List.of(Bytes.EMPTY)));
        assertThat(permissions.verdict(ALL_ORDERS_WRITER, write(UNKNOWN)))
                .as("once the brick has learned of it")
                .isEqualTo(Verdict.PERMITTED);
    }

    @Test
    void moreStructuresThanAreRememberedAreToldApart() {
        Rights rights = rights(new Grant(Right.READ, "even-*"));
        for (int structure = 1; structure <= 1000; structure++) {
            rights.learn(structure, structure % 2 == 0 ? "even-" + structure : "odd-" + structure);
        }
        for (int structure = 1; structure <= 1000; structure++) {
            Right known = rights.known(structure);
            assertThat(known == null || (known == Right.READ) == (structure % 2 == 0))
                    .as("structure %d", structure)
                    .isTrue();
        }
        assertThat(rights.known(1000)).isEqualTo(Right.READ);
        assertThat(rights.known(1)).as("forgotten, since others were used").isNull();
    }

    @Test
    void theGreatestOfSeveralGrantsCounts() {
        Rights rights =
                rights(new Grant(Right.WRITE, "orders"), new Grant(Right.READ, "orders*"), new Grant(Right.NONE, "*"));
        assertThat(rights.on("orders")).isEqualTo(Right.WRITE);
        assertThat(rights.on("orders-old")).isEqualTo(Right.READ);
        assertThat(rights.on("order")).isEqualTo(Right.NONE);
        assertThat(rights.everywhere()).isEqualTo(Right.NONE);
    }

    @Test
    void aPatternHasItsStarAtTheEnd() {
        assertThatThrownBy(() -> new Grant(Right.READ, "*-orders")).hasMessageContaining("follows the star");
        assertThatThrownBy(() -> new Grant(Right.READ, " ")).hasMessageContaining("empty pattern");
    }

    @Test
    void theObjectionNamesTheTokenTheRightAndTheStructure() {
        assertThat(permissions.objection(ORDERS_READER, write(ORDERS)))
                .isEqualTo(
                        "Write needs the right 'write' on 'orders', and token 'shop' has 'read' there: use a token that has it, or grant it in the bricks' tokens file");
        assertThat(permissions.objection(READER, instruct(new MetadataCommand.SetLeaving(B, true))))
                .isEqualTo(
                        "SetLeaving needs the right 'admin' on all structures, which token 'shop' does not have: use a token that has it, or grant it in the bricks' tokens file");
    }
}
