package io.brickwork.core.view;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.message.ReplicaMessage;
import java.util.List;
import java.util.TreeMap;

/**
 * Brings a replica group into a new view: fence, level, open. Driven by the primary of that view, whose own promise is synced before this begins.
 *
 * <p><b>Fence</b>: every member promises to refuse lower epochs and reports what it has. <b>Level</b>: the greatest report is the level, since all that anyone was told was committed
 * is in every report. The primary catches up with it, and then sends each member what it lacks, after cutting what does not belong. <b>Open</b>: when all have stored the level.
 *
 * <p>Every step may be repeated and every message lost: what has not been answered is sent again. Nothing is decided by a timeout. A member that was started anew in the meantime says
 * so, and the primary takes the next epoch.
 *
 * <p>Source: view changes of Viewstamped Replication (Liskov and Cowling 2012 §4.2), with all members in place of a majority.
 */
public final class ViewChange {
    /** How long an answer is waited for before the question is put again. */
    private static final long RETRY_NANOS = 100_000_000;
    /** Entries sent in one message while levelling, unless a single one is larger. */
    public static final int CHUNK_BYTES = 256 << 10;

    /** What a view change needs of the primary that drives it. */
    public interface Group {
        void send(BrickId member, ReplicaMessage message);

        /** Whether a rule is kept: always, but in simulations that leave it out. */
        boolean defends(Defence defence);

        /** The primary's own entries. */
        EpochRuns runs();

        /** The primary's entries from {@code fromSeq} to {@code toSeq}, about {@link #CHUNK_BYTES} of them; empty if its log no longer reaches back. */
        List<Entry> read(long fromSeq, long toSeq);

        /** Throws away the primary's entries above {@code seq}. */
        void cut(long seq);

        /** Stores an entry at the primary. */
        void store(Entry entry);

        /** Up to where the primary has stored, as durably as the structure asks. */
        long storedSeq();

        /** All members have stored the level: the view is open. */
        void opened(long levelSeq);

        void note(Event event);
    }

    private enum Phase {
        FENCING,
        CATCHING_UP,
        LEVELLING,
        OPEN
    }

    /** How far one other member has been levelled. */
    private static final class Progress {
        private final long baseSeq;
        private final boolean cut;
        private long storedSeq;
        private boolean answered;

        Progress(long baseSeq, boolean cut) {
            this.baseSeq = baseSeq;
            this.cut = cut;
            this.storedSeq = baseSeq;
        }
    }

    private final PartitionId partition;
    private final View view;
    private final BrickId self;
    private final Group group;
    private Phase phase = Phase.FENCING;
    private final TreeMap<BrickId, EpochRuns> reports = new TreeMap<>();
    private final TreeMap<BrickId, Progress> levelling = new TreeMap<>();
    private Version level = Version.NONE;
    private BrickId fullest;
    private long retryNanos;
    private String blockedBy = "";

    public ViewChange(PartitionId partition, View view, BrickId self, Group group) {
        Check.argument(view.primary().equals(self), "%s drives the view change to %s", self, view);
        this.partition = partition;
        this.view = view;
        this.self = self;
        this.group = group;
        this.fullest = self;
    }

    public boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** The primary's promise is synced. */
    public void begin(long nowNanos) {
        reports.put(self, group.runs());
        resend(nowNanos);
        if (reports.size() == view.members().size()) {
            chooseLevel(nowNanos);
        }
    }

    public void onReport(BrickId from, ReplicaMessage.FenceReport report, long nowNanos) {
        if (phase != Phase.FENCING || !view.isMember(from) || from.equals(self) || reports.containsKey(from)) {
            return;
        }
        EpochRuns runs = EpochRuns.reported(report.runs());
        Check.invariant(
                runs.last().equals(report.last()),
                "%s reports %s, its runs end in %s",
                from,
                report.last(),
                runs.last());
        reports.put(from, runs);
        if (reports.size() == view.members().size()) {
            chooseLevel(nowNanos);
        }
    }

    public void onFetched(BrickId from, ReplicaMessage.Fetched fetched, long nowNanos) {
        if (phase != Phase.CATCHING_UP || !from.equals(fullest)) {
            return;
        }
        if (fetched.entries().isEmpty()) {
            block("this brick lacks entries from " + (lastSeq() + 1) + ", which the log of " + from
                    + " no longer holds");
            return;
        }
        for (Entry entry : fetched.entries()) {
            if (entry.seq() == lastSeq() + 1 && entry.seq() <= level.seq()) {
                group.store(entry);
            }
        }
        if (lastSeq() == level.seq()) {
            beginLevelling(nowNanos);
        } else {
            resend(nowNanos);
        }
    }

    public void onLevelled(BrickId from, ReplicaMessage.Levelled levelled) {
        Progress progress = levelling.get(from);
        if (phase != Phase.LEVELLING || progress == null) {
            return;
        }
        boolean isNews = !progress.answered || levelled.seq() > progress.storedSeq;
        progress.answered = true;
        progress.storedSeq = Math.max(progress.storedSeq, Math.min(levelled.seq(), level.seq()));
        if (isNews && progress.storedSeq < level.seq()) {
            sendLevel(from, progress);
        }
        openIfLevel();
    }

    /** The primary's own storing has come further. */
    public void onStored() {
        if (phase == Phase.LEVELLING) {
            openIfLevel();
        }
    }

    public void onLinkUp(long nowNanos) {
        if (phase != Phase.OPEN) {
            resend(nowNanos);
        }
    }

    public void onTick(long nowNanos) {
        if (phase != Phase.OPEN && nowNanos >= retryNanos) {
            resend(nowNanos);
        }
    }

    private void chooseLevel(long nowNanos) {
        EpochRuns own = group.runs();
        level = own.last();
        fullest = self;
        for (BrickId member : reports.navigableKeySet()) {
            EpochRuns report = report(member);
            if (report.last().compareTo(level) > 0 && group.defends(Defence.TAKE_GREATEST_REPORT)) {
                level = report.last();
                fullest = member;
            }
        }
        group.note(new Event.LevelChosen(partition, view.epoch(), level, fullest));
        if (fullest.equals(self)) {
            beginLevelling(nowNanos);
            return;
        }
        long commonSeq = own.commonSeq(report(fullest));
        if (own.last().seq() > commonSeq) {
            group.cut(commonSeq);
        }
        phase = Phase.CATCHING_UP;
        if (lastSeq() == level.seq()) {
            beginLevelling(nowNanos);
        } else {
            resend(nowNanos);
        }
    }

    private void beginLevelling(long nowNanos) {
        phase = Phase.LEVELLING;
        for (BrickId member : view.members()) {
            if (!member.equals(self)) {
                EpochRuns theirs = report(member);
                long commonSeq = group.runs().commonSeq(theirs);
                levelling.put(member, new Progress(commonSeq, theirs.last().seq() > commonSeq));
            }
        }
        resend(nowNanos);
        openIfLevel();
    }

    private void openIfLevel() {
        if (phase == Phase.LEVELLING
                && group.storedSeq() >= level.seq()
                && (areOthersLevel() || !group.defends(Defence.OPEN_WHEN_ALL_ARE_LEVEL))) {
            phase = Phase.OPEN;
            group.opened(level.seq());
        }
    }

    private boolean areOthersLevel() {
        return levelling.values().stream().allMatch(p -> p.answered && p.storedSeq == level.seq());
    }

    /** Puts every question again that has not been answered. */
    private void resend(long nowNanos) {
        retryNanos = nowNanos + RETRY_NANOS;
        switch (phase) {
            case FENCING -> {
                for (BrickId member : view.members()) {
                    if (!reports.containsKey(member)) {
                        group.send(member, new ReplicaMessage.Fence(partition, view));
                    }
                }
            }
            case CATCHING_UP ->
                group.send(fullest, new ReplicaMessage.Fetch(partition, view.epoch(), lastSeq() + 1, level.seq()));
            case LEVELLING ->
                levelling.forEach((member, progress) -> {
                    if (!progress.answered || progress.storedSeq < level.seq()) {
                        sendLevel(member, progress);
                    }
                });
            case OPEN -> {}
        }
    }

    private void sendLevel(BrickId member, Progress progress) {
        long fromSeq = progress.storedSeq + 1;
        List<Entry> entries = fromSeq > level.seq() ? List.of() : group.read(fromSeq, level.seq());
        if (entries.isEmpty() && fromSeq <= level.seq()) {
            block(member + " lacks entries from " + fromSeq + ", which the log here no longer holds");
            return;
        }
        group.send(
                member,
                new ReplicaMessage.Level(
                        partition, view.epoch(), progress.baseSeq, progress.cut, level.seq(), entries));
    }

    private void block(String reason) {
        if (!reason.equals(blockedBy)) {
            blockedBy = reason;
            group.note(new Event.ViewBlocked(partition, view.epoch(), reason));
        }
    }

    private EpochRuns report(BrickId member) {
        if (member.equals(self)) {
            return group.runs();
        }
        return Check.present(reports.get(member), "no report of %s for %s", member, view);
    }

    private long lastSeq() {
        return group.runs().last().seq();
    }
}
