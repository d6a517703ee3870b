package io.brickwork.client.call;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A queue from many threads to one that takes everything at once.
 *
 * <p>The nodes form a stack that the taker reverses, so handing over costs one compare-and-set and no allocation, and
 * whoever finds it empty knows that the taker must be woken: once for each burst.
 */
final class Inbox {
    /** What can be handed over, once. */
    abstract static class Node {
        private @Nullable Node next;

        /** The one that was handed over after this one, among those taken together; null for the last. */
        @Nullable
        Node next() {
            return next;
        }
    }

    private final AtomicReference<@Nullable Node> newest = new AtomicReference<>();

    /** Any thread. Says whether the inbox was empty: then the taker must be told. */
    boolean push(Node node) {
        Node top;
        do {
            top = newest.get();
            node.next = top;
        } while (!newest.compareAndSet(top, node));
        return top == null;
    }

    /** Takes everything; gives the first, from which the others follow in the order of their hand-over. */
    @Nullable
    Node takeAll() {
        Node rest = newest.getAndSet(null);
        Node first = null;
        while (rest != null) {
            Node older = rest.next;
            rest.next = first;
            first = rest;
            rest = older;
        }
        return first;
    }
}
