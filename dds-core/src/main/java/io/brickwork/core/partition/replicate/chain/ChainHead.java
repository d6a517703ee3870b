package io.brickwork.core.partition.replicate.chain;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.ChainRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.replicate.LearnerFeed;
import io.brickwork.core.partition.replicate.Learners;
import io.brickwork.core.partition.replicate.Proposals;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.replicate.Window;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Tenure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a chain, the primary of one open view: sends each entry that it has stored to the next member, and hears
 * from there what all have stored.
 *
 * <p>Alone it is the tail too, and commits what it has stored.
 */
public final class ChainHead implements Replicator {
    private final Tenure tenure;
    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final Storage storage;
    private final Ports ports;
    private final GroupView view;
    /** Whether the view has the members that it takes to commit anything. */
    private final boolean commits;

    private final Proposals proposals;
    private final Learners learners;
    private final Window window;
    /** Null if there is no other member, and until the view is open. */
    private @Nullable Successor next;

    /**
     * @param levelSeq what all members have
     * @param commits whether the view has the members that it takes to commit anything
     */
    public ChainHead(
            Tenure tenure,
            PartitionLog log,
            Extent extent,
            CommitPoint commitPoint,
            Storage storage,
            Repairs repairs,
            Ports ports,
            long levelSeq,
            boolean commits) {
        this.tenure = tenure;
        this.log = log;
        this.commitPoint = commitPoint;
        this.storage = storage;
        this.ports = ports;
        this.view = tenure.currentView();
        this.commits = commits;
        window = new Window(log, levelSeq);
        proposals = new Proposals(tenure, ports.cluster());
        learners = new Learners(
                view,
                proposals,
                learner -> new LearnerFeed(tenure, commitPoint, log, extent, repairs, ports, view, learner));
    }

    @Override
    public void begin(long levelSeq) {
        BrickId after = ChainRules.INSTANCE.after(view, view.primary());
        if (after != null) {
            next = new Successor(after, tenure, log, commitPoint, ports, levelSeq);
        }
        for (Member member : view.members()) {
            if (!member.brick().equals(view.primary())) {
                ports.peers().send(member.brick(), new ReplicaMessage.Open(tenure.partition(), view.epoch(), levelSeq));
            }
        }
    }

    // ---- entries go down the chain

    @Override
    public void replicate(Entry stored, long nowNanos) {
        window.add(stored);
        if (next != null && !ports.cluster().defends(Defence.FORWARD_ONLY_STORED)) {
            forward(log.lastSeq(), nowNanos);
        }
        learners.feed();
    }

    private void forward(long upToSeq, long nowNanos) {
        if (next != null) {
            next.forward(upToSeq, syncedEverywhereSeq(), nowNanos);
        }
    }

    @Override
    public void onStored(long nowNanos) {
        forward(storage.storedSeq(), nowNanos);
        commit();
        learners.promote(nowNanos);
    }

    // ---- the word comes back

    @Override
    public void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        if (message instanceof ReplicaMessage.Passed passed && next != null && from.equals(next.brick())) {
            next.onPassed(passed, nowNanos);
            commit();
        } else {
            learners.onMessage(from, message, nowNanos);
        }
    }

    /** What all behind have stored is committed, or what is stored here if nobody is behind. */
    private void commit() {
        if (commits) {
            if (next != null) {
                commitPoint.advance(Math.min(next.passedSeq(), storage.storedSeq()));
            } else {
                long stored =
                        ports.cluster().limit(Defence.COMMIT_WHEN_STORED_HERE, storage.storedSeq(), log.lastSeq());
                commitPoint.count(stored, ports.peers().outbox());
            }
        }
        // A reader here may have heard it from the tail before the word came along the chain.
        window.commitUpTo(commitPoint.seq());
    }

    // ---- time and links

    @Override
    public void onLinkUp(BrickId peer, long nowNanos) {
        if (next != null && next.brick().equals(peer)) {
            next.onLinkUp(syncedEverywhereSeq(), nowNanos);
        }
        learners.onLinkUp(peer, nowNanos);
    }

    @Override
    public void onTick(long nowNanos) {
        if (next != null) {
            next.onTick(syncedEverywhereSeq(), nowNanos);
        }
        learners.onTick(nowNanos);
        if (next != null && commits && next.isSilent(nowNanos)) {
            proposals.leaveOut(List.of(next.brick()), List.of(next.brick()), nowNanos);
        }
    }

    // ---- questions

    @Override
    public long syncedEverywhereSeq() {
        long everywhere = log.syncedSeq();
        if (next != null) {
            everywhere = Math.min(everywhere, next.syncedSeq());
        }
        long needed = Math.min(everywhere, learners.keptAboveSeq());
        return ports.cluster().limit(Defence.KEEP_LOG_FOR_LEARNERS, needed, everywhere);
    }

    @Override
    public long uncommittedBytes() {
        return window.bytes();
    }

    @Override
    public int fullestPermille() {
        return next == null ? 0 : next.fillPermille();
    }

    @Override
    public boolean isAlone() {
        return view.members().size() == 1;
    }

    @Override
    public boolean hasLearners() {
        return !learners.isEmpty();
    }
}
