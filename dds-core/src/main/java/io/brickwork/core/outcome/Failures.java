package io.brickwork.core.outcome;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong, in the words of whoever called: which operation, on what, where, why, and the way out.
 *
 * <p>The one place that decides which {@link DdsException} a refusal means. It does not decide <em>whether</em> an
 * operation certainly did not happen: the caller of {@link #refused} has made sure of that.
 */
public final class Failures {
    private static final long NANOS_A_MILLI = 1_000_000;

    private Failures() {}

    /**
     * Every attempt of the operation was refused before it was taken; the last refusal says why.
     *
     * @param waitedNanos from the call until it was given up
     */
    public static DdsException refused(Subject subject, BrickId by, Refusal refusal, long waitedNanos) {
        String what = "%s was not done: brick %s refused it%s".formatted(subject, by, afterWaiting(waitedNanos));
        return switch (refusal.reason()) {
            case NOT_YET ->
                new DdsException.Conflict(
                        "%s, since it was the turn of others%s; try again".formatted(what, detail(refusal)));
            case LOCKED ->
                new DdsException.Unavailable(
                        "%s, since a transaction has locked what it needs%s; it is free as soon as all of that one's groups can be asked"
                                .formatted(what, detail(refusal)));
            case CONFLICT ->
                new DdsException.Conflict(
                        "%s, since it conflicts with others%s; try again".formatted(what, detail(refusal)));
            case NOT_OPEN, NOT_PRIMARY, WRONG_EPOCH, SPLITTING ->
                new DdsException.Unavailable(
                        "%s, since the partition has no open view there%s; it opens when all its members answer, so look whether they run"
                                .formatted(what, detail(refusal)));
            case WRONG_PARTITION ->
                new DdsException.Unavailable(
                        "%s, since it does not hold that partition%s; try again if the structure has just been created"
                                .formatted(what, detail(refusal)));
            case HALTED ->
                new DdsException.Unavailable("%s, since it has halted%s; see its log".formatted(what, detail(refusal)));
            case OVERLOADED ->
                new DdsException.Overloaded("%s, since too much is under way there%s; send less at a time, or try again"
                        .formatted(what, detail(refusal)));
            case NO_SPACE ->
                new DdsException.Overloaded(
                        "%s, since a member's disk is too full%s; deletes still work, or give it more room"
                                .formatted(what, detail(refusal)));
            case WINDOW ->
                new DdsException.Overloaded(
                        "%s, since too many operations of its session are open%s; send less at a time"
                                .formatted(what, detail(refusal)));
            case CORRUPT ->
                new DdsException.Corrupted(
                        "%s, since a record it needs is corrupt%s; what it held is unknown, not absent"
                                .formatted(what, detail(refusal)));
            case REPAIRING ->
                new DdsException.Corrupted(
                        "%s, since a record it needs is corrupt and no other member has given it again%s; what it held is unknown, not absent"
                                .formatted(what, detail(refusal)));
            case FAILED ->
                new DdsException.Conflict(
                        "%s, since it failed while it was evaluated%s".formatted(what, detail(refusal)));
            case MALFORMED ->
                new DdsException.Conflict(
                        "%s, since it makes no sense to it%s; do client and brick have the same version?"
                                .formatted(what, detail(refusal)));
            case TOO_LARGE ->
                new DdsException.Conflict("%s, since what it makes is too large%s".formatted(what, detail(refusal)));
            case FORGOTTEN ->
                new DdsException.Forgotten(
                        "%s: brick %s has forgotten the operation%s: it was answered long ago, and the answer is gone"
                                .formatted(subject, by, detail(refusal)));
            case EXPIRED, SESSION_UNKNOWN ->
                new DdsException.Unavailable(
                        "%s, since its session is not open there%s; try again".formatted(what, detail(refusal)));
            case FORBIDDEN -> new DdsException.Forbidden("%s: %s".formatted(what, refusal.detail()));
            case NEVER_SEEN ->
                new DdsException.Unavailable("%s, since it has never seen it%s".formatted(what, detail(refusal)));
        };
    }

    /** The operation was evaluated, and a refusal of it is stored. */
    public static DdsException rejected(Subject subject, Bytes reason) {
        return new DdsException.Conflict(
                "%s was rejected, and changed nothing: %s".formatted(subject, reason.toUtf8()));
    }

    /** What a transaction compares is not so, or others were in its way; it changed nothing. */
    public static DdsException conflict(Subject subject, String what) {
        return new DdsException.Conflict(
                "%s was not done, and changed nothing: %s; try again".formatted(subject, what));
    }

    /** A transaction spans more partitions than one may. */
    public static DdsException tooManyParticipants(Subject subject, int partitions, int limit) {
        return new DdsException.Overloaded(
                "%s was not sent: it concerns %d partitions (at most %d); make several transactions of it"
                        .formatted(subject, partitions, limit));
    }

    /** No brick that may answer could be reached in time, or none answered a read. */
    public static DdsException unavailable(Subject subject, String why, long waitedNanos) {
        return new DdsException.Unavailable("%s was not done%s: %s".formatted(subject, afterWaiting(waitedNanos), why));
    }

    /** The bricks do not take the client's token any more, and nothing that was sent can have taken effect. */
    public static DdsException tokenRefused(Subject subject, String why, long waitedNanos) {
        return new DdsException.Forbidden("%s was not done%s: %s; connect with a token that the bricks' tokens file has"
                .formatted(subject, afterWaiting(waitedNanos), why));
    }

    /** A transaction that writes nothing does not know whether what it has read was so at one moment. */
    public static DdsException notValidated(Subject subject, DdsException why, long waitedNanos) {
        return new DdsException.Unavailable(
                "%s was not done%s: it changes nothing, and not all of its partitions have told whether what it has read is still so; try again"
                        .formatted(subject, afterWaiting(waitedNanos)),
                why);
    }

    /** A bound of the client itself kept the operation from being sent. */
    public static DdsException overloaded(Subject subject, String bound, long limit, long waitedNanos) {
        return new DdsException.Overloaded(
                "%s was not sent%s: %s (at most %,d); send less at a time, or allow more time"
                        .formatted(subject, afterWaiting(waitedNanos), bound, limit));
    }

    /** An attempt is unaccounted for. */
    public static DdsException unknown(Subject subject, OperationId id, String why, long waitedNanos) {
        return new DdsException.UnknownOutcome(
                "%s may or may not have been done, or may yet be%s: %s; ask for the outcome of operation %s, or read what it should have changed"
                        .formatted(subject, afterWaiting(waitedNanos), why, id),
                id);
    }

    /** The client was closed before any brick could have taken the operation. */
    public static DdsException closed(Subject subject) {
        return new DdsException.Closed("%s was not done: the client is closed".formatted(subject));
    }

    /** Nobody here remembers the operation. */
    public static DdsException forgotten(OperationId id) {
        return new DdsException.Forgotten(
                "operation %s is not one of this client whose outcome is unknown: it was told, given up after many later ones, or is another client's"
                        .formatted(id));
    }

    private static String afterWaiting(long waitedNanos) {
        return " after " + waitedNanos / NANOS_A_MILLI + " ms";
    }

    private static String detail(Refusal refusal) {
        return refusal.detail().isEmpty() ? "" : " (" + refusal.reason() + ": " + refusal.detail() + ")";
    }

    /**
     * What a message is about.
     *
     * @param operation such as {@code "put"}
     * @param structure what the user called it
     * @param partition null as long as it is not known
     */
    public record Subject(String operation, String structure, io.brickwork.core.@Nullable PartitionId partition) {
        @Override
        public String toString() {
            return partition == null
                    ? "'%s' on '%s'".formatted(operation, structure)
                    : "'%s' on '%s' (partition %s)".formatted(operation, structure, partition);
        }
    }

    /** Whether this reason, told by one member, may be different at another one, or later. */
    public static boolean isFinal(Reason reason, boolean read) {
        return reason == Reason.CORRUPT ? !read : !reason.isWorthRetrying();
    }
}
