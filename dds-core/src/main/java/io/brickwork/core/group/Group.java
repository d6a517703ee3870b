package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Split;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about one partition's replica group.
 *
 * @param range which record keys it has
 * @param replicas how many members it should have
 * @param minInSync with fewer members nothing is committed
 * @param newest the last view that was decided; pending until it is also the opened one
 * @param newestSlot where in the metadata log it was decided
 * @param opened the last view that was opened, whatever its size; null before the first
 * @param base the last view that was opened with at least {@code minInSync} members: all that anyone was told was
 *     committed is held by each read quorum of them that is intact ({@link GroupRules#mayFound}); null before the first
 * @param split how it is about to be split; null if it is not. While it is split or merged its views take no learners,
 *     unless they are too small to commit anything
 * @param merge with which neighbour it is about to become one; null if with none
 * @param origin what it came of; null if it was there from the beginning
 */
public record Group(
        PartitionId partition,
        KeyRange range,
        int replicas,
        int minInSync,
        GroupView newest,
        long newestSlot,
        @Nullable GroupView opened,
        @Nullable GroupView base,
        @Nullable Split split,
        @Nullable Merge merge,
        @Nullable Origin origin) {
    public Group {
        Check.argument(replicas >= 1 && minInSync >= 1, "%d replicas, at least %d", replicas, minInSync);
    }

    public long openedEpoch() {
        return opened == null ? 0 : opened.epoch();
    }

    public boolean isOpen() {
        return openedEpoch() == newest.epoch();
    }

    public Group withNewest(GroupView view, long slot) {
        return new Group(partition, range, replicas, minInSync, view, slot, opened, base, split, merge, origin);
    }

    /**
     * The newest view counts as if it had been opened, and had enough members: what
     * {@link io.brickwork.core.defence.Defence#BASE_WAS_OPENED} forbids.
     */
    public Group takenForBase() {
        return new Group(
                partition, range, replicas, minInSync, newest, newestSlot, opened, newest, split, merge, origin);
    }

    /** The newest view is open. */
    public Group open(GroupRules rules) {
        // A group that has had three members is asked for two of them from then on; not one that had them in passing.
        int least = Math.max(
                minInSync, rules.minInSync(Math.min(replicas, newest.members().size())));
        boolean isBase = newest.members().size() >= least;
        return new Group(
                partition,
                range,
                replicas,
                least,
                newest,
                newestSlot,
                newest,
                isBase ? newest : base,
                split,
                merge,
                origin);
    }

    /**
     * Another begins, over what its founder holds: that is all that the group has from here on, and so the base,
     * whatever the size.
     */
    public Group founded(GroupView view, long slot) {
        return new Group(partition, range, replicas, minInSync, view, slot, opened, view, split, merge, origin);
    }

    /** It is to become one with a neighbour, or not after all. */
    public Group merging(@Nullable Merge next) {
        return new Group(partition, range, replicas, minInSync, newest, newestSlot, opened, base, split, next, origin);
    }

    /** The neighbour is taken in. */
    public Group absorbing(KeyRange other) {
        return new Group(
                partition,
                range.hull(other),
                replicas,
                minInSync,
                newest,
                newestSlot,
                opened,
                base,
                split,
                null,
                origin);
    }

    /** Whether it gives up everything, and serves nothing. */
    public boolean isLeaving() {
        return merge != null && !merge.absorbs();
    }

    /** Whether its members stay as they are for now, as those must that it is split or merged with. */
    public boolean isSettled() {
        return isOpen() && newest.learners().isEmpty();
    }

    /** Whether it is being split or merged. */
    public boolean isReshaping() {
        return split != null || merge != null;
    }

    /** It is to be split. */
    public Group splitting(Split next) {
        return new Group(partition, range, replicas, minInSync, newest, newestSlot, opened, base, next, merge, origin);
    }

    /** It has been split: what is left to it. */
    public Group keeping(Split done) {
        return new Group(
                partition, done.kept(), replicas, minInSync, newest, newestSlot, opened, base, null, merge, origin);
    }

    /**
     * The group that has come of splitting this one. Whoever had all that was told here has all of that, once it has
     * carried out the split; and whoever served here is waited for as if it had served there.
     *
     * @param version of the entry that split the partition
     * @param first its first view
     */
    public Group child(Split done, Version version, GroupView first, long slot) {
        Origin from = new Origin(partition, version, done.given(), first.epoch());
        return new Group(done.child(), done.given(), replicas, minInSync, first, slot, opened, base, null, null, from);
    }

    /** Whether the base is still the parent's: no view of its own that had enough members has been opened. */
    public boolean isBornOnly() {
        return origin != null && (base == null || base.epoch() < origin.firstEpoch());
    }

    /**
     * Whether a view with so many may be: while the group is split or merged nobody learns but where nothing is
     * committed without. A copy may not begin before and end after.
     */
    public boolean mayHave(int members, int learners) {
        return !isReshaping() || learners == 0 || (members < minInSync && learners == 1);
    }

    /**
     * Those of the learners that a view with these members may have: the others begin when nothing is split or merged
     * any more.
     */
    public List<Member> learners(List<Member> members, List<Member> wanted) {
        return mayHave(members.size(), wanted.size()) ? wanted : List.of();
    }

    /** Whether the brick was a member of the base: what it reports counts for the level of the next view. */
    public boolean isInBase(Member member) {
        return base == null || base.members().stream().anyMatch(member::standsFor);
    }

    /**
     * Whether the group would have to wait for the lease of this brick to end if it stopped now, and need not: it is a
     * member that others could do without, or is being left out.
     */
    public boolean isHandedOverBy(Member member) {
        if (newest.members().contains(member)) {
            return newest.members().size() > minInSync && newest.members().size() > 1;
        }
        GroupView last = opened;
        return !isOpen() && last != null && last.members().contains(member);
    }

    /** Whether the brick is in the group, or holds what only the base holds. */
    public boolean mayNeed(BrickId brick) {
        GroupView last = opened;
        GroupView from = base;
        return newest.holds(brick) || (last != null && last.holds(brick)) || (from != null && from.holds(brick));
    }
}
