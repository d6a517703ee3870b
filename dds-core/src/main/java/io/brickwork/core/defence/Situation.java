package io.brickwork.core.defence;

/**
 * A rare situation that the protocols provide for: the code says when it is in one, and simulations count it, to know
 * what their runs have tried.
 *
 * <p>That of a rule ({@link Defence}) is counted with the rule itself.
 */
public enum Situation {
    // ---- views

    /** A member outside of the base reports more than the level of the new view, and what it has beyond is cut. */
    REPORT_ABOVE_LEVEL,
    /** The primary of a new view lacks entries that another member has, and fetches them. */
    LEVEL_FETCHED,
    /** A write or sync ends of an entry that was cut meanwhile, and whose number another entry has. */
    NUMBER_USED_AGAIN,

    // ---- sessions

    /** A session is over while a view is open that is not the newest: its primary must not forget the session. */
    EXPIRY_IN_OLD_VIEW,
    /** A client learns that its session is over while an attempt is unaccounted for. */
    EXPIRY_WITH_OPEN_ATTEMPT,

    // ---- transactions

    /** A participant is asked about a transaction in a view that is not the newest. */
    ASKED_IN_OLD_VIEW,
    /** A participant asks about a yes whose outcome it has not heard of for long. */
    OUTCOME_ASKED_FOR,
    /** A commit is left behind by a session that is over, and the other participants are asked whether they have it. */
    COMMIT_LEFT_BEHIND,

    // ---- copies

    /** A record is asked for, to mend a corrupt one, of a replica that has not applied as much as the one that asks. */
    REPAIR_ASKED_OF_LAGGARD,
    /**
     * The content of a partition that is merged has versions of a higher epoch than the view of the one that takes it
     * in.
     */
    MERGED_FROM_HIGHER_EPOCH,

    // ---- metadata log

    /** The members that promise a ballot have voted for different values of one slot. */
    TWO_VALUES_FOR_SLOT,
}
