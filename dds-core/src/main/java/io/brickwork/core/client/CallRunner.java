package io.brickwork.core.client;

import io.brickwork.core.DdsException;
import io.brickwork.core.outcome.Outcome;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings open calls to their outcomes: has their attempts made, lets them wait where they must, and tells how they
 * ended.
 *
 * <p>A call that cannot go on waits for a number, for a credit of a link, or for a moment; whoever has it go on first
 * ends all its waiting.
 */
final class CallRunner {
    private final Attempts attempts;
    private final CallTable calls;
    private final WindowQueue window;
    private final RetryPauses pauses;
    private final Reasons reasons;
    private final ClientOutbox outbox;
    private final Consumer<TransactionCall> transactions;
    private long nowNanos;
    private @Nullable GivenUp end;

    /** @param transactions makes the next step of a transaction, which sends nothing itself */
    CallRunner(
            Attempts attempts,
            CallTable calls,
            WindowQueue window,
            RetryPauses pauses,
            Reasons reasons,
            ClientOutbox outbox,
            Consumer<TransactionCall> transactions) {
        this.attempts = attempts;
        this.calls = calls;
        this.window = window;
        this.pauses = pauses;
        this.reasons = reasons;
        this.outbox = outbox;
        this.transactions = transactions;
    }

    /** A step begins. */
    void at(long nowNanos) {
        this.nowNanos = nowNanos;
    }

    /** The moment of the step that is under way. */
    long nowNanos() {
        return nowNanos;
    }

    /** The client takes no more calls. That it was closed is the last word. */
    void end(GivenUp cause) {
        if (end == null || !end.isClose()) {
            end = cause;
        }
    }

    /** Why the client takes no more calls; null as long as it does. */
    @Nullable
    GivenUp end() {
        return end;
    }

    // ── attempts ──

    void open(Call call) {
        calls.add(call);
    }

    /** Makes the call's next step, as far as that is possible. */
    void advance(Call call) {
        advance(call, false);
    }

    /** As {@link #advance}; the call has waited for its credit, and may go before those who still wait. */
    void advanceInTurn(Call call) {
        advance(call, true);
    }

    private void advance(Call call, boolean isItsTurn) {
        stopWaiting(call);
        switch (call) {
            case TransactionCall lead -> transactions.accept(lead);
            case PartitionCall one -> attempt(one, isItsTurn);
        }
    }

    private void attempt(PartitionCall call, boolean isItsTurn) {
        switch (attempts.dispatch(call, isItsTurn, nowNanos)) {
            case SENT, WAITS_FOR_CREDIT -> calls.noteDue(call);
            case UNDER_WAY -> {
                call.resend.onDetour(nowNanos);
                calls.noteDue(call);
            }
            case NO_ROOM -> advanceLater(call);
            case NO_LINK -> {
                call.waitsForLink = true;
                advanceLater(call);
            }
        }
    }

    /** Makes the next attempt after a pause, which doubles with each failure. */
    void advanceLater(PartitionCall call) {
        actAfter(call, pauses.beforeNextAttemptNanos(call.nextFailure(), call.refusal()));
    }

    /** Makes the call's next step after a pause. */
    void actAfter(Call call, long pauseNanos) {
        call.actAtNanos = nowNanos + pauseNanos;
        calls.noteDue(call);
    }

    /** An attempt has gone unanswered for long: another brick is asked. The attempt stays in the account. */
    void resend(PartitionCall call) {
        call.resend.stop();
        call.detour();
        if (call.waitsAt == null && call.actAtNanos == Call.NEVER) {
            advance(call);
        }
    }

    private void stopWaiting(Call call) {
        call.actAtNanos = Call.NEVER;
        if (call instanceof PartitionCall one) {
            one.waitsForLink = false;
            if (one.waitsAt != null) {
                one.waitsAt.remove(one);
                one.waitsAt = null;
            }
        }
        window.remove(call);
    }

    // ── numbers ──

    /** The call goes on once it has a number; fails at once if too many wait for one. */
    <C extends Call & Numbered> void number(C call) {
        if (window.hasRoom()) {
            renumber(call);
        } else {
            fail(call, reasons.windowFull(call, nowNanos));
        }
    }

    /** The call goes on once it has a number of another session. */
    <C extends Call & Numbered> void renumber(C call) {
        stopWaiting(call);
        window.add(call);
        admit();
    }

    /** Gives numbers to those who wait for them, as far as there are any. */
    void admit() {
        for (Numbered next = window.admitNext(nowNanos); next != null; next = window.admitNext(nowNanos)) {
            switch (next) {
                case WriteCall write -> advance(write);
                case TransactionCall lead -> advance(lead);
            }
        }
    }

    // ── outcomes ──

    void fail(Call call, DdsException failure) {
        finish(call, new Outcome.Failed(failure));
    }

    /** Ends the call without an answer, with what is certain. */
    void giveUp(PartitionCall call, GivenUp cause) {
        fail(call, reasons.givenUp(call, cause, nowNanos));
    }

    /** Tells the outcome; only then may the low-water mark pass the operation (see {@link Session}). */
    void finish(Call call, Outcome outcome) {
        drop(call);
        switch (call) {
            case TransactionCall lead -> outbox.complete(lead.id, outcome);
            case PartitionCall one -> {
                Coordinator coordinator = one.coordinator;
                if (coordinator == null) {
                    outbox.complete(one.id, outcome);
                }
                one.onTold(outcome instanceof Outcome.Failed failed
                        && failed.failure() instanceof DdsException.UnknownOutcome);
                if (coordinator != null) {
                    coordinator.onAnswered(one, outcome);
                }
            }
        }
        admit();
    }

    /** Ends a call of whose outcome nobody is told here. */
    void drop(Call call) {
        calls.remove(call);
        stopWaiting(call);
        call.markOver();
    }
}
