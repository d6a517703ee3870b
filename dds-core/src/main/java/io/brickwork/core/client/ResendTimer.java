package io.brickwork.core.client;

/**
 * When a call stops waiting for an answer and makes another attempt.
 *
 * <pre>
 * sent to the primary    → other bricks are asked after FIRST_NANOS, then every DETOUR_NANOS, whether there is another
 *                          primary; the same one is left alone for a time that doubles with each request to it
 * sent to another brick  → the next one is asked after DETOUR_NANOS
 * a read                 → the next member is asked after a time that doubles
 * </pre>
 */
final class ResendTimer {
    static final long FIRST_NANOS = 1_000_000_000;
    static final long AT_MOST_NANOS = 10_000_000_000L;
    static final long DETOUR_NANOS = 500_000_000;

    private long dueNanos = Call.NEVER;
    /** How long the next brick that can answer is left alone. */
    private long patienceNanos = FIRST_NANOS;
    /** Until when the primary that was asked is not asked again. */
    private long leftAloneUntilNanos;

    /** When to make another attempt; {@link Call#NEVER} if nothing is awaited. */
    long dueNanos() {
        return dueNanos;
    }

    /** A read was sent to a member. */
    void onAskedMember(long nowNanos) {
        dueNanos = nowNanos + patienceNanos;
        backOff();
    }

    /** The primary was asked. */
    void onAskedPrimary(long nowNanos) {
        leftAloneUntilNanos = nowNanos + patienceNanos;
        dueNanos = nowNanos + FIRST_NANOS;
        backOff();
    }

    /** Another brick than the primary was asked, or there was none to ask. */
    void onDetour(long nowNanos) {
        dueNanos = nowNanos + DETOUR_NANOS;
    }

    private void backOff() {
        patienceNanos = Math.min(2 * patienceNanos, AT_MOST_NANOS);
    }

    /** Whether the primary that was asked still has time to answer. */
    boolean leavesAlone(long nowNanos) {
        return nowNanos < leftAloneUntilNanos;
    }

    /** Nothing is awaited. */
    void stop() {
        dueNanos = Call.NEVER;
    }
}
