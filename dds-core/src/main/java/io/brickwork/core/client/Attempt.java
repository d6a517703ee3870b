package io.brickwork.core.client;

/** One request that was sent for a call: named by its ticket, which is used once. */
final class Attempt {
    final long ticket;
    final PartitionCall call;
    final CreditLink link;
    /** Whether the request may change something. */
    final boolean mayTakeEffect;
    /** Whether the brick was taken for the partition's primary, and not only asked who that is. */
    final boolean isAtPrimary;
    /** The epoch that the request was sent with. */
    final long epoch;

    Attempt(long ticket, PartitionCall call, CreditLink link, boolean mayTakeEffect, boolean isAtPrimary, long epoch) {
        this.ticket = ticket;
        this.call = call;
        this.link = link;
        this.mayTakeEffect = mayTakeEffect;
        this.isAtPrimary = isAtPrimary;
        this.epoch = epoch;
    }
}
