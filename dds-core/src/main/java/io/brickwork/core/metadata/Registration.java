package io.brickwork.core.metadata;

import io.brickwork.core.DiskId;
import io.brickwork.core.group.Incarnation;
import org.jspecify.annotations.Nullable;

/**
 * How a starting brick gets its incarnation. Pure: what the disk holds and what is registered give the next step.
 *
 * <p>The disk keeps two start counters: the last one that was <em>tried</em> and the last one that was
 * <em>confirmed</em>. A brick asks for the registered counter L. If L is one of the two, it forces L + 1 as tried,
 * registers L → L + 1 by compare-and-set, and forces it as confirmed. Whatever else is registered was never this
 * disk's: it is older than the disk, or younger, as when somebody put back an old image; the brick joins as new, with
 * another disk id. A brick that dies between registering and confirming finds its try registered, however often that
 * happens.
 */
public record Registration(DiskId disk, long tried, long confirmed) {
    /** What to do next. */
    public sealed interface Step {
        /** Force these counters to disk, then register. */
        record Register(Registration force, @Nullable Incarnation expected, Incarnation next) implements Step {}

        /** This disk's content is of no use to the cluster: clear it, draw another disk id, and begin again. */
        record JoinAsNew(String reason) implements Step {}
    }

    /** A disk that was never registered. */
    public static Registration fresh(DiskId disk) {
        return new Registration(disk, 0, 0);
    }

    /** @param registered what the metadata log has for this brick; null for nothing */
    public Step next(@Nullable Incarnation registered) {
        boolean isFresh = tried == 0 && confirmed == 0;
        if (registered != null && registered.disk().equals(disk)) {
            long start = registered.start();
            if (start != tried && start != confirmed) {
                return new Step.JoinAsNew("start %d of disk %s is registered; the disk knows of %d, confirmed %d"
                        .formatted(start, disk, tried, confirmed));
            }
            return new Step.Register(new Registration(disk, start + 1, start), registered, registered.next());
        }
        // Nothing, or another disk: this one takes over if it is new itself, or its first try never arrived.
        if (isFresh || (confirmed == 0 && tried == 1)) {
            return new Step.Register(new Registration(disk, 1, 0), registered, new Incarnation(disk, 1));
        }
        return new Step.JoinAsNew("the metadata log knows %s for this brick; the disk is %s, started %d times"
                .formatted(registered, disk, confirmed));
    }

    /** The registration was carried out: to be forced before the brick takes part in anything. */
    public Registration confirmed(Incarnation incarnation) {
        return new Registration(disk, Math.max(tried, incarnation.start()), incarnation.start());
    }
}
