package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.ballot.Replicated;
import io.brickwork.core.message.PaxosMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One brick's part in the metadata log: it votes if it is a member, leads if it is elected, and learns everything in
 * any case.
 *
 * <p>Guarantees: in each slot one value is chosen for ever; each node carries out the chosen values in the order of the
 * slots; a proposal that was answered stands in the log. It goes on while a majority of the members runs and is
 * connected. Commands may be carried out more than once, so each must check for itself whether it still applies.
 *
 * <p>Records of an earlier life are {@linkplain #replay replayed} before {@link #begin}. One thread. Source: Lamport
 * 2001, <i>Paxos Made Simple</i>; PreVote, CheckQuorum and single-step membership after Ongaro 2014. Differs from Raft
 * in that slots are voted on one by one: a new leader learns from its majority what may be chosen, and any member that
 * knows all that is chosen may lead.
 */
public final class PaxosNode {
    private final PaxosConfig config;
    private final PaxosMember self;
    private final Replicated state;
    private final Replicated.Gate gate;
    private final PaxosOutbox outbox;
    private final SlotLog log;
    private final Acceptor acceptor;
    private final Election election;
    private final Learner learner;
    private final Teacher teacher;
    private final Proposals proposals;
    private final Founding founding;
    private final Claims claims;
    private final ReplayedSnapshot replayed = new ReplayedSnapshot();
    private @Nullable Leader leader;

    /** The newest leader that was heard of. */
    private Ballot leading = Ballot.NONE;

    private long heardNanos;
    private long greatestRound;
    private long replayedChosen;
    private long toldSlot = -1;
    private long nowNanos;

    /**
     * @param self this brick and the disk that the records come from
     * @param random draws how long to wait before an election, and where proposals begin to be numbered
     * @param state empty, as it is at a founding
     * @param gate asked at the leader about each command
     * @param effects takes what is to be done, in order
     */
    public PaxosNode(
            PaxosConfig config,
            PaxosMember self,
            RandomGenerator random,
            Replicated state,
            Replicated.Gate gate,
            Consumer<PaxosEffect> effects) {
        this.config = config;
        this.self = self;
        this.state = state;
        this.gate = gate;
        outbox = new PaxosOutbox(self.brick(), effects, config.defences());
        log = new SlotLog(config, state, this::onApplied);
        acceptor = new Acceptor(this, outbox, log);
        election = new Election(this, outbox, log, random);
        learner = new Learner(this, outbox, log);
        teacher = new Teacher(this, outbox, log);
        proposals = new Proposals(this, outbox, random.nextLong() >>> 2);
        founding = new Founding(this, outbox);
        claims = new Claims(this, log);
    }

    // ---- life

    /** Takes in a record that an earlier life of this disk kept. */
    public void replay(PaxosRecord record) {
        switch (record) {
            case PaxosRecord.Promised promised -> acceptor.replay(promised.ballot());
            case PaxosRecord.Accepted accepted -> {
                acceptor.replayVote(accepted.ballot());
                log.accept(accepted.slot(), accepted.ballot(), accepted.value());
            }
            case PaxosRecord.Learned learned -> {
                // It takes the place of a vote, so it must count as what it is, though no record after it says so.
                log.replayLearned(learned.slot(), learned.value());
                replayedChosen = Math.max(replayedChosen, learned.slot());
            }
            case PaxosRecord.Chosen chosen -> replayedChosen = Math.max(replayedChosen, chosen.slot());
            case PaxosRecord.SnapshotPart part -> {
                SlotLog.Snapshot snapshot = replayed.add(part);
                if (snapshot != null) {
                    log.replaySnapshot(snapshot);
                }
            }
        }
    }

    /** All records have been replayed; the clock may show anything. */
    public void begin(long now) {
        nowNanos = now;
        log.endReplay(replayedChosen);
        mend();
        greatestRound = acceptor.promised().round();
        heardNanos = now;
        acceptor.onAnswered(now);
        election.rest(now);
        if (isAlone()) {
            election.standSoon(now);
        }
        learner.begin(now);
        founding.begin(now);
        finish();
    }

    /** What the disk holds may be what an absurd message has put there, before such messages were refused. */
    private void mend() {
        int dropped = log.dropImpossibleVotes();
        PaxosRecord.Promised lowered = acceptor.mend();
        if (lowered != null) {
            outbox.append(List.of(lowered));
        }
        if (lowered != null || dropped > 0) {
            outbox.emit(new PaxosEffect.Mended(
                    "the disk held a promise or votes in a ballot round above %d, which nobody can have led in; from here on ballot %s counts as promised, and %d such votes are void"
                            .formatted(Claims.MAX_ROUND, acceptor.promised(), dropped)));
        }
    }

    public void step(PaxosInput input, long now) {
        nowNanos = now;
        switch (input) {
            case PaxosInput.Received(BrickId from, PaxosMessage message) -> onMessage(from, message);
            case PaxosInput.Persisted persisted -> outbox.onPersisted(persisted.token());
            case PaxosInput.Tick tick -> onTick();
            case PaxosInput.Propose propose -> proposals.propose(propose, now);
            case PaxosInput.ChangeMembers change -> {
                if (leader != null) {
                    leader.onChangeMembers(change.next());
                }
            }
            case PaxosInput.Renew renew -> renew();
        }
        finish();
    }

    private void onTick() {
        if (isEmpty()) {
            founding.onTick(nowNanos);
        }
        if (leader != null) {
            leader.onTick(nowNanos);
        } else {
            election.onTick(nowNanos);
            learner.onTick(nowNanos);
        }
        proposals.onTick(nowNanos);
    }

    private void onMessage(BrickId from, PaxosMessage message) {
        String objection = claims.objection(from, message);
        if (objection != null) {
            outbox.emit(new PaxosEffect.Disbelieved(from, objection));
            return;
        }
        if (!isOfUse(from, message)) {
            return;
        }
        switch (message) {
            case PaxosMessage.PreVote vote -> acceptor.onPreVote(from, vote, nowNanos);
            case PaxosMessage.PreVoted vote -> election.onPreVoted(from, vote, nowNanos);
            case PaxosMessage.Prepare prepare -> {
                see(prepare.ballot());
                acceptor.onPrepare(from, prepare, nowNanos);
            }
            case PaxosMessage.Promise promise -> election.onPromise(from, promise, nowNanos);
            case PaxosMessage.Accept accept -> {
                see(accept.ballot());
                acceptor.onAccept(from, accept, nowNanos);
            }
            case PaxosMessage.Accepted accepted -> {
                if (leader != null) {
                    leader.onAccepted(from, accepted, nowNanos);
                }
            }
            case PaxosMessage.Heartbeat beat -> {
                see(beat.ballot());
                acceptor.onHeartbeat(from, beat, nowNanos);
            }
            case PaxosMessage.HeartbeatAnswer answer -> {
                if (leader != null) {
                    leader.onHeartbeatAnswer(from, answer);
                }
            }
            case PaxosMessage.Refused refused -> onRefused(from, refused);
            case PaxosMessage.Ask ask -> teacher.onAsk(from, ask);
            case PaxosMessage.Learn learn -> {
                hear(learn.leading());
                if (leader == null) {
                    learner.onLearn(from, learn, nowNanos);
                }
            }
            case PaxosMessage.LearnSnapshot part -> {
                hear(part.leading());
                if (leader == null) {
                    learner.onSnapshot(from, part, nowNanos);
                }
            }
            case PaxosMessage.Propose propose -> {
                if (leader != null && gate.admits(propose.command(), nowNanos)) {
                    leader.onPropose(from, propose);
                }
            }
            case PaxosMessage.Proposed proposed -> proposals.onProposed(proposed);
            case PaxosMessage.FoundAsk ask -> founding.onAsk(from, ask);
            case PaxosMessage.FoundAnswer answer -> founding.onAnswer(from, answer);
        }
    }

    /** What somebody says who does not vote, or was not asked, counts for nothing: who votes may have changed since. */
    private boolean isOfUse(BrickId from, PaxosMessage message) {
        return switch (message) {
            case PaxosMessage.PreVoted voted -> votes(from);
            case PaxosMessage.Promise promise -> votes(from);
            case PaxosMessage.Accepted accepted -> votes(from);
            case PaxosMessage.HeartbeatAnswer answer -> votes(from);
            case PaxosMessage.Refused refused -> votes(from);
            case PaxosMessage.Learn learn -> learner.isSource(from);
            case PaxosMessage.LearnSnapshot part -> learner.isSource(from);
            case PaxosMessage.FoundAnswer answer -> config.founders().contains(from);
            case PaxosMessage.PreVote vote -> true;
            case PaxosMessage.Prepare prepare -> true;
            case PaxosMessage.Accept accept -> true;
            case PaxosMessage.Heartbeat beat -> true;
            case PaxosMessage.Ask ask -> true;
            case PaxosMessage.Propose propose -> true;
            case PaxosMessage.Proposed proposed -> true;
            case PaxosMessage.FoundAsk ask -> true;
        };
    }

    private boolean votes(BrickId brick) {
        Membership members = log.members();
        return members != null && members.find(brick) != null;
    }

    private void onRefused(BrickId from, PaxosMessage.Refused refused) {
        see(refused.promised());
        if (leader != null && refused.promised().isAbove(leader.ballot())) {
            deposeLeader("ballot " + refused.promised() + " is promised", nowNanos);
        }
        election.onRefused(refused.promised(), nowNanos);
        if (leader == null && refused.chosen() > log.chosen()) {
            askFrom(from, nowNanos);
        }
    }

    /** Until nothing is left that this node has to tell itself. */
    private void finish() {
        do {
            for (PaxosMessage next = outbox.pollToSelf(); next != null; next = outbox.pollToSelf()) {
                onMessage(self.brick(), next);
            }
            if (leader != null) {
                leader.flush(nowNanos);
            }
        } while (outbox.hasToSelf());
        if (log.chosen() > toldSlot) {
            toldSlot = log.chosen();
            outbox.append(List.of(new PaxosRecord.Chosen(toldSlot)));
            teacher.onAdvanced();
            outbox.emit(new PaxosEffect.Advanced(toldSlot));
            if (log.isSnapshotDue()) {
                log.takeSnapshot();
                renew();
            }
            finish(); // a news may have gone to this node itself
        }
    }

    // ---- what the roles see

    PaxosConfig config() {
        return config;
    }

    PaxosMember self() {
        return self;
    }

    /** Whether this node has nothing, not even the founding. */
    boolean isEmpty() {
        return log.chosen() < 0;
    }

    boolean isVoter() {
        Membership members = log.members();
        return members != null && members.contains(self);
    }

    private boolean isAlone() {
        Membership members = log.members();
        return members != null && members.contains(self) && members.members().size() == 1;
    }

    boolean hasLeader(long now) {
        return leader != null || (now - heardNanos < config.electionNanos() && !isAlone());
    }

    boolean leads() {
        return leader != null;
    }

    boolean isLeader(Leader one) {
        return one.equals(leader);
    }

    Ballot leading() {
        return leading;
    }

    /** Who leads, as far as this node has heard of late; {@link Ballot#NONE} if it has not. */
    Ballot knownLeader() {
        if (leader != null) {
            return leader.ballot();
        }
        boolean isStale = leading.leader().equals(self) || nowNanos - heardNanos >= config.electionNanos();
        return isStale ? Ballot.NONE : leading;
    }

    long greatestRound() {
        return greatestRound;
    }

    boolean isCloseBehind(BrickId brick) {
        return teacher.isCloseBehind(brick);
    }

    void askFrom(BrickId brick, long now) {
        learner.ask(brick, now);
    }

    // ---- leaders

    private void see(Ballot ballot) {
        greatestRound = Math.max(greatestRound, ballot.round());
    }

    /** Somebody says who leads; that is no sign of life of the leader itself. */
    private void hear(Ballot ballot) {
        see(ballot);
        if (ballot.isAbove(leading)) {
            leading = ballot;
        }
    }

    /** This node has promised the ballot, to whomever. */
    void onPromised(Ballot ballot, long now) {
        if (leader != null && ballot.isAbove(leader.ballot())) {
            deposeLeader("ballot " + ballot + " is promised", now);
        }
        if (!ballot.leader().equals(self)) {
            election.rest(now);
        }
    }

    /** A sign of life of a leader, which says how much is chosen. */
    void onLeader(BrickId from, Ballot ballot, long chosen, long now) {
        if (!ballot.isBelow(leading)) {
            leading = ballot;
            heardNanos = now;
            if (!from.equals(self.brick())) {
                election.rest(now);
            }
        }
        log.choose(chosen, ballot);
        if (chosen > log.chosen() && leader == null) {
            learner.onMore(from, now);
        }
    }

    /** @param quietNanos since when no leader before it can have had a majority that answers */
    void lead(
            Ballot ballot, long preparedNanos, long quietNanos, TreeMap<Long, PaxosMessage.Vote> recovered, long now) {
        leading = ballot;
        outbox.emit(new PaxosEffect.Elected(ballot, quietNanos));
        leader = new Leader(this, outbox, log, ballot, preparedNanos, recovered, now);
    }

    void deposeLeader(String reason, long now) {
        Leader deposed = leader;
        if (deposed != null) {
            leader = null;
            teacher.onDeposed();
            heardNanos = now;
            acceptor.onAnswered(now);
            election.rest(now);
            outbox.emit(new PaxosEffect.Deposed(deposed.ballot(), reason));
        }
    }

    /** A leader gives up its ballot for a higher one, because its promises do not cover those who vote from here on. */
    void prepareAnew(long now) {
        deposeLeader("others vote from here on", now);
        election.prepare(now);
    }

    // ---- the log

    private void onApplied(long slot, PaxosValue value, List<Bytes> answers) {
        if (value instanceof PaxosValue.ChangeMembers change) {
            election.onMembersChanged(nowNanos);
            outbox.emit(new PaxosEffect.MembersChanged(slot, change.next()));
        }
        if (leader != null) {
            leader.onApplied(slot, answers, nowNanos);
        }
    }

    /** The first of all nodes makes the state of slot 0, from which everybody begins. */
    void found(Membership members) {
        install(new SlotLog.Snapshot(0, members, state.snapshot()), nowNanos);
    }

    void install(SlotLog.Snapshot snapshot, long now) {
        if (isEmpty() && !founding.mayJoin(snapshot.members())) {
            return;
        }
        log.install(snapshot);
        election.onMembersChanged(now);
        outbox.emit(new PaxosEffect.MembersChanged(snapshot.slot(), snapshot.members()));
        renew();
        if (isAlone()) {
            election.standSoon(now);
        }
    }

    private void renew() {
        List<PaxosRecord> records = new ArrayList<>();
        records.add(new PaxosRecord.Promised(acceptor.promised()));
        records.addAll(log.renewal());
        outbox.emit(new PaxosEffect.Renewal(records));
    }

    // ---- for whoever runs it

    /** Everything up to this slot is carried out here; -1 before the founding. */
    public long chosenSlot() {
        return log.chosen();
    }

    /** Who votes on what comes next; null before the founding. */
    public @Nullable Membership members() {
        return log.members();
    }

    /** The newest leader that this node has heard of, {@link Ballot#NONE} if of none. It may lead no more. */
    public Ballot leader() {
        return leading;
    }

    /** Whether this node leads, and knows all that was chosen before. */
    public boolean isEstablishedLeader() {
        return leader != null && leader.isEstablished();
    }

    /**
     * When this leader sent the last heartbeat round that a majority has answered: until then nobody else can have been
     * elected. Only while {@link #isEstablishedLeader}.
     */
    public long quorumNanos() {
        return Check.present(leader, "only a leader has heartbeats").quorumNanos();
    }
}
