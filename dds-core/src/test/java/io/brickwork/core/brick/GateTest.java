package io.brickwork.core.brick;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Durability;
import io.brickwork.core.authority.Authority;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataCommand;
import io.brickwork.core.paxos.Ballot;
import io.brickwork.core.paxos.PaxosValue;
import io.brickwork.core.wire.Samples;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What somebody may not say does nothing at a brick, is told with who said it, and costs a caller its link. */
class GateTest {
    private static final Endpoint STRANGER = new Endpoint.Peer(new BrickId("stranger"));
    private static final Map<Role, Endpoint> SPEAKERS = Map.of(
            Role.CLIENT, new Endpoint.Caller(71),
            Role.OPERATOR, new Endpoint.Caller(72, true),
            Role.JOINING, STRANGER,
            Role.BRICK, new Endpoint.Peer(ScriptedBrick.B));

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
                assertThat(refusals()).as("%s says %s", role, message).singleElement().satisfies(refused -> assertThat(
                                refused.speaker())
                        .isEqualTo(speaker));
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
        say(SPEAKERS.get(Role.OPERATOR), new CallMessage.Instruct(1, drop));
        brick.pass(100);
        brick.sync();
        brick.round();
        assertThat(brick.machine().metadata().structure(1)).as("an operator may").isNull();
    }
}
