package io.brickwork.core.partition.view;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.EpochRuns;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.store.PartitionLog;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Brings a replica group into a view that the metadata log has decided: fence, level, have it recorded, open. Driven by
 * the primary of that view, whose own promise is synced before this begins.
 *
 * <p><b>Fence</b>: every member promises to refuse lower epochs and reports what it has. Who is left out is fenced too,
 * which spares waiting for its lease, but nobody waits for it. <b>Level</b>: the rules choose one of the reports of
 * members of the base as the level, the greatest, which has all that anyone was told was committed; others may be
 * anywhere ({@link GroupRules#fullest}). The primary catches up with it, and then sends each member what it lacks,
 * after cutting what does not belong. <b>Open</b>: when all have stored the level, and the metadata log has recorded
 * that the view is open: until then another view may take its place, which would know nothing of what was committed in
 * this one.
 *
 * <p>Every step may be repeated and every message lost: what has not been answered is sent again. Nothing is decided by
 * a timeout: a member that is not heard of has another view proposed, as does one that cannot be brought level. A
 * member that is started anew in the meantime registers another incarnation, and the metadata log decides another view.
 *
 * <p>Source: view changes of Viewstamped Replicator (Liskov and Cowling 2012 §4.2), with all members in place of a
 * majority.
 */
public final class ViewChange {
    /** How long an answer is waited for before the question is put again. */
    private static final long RETRY_NANOS = 100_000_000;
    /** How long the metadata log is waited for. */
    private static final long RECORD_NANOS = 2_000_000_000;
    /**
     * A member that gets nowhere for so long is done without, if enough others are there: the leader of the metadata
     * log may hear it all the same (T24).
     */
    private static final long SILENT_NANOS = 3_000_000_000L;

    /** What a view change needs of the primary that drives it. */
    public interface Group {
        void send(BrickId member, ReplicaMessage message);

        /** Whether a rule is kept: always, but in simulations that leave it out. */
        boolean defends(Defence defence);

        /** The primary's own entries. */
        EpochRuns runs();

        /**
         * The primary's entries from {@code fromSeq} to {@code toSeq}, about {@link PartitionLog#CHUNK_BYTES} of them;
         * empty if its log no longer reaches back.
         */
        List<Entry> read(long fromSeq, long toSeq);

        /** Throws away the primary's entries above {@code seq}. */
        void cut(long seq);

        /** Stores an entry at the primary. */
        void store(Entry entry);

        /** Up to where the primary has stored, as durably as the structure asks. */
        long storedSeq();

        /**
         * All members have stored the level: the view is to be recorded as open.
         *
         * @param fenced who is left out, and serves no more
         */
        void record(List<BrickId> fenced);

        /** The view is recorded as open. */
        void opened(long levelSeq);

        /**
         * This view cannot be opened; the metadata log should decide one like this in its place. Its epoch does not
         * count.
         */
        void propose(GroupView next);

        void note(Event event);

        /** The view change is in the situation; of interest to simulations. */
        void reached(Situation situation);
    }

    private enum Phase {
        FENCING,
        CATCHING_UP,
        LEVELLING,
        /** All are level; the metadata log has yet to record it. */
        RECORDING,
        /** It cannot be opened: another view must take its place. */
        BLOCKED,
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
    private final GroupView view;
    /** Members in the base, the primary among them: who may say what the level is. */
    private final List<BrickId> base;
    /** Who is in the last opened view and not in this one. */
    private final List<BrickId> leftOut;

    private final int minInSync;

    private final TreeSet<BrickId> fenced = new TreeSet<>();
    /** By member, when it last got on; who is missing has not since the phase began. */
    private final TreeMap<BrickId, Long> progressNanos = new TreeMap<>();

    private long phaseNanos;
    private long insteadNanos;
    private final GroupRules rules;
    private final BrickId self;
    private final Group group;
    private Phase phase = Phase.FENCING;
    private final TreeMap<BrickId, EpochRuns> reports = new TreeMap<>();
    private final TreeMap<BrickId, Progress> levelling = new TreeMap<>();
    private Version level = Version.NONE;
    private BrickId fullest;
    private long retryNanos;
    private long recordNanos;
    private boolean isRecorded;
    private String blockedBy = "";
    /** The view that should take the place of this one; only while it is blocked. */
    private @Nullable GroupView wayOut;

    /** @param decided what is known of the group; its newest view is the one to be opened */
    public ViewChange(io.brickwork.core.group.Group decided, GroupRules rules, BrickId self, Group group) {
        this.partition = decided.partition();
        this.view = decided.newest();
        Check.argument(view.primary().equals(self), "%s drives the view change to %s", self, view);
        base = view.members().stream()
                .filter(decided::isInBase)
                .map(Member::brick)
                .toList();
        GroupView last = decided.opened();
        minInSync = decided.minInSync();
        leftOut = last == null
                ? List.of()
                : last.members().stream()
                        .map(Member::brick)
                        .filter(brick -> view.member(brick) == null)
                        .toList();
        this.rules = rules;
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
        phaseBegins(nowNanos);
        resend(nowNanos);
        if (reports.size() == view.members().size()) {
            chooseLevel(nowNanos);
        }
    }

    public void onReport(BrickId from, ReplicaMessage.FenceReport report, long nowNanos) {
        if (leftOut.contains(from)) {
            if (fenced.add(from) && phase == Phase.RECORDING) {
                record(nowNanos);
            }
            return;
        }
        if (phase != Phase.FENCING || view.member(from) == null || from.equals(self) || reports.containsKey(from)) {
            return;
        }
        if (report.isIncomplete()) {
            block(from + " has half a copy, and is a member all the same", withLearner(from));
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
        progressNanos.put(from, nowNanos);
        if (fetched.entries().isEmpty()) {
            blockBehind(from);
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

    public void onLevelled(BrickId from, ReplicaMessage.Levelled levelled, long nowNanos) {
        Progress progress = levelling.get(from);
        if (phase != Phase.LEVELLING || progress == null) {
            return;
        }
        boolean isNews = !progress.answered || levelled.seq() > progress.storedSeq;
        progress.answered = true;
        progress.storedSeq = Math.max(progress.storedSeq, Math.min(levelled.seq(), level.seq()));
        if (isNews) {
            progressNanos.put(from, nowNanos);
            if (progress.storedSeq < level.seq()) {
                sendLevel(from, progress);
            }
        }
        recordIfLevel(nowNanos);
    }

    /** The primary's own storing has come further. */
    public void onStored(long nowNanos) {
        if (phase == Phase.LEVELLING) {
            recordIfLevel(nowNanos);
        }
    }

    public void onLinkUp(long nowNanos) {
        if (phase != Phase.OPEN) {
            resend(nowNanos);
        }
    }

    public void onTick(long nowNanos) {
        if (phase == Phase.RECORDING && nowNanos - recordNanos >= 0) {
            record(nowNanos);
        }
        if (phase != Phase.OPEN && nowNanos - retryNanos >= 0) {
            resend(nowNanos);
            doWithoutTheSilent(nowNanos);
        }
    }

    private void phaseBegins(long nowNanos) {
        phaseNanos = nowNanos;
        insteadNanos = nowNanos + SILENT_NANOS;
        progressNanos.clear();
    }

    /**
     * Another view is proposed if it waits for a member that this brick does not reach: one without it, or, if too few
     * would be left, one led by another, who may reach more.
     */
    private void doWithoutTheSilent(long nowNanos) {
        if (nowNanos - insteadNanos < 0) {
            return;
        }
        List<BrickId> silent = view.members().stream()
                .map(Member::brick)
                .filter(member ->
                        isAwaited(member) && nowNanos - progressNanos.getOrDefault(member, phaseNanos) >= SILENT_NANOS)
                .toList();
        if (silent.isEmpty() || !group.defends(Defence.LEAVE_OUT_THE_SILENT)) {
            return;
        }
        insteadNanos = nowNanos + RECORD_NANOS;
        List<BrickId> heard = base.stream()
                .filter(other -> !other.equals(self) && reports.containsKey(other))
                .toList();
        GroupView next = Lineup.without(view, silent, minInSync, heard);
        if (next != null) {
            group.propose(next);
        }
    }

    /** Whether the next step needs something of this member. */
    private boolean isAwaited(BrickId member) {
        return switch (phase) {
            case FENCING -> !reports.containsKey(member);
            case CATCHING_UP -> member.equals(fullest);
            case LEVELLING -> {
                Progress progress = levelling.get(member);
                yield progress != null && !(progress.answered && progress.storedSeq == level.seq());
            }
            case RECORDING, BLOCKED, OPEN -> false;
        };
    }

    /** The metadata log records the view as open. */
    public void onRecorded() {
        isRecorded = true;
        if (phase == Phase.RECORDING) {
            open();
        }
    }

    private void chooseLevel(long nowNanos) {
        EpochRuns own = group.runs();
        TreeMap<BrickId, Version> ends = new TreeMap<>();
        base.forEach(member -> ends.put(member, report(member).last()));
        BrickId greatest = rules.fullest(view, ends);
        fullest = greatest.equals(self) || group.defends(Defence.TAKE_GREATEST_REPORT) ? greatest : self;
        level = report(fullest).last();
        group.note(new Event.LevelChosen(partition, view.epoch(), level, fullest));
        if (fullest.equals(self)) {
            beginLevelling(nowNanos);
            return;
        }
        long commonSeq = own.commonSeq(report(fullest));
        if (commonSeq < 0) {
            blockBehind(fullest);
            return;
        }
        if (own.last().seq() > commonSeq) {
            group.cut(commonSeq);
        }
        phase = Phase.CATCHING_UP;
        phaseBegins(nowNanos);
        if (lastSeq() == level.seq()) {
            beginLevelling(nowNanos);
        } else {
            group.reached(Situation.LEVEL_FETCHED);
            resend(nowNanos);
        }
    }

    private void beginLevelling(long nowNanos) {
        phase = Phase.LEVELLING;
        phaseBegins(nowNanos);
        for (Member one : view.members()) {
            BrickId member = one.brick();
            if (!member.equals(self)) {
                EpochRuns theirs = report(member);
                if (!base.contains(member) && theirs.last().compareTo(level) > 0) {
                    group.reached(Situation.REPORT_ABOVE_LEVEL);
                }
                long commonSeq = group.runs().commonSeq(theirs);
                if (commonSeq < 0) {
                    block(
                            "the log of " + member + " parts from this one further back than it reaches",
                            withLearner(member));
                    return;
                }
                levelling.put(member, new Progress(commonSeq, theirs.last().seq() > commonSeq));
            }
        }
        resend(nowNanos);
        recordIfLevel(nowNanos);
    }

    private void recordIfLevel(long nowNanos) {
        if (phase == Phase.LEVELLING
                && group.storedSeq() >= level.seq()
                && (areOthersLevel() || !group.defends(Defence.OPEN_WHEN_ALL_ARE_LEVEL))) {
            phase = Phase.RECORDING;
            group.note(new Event.LevelReached(partition, view.epoch(), level.seq()));
            record(nowNanos);
            if (isRecorded || !group.defends(Defence.SERVE_WHAT_IS_RECORDED)) {
                open();
            }
        }
    }

    private void record(long nowNanos) {
        recordNanos = nowNanos + RECORD_NANOS;
        group.record(List.copyOf(fenced));
    }

    private void open() {
        phase = Phase.OPEN;
        group.opened(level.seq());
    }

    private boolean areOthersLevel() {
        return levelling.values().stream().allMatch(p -> p.answered && p.storedSeq == level.seq());
    }

    /** Puts every question again that has not been answered. */
    private void resend(long nowNanos) {
        retryNanos = nowNanos + RETRY_NANOS;
        for (BrickId brick : leftOut) {
            if (!fenced.contains(brick)) {
                group.send(brick, new ReplicaMessage.Fence(partition, view));
            }
        }
        switch (phase) {
            case FENCING -> {
                for (Member member : view.members()) {
                    if (!reports.containsKey(member.brick())) {
                        group.send(member.brick(), new ReplicaMessage.Fence(partition, view));
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
            case BLOCKED -> group.propose(Check.present(wayOut, "blocked without a way out"));
            case RECORDING, OPEN -> {}
        }
    }

    private void sendLevel(BrickId member, Progress progress) {
        long fromSeq = progress.storedSeq + 1;
        List<Entry> entries = fromSeq > level.seq() ? List.of() : group.read(fromSeq, level.seq());
        if (entries.isEmpty() && fromSeq <= level.seq()) {
            block(
                    member + " lacks entries from " + fromSeq + ", which the log here no longer holds",
                    withLearner(member));
            return;
        }
        group.send(
                member,
                new ReplicaMessage.Level(
                        partition, view.epoch(), progress.baseSeq, progress.cut, level.seq(), entries));
    }

    /** Another has more, and this brick cannot get it: the other should be the primary. */
    private void blockBehind(BrickId other) {
        block(
                "this brick lacks entries from " + (lastSeq() + 1) + ", which the log of " + other + " no longer holds",
                new GroupView(view.epoch(), other, view.members(), view.learners(), view.lineage()));
    }

    private void block(String reason, GroupView instead) {
        phase = Phase.BLOCKED;
        wayOut = instead;
        group.propose(instead);
        if (!reason.equals(blockedBy)) {
            blockedBy = reason;
            group.note(new Event.ViewBlocked(partition, view.epoch(), reason));
        }
    }

    /** This view with one of its members as a learner, which takes a copy if it must. */
    private GroupView withLearner(BrickId brick) {
        Member learner = Check.present(view.member(brick), "%s is no member of %s", brick, view);
        List<Member> members = view.members().stream()
                .filter(member -> !member.equals(learner))
                .toList();
        List<Member> learners = new ArrayList<>(view.learners());
        learners.add(learner);
        return new GroupView(view.epoch(), view.primary(), members, learners, view.lineage());
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
