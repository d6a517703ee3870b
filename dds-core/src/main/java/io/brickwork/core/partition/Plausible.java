package io.brickwork.core.partition;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.group.EpochRuns;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.ReplicaMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what other bricks say of a partition before anything of it counts: whether a number can be one, and whether
 * the speaker is the one who can say so in its view. What fails here was made up, or garbled: a replica of ours never
 * says it. A message of another epoch is not looked at closely, since it counts for nothing.
 */
public final class Plausible {
    /** No view is so many epochs ahead of what a brick has learned. */
    public static final long EPOCHS_AHEAD = 1L << 32;

    /** No partition has so many entries: at a million a second, they last for two thousand years. */
    private static final long MAX_SEQ = 1L << 56;

    private Plausible() {}

    /**
     * What cannot be true of the message; null if all of it can.
     *
     * @param rules of the partition's way of replication
     * @param self the replica's brick
     * @param view that the replica has promised to
     * @param group what is known to be decided
     * @param lastSeq the replica's own last entry, if it is the primary of an open view; else -1
     */
    static @Nullable String objection(
            GroupRules rules,
            BrickId self,
            BrickId from,
            ReplicaMessage message,
            @Nullable GroupView view,
            @Nullable Group group,
            long lastSeq) {
        if (greatestSeq(message) > MAX_SEQ) {
            return "%d cannot be the number of an entry: none is above %d".formatted(greatestSeq(message), MAX_SEQ);
        }
        GroupView ours = view != null && view.epoch() == message.epoch() ? view : null;
        return switch (message) {
            case ReplicaMessage.Fence fence -> null; // looked at before it gets to a replica
            case ReplicaMessage.Fetch fetch -> asPrimary(from, message, ours);
            case ReplicaMessage.Level level ->
                first(asPrimary(from, message, ours), entries(level.partition(), ours, level.entries()));
            case ReplicaMessage.Open open -> asPrimary(from, message, ours);
            case ReplicaMessage.Store store -> asSender(rules, self, from, message, ours);
            case ReplicaMessage.Commit commit -> asSender(rules, self, from, message, ours);
            case ReplicaMessage.CopyOffer offer -> asPrimary(from, message, ours);
            case ReplicaMessage.CopyPart part -> null; // taken from whom it was asked only
            case ReplicaMessage.FenceReport report -> report(report);
            case ReplicaMessage.Fetched fetched -> entries(fetched.partition(), ours, fetched.entries());
            case ReplicaMessage.Stored stored ->
                ours != null && lastSeq >= 0
                        ? first(asMember(from, message, ours, group), stored(stored, lastSeq))
                        : null;
            case ReplicaMessage.Passed passed -> first(asMember(from, message, ours, group), passed(passed, lastSeq));
            case ReplicaMessage.Levelled levelled -> asMember(from, message, ours, group);
            case ReplicaMessage.WrongEpoch wrong ->
                first(asMember(from, message, ours, group), ours == null ? null : promised(wrong));
            case ReplicaMessage.Compare compare -> asMember(from, message, ours, group);
            case ReplicaMessage.CopyAsk ask -> asMember(from, message, ours, group);
            // Every member is asked, by one without a lease; and what it knows to be committed is.
            case ReplicaMessage.Committed committed -> asMember(from, message, ours, group);
            case ReplicaMessage.AskCommitted ask -> asMember(from, message, ours, group);
            case ReplicaMessage.RepairAsk ask -> asMember(from, message, ours, group);
            case ReplicaMessage.RepairPart part -> asMember(from, message, ours, group);
            // Among primaries of different partitions, whose views may be news to this brick.
            case ReplicaMessage.MergeAsk ask -> null;
            case ReplicaMessage.MergePart part -> null;
            case ReplicaMessage.AskStand ask -> null;
            case ReplicaMessage.TellStand told -> null;
        };
    }

    private static long greatestSeq(ReplicaMessage message) {
        return switch (message) {
            case ReplicaMessage.FenceReport report -> report.last().seq();
            case ReplicaMessage.Fetch fetch -> fetch.toSeq();
            case ReplicaMessage.Level level -> level.levelSeq();
            case ReplicaMessage.Levelled levelled -> levelled.seq();
            case ReplicaMessage.Open open -> open.levelSeq();
            case ReplicaMessage.Store store ->
                Math.max(store.entry().seq(), Math.max(store.committedSeq(), store.syncedEverywhereSeq()));
            case ReplicaMessage.Stored stored ->
                Math.max(stored.storedSeq(), Math.max(stored.syncedSeq(), stored.committedSeq()));
            case ReplicaMessage.Passed passed ->
                Math.max(passed.storedSeq(), Math.max(passed.passedSeq(), passed.syncedSeq()));
            case ReplicaMessage.Commit commit -> Math.max(commit.committedSeq(), commit.syncedEverywhereSeq());
            case ReplicaMessage.Committed committed -> committed.committedSeq();
            case ReplicaMessage.RepairAsk ask -> ask.appliedSeq();
            case ReplicaMessage.RepairPart part ->
                part.record() == null
                        ? 0
                        : Check.present(part.record(), "record").version().seq();
            case ReplicaMessage.Compare compare -> compare.applied().seq();
            case ReplicaMessage.Fence fence -> 0;
            case ReplicaMessage.Fetched fetched -> 0;
            case ReplicaMessage.WrongEpoch wrong -> 0;
            case ReplicaMessage.AskCommitted ask -> 0;
            case ReplicaMessage.CopyOffer offer -> 0;
            case ReplicaMessage.CopyAsk ask -> 0;
            case ReplicaMessage.CopyPart part -> 0;
            case ReplicaMessage.MergeAsk ask -> 0;
            case ReplicaMessage.MergePart part -> 0;
            case ReplicaMessage.AskStand ask -> 0;
            case ReplicaMessage.TellStand told -> 0;
        };
    }

    private static @Nullable String first(@Nullable String one, @Nullable String other) {
        return one != null ? one : other;
    }

    private static @Nullable String asPrimary(BrickId from, ReplicaMessage message, @Nullable GroupView view) {
        return view == null || view.primary().equals(from)
                ? null
                : "it says %s as if it were the primary of epoch %d, which is %s"
                        .formatted(message.getClass().getSimpleName(), view.epoch(), view.primary());
    }

    /** Who sends entries: the one that the way of replication names, or the primary, which feeds learners itself. */
    private static @Nullable String asSender(
            GroupRules rules, BrickId self, BrickId from, ReplicaMessage message, @Nullable GroupView view) {
        return view != null && from.equals(rules.before(view, self)) ? null : asPrimary(from, message, view);
    }

    /** Who is in the view, or in the one before it, which is fenced by this one. */
    private static @Nullable String asMember(
            BrickId from, ReplicaMessage message, @Nullable GroupView view, @Nullable Group group) {
        GroupView before = group == null ? null : group.opened();
        return view == null || view.holds(from) || (before != null && before.holds(from))
                ? null
                : "it says %s in epoch %d, in which it has no place"
                        .formatted(message.getClass().getSimpleName(), view.epoch());
    }

    private static @Nullable String stored(ReplicaMessage.Stored stored, long lastSeq) {
        return stored.storedSeq() <= lastSeq && stored.committedSeq() <= lastSeq
                ? null
                : "it has stored up to %d, committed up to %d, and there are %d entries"
                        .formatted(stored.storedSeq(), stored.committedSeq(), lastSeq);
    }

    private static @Nullable String passed(ReplicaMessage.Passed passed, long lastSeq) {
        return lastSeq < 0 || (passed.storedSeq() <= lastSeq && passed.passedSeq() <= passed.storedSeq())
                ? null
                : "it has stored up to %d, and all behind it up to %d, and there are %d entries"
                        .formatted(passed.storedSeq(), passed.passedSeq(), lastSeq);
    }

    private static @Nullable String promised(ReplicaMessage.WrongEpoch wrong) {
        return wrong.promisedEpoch() - wrong.epoch() <= EPOCHS_AHEAD
                ? null
                : "epoch %d cannot be promised while %d is open".formatted(wrong.promisedEpoch(), wrong.epoch());
    }

    private static @Nullable String entries(PartitionId partition, @Nullable GroupView view, List<Entry> entries) {
        for (Entry entry : view == null ? List.<Entry>of() : entries) {
            if (view != null
                    && (!entry.partition().equals(partition)
                            || entry.epoch() > view.epoch()
                            || entry.seq() > MAX_SEQ)) {
                return "entry %s of partition %s is not one of epoch %d or before"
                        .formatted(entry.version(), entry.partition(), view.epoch());
            }
        }
        return null;
    }

    private static @Nullable String report(ReplicaMessage.FenceReport report) {
        List<EpochRun> runs = report.runs();
        if (runs.isEmpty()) {
            return "a report without runs of epochs";
        }
        for (int i = 1; i < runs.size(); i++) {
            EpochRun before = runs.get(i - 1);
            EpochRun run = runs.get(i);
            if (before.epoch() > run.epoch() || before.lastSeq() >= run.lastSeq()) {
                return "a report in which %s follows %s".formatted(run, before);
            }
        }
        return EpochRuns.reported(runs).last().equals(report.last())
                ? null
                : "a report of %s whose runs of epochs end in %s".formatted(report.last(), runs.getLast());
    }
}
