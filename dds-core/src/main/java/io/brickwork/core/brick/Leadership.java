package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.SessionId;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.lease.LeaseGrantor;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.metadata.ViewPlanner;
import io.brickwork.core.paxos.PaxosInput;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a brick does while it leads the metadata log: gives leases, sees from their renewals who is alive, plans views,
 * replaces voters whose disks are gone, and has sessions of silent clients expire. All of it is soft state, made anew
 * with every leader; what it proposes names what it was computed from, so that a leader that is none any more does no
 * harm.
 */
final class Leadership {
    /** A voter that was silent for this long makes room for a brick that is there. */
    private static final long VOTER_SILENCE_NANOS = 30_000_000_000L;
    /** Voters are changed one at a time, and at most so often; a change that was not chosen is proposed again. */
    private static final long CHANGE_NANOS = 500_000_000;
    /** A brick that was emptied and has been silent for this long has been stopped. */
    private static final long STOPPED_NANOS = 10_000_000_000L;
    /** Plans at least so often, and at most so often. */
    private static final long PLAN_NANOS = 300_000_000;

    private static final long PLAN_AT_MOST_NANOS = 20_000_000;
    /**
     * Replicas that are brought level at a time: chunks of many copies in a brick's queue hold up what its groups
     * commit.
     */
    private static final int MAX_LEARNERS = 4;
    /** Replicas and primaries moved by one plan. */
    private static final int MAX_MOVES = 16;

    private record Sign(Incarnation of, long nanos, boolean isDeparting) {}

    private final MetadataLog metadata;
    private final MetadataState state;
    private final Defences defences;
    private @Nullable LeaseGrantor grantor;
    private long electedNanos;
    private final TreeMap<BrickId, Sign> signs = new TreeMap<>();
    private final SessionSigns sessions;
    private long plannedNanos;
    private long plannedSlot;
    private int openProposals;
    private long nextChangeNanos;

    Leadership(MetadataLog metadata, long sessionTimeoutNanos, Defences defences) {
        this.sessions = new SessionSigns(metadata, sessionTimeoutNanos);
        this.defences = defences;
        this.metadata = metadata;
        this.state = metadata.state();
    }

    /** Who has not renewed for this long is taken for gone: a brick renews twice in it. */
    private long suspicionNanos() {
        return state.leaseTermNanos() / 2;
    }

    /** How long a brick that has just been registered is waited for before it is taken for gone. */
    private long graceNanos() {
        return state.leaseTermNanos();
    }

    /** How long everybody is waited for after an election: who hears of another leader renews at once. */
    private long electionGraceNanos() {
        return state.leaseTermNanos() / 4;
    }

    /** How many bricks should keep the metadata log: two are no safer than one. */
    private int wantedVoters() {
        long staying =
                state.bricks().stream().filter(brick -> !brick.isLeaving()).count();
        return staying >= BrickConfig.FOUNDERS ? BrickConfig.FOUNDERS : 1;
    }

    void onElected(long quietNanos, long nowNanos) {
        boolean waits = defences.has(Defence.WAIT_OUT_FORMER_LEADERS);
        grantor = new LeaseGrantor(quietNanos, waits ? state.longestTermNanos() : 0);
        electedNanos = nowNanos;
        plannedNanos = nowNanos;
        nextChangeNanos = nowNanos + graceNanos();
        plannedSlot = -1;
        signs.clear();
        sessions.clear(nowNanos);
    }

    void onDeposed() {
        grantor = null;
    }

    /**
     * Whether a command may go into the log at this moment: a view opens only when nobody whom it leaves out can hold a
     * lease.
     */
    boolean admits(Bytes command, long nowNanos) {
        MetadataCommand decoded;
        try {
            decoded = MetadataCodec.decodeCommand(command);
        } catch (MalformedException e) {
            return true; // has no effect wherever it is carried out
        }
        return !(decoded instanceof MetadataCommand.OpenView open)
                || areLeasesOver(open, nowNanos)
                || !defences.has(Defence.WAIT_OUT_LEASES);
    }

    private boolean areLeasesOver(MetadataCommand.OpenView open, long nowNanos) {
        Group group = state.group(open.partition());
        LeaseGrantor grants = grantor;
        return grants != null
                && group != null
                && (group.newest().epoch() != open.epoch()
                        || grants.mayOpen(group, state.rules(open.partition()), open.fenced(), nowNanos));
    }

    /** The client of the session is there. */
    void onSign(SessionId session, long nowNanos) {
        if (grantor != null) {
            sessions.onSign(session, nowNanos);
        }
    }

    /** Answers a renewal; null if there is no lease to give. */
    LeaseMessage.@Nullable Grant onRenew(BrickId from, LeaseMessage.Renew renew, long nowNanos) {
        LeaseGrantor grants = grantor;
        if (grants == null || !metadata.node().isEstablishedLeader()) {
            return null;
        }
        Incarnation renewing = new Incarnation(renew.disk(), renew.start());
        BrickInfo info = state.brick(from);
        if (info != null && info.incarnation().equals(renewing)) {
            signs.put(from, new Sign(renewing, nowNanos, renew.isDeparting()));
        }
        return grants.onRenew(from, renew, state, metadata.node().quorumNanos(), nowNanos);
    }

    void onTick(long nowNanos) {
        if (grantor == null || !metadata.node().isEstablishedLeader()) {
            return;
        }
        sessions.onTick(nowNanos);
        boolean isNews = plannedSlot < state.slot() && nowNanos - plannedNanos >= PLAN_AT_MOST_NANOS;
        if (isNews || nowNanos - plannedNanos >= PLAN_NANOS) {
            plannedNanos = nowNanos;
            plannedSlot = state.slot();
            welcome(nowNanos);
            if (openProposals == 0) {
                plan(nowNanos);
            }
            replaceVoters(nowNanos);
            forgetEmptied(nowNanos);
        }
    }

    /**
     * A brick that was to be emptied, is empty, keeps no part of this log and has stopped: the cluster does not know it
     * any more.
     */
    private void forgetEmptied(long nowNanos) {
        Membership voters = metadata.node().members();
        for (BrickInfo brick : state.bricks()) {
            boolean isVoter = voters == null || voters.find(brick.brick()) != null;
            if (brick.isLeaving()
                    && !isVoter
                    && silentNanos(brick.brick(), nowNanos) >= STOPPED_NANOS
                    && state.isEmpty(brick.brick())) {
                metadata.propose(new MetadataCommand.ForgetBrick(brick.brick()), answer -> {}, nowNanos);
            }
        }
    }

    private boolean isAlive(Member member, long nowNanos) {
        Sign sign = signs.get(member.brick());
        return sign != null && sign.of.equals(member.incarnation()) && nowNanos - sign.nanos < suspicionNanos();
    }

    /** Whoever has registered a new life is alive, though it has not renewed yet. */
    private void welcome(long nowNanos) {
        for (BrickInfo brick : state.bricks()) {
            Sign sign = signs.get(brick.brick());
            if (sign == null || !sign.of.equals(brick.incarnation())) {
                long until = sign == null ? electedNanos + electionGraceNanos() : nowNanos + graceNanos();
                signs.put(brick.brick(), new Sign(brick.incarnation(), until - suspicionNanos(), false));
            }
        }
    }

    private void plan(long nowNanos) {
        ViewPlanner.Health health = new ViewPlanner.Health() {
            @Override
            public boolean isAlive(Member member) {
                return Leadership.this.isAlive(member, nowNanos);
            }

            @Override
            public boolean isDeparting(Member member) {
                Sign sign = signs.get(member.brick());
                return sign != null && sign.of.equals(member.incarnation()) && sign.isDeparting;
            }
        };
        for (MetadataCommand.ChangeView change : ViewPlanner.plan(state, health, MAX_LEARNERS, MAX_MOVES)) {
            openProposals++;
            if (!metadata.propose(change, answer -> openProposals--, nowNanos)) {
                openProposals--;
                return;
            }
        }
    }

    /**
     * A voter whose brick has another disk has forgotten its votes, and one that is gone for good is of no use: one
     * step at a time they make room.
     */
    private void replaceVoters(long nowNanos) {
        Membership members = metadata.node().members();
        if (members == null || nowNanos - nextChangeNanos < 0) {
            return;
        }
        Membership next = nextVoters(members, nowNanos);
        if (next != null && hasQuorum(next, nowNanos)) {
            boolean isEven = next.members().size() % 2 == 0; // no safer than one less, so not for long
            nextChangeNanos = nowNanos + (isEven ? CHANGE_NANOS / 5 : CHANGE_NANOS);
            metadata.node().step(new PaxosInput.ChangeMembers(next), nowNanos);
        }
    }

    /** Whether those of them that are there can decide anything: else nobody would ever replace the others. */
    private boolean hasQuorum(Membership voters, long nowNanos) {
        List<BrickId> there = voters.members().stream()
                .filter(voter -> {
                    BrickInfo info = state.brick(voter.brick());
                    return info != null
                            && info.incarnation().disk().equals(voter.disk())
                            && isAlive(info.member(), nowNanos);
                })
                .map(PaxosMember::brick)
                .toList();
        return voters.isQuorum(there);
    }

    private @Nullable Membership nextVoters(Membership members, long nowNanos) {
        int staying = 0;
        for (PaxosMember voter : members.members()) {
            BrickInfo info = state.brick(voter.brick());
            boolean isForgetful = info != null && !info.incarnation().disk().equals(voter.disk());
            if (isForgetful && members.members().size() > 1) {
                return members.without(voter);
            }
            staying += isLeaving(voter) ? 0 : 1;
        }
        BrickInfo candidate = candidate(members, nowNanos);
        if (candidate != null) {
            for (PaxosMember voter : members.members()) {
                if (silentNanos(voter.brick(), nowNanos) >= VOTER_SILENCE_NANOS) {
                    return members.without(voter);
                }
            }
            if (staying < wantedVoters() && members.members().size() < Membership.MAX_MEMBERS) {
                return members.with(new PaxosMember(
                        candidate.brick(), candidate.incarnation().disk()));
            }
        }
        // Who leaves makes room when another has taken its place, or, if nobody can, when it has stopped: until then
        // its vote may be needed.
        for (PaxosMember voter : members.members()) {
            boolean isReplaced = staying > 0 && members.members().size() % 2 == 0; // an odd number is left
            if (isLeaving(voter) && (isReplaced || silentNanos(voter.brick(), nowNanos) >= STOPPED_NANOS)) {
                return members.without(voter);
            }
        }
        return null;
    }

    /**
     * A brick that could keep the log and does not: the one in most groups, since a disk that is new may soon be
     * replaced once more, and two voters can do without neither.
     */
    private @Nullable BrickInfo candidate(Membership members, long nowNanos) {
        BrickInfo best = null;
        long most = -1;
        for (BrickInfo info : state.bricks()) {
            if (isAlive(info.member(), nowNanos) && !info.isLeaving() && members.find(info.brick()) == null) {
                long groups = state.groups().stream()
                        .filter(group -> group.newest().members().contains(info.member()))
                        .count();
                if (groups > most) {
                    best = info;
                    most = groups;
                }
            }
        }
        return best;
    }

    /** How long nothing has been heard of the brick; not longer than this brick leads. */
    private long silentNanos(BrickId brick, long nowNanos) {
        Sign sign = signs.get(brick);
        return nowNanos - (sign == null ? electedNanos : sign.nanos);
    }

    private boolean isLeaving(PaxosMember voter) {
        BrickInfo info = state.brick(voter.brick());
        return info != null && info.isLeaving();
    }
}
