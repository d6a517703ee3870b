package io.brickwork.core.brick;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.metadata.Creations;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The cluster's metadata as the script has it: kept by a brick M of its own, which leads for ever and answers at once.
 */
final class ScriptedMetadata {
    static final BrickId M = new BrickId("M");

    private static final PaxosMember KEEPER = new PaxosMember(M, new DiskId(77, 77));
    private static final Ballot LEADING = new Ballot(1, KEEPER);
    private static final long TERM_NANOS = 2_000_000_000;

    private final Bytes founding;
    private final MetadataState state = new MetadataState(Bytes.utf8("scripted"));
    /** All commands, one a slot, from slot 1. */
    private final List<Bytes> commands = new ArrayList<>();
    /** What bricks propose is lost on its way, or late: then it is in {@link #late}. */
    Predicate<MetadataCommand> loses = NOTHING;

    static final Predicate<MetadataCommand> NOTHING = command -> false;
    static final Predicate<MetadataCommand> EVERYTHING = command -> true;
    final List<MetadataCommand> late = new ArrayList<>();
    /** Whether a brick that has just been registered does not hear of it. */
    boolean isMute;

    ScriptedMetadata(List<BrickId> others) {
        founding = state.snapshot();
        others.forEach(this::register);
    }

    /** Registers the first life of a brick that the script plays. */
    void register(BrickId brick) {
        apply(new MetadataCommand.RegisterBrick(brick, null, life(brick).incarnation(), "h", 1, true));
    }

    /** The first life of a brick that the script plays. */
    static Member life(BrickId brick) {
        return new Member(brick, new Incarnation(new DiskId(brick.name().charAt(0), 0), 1));
    }

    MetadataState state() {
        return state;
    }

    MetadataAnswer apply(MetadataCommand command) {
        Bytes encoded = MetadataCodec.encode(command);
        commands.add(encoded);
        return MetadataCodec.decodeAnswer(state.apply(commands.size(), encoded));
    }

    /** Applies a command that must have its effect. */
    void decide(MetadataCommand command) {
        assertThat(apply(command)).as("answer to %s", command).isEqualTo(new MetadataAnswer.Done());
    }

    void create(Durability durability, Replication replication) {
        apply(Creations.create("registers", new StructureSpec("register", "k", "v", 1, 3, durability, replication)));
    }

    /** Decides the next view of the group. */
    GroupView decide(PartitionId partition, BrickId primary, List<BrickId> members, List<BrickId> learners) {
        Group group = group(partition);
        decide(new MetadataCommand.ChangeView(
                partition,
                group.newest().epoch(),
                group.openedEpoch(),
                primary,
                members.stream().map(this::present).toList(),
                learners.stream().map(this::present).toList()));
        return group(partition).newest();
    }

    void open(PartitionId partition) {
        apply(new MetadataCommand.OpenView(partition, group(partition).newest().epoch(), List.of()));
    }

    Group group(PartitionId partition) {
        Group group = state.group(partition);
        assertThat(group).isNotNull();
        return group;
    }

    /** The brick in the life that is registered. */
    Member present(BrickId brick) {
        BrickInfo info = state.brick(brick);
        assertThat(info).isNotNull();
        return info.member();
    }

    /** Everything there is, for a brick that may know nothing. */
    List<PaxosMessage> news() {
        List<PaxosMessage> news = new ArrayList<>();
        news.add(new PaxosMessage.LearnSnapshot(
                LEADING, 0, new Membership(List.of(KEEPER)), 0, founding.length(), founding));
        List<PaxosValue> values = new ArrayList<>();
        commands.forEach(command -> values.add(new PaxosValue.Commands(List.of(command))));
        news.add(new PaxosMessage.Learn(LEADING, commands.size(), 1, values));
        return news;
    }

    /** What M answers to what a brick sends it. */
    List<Message> answers(BrickId from, Message message) {
        return switch (message) {
            case PaxosMessage.Propose propose -> {
                MetadataCommand command = MetadataCodec.decodeCommand(propose.command());
                if (loses.test(command)) {
                    late.add(command);
                    yield List.of();
                }
                List<BrickInfo> before = List.copyOf(state.bricks());
                MetadataAnswer answer = apply(command);
                if (isMute && !before.equals(List.copyOf(state.bricks()))) {
                    yield List.of();
                }
                List<Message> all = new ArrayList<>(news());
                all.add(new PaxosMessage.Proposed(propose.number(), commands.size(), MetadataCodec.encode(answer)));
                yield all;
            }
            case LeaseMessage.Renew renew ->
                List.of(new LeaseMessage.Grant(renew.number(), TERM_NANOS, commands.size()));
            default -> List.of();
        };
    }
}
