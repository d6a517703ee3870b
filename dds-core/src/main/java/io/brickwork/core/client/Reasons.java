package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.View;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;

/**
 * The failures that callers are told: what is certain, and why, in words.
 *
 * <p>What ends without an answer is told as "not done" only if that is certain; else as unknown (T57). Changes nothing.
 */
final class Reasons {
    private final Router router;
    private final SessionKeeper keeper;
    private final Defences defences;

    Reasons(Router router, SessionKeeper keeper, Defences defences) {
        this.router = router;
        this.keeper = keeper;
        this.defences = defences;
    }

    /** The client takes no more calls. */
    DdsException noMoreCalls(Failures.Subject subject, GivenUp end) {
        return end.isClose() ? Failures.closed(subject) : Failures.unavailable(subject, end.text(), 0);
    }

    /** A brick has refused the call for good. */
    DdsException refused(Call call, Refusal refusal, long nowNanos) {
        return Failures.refused(call.subject(), call.refusedBy(), refusal, waitedNanos(call, nowNanos));
    }

    /** Nobody tells what became of the operation. */
    DdsException untold(PartitionCall call, Refusal refusal, long nowNanos) {
        OperationId id = operation(call);
        String why = switch (refusal.reason()) {
            case EXPIRED -> "session %s had expired before its outcome was known".formatted(id.session());
            case NEVER_SEEN -> "its primary has not seen it, but an attempt may still be on its way";
            default -> "its primary does not tell (" + refusal.reason() + ": " + refusal.detail() + ")";
        };
        return Failures.unknown(call.subject(), id, why, waitedNanos(call, nowNanos));
    }

    /** The call ends without an answer. */
    DdsException givenUp(PartitionCall call, GivenUp cause, long nowNanos) {
        boolean isNotDone = switch (call) {
            case ReadCall read -> true;
            case WriteCall write -> isCertainlyNotDone(write);
            case VoteCall vote -> isCertainlyNotDone(vote);
            case DecisionCall decision -> isCertainlyNotDone(decision);
            case InquiryCall inquiry -> false;
        };
        return isNotDone ? notDone(call, cause, nowNanos) : unknown(call, cause, nowNanos);
    }

    private boolean isCertainlyNotDone(PartitionCall call) {
        return call.account.isCertainlyNotDone(defences);
    }

    /** What was sent may have taken effect, or may yet. */
    DdsException unknown(PartitionCall call, GivenUp cause, long nowNanos) {
        String why = call instanceof InquiryCall
                ? cause.text() + " before its primary told"
                : cause.text() + ", and " + unanswered(call);
        return Failures.unknown(call.subject(), operation(call), why, waitedNanos(call, nowNanos));
    }

    private static OperationId operation(PartitionCall call) {
        return Check.present(call.operation(), "call %d has no operation id", call.id);
    }

    /** Nothing that was sent can have taken effect. */
    private DdsException notDone(PartitionCall call, GivenUp cause, long nowNanos) {
        if (cause.isClose()) {
            return Failures.closed(call.subject());
        }
        if (cause.isTokenRefused()) {
            return Failures.tokenRefused(call.subject(), cause.text(), waitedNanos(call, nowNanos));
        }
        boolean isAnswered = cause.isDeadline() && !call.account.hasOutstanding();
        Refusal refusal = call.refusal();
        if (isAnswered && refusal != null) {
            return refused(call, refusal, nowNanos);
        }
        if (call instanceof WriteCall write && write.number().isAwaited() && router.view(call.partition()) != null) {
            if (keeper.session() == null) {
                return noSession(call, cause, nowNanos);
            } else if (cause.isDeadline()) {
                return windowFull(call, nowNanos);
            }
        }
        CreditLink waitsAt = call.waitsAt;
        if (isAnswered && waitsAt != null) {
            return Failures.overloaded(
                    call.subject(),
                    "brick " + waitsAt.brick
                            + " has too many unanswered requests of this client to take more; others wait before it",
                    ClientMachine.WAITING_AT_MOST,
                    waitedNanos(call, nowNanos));
        }
        return Failures.unavailable(
                call.subject(), cause.text() + " " + whatItWaitedFor(call), waitedNanos(call, nowNanos));
    }

    private String whatItWaitedFor(PartitionCall call) {
        if (call.account.hasOutstanding()) {
            return "and " + unanswered(call);
        }
        View view = router.view(call.partition());
        if (view == null) {
            return "before any brick could be reached";
        }
        return call instanceof ReadCall
                ? "before any of the bricks %s could be asked".formatted(view.members())
                : "before its primary, brick %s, could be asked".formatted(view.primary());
    }

    private static String unanswered(PartitionCall call) {
        BrickId brick = call.account.lastAsked();
        return brick == null ? "the link was lost over which it was sent" : "brick " + brick + " has not answered";
    }

    private DdsException noSession(Call call, GivenUp cause, long nowNanos) {
        return Failures.unavailable(
                call.subject(), cause.text() + ", and " + keeper.whyNone(), waitedNanos(call, nowNanos));
    }

    /** The session has no room for another operation. */
    DdsException windowFull(Call call, long nowNanos) {
        return Failures.overloaded(
                call.subject(),
                "operations of its session are open",
                Limits.SESSION_WINDOW_OPERATIONS,
                waitedNanos(call, nowNanos));
    }

    // ── transactions ──

    /** The transaction ends while no attempt of it is under way. */
    DdsException notUnderWay(TransactionCall lead, GivenUp cause, long nowNanos) {
        if (cause.isClose()) {
            return Failures.closed(lead.subject());
        }
        if (cause.isTokenRefused()) {
            return Failures.tokenRefused(lead.subject(), cause.text(), waitedNanos(lead, nowNanos));
        }
        Refusal refusal = lead.refusal();
        if (cause.isDeadline() && refusal != null) {
            return refused(lead, refusal, nowNanos);
        }
        if (lead.number().isAwaited() && router.knowsBricks()) {
            if (keeper.session() == null) {
                return noSession(lead, cause, nowNanos);
            } else if (cause.isDeadline()) {
                return windowFull(lead, nowNanos);
            }
        }
        String waitedFor =
                router.knowsBricks() ? "before its partitions could be asked" : "before any brick could be reached";
        return Failures.unavailable(lead.subject(), cause.text() + " " + waitedFor, waitedNanos(lead, nowNanos));
    }

    /** The transaction ends before any of its participants can have committed it. */
    DdsException notCommitted(TransactionCall lead, GivenUp cause, long nowNanos) {
        if (cause.isClose()) {
            return Failures.closed(lead.subject());
        }
        if (cause.isTokenRefused()) {
            return Failures.tokenRefused(lead.subject(), cause.text(), waitedNanos(lead, nowNanos));
        }
        return Failures.unavailable(
                lead.subject(),
                cause.text() + " before all of its partitions had answered",
                waitedNanos(lead, nowNanos));
    }

    /** The transaction ends while its participants may have committed it. */
    DdsException undecided(TransactionCall lead, OperationId id, GivenUp cause, long nowNanos) {
        return Failures.unknown(
                lead.subject(),
                id,
                cause.text() + ", and not all of its partitions have told where they stand",
                waitedNanos(lead, nowNanos));
    }

    /**
     * What a transaction's caller is told. What writes nothing has no effect that could be unknown, whatever becomes of
     * the votes that were asked for.
     */
    Outcome ofTransaction(TransactionCall lead, Outcome outcome, long nowNanos) {
        return outcome instanceof Outcome.Failed(DdsException failure)
                        && lead.transaction.isReadOnly()
                        && !failure.certainlyDidNotHappen()
                ? new Outcome.Failed(Failures.notValidated(lead.subject(), failure, waitedNanos(lead, nowNanos)))
                : outcome;
    }

    private static long waitedNanos(Call call, long nowNanos) {
        return nowNanos - call.startedNanos;
    }
}
