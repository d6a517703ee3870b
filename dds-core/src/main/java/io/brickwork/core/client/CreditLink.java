package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A link that is up: how many more requests it takes, and who waits for it to take one, first come first served.
 *
 * <p>A request holds a credit until it is answered or the link is lost. A new link is a new object, so an attempt knows
 * whether the link that it was sent over is still there.
 */
final class CreditLink {
    final BrickId brick;
    private int credits;
    /** By call, in the order of arrival. */
    private final LinkedHashMap<Long, PartitionCall> waiting = new LinkedHashMap<>();

    CreditLink(BrickId brick, int credits) {
        this.brick = brick;
        this.credits = credits;
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    boolean hasCredit() {
        return credits > 0;
    }

    void take() {
        credits--;
    }

    void giveBack() {
        credits++;
    }

    int waitingCount() {
        return waiting.size();
    }

    void enqueue(PartitionCall call) {
        waiting.put(call.id, call);
    }

    void remove(PartitionCall call) {
        waiting.remove(call.id);
    }

    /** Takes the first that waits, or null. */
    @Nullable
    PartitionCall poll() {
        Map.Entry<Long, PartitionCall> first = waiting.pollFirstEntry();
        return first == null ? null : first.getValue();
    }
}
