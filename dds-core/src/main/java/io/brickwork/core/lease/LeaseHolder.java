package io.brickwork.core.lease;

import io.brickwork.core.DiskId;
import io.brickwork.core.Drift;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.message.LeaseMessage;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The lease of one brick, as it holds it itself.
 *
 * <p>A lease counts from when its renewal was <em>sent</em>, less what clocks may differ, on a monotonic clock that
 * goes on while a machine is suspended. It is void until the brick has carried out the slot that the grant names.
 */
public final class LeaseHolder {
    /** How often a lease is to be renewed while it lasts. */
    public static final int RENEWALS_PER_TERM = 4;

    private static final int KEPT_RENEWALS = 8;

    private record Sent(long number, long nanos) {}

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

    /** Whether it is time to renew leases that last so long. */
    public boolean isDue(long termNanos, long nowNanos) {
        return sent.isEmpty() || nowNanos - sent.getLast().nanos >= termNanos / RENEWALS_PER_TERM;
    }

    /** The next renewal, to be sent at once. */
    public LeaseMessage.Renew renew(long nowNanos) {
        sent.addLast(new Sent(++lastNumber, nowNanos));
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
        return current == null || since.nanos + durationNanos - (current.since.nanos + current.durationNanos) > 0;
    }

    /**
     * Until when the lease lasts, exclusive: what the shell looks at once more when it carries out an answer. A past
     * moment if there is none.
     */
    public long endNanos(long nowNanos) {
        Held current = held;
        return current == null
                ? nowNanos - 1
                : current.since.nanos + current.durationNanos - Drift.bound(current.durationNanos);
    }

    /**
     * Whether the brick may answer by itself at this moment.
     *
     * @param slot up to which the brick has carried out the metadata log
     */
    public boolean isValid(long nowNanos, long slot) {
        Held current = held;
        return current != null && slot >= current.neededSlot && nowNanos - endNanos(nowNanos) < 0;
    }
}
