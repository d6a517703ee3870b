package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.message.PaxosMessage;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a node gets what is chosen without it. A brick that does not vote always has a question with the leader, who
 * answers when there is news; a member asks when it hears of more than it has, or of no leader. One question at a time,
 * so nobody is sent more than it takes.
 */
final class Learner {
    private final PaxosNode node;
    private final PaxosOutbox outbox;
    private final SlotLog log;
    /** Whom this life of the node has asked. */
    private final TreeSet<BrickId> asked = new TreeSet<>();

    private long askedNanos;
    /** How many questions in a row have stayed without a leader's answer. */
    private int unanswered;
    /** Somebody is known to have more. */
    private boolean isBehind;

    private long snapshotSlot = -1;
    private @Nullable Membership snapshotMembers;
    private ByteWriter snapshotBytes = new ByteWriter(16);

    Learner(PaxosNode node, PaxosOutbox outbox, SlotLog log) {
        this.node = node;
        this.outbox = outbox;
        this.log = log;
    }

    void begin(long nowNanos) {
        askedNanos = nowNanos - node.config().retryNanos();
    }

    void onTick(long nowNanos) {
        boolean mustAsk = !node.isVoter() || isBehind || !node.hasLeader(nowNanos);
        if (mustAsk && nowNanos - askedNanos >= node.config().retryNanos()) {
            unanswered++;
            ask(target(), nowNanos);
        }
    }

    /** The leader says that there is more than this node has. */
    void onMore(BrickId leader, long nowNanos) {
        isBehind = true;
        if (nowNanos - askedNanos >= node.config().retryNanos() / 4) {
            ask(leader, nowNanos);
        }
    }

    /** The leader first; if it does not answer, all others by turns. */
    private @Nullable BrickId target() {
        BrickId self = node.self().brick();
        BrickId leader = node.leading().leader().brick();
        if (unanswered <= 1 && !node.leading().equals(Ballot.NONE) && !leader.equals(self)) {
            return leader;
        }
        TreeSet<BrickId> known = new TreeSet<>(node.config().contacts());
        known.addAll(node.config().founders());
        Membership members = log.members();
        if (members != null) {
            known.addAll(members.bricks());
        }
        known.remove(self);
        List<BrickId> others = List.copyOf(known);
        return others.isEmpty() ? null : others.get(unanswered % others.size());
    }

    void ask(@Nullable BrickId target, long nowNanos) {
        askedNanos = nowNanos;
        if (target != null) {
            asked.add(target);
            outbox.send(target, new PaxosMessage.Ask(log.chosen() + 1, snapshotSlot, snapshotBytes.length()));
        }
    }

    /**
     * Whether what the brick tells is believed: whom the settings name, who keeps the log, and who was asked because
     * one of these had named it.
     */
    boolean isSource(BrickId brick) {
        Membership members = log.members();
        return asked.contains(brick)
                || node.config().contacts().contains(brick)
                || node.config().founders().contains(brick)
                || (members != null && members.find(brick) != null);
    }

    /**
     * Only a leader is worth asking again for what comes next: one that was deposed, or removed, may not know that it
     * was.
     */
    private void onAnswer(BrickId from, Ballot leading) {
        if (leading.leader().brick().equals(from)) {
            unanswered = 0;
        }
    }

    void onLearn(BrickId from, PaxosMessage.Learn learn, long nowNanos) {
        onAnswer(from, learn.leading());
        if (log.chosen() < 0 || learn.firstSlot() > log.chosen() + 1) {
            return;
        }
        long before = log.chosen();
        List<PaxosRecord> learned = log.learn(learn.firstSlot(), learn.values());
        if (!learned.isEmpty()) {
            outbox.append(learned);
        }
        isBehind = learn.chosen() > log.chosen();
        if (log.chosen() > before && (isBehind || !node.isVoter())) {
            ask(from, nowNanos);
        }
    }

    void onSnapshot(BrickId from, PaxosMessage.LearnSnapshot part, long nowNanos) {
        onAnswer(from, part.leading());
        if (part.slot() <= log.chosen()) {
            return;
        }
        if (part.offsetBytes() == 0) {
            snapshotSlot = part.slot();
            snapshotMembers = part.members();
            snapshotBytes = new ByteWriter(part.bytes().length());
        }
        if (part.slot() != snapshotSlot
                || !part.members().equals(snapshotMembers)
                || part.offsetBytes() != snapshotBytes.length()) {
            return;
        }
        snapshotBytes.raw(part.bytes());
        if (snapshotBytes.length() == part.totalBytes()) {
            Bytes bytes = snapshotBytes.toBytes();
            snapshotSlot = -1;
            snapshotBytes = new ByteWriter(16);
            try {
                node.install(new SlotLog.Snapshot(part.slot(), part.members(), bytes), nowNanos);
            } catch (MalformedException unreadable) {
                outbox.emit(new PaxosEffect.Disbelieved(
                        from,
                        "a snapshot of slot %d that cannot be read: %s"
                                .formatted(part.slot(), unreadable.getMessage())));
            }
        }
        ask(from, nowNanos);
    }
}
