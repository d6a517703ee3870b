package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosCodec;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.message.PaxosMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The leader of one ballot: proposes values for slots, a bounded number at a time, and has a majority accept them.
 *
 * <p>It begins with what phase one found above the chosen slots, then a no-op, then what is proposed to it. <b>Who
 * votes</b> on a slot is decided by the slots before it. A change is proposed alone: after everything before it is
 * chosen, and nothing behind it before it is chosen itself. A change that phase one found was proposed in a ballot
 * whose promises may not cover the members after it, so the leader goes through phase one again behind it. Then any two
 * ballots that could choose in the same slot have majorities that meet.
 */
final class Leader {
    /** Commands that wait for a slot; what comes beyond them is dropped, and its proposer tries again. */
    private static final int QUEUE_COMMANDS = 1024;

    /** Who waits for the answer to a command. */
    private record Origin(BrickId brick, long number) implements Comparable<Origin> {
        @Override
        public int compareTo(Origin other) {
            int byBrick = brick.compareTo(other.brick);
            return byBrick != 0 ? byBrick : Long.compare(number, other.number);
        }
    }

    private record Queued(Origin origin, Bytes command) {}

    private static final class InFlight {
        private final PaxosValue value;
        private final List<Origin> origins;
        private final TreeSet<BrickId> accepted = new TreeSet<>();
        private boolean isSent;
        private long sentNanos;

        InFlight(PaxosValue value, List<Origin> origins) {
            this.value = value;
            this.origins = origins;
        }
    }

    private final PaxosNode node;
    private final PaxosOutbox outbox;
    private final SlotLog log;
    private final Ballot ballot;
    private final HeartbeatRounds rounds;
    private final TreeMap<Long, InFlight> inFlight = new TreeMap<>();
    private final ArrayDeque<Queued> queue = new ArrayDeque<>();
    private final TreeSet<Origin> waiting = new TreeSet<>();
    private long nextSlot;
    /** The no-op that comes first of all that is new. */
    private final long firstNewSlot;
    /** A change of members that waits until all before it is chosen. */
    private @Nullable Membership nextMembers;
    /** The slot of a change of members that is not chosen yet, behind which nothing is proposed; 0 if there is none. */
    private long changeSlot;
    /** Up to where the members have been told what is chosen. */
    private long toldChosen;

    Leader(
            PaxosNode node,
            PaxosOutbox outbox,
            SlotLog log,
            Ballot ballot,
            long preparedNanos,
            TreeMap<Long, PaxosMessage.Vote> recovered,
            long nowNanos) {
        this.node = node;
        this.outbox = outbox;
        this.log = log;
        this.ballot = ballot;
        this.rounds = new HeartbeatRounds(preparedNanos);
        nextSlot = log.chosen() + 1;
        toldChosen = log.chosen();
        firstNewSlot = recovered.isEmpty() ? nextSlot : Math.max(nextSlot, recovered.lastKey() + 1);
        while (nextSlot < firstNewSlot && changeSlot == 0) {
            PaxosMessage.Vote vote = recovered.get(nextSlot);
            propose(vote == null ? new PaxosValue.NoOp() : vote.value(), List.of());
        }
        if (changeSlot == 0) {
            propose(new PaxosValue.NoOp(), List.of());
        }
        beat(nowNanos);
    }

    Ballot ballot() {
        return ballot;
    }

    /** When the last heartbeat round was sent that a majority has answered; the election is the first. */
    long quorumNanos() {
        return rounds.quorumNanos(members(), node.self().brick());
    }

    private Membership members() {
        return Check.present(log.members(), "a leader without members");
    }

    // ---- proposing

    void onPropose(BrickId from, PaxosMessage.Propose propose) {
        Origin origin = new Origin(from, propose.number());
        if (queue.size() < QUEUE_COMMANDS && waiting.add(origin)) {
            queue.addLast(new Queued(origin, propose.command()));
        }
    }

    void onChangeMembers(Membership next) {
        Membership current = members();
        boolean canVote =
                next.bricks().stream().allMatch(brick -> current.find(brick) != null || node.isCloseBehind(brick));
        if (isEstablished() && changeSlot == 0 && next.isOneStepFrom(current) && canVote) {
            nextMembers = next;
        }
    }

    /** Whether something of this very ballot is chosen: all that earlier ones chose is known. */
    boolean isEstablished() {
        return log.chosen() >= firstNewSlot;
    }

    private void propose(PaxosValue value, List<Origin> origins) {
        if (value instanceof PaxosValue.ChangeMembers) {
            changeSlot = nextSlot;
        }
        inFlight.put(nextSlot, new InFlight(value, origins));
        nextSlot++;
    }

    private void pump() {
        Membership change = nextMembers;
        if (change != null && changeSlot == 0 && inFlight.isEmpty()) {
            nextMembers = null;
            propose(new PaxosValue.ChangeMembers(change), List.of());
        }
        while (change == null
                && changeSlot == 0
                && !queue.isEmpty()
                && inFlight.size() < node.config().pipelineSlots()) {
            proposeBatch();
        }
    }

    private void proposeBatch() {
        List<Bytes> commands = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        int bytes = 0;
        while (!queue.isEmpty()) {
            bytes += queue.getFirst().command.length();
            if (!commands.isEmpty() && bytes > node.config().batchBytes()) {
                break;
            }
            Queued queued = queue.removeFirst();
            commands.add(queued.command);
            origins.add(queued.origin);
        }
        propose(new PaxosValue.Commands(commands), origins);
    }

    /** At the end of a step: what can be proposed is, and what is new is sent. */
    void flush(long nowNanos) {
        pump();
        long first = 0;
        List<PaxosValue> run = new ArrayList<>();
        int bytes = 0;
        for (var entry : inFlight.entrySet()) {
            InFlight flight = entry.getValue();
            if (!flight.isSent) {
                flight.isSent = true;
                flight.sentNanos = nowNanos;
                if (run.isEmpty()) {
                    first = entry.getKey();
                }
                run.add(flight.value);
                bytes += PaxosCodec.bytesOf(flight.value);
                if (bytes >= node.config().chunkBytes()) {
                    broadcast(new PaxosMessage.Accept(ballot, log.chosen(), first, run));
                    run.clear();
                    bytes = 0;
                }
            }
        }
        if (!run.isEmpty()) {
            broadcast(new PaxosMessage.Accept(ballot, log.chosen(), first, run));
        }
        if (log.chosen() > toldChosen) {
            beat(nowNanos);
        }
    }

    private void broadcast(PaxosMessage message) {
        members().bricks().forEach(member -> outbox.send(member, message));
    }

    // ---- choosing

    void onAccepted(BrickId from, PaxosMessage.Accepted accepted, long nowNanos) {
        if (!accepted.ballot().equals(ballot)) {
            return;
        }
        inFlight.subMap(accepted.firstSlot(), true, accepted.lastSlot(), true)
                .values()
                .forEach(flight -> flight.accepted.add(from));
        while (!inFlight.isEmpty()
                && inFlight.firstKey() == log.chosen() + 1
                && members().isQuorum(inFlight.firstEntry().getValue().accepted)) {
            long slot = inFlight.firstKey();
            log.choose(slot, ballot);
            if (log.chosen() < slot || !node.isLeader(this)) {
                return; // its own vote is not in yet, or what was chosen made another leader
            }
        }
    }

    /** A slot has been carried out: its proposers are answered. */
    void onApplied(long slot, List<Bytes> answers, long nowNanos) {
        InFlight flight = inFlight.remove(slot);
        if (flight == null) {
            return;
        }
        for (int i = 0; i < flight.origins.size(); i++) {
            Origin origin = flight.origins.get(i);
            waiting.remove(origin);
            outbox.send(origin.brick, new PaxosMessage.Proposed(origin.number, slot, answers.get(i)));
        }
        if (slot == changeSlot) {
            changeSlot = 0;
            rounds.restart();
            beat(nowNanos);
            if (!members().contains(node.self())) {
                node.deposeLeader("it votes no more", nowNanos);
            } else if (slot < firstNewSlot) {
                node.prepareAnew(nowNanos);
            }
        }
    }

    // ---- time

    void onTick(long nowNanos) {
        if (nowNanos - quorumNanos() > node.config().electionNanos()) {
            // CheckQuorum (Ongaro 2014 §6.2): whoever is cut off must not keep others waiting.
            node.deposeLeader("no majority answers", nowNanos);
            return;
        }
        if (rounds.isDue(nowNanos, node.config().heartbeatNanos())) {
            beat(nowNanos);
        }
        inFlight.forEach((slot, flight) -> {
            if (flight.isSent && nowNanos - flight.sentNanos >= node.config().retryNanos()) {
                flight.sentNanos = nowNanos;
                for (BrickId member : members().bricks()) {
                    if (!flight.accepted.contains(member)) {
                        outbox.send(member, new PaxosMessage.Accept(ballot, log.chosen(), slot, List.of(flight.value)));
                    }
                }
            }
        });
    }

    private void beat(long nowNanos) {
        toldChosen = log.chosen();
        long round = rounds.next(nowNanos);
        for (BrickId member : members().bricks()) {
            if (!member.equals(node.self().brick())) {
                outbox.send(member, new PaxosMessage.Heartbeat(ballot, round, log.chosen()));
            }
        }
    }

    void onHeartbeatAnswer(BrickId from, PaxosMessage.HeartbeatAnswer answer) {
        if (answer.ballot().equals(ballot)) {
            rounds.answered(from, answer.round());
        }
    }
}
