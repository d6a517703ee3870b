package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.message.PaxosMessage;
import java.util.TreeMap;

/**
 * What this brick has proposed and nobody has answered: repeated to whoever leads, until an answer comes or it is given
 * up.
 */
final class Proposals {
    /** Proposals of one brick at a time. */
    static final int MAX_OPEN = 4096;

    private static final class Open {
        private final long ticket;
        private final Bytes command;
        private final long proposedNanos;
        private long sentNanos;
        private Ballot sentTo = Ballot.NONE;

        Open(long ticket, Bytes command, long proposedNanos) {
            this.ticket = ticket;
            this.command = command;
            this.proposedNanos = proposedNanos;
        }
    }

    private final PaxosNode node;
    private final PaxosOutbox outbox;
    /** By the number that stands in messages. */
    private final TreeMap<Long, Open> open = new TreeMap<>();
    /** Begins anywhere, so that an answer to an earlier life of this brick fits nothing. */
    private long lastNumber;

    Proposals(PaxosNode node, PaxosOutbox outbox, long firstNumber) {
        this.node = node;
        this.outbox = outbox;
        this.lastNumber = firstNumber;
    }

    void propose(PaxosInput.Propose propose, long nowNanos) {
        Check.state(open.size() < MAX_OPEN, "%d proposals are open; wait for their answers", MAX_OPEN);
        Open added = new Open(propose.ticket(), propose.command(), nowNanos);
        open.put(++lastNumber, added);
        send(lastNumber, added, nowNanos);
    }

    void onTick(long nowNanos) {
        PaxosConfig config = node.config();
        open.entrySet().removeIf(entry -> {
            Open one = entry.getValue();
            if (nowNanos - one.proposedNanos >= config.giveUpNanos()) {
                outbox.emit(new PaxosEffect.Unanswered(one.ticket));
                return true;
            }
            if (!one.sentTo.equals(node.leading()) || nowNanos - one.sentNanos >= config.retryNanos()) {
                send(entry.getKey(), one, nowNanos);
            }
            return false;
        });
    }

    private void send(long number, Open one, long nowNanos) {
        one.sentNanos = nowNanos;
        one.sentTo = node.leading();
        BrickId leader = one.sentTo.leader().brick();
        if (!one.sentTo.equals(Ballot.NONE)) {
            outbox.send(leader, new PaxosMessage.Propose(number, one.command));
        }
    }

    void onProposed(PaxosMessage.Proposed proposed) {
        Open one = open.remove(proposed.number());
        if (one != null) {
            outbox.emit(new PaxosEffect.Answered(one.ticket, proposed.slot(), proposed.answer()));
        }
    }
}
