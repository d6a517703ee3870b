package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The account of one call's attempts: which are unanswered, and whether any may have taken effect.
 *
 * <p>A call <em>certainly did not happen</em> only if every attempt that may take effect was refused before it was
 * taken (T57). An attempt that was lost with its link counts as one that may yet be executed, for ever: nobody can say
 * that it does not sit in a buffer.
 *
 * <p>If the link to a primary is lost {@value #LINKS_LOST_AT_MOST} times under attempts of the same call, the operation
 * may be what kills its primaries (T45): it is not sent again, only its outcome is asked for.
 */
final class AttemptAccount {
    static final int LINKS_LOST_AT_MOST = 2;

    /** Attempts that were sent, and neither answered nor lost; in the order of sending. */
    private final List<Attempt> outstanding = new ArrayList<>(1);

    private int sent;
    /** Attempts that may take effect and were not refused; those that were lost among them. */
    private int unaccounted;
    /** How often a primary's link was lost with an attempt outstanding that may take effect. */
    private int linksLost;

    private boolean onlyAsks;

    void onSent(Attempt attempt) {
        outstanding.add(attempt);
        sent++;
        if (attempt.mayTakeEffect) {
            unaccounted++;
        }
    }

    /** The attempt was not taken, and never will be. */
    void onRefused(Attempt attempt) {
        drop(attempt);
        if (attempt.mayTakeEffect) {
            unaccounted--;
        }
    }

    /** The attempt is not waited for any longer; it may still take effect. */
    void drop(Attempt attempt) {
        outstanding.remove(attempt);
    }

    /** A link to a primary is lost on which an attempt was outstanding that may take effect. */
    void onLinkLost() {
        linksLost++;
        if (linksLost >= LINKS_LOST_AT_MOST) {
            onlyAsk();
        }
    }

    /** From here on no attempt is sent that may take effect; only the outcome of those that were sent is asked for. */
    void onlyAsk() {
        onlyAsks = true;
    }

    boolean onlyAsks() {
        return onlyAsks;
    }

    /** All attempts that were sent, questions after the outcome included. */
    int sent() {
        return sent;
    }

    boolean hasOutstanding() {
        return !outstanding.isEmpty();
    }

    /** Whether the brick at the other end of the link was asked as the primary of that epoch, and has not answered. */
    boolean isAwaited(CreditLink link, long epoch) {
        for (Attempt attempt : outstanding) {
            if (attempt.link == link && attempt.isAtPrimary && attempt.epoch == epoch) {
                return true;
            }
        }
        return false;
    }

    /**
     * The brick that was asked last and may still answer; null if a link was lost under an attempt, or nobody is asked.
     */
    @Nullable
    BrickId lastAsked() {
        return linksLost > 0 || outstanding.isEmpty() ? null : outstanding.getLast().link.brick;
    }

    /** Whether nothing that was sent can have taken effect, or can yet. */
    boolean isCertainlyNotDone() {
        return unaccounted == 0;
    }

    /** As above; in a simulation that leaves the rule out, lost attempts do not count. */
    boolean isCertainlyNotDone(Defences defences) {
        return isCertainlyNotDone() || (!hasOutstanding() && !defences.has(Defence.COUNT_LOST_ATTEMPTS));
    }
}
