package io.brickwork.sim.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.lease.LeaseGrantor;
import io.brickwork.core.lease.LeaseHolder;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.metadata.ViewPlanner;
import io.brickwork.core.partition.view.Lineup;
import io.brickwork.core.paxos.PaxosNode;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.workload.RegisterType;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a brick does with the metadata in this run, in one of its lives: it registers, renews its lease, and, if it
 * leads, grants leases, plans views and has some groups to plan for. In place of primaries, pending views are proposed
 * to be opened by whoever happens to, with whoever happens to be fenced.
 */
final class MetadataDuty {
    private static final long SUSPICION_NANOS = 1_000_000_000;
    private static final long PLAN_NANOS = 300_000_000;

    private final MetadataNode node;
    private final MetadataState state;
    private final Member self;
    private final SimRandom random;
    private final LeaseHolder holder;
    private @Nullable LeaseGrantor grantor;
    private final TreeMap<BrickId, Long> renewedNanos = new TreeMap<>();
    /** By group, the epoch below which this brick serves no more. */
    private final TreeMap<PartitionId, Long> fenced = new TreeMap<>();

    private @Nullable Long plannedNanos;

    MetadataDuty(MetadataNode node, MetadataState state, Incarnation incarnation, SimRandom random) {
        this.node = node;
        this.state = state;
        this.self = new Member(node.brick(), incarnation);
        this.random = random;
        holder = new LeaseHolder(incarnation);
    }

    // ---- leader

    void onElected(long quietNanos) {
        grantor = new LeaseGrantor(quietNanos, state.longestTermNanos());
        renewedNanos.clear();
    }

    void onDeposed() {
        grantor = null;
    }

    boolean admits(Bytes command, long nowNanos) {
        if (MetadataCodec.decodeCommand(command) instanceof MetadataCommand.OpenView open) {
            Group group = state.group(open.partition());
            LeaseGrantor grants = grantor;
            return group != null
                    && grants != null
                    && group.newest().epoch() == open.epoch()
                    && grants.mayOpen(group, state.rules(open.partition()), open.fenced(), nowNanos);
        }
        return true;
    }

    private void plan(long nowNanos) {
        if (state.structures().isEmpty()) {
            StructureSpec spec =
                    new StructureSpec("register", "string/1", "string/1", 4, 3, Durability.SYNC, Replication.TWO_PHASE);
            List<Bytes> lows = new Catalog.Creation("registers", spec, List.of()).lows(RegisterType.TYPE);
            node.run().propose(node, new MetadataCommand.CreateStructure("registers", spec, lows));
        }
        ViewPlanner.Health health = new ViewPlanner.Health() {
            @Override
            public boolean isAlive(Member member) {
                Long renewed = renewedNanos.get(member.brick());
                return renewed != null && nowNanos - renewed < SUSPICION_NANOS;
            }

            @Override
            public boolean isDeparting(Member member) {
                return false;
            }
        };
        ViewPlanner.plan(state, health, 4, 2).forEach(change -> node.run().propose(node, change));
        state.groups().forEach(this::moveLearners);
    }

    /** What the group's primary would propose: there is none here, and no data. */
    private void moveLearners(Group group) {
        GroupView newest = group.newest();
        if (!group.isOpen() || newest.learners().isEmpty() || random.nextBoolean()) {
            return;
        }
        Member learner = newest.learners().getFirst();
        GroupView next = random.chance(50_000) ? Lineup.drop(newest, learner) : Lineup.promote(newest, learner);
        node.run()
                .propose(
                        node,
                        new MetadataCommand.ChangeView(
                                group.partition(),
                                newest.epoch(),
                                group.openedEpoch(),
                                next.primary(),
                                next.members(),
                                next.learners()));
    }

    // ---- brick

    void onTurn(PaxosNode machine, long nowNanos) {
        Ballot leader = machine.leader();
        if (holder.isDue(state.leaseTermNanos(), nowNanos) && !leader.equals(Ballot.NONE)) {
            LeaseMessage renew = holder.renew(nowNanos);
            if (leader.leader().brick().equals(node.brick())) {
                onLease(node.brick(), renew, machine, nowNanos);
            } else {
                node.run().send(node.number(), leader.leader().brick(), renew);
            }
        }
        Long planned = plannedNanos;
        if (!node.run().isResting() && (planned == null || nowNanos - planned >= PLAN_NANOS)) {
            plannedNanos = nowNanos;
            register(machine);
            if (machine.isEstablishedLeader()) {
                plan(nowNanos);
            }
            openPending();
        }
        node.run().checkServing();
    }

    private void register(PaxosNode machine) {
        BrickInfo info = state.brick(node.brick());
        if (machine.chosenSlot() >= 0 && (info == null || !info.incarnation().equals(self.incarnation()))) {
            Incarnation expected = info == null ? null : info.incarnation();
            Incarnation next =
                    expected == null ? new Incarnation(self.incarnation().disk(), 1) : expected.next();
            if (next.start() <= self.incarnation().start()) {
                node.run()
                        .propose(
                                node,
                                new MetadataCommand.RegisterBrick(
                                        node.brick(), expected, next, "h", 1, random.nextBoolean()));
            }
        }
    }

    private void openPending() {
        for (Group group : state.groups()) {
            if (!group.isOpen() && random.nextInt(3) == 0) {
                List<BrickId> fences = new ArrayList<>();
                GroupView opened = group.opened();
                if (opened != null) {
                    for (Member member : opened.members()) {
                        boolean isOut = group.newest().member(member.brick()) == null;
                        if (isOut
                                && random.nextBoolean()
                                && node.run()
                                        .node(member.brick())
                                        .fence(group.partition(), group.newest().epoch())) {
                            fences.add(member.brick());
                        }
                    }
                }
                node.run()
                        .propose(
                                node,
                                new MetadataCommand.OpenView(
                                        group.partition(), group.newest().epoch(), fences));
            }
        }
    }

    void fence(PartitionId partition, long epoch) {
        fenced.merge(partition, epoch, Math::max);
    }

    void onLease(BrickId from, LeaseMessage message, PaxosNode machine, long nowNanos) {
        switch (message) {
            case LeaseMessage.Renew renew -> {
                LeaseGrantor grants = grantor;
                if (grants != null && machine.isEstablishedLeader()) {
                    renewedNanos.put(from, nowNanos);
                    LeaseMessage.Grant grant = grants.onRenew(from, renew, state, machine.quorumNanos(), nowNanos);
                    if (grant != null && from.equals(node.brick())) {
                        holder.onGrant(grant);
                    } else if (grant != null) {
                        node.run().send(node.number(), from, grant);
                    }
                }
            }
            case LeaseMessage.Grant grant -> holder.onGrant(grant);
            case LeaseMessage.Keep keep -> {} // there are no clients here
        }
    }

    /** What this brick would answer reads of at this moment, by itself. */
    void checkServing(CommandHistory history, long nowNanos) {
        if (holder.isValid(nowNanos, state.slot())) {
            for (Group group : state.groups()) {
                GroupView opened = group.opened();
                if (opened != null
                        && self.equals(opened.member(node.brick()))
                        && group.newest().member(node.brick()) != null
                        && fenced.getOrDefault(group.partition(), 0L) <= opened.epoch()) {
                    history.serves(self, group.partition(), opened);
                }
            }
        }
    }
}
