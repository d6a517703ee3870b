package io.brickwork.core.client;

import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.outcome.Failures;

/**
 * What follows the refusal of an attempt: a pure function of the call, of the reason, and of what is known besides.
 *
 * <p>Three rules decide most of it. A call fails as "certainly not done" only if every attempt is accounted for (T57);
 * else its outcome is asked for. A reason that may be different later, or at another brick, is no reason to fail. A
 * pause comes before every further attempt, unless something was learned that makes it likely to succeed.
 */
final class RefusalPolicy {
    /** What to do. */
    enum Verdict {
        /** The call fails with the refusal: it certainly did not happen, or its answer is forgotten. */
        FAIL,
        /** The call fails: nobody can tell any more what became of it, or nobody will. */
        FAIL_AS_UNKNOWN,
        /** From here on only the outcome is asked for, after a pause: other attempts may have been taken. */
        ASK_FOR_OUTCOME,
        /**
         * Another attempt at once, all bricks being worth asking again: a newer view is known than the one that the
         * attempt was sent with.
         */
        AGAIN_NOW,
        /** Another attempt at once, at a member that was not asked in this round. */
        NEXT_MEMBER,
        /** Another attempt after a pause. */
        AGAIN_LATER,
        /** The same operation at the partition that has the key. */
        ELSEWHERE,
        /**
         * As {@link #ELSEWHERE}, but there only the outcome is asked for: the partition has the record of a vote that
         * may have been given before.
         */
        ASK_ELSEWHERE,
        /** A new number, of another session. */
        NEW_SESSION,
        /** All of the transaction begins anew, under a new number. */
        NEW_TRANSACTION
    }

    /**
     * What is known besides the refusal when an attempt is refused.
     *
     * @param isCertainlyNotDone whether nothing that was sent for the call can have taken effect
     * @param isElsewhere whether another partition than the one that was asked has the key
     * @param isMapRepaired whether a newer view of the partition is known than the attempt was sent with
     * @param hasUntriedMember of a read: whether a member can be asked that was not asked in this round
     * @param isCorruptEverywhere of a read: whether every member has said that the record is corrupt
     */
    record Known(
            boolean isCertainlyNotDone,
            boolean isElsewhere,
            boolean isMapRepaired,
            boolean hasUntriedMember,
            boolean isCorruptEverywhere) {}

    private RefusalPolicy() {}

    static Verdict verdict(PartitionCall call, Reason reason, Known known) {
        return switch (call) {
            case ReadCall read -> ofRead(read, reason, known);
            case WriteCall write -> ofWrite(write, reason, known);
            case VoteCall vote -> ofVote(vote, reason, known);
            case DecisionCall decision -> ofDecision(reason, known);
            case InquiryCall inquiry -> ofInquiry(reason, known);
        };
    }

    private static Verdict ofRead(ReadCall read, Reason reason, Known known) {
        if (read.coordinator != null && isNothingForTransaction(reason, known)) {
            return Verdict.NEW_TRANSACTION;
        }
        if (known.isElsewhere) {
            return Verdict.ELSEWHERE;
        }
        if (Failures.isFinal(reason, true)) {
            return Verdict.FAIL;
        }
        if (known.isMapRepaired) {
            return Verdict.AGAIN_NOW;
        }
        if (known.hasUntriedMember) {
            return Verdict.NEXT_MEMBER;
        }
        return known.isCorruptEverywhere ? Verdict.FAIL : Verdict.AGAIN_LATER;
    }

    private static Verdict ofWrite(WriteCall write, Reason reason, Known known) {
        if (write.coordinator != null && isNothingForTransaction(reason, known)) {
            return Verdict.NEW_TRANSACTION;
        }
        if (known.isElsewhere) {
            return Verdict.ELSEWHERE;
        }
        if (reason == Reason.EXPIRED) {
            return known.isCertainlyNotDone && !write.account.onlyAsks()
                    ? Verdict.NEW_SESSION
                    : Verdict.FAIL_AS_UNKNOWN;
        }
        return ofEffect(write, reason, known);
    }

    private static Verdict ofVote(VoteCall vote, Reason reason, Known known) {
        if (isNothingForTransaction(reason, known)) {
            return Verdict.NEW_TRANSACTION;
        }
        if (known.isElsewhere) {
            return Verdict.ASK_ELSEWHERE;
        }
        return reason == Reason.EXPIRED ? Verdict.FAIL_AS_UNKNOWN : ofEffect(vote, reason, known);
    }

    /** Of a call that has an effect, at the partition that has its key, in a session that is open. */
    private static Verdict ofEffect(PartitionCall call, Reason reason, Known known) {
        if (reason == Reason.FORGOTTEN) {
            return Verdict.FAIL;
        }
        if (call.account.onlyAsks()) {
            Verdict untold = reason == Reason.FORBIDDEN ? Verdict.FAIL_AS_UNKNOWN : Verdict.AGAIN_LATER;
            return known.isCertainlyNotDone ? Verdict.FAIL : untold;
        }
        if (Failures.isFinal(reason, false)) {
            return known.isCertainlyNotDone ? Verdict.FAIL : Verdict.ASK_FOR_OUTCOME;
        }
        return known.isMapRepaired ? Verdict.AGAIN_NOW : Verdict.AGAIN_LATER;
    }

    /** A participant is told until it has acknowledged, or has nothing left to be told of. */
    private static Verdict ofDecision(Reason reason, Known known) {
        if (known.isElsewhere) {
            return Verdict.ELSEWHERE;
        }
        return switch (reason) {
            case EXPIRED, FORBIDDEN -> Verdict.FAIL_AS_UNKNOWN;
            case FORGOTTEN -> Verdict.FAIL;
            default -> Verdict.AGAIN_LATER;
        };
    }

    /** That a primary has never seen the operation proves nothing, since an attempt may still sit in a buffer. */
    private static Verdict ofInquiry(Reason reason, Known known) {
        if (known.isElsewhere) {
            return Verdict.ELSEWHERE;
        }
        if (reason == Reason.FORGOTTEN) {
            return Verdict.FAIL;
        }
        return Failures.isFinal(reason, false) ? Verdict.FAIL_AS_UNKNOWN : Verdict.AGAIN_LATER;
    }

    /**
     * Whether nothing came of a question of a transaction, for a reason that has nothing to do with what the
     * transaction compares.
     */
    private static boolean isNothingForTransaction(Reason reason, Known known) {
        boolean isMoved = known.isElsewhere || reason == Reason.WRONG_PARTITION;
        return known.isCertainlyNotDone && (isMoved || reason == Reason.EXPIRED || reason == Reason.NOT_YET);
    }
}
