package io.brickwork.core.lease;

import io.brickwork.core.DiskId;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.metadata.Incarnation;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The lease of one brick, as it holds it itself.
 *
 * <p>A lease counts from when its renewal was <em>sent</em>, on the monotonic clock, less what clocks may differ. It is void if the clock that goes on while a machine is suspended ran ahead of the
 * monotonic one since: a suspended machine wakes with a monotonic clock that stood still. And it is void until the brick has carried out the slot that the grant names.
 */
public final class LeaseHolder {
    /** How often a lease is to be renewed, in nanoseconds. */
    public static final long RENEW_NANOS = 500_000_000;

    /** By how much the other clock may run ahead in a term: what it is set by, and what reading both takes. */
    private static final long STEP_NANOS = 50_000_000;

    private static final int KEPT_RENEWALS = 8;

    private record Sent(long number, long monotonicNanos, long bootNanos) {}

    private record Held(Sent since, long durationNanos, long neededSlot) {}

    private final DiskId disk;
    private final long start;
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private long lastNumber;
    private boolean isDeparting;
    private @Nullable Held held;

    public LeaseHolder(Incarnation incarnation) {
        this.disk = incarnation.disk();
        this.start = incarnation.start();
    }

    /** Renewals from here on say that the brick is about to stop. The next one is due at once. */
    public void depart() {
        isDeparting = true;
        sent.clear();
    }

    /** Whether it is time to renew. */
    public boolean isDue(long nowNanos) {
        return sent.isEmpty() || nowNanos - sent.getLast().monotonicNanos >= RENEW_NANOS;
    }

    /**
     * The next renewal, to be sent at once.
     *
     * @param bootNanos what a clock shows that goes on while the machine is suspended: boot time, or wall time
     */
    public LeaseMessage.Renew renew(long nowNanos, long bootNanos) {
        sent.addLast(new Sent(++lastNumber, nowNanos, bootNanos));
        if (sent.size() > KEPT_RENEWALS) {
            sent.removeFirst();
        }
        return new LeaseMessage.Renew(lastNumber, disk, start, isDeparting);
    }

    public void onGrant(LeaseMessage.Grant grant) {
        for (Sent one : sent) {
            if (one.number == grant.number() && isLater(one, grant.durationNanos())) {
                held = new Held(one, grant.durationNanos(), grant.neededSlot());
                return;
            }
        }
    }

    private boolean isLater(Sent since, long durationNanos) {
        Held current = held;
        return current == null
                || since.monotonicNanos + durationNanos - (current.since.monotonicNanos + current.durationNanos) > 0;
    }

    /**
     * Until when the lease lasts on the monotonic clock, exclusive: what the shell looks at once more when it carries out an answer. A past moment if there is none.
     */
    public long endNanos(long nowNanos) {
        Held current = held;
        return current == null
                ? nowNanos - 1
                : current.since.monotonicNanos + current.durationNanos - Drift.bound(current.durationNanos);
    }

    /**
     * Whether the brick may answer by itself at this moment.
     *
     * @param bootNanos as in {@link #renew}
     * @param slot up to which the brick has carried out the metadata log
     */
    public boolean isValid(long nowNanos, long bootNanos, long slot) {
        Held current = held;
        if (current == null || slot < current.neededSlot || nowNanos - endNanos(nowNanos) >= 0) {
            return false;
        }
        long monotonic = nowNanos - current.since.monotonicNanos;
        long boot = bootNanos - current.since.bootNanos;
        return boot - monotonic <= STEP_NANOS;
    }
}
