package io.brickwork.core.brick;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.authority.Authority;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.rights.Grant;
import io.brickwork.core.rights.Right;
import io.brickwork.core.rights.Rights;
import io.brickwork.core.wire.Samples;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What somebody may not say does nothing at a brick, is told with who said it, and costs a caller its link. */
class GateTest {
    private static final Endpoint STRANGER = new Endpoint.Peer(new BrickId("stranger"));
    private static final Map<Role, Endpoint> SPEAKERS = Map.of(
            Role.CLIENT,
            new Endpoint.Caller(71),
            Role.OPERATOR,
            Endpoint.Caller.operator(72),
            Role.JOINING,
            STRANGER,
            Role.BRICK,
            new Endpoint.Peer(ScriptedBrick.B));

    private final ScriptedBrick brick = new ScriptedBrick(ScriptedBrick.A, List.of(ScriptedBrick.A));

    private List<Event.MessageRefused> refusals() {
        return brick.events.stream()
                .filter(Event.MessageRefused.class::isInstance)
                .map(Event.MessageRefused.class::cast)
                .toList();
    }

    private void say(Endpoint speaker, Message message) {
        brick.input(new BrickInput.Received(speaker, message));
    }

    /** Generated from the table: every kind of message that a role may not say. */
    @Test
    void nothingComesOfWhatTheTableForbids() {
        brick.openAlone(Durability.SYNC);
        long position = brick.log.writtenPosition();
        int forbidden = 0;
        for (Message message : Samples.messages().values()) {
            for (Role role : List.of(Role.CLIENT, Role.OPERATOR, Role.JOINING)) {
                Endpoint speaker = SPEAKERS.get(role);
                if (Authority.objection(role, name(speaker), message) == null) {
                    continue;
                }
                forbidden++;
                brick.sent.clear();
                brick.events.clear();
                brick.hungUp.clear();
                say(speaker, message);
                assertThat(brick.sent).as("%s says %s", role, message).isEmpty();
                assertThat(refusals())
                        .as("%s says %s", role, message)
                        .singleElement()
                        .satisfies(refused -> assertThat(refused.speaker()).isEqualTo(speaker));
                assertThat(brick.hungUp).isEqualTo(role == Role.JOINING ? List.of() : List.of(speaker));
            }
        }
        assertThat(forbidden).isGreaterThan(150);
        assertThat(brick.log.writtenPosition()).as("nothing is stored").isEqualTo(position);
    }

    private static BrickId name(Endpoint speaker) {
        return speaker instanceof Endpoint.Peer(BrickId one) ? one : null;
    }

    @Test
    void aStrangerDropsNoStructure() {
        brick.openAlone(Durability.SYNC);
        MetadataCommand.DropStructure drop = new MetadataCommand.DropStructure(1);
        long next = brick.machine().metadata().slot() + 1;
        PaxosValue value = new PaxosValue.Commands(List.of(MetadataCodec.encode(drop)));
        for (Endpoint speaker : List.of(SPEAKERS.get(Role.CLIENT), SPEAKERS.get(Role.OPERATOR), STRANGER)) {
            say(speaker, new PaxosMessage.Learn(Ballot.NONE, next, next, List.of(value)));
            say(speaker, new PaxosMessage.Propose(1, MetadataCodec.encode(drop)));
        }
        say(SPEAKERS.get(Role.CLIENT), new CallMessage.Instruct(1, drop));
        brick.pass(100);
        brick.sync();
        assertThat(brick.machine().metadata().structure(1)).isNotNull();
        assertThat(refusals()).hasSize(7);
        assertThat(refusals().getLast().reason()).contains("needs the right 'admin'");
        say(SPEAKERS.get(Role.OPERATOR), new CallMessage.Instruct(1, drop));
        brick.pass(100);
        brick.sync();
        brick.round();
        assertThat(brick.machine().metadata().structure(1))
                .as("an operator may")
                .isNull();
    }

    @Test
    void aCallerWithoutTheRightIsAnsweredAndKeepsItsLink() {
        brick.openAlone(Durability.SYNC);
        String name = Check.present(brick.machine().metadata().structure(1), "no structure")
                .name();
        Rights rights = Rights.ofToken("shop", List.of(new Grant(Right.READ, name)));
        Endpoint.Caller reader = new Endpoint.Caller(73, rights, "");
        long position = brick.log.writtenPosition();
        CallMessage.Write write = ScriptedBrick.write(1, 1, "put k v");
        for (CallMessage request : List.of(write, new CallMessage.Instruct(1, new MetadataCommand.DropStructure(1)))) {
            brick.sent.clear();
            brick.events.clear();
            say(reader, request);
            brick.round();
            assertThat(refusals()).as(request.toString()).singleElement().satisfies(refused -> {
                assertThat(refused.speaker()).isEqualTo(reader);
                assertThat(refused.reason()).contains("'" + name + "'");
            });
            assertThat(brick.sent)
                    .as(request.toString())
                    .anyMatch(message -> message instanceof CallMessage.Instructed instructed
                            ? !instructed.isDone()
                            : message instanceof CallMessage.Refusal refusal
                                    && refusal.reason() == CallMessage.Reason.FORBIDDEN);
        }
        assertThat(brick.hungUp).isEmpty();
        assertThat(brick.log.writtenPosition()).as("nothing is stored").isEqualTo(position);
        assertThat(brick.machine().metadata().structure(1)).isNotNull();
        brick.sent.clear();
        say(reader, ScriptedBrick.read(2, "get k"));
        brick.round();
        assertThat(brick.sent).as("it may read").anyMatch(CallMessage.Answer.class::isInstance);

        Rights more = Rights.ofToken("shop", List.of(new Grant(Right.WRITE, name)));
        brick.sent.clear();
        say(reader.with(more), write);
        brick.round();
        brick.sync();
        brick.round();
        assertThat(brick.sent).as("and write once it has the right").anyMatch(CallMessage.Answer.class::isInstance);
    }

    @Test
    void aStructureThatTheBrickDoesNotKnowIsAskedForAgain() {
        brick.openAlone(Durability.SYNC);
        Endpoint.Caller reader =
                new Endpoint.Caller(73, Rights.ofToken("shop", List.of(new Grant(Right.READ, "orders-*"))), "");
        brick.sent.clear();
        brick.events.clear();
        say(
                reader,
                new CallMessage.Read(
                        5, new PartitionId(99, 0), 0, ReadMode.LINEARIZABLE, Bytes.EMPTY, Bytes.utf8("get k")));
        brick.round();
        assertThat(brick.sent)
                .filteredOn(CallMessage.Refusal.class::isInstance)
                .singleElement()
                .satisfies(refusal -> assertThat(((CallMessage.Refusal) refusal).reason())
                        .isEqualTo(CallMessage.Reason.WRONG_PARTITION));
        assertThat(refusals()).isEmpty();
    }

    /** The whole brick on a disk that some version has written which took any round. */
    @Test
    void aBrickWhoseDiskHoldsAnAbsurdPromiseServesAgain() {
        brick.openAlone(Durability.SYNC);
        brick.request(ScriptedBrick.write(1, 1, "put k v"));
        brick.round();
        brick.log.append(new LogRecord.Paxos(new PaxosRecord.Promised(
                new Ballot(Long.MAX_VALUE, new PaxosMember(new BrickId("x"), new DiskId(1, 1))))));
        brick.log.write();
        brick.log.sync();
        brick.kill();
        assertThat(brick.events).anyMatch(Event.MetadataMended.class::isInstance);
        brick.register();
        brick.quietly(() -> {
            for (int i = 0;
                    i < 100 && brick.machine().statuses().stream().noneMatch(CallMessage.ReplicaStatus::isOpen);
                    i++) {
                brick.round();
            }
        });
        brick.sent.clear();
        brick.request(ScriptedBrick.read(2, "get k"));
        brick.round();
        assertThat(brick.sent).anyMatch(CallMessage.Answer.class::isInstance);
    }

    /** What other bricks say in a group: only the primary of its view orders anything, and no number is absurd. */
    @Test
    void nobodySpeaksInThePlaceOfThePrimaryNorOfNumbersThatCannotBe() {
        ScriptedBrick member =
                new ScriptedBrick(ScriptedBrick.B, List.of(ScriptedBrick.A, ScriptedBrick.B, ScriptedBrick.C));
        member.register();
        member.create(Durability.SYNC);
        GroupView view = member.newest();
        PartitionId p = ScriptedBrick.REGISTERS;
        member.from(ScriptedBrick.A, new ReplicaMessage.Fence(p, view));
        member.sync();
        member.from(ScriptedBrick.A, new ReplicaMessage.Level(p, 1, 0, false, 0, List.of()));
        long max = Long.MAX_VALUE;
        List<ReplicaMessage> lies = List.of(
                new ReplicaMessage.Open(p, 1, max / 2),
                new ReplicaMessage.Open(p, 1, 5),
                new ReplicaMessage.Commit(p, 1, max, max),
                new ReplicaMessage.Level(p, 1, 0, true, max, List.of()),
                new ReplicaMessage.Fence(
                        p, new GroupView(max, view.primary(), view.members(), view.learners(), view.lineage())),
                new ReplicaMessage.WrongEpoch(p, 1, max),
                new ReplicaMessage.FenceReport(p, 1, new Version(1, 9), List.of(), false));
        for (ReplicaMessage lie : lies) {
            member.events.clear();
            member.from(ScriptedBrick.A, lie);
            assertThat(member.events)
                    .as(lie.toString())
                    .anyMatch(event -> event instanceof Event.MessageRefused refused
                            && refused.speaker().equals(new Endpoint.Peer(ScriptedBrick.A)));
        }
        List<ReplicaMessage> ofThePrimary = List.of(
                new ReplicaMessage.Fence(p, view),
                new ReplicaMessage.Level(p, 1, 0, true, 0, List.of()),
                new ReplicaMessage.Open(p, 1, 0),
                new ReplicaMessage.Store(0, 0, ScriptedBrick.entry(p, 1, 1, "k", "planted")),
                new ReplicaMessage.Commit(p, 1, 0, 0),
                new ReplicaMessage.CopyOffer(p, 1),
                new ReplicaMessage.Fetch(p, 1, 1, 1));
        for (ReplicaMessage message : ofThePrimary) {
            member.events.clear();
            member.from(ScriptedBrick.C, message);
            assertThat(member.events).as(message.toString()).anyMatch(Event.MessageRefused.class::isInstance);
        }
        member.events.clear();
        member.from(ScriptedBrick.A, new ReplicaMessage.Open(p, 1, 0));
        assertThat(member.events).as("and the primary goes on").anyMatch(Event.ViewOpened.class::isInstance);
    }
}
