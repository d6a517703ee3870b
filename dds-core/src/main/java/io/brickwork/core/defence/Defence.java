package io.brickwork.core.defence;

/**
 * A rule of the protocols that a simulation can leave out, to show that the lack is noticed: each stands for a bug that
 * somebody has made, here or elsewhere. The code asks for it at the line that implements the rule.
 *
 * <p>At most 64.
 */
public enum Defence {
    // ---- commit

    /**
     * An entry is committed only when every member has stored it. Else a crash of the few that have it loses what was
     * acknowledged (T1, T2; Gribble 2000 §4.1).
     */
    COMMIT_WHEN_ALL_HAVE_STORED,
    /**
     * The primary waits for its own write or sync too. Else it answers, forgets, and gives the number to another
     * operation (T50).
     */
    COMMIT_WHEN_STORED_HERE,
    /**
     * A member acknowledges what is stored as durably as the structure asks, not what it has merely received. Else "all
     * have stored it" is not true.
     */
    ACKNOWLEDGE_ONLY_STORED,
    /**
     * A retry that finds its entry under way waits until that is committed. Else it is told of a result that a crash
     * takes back.
     */
    ANSWER_ONLY_COMMITTED,
    /**
     * A member takes entries and commits of its own epoch only. Else a message of a primary that was deposed, or of an
     * abandoned view, ends up among the entries of the next (T6).
     */
    REFUSE_OTHER_EPOCHS,
    /** An entry is stored only behind its predecessor. Else the member with the longest log has a hole (T52). */
    STORE_WITHOUT_GAPS,
    /**
     * A write is evaluated against everything that precedes it, committed or not. Else two conditional writes both see
     * the state before the first.
     */
    EVALUATE_AGAINST_NEWEST,

    // ---- chains

    /**
     * A member of a chain sends on what it has stored, not what it has merely received. Else what the tail has stored
     * is not with all before it, and counts (van Renesse and Schneider 2004 §3).
     */
    FORWARD_ONLY_STORED,
    /**
     * A member passes back what all behind it have stored, not what it has itself. Else the head answers for what the
     * tail may never get.
     */
    PASS_BACK_WHAT_ALL_HAVE,

    // ---- metadata log

    /**
     * A member of the metadata log answers with a promise or a vote when that is synced. Else it votes otherwise after
     * a loss of power, and two values are chosen for one slot (Lamport 2001 §2.2).
     */
    SYNC_PAXOS_ANSWERS,
    /**
     * Of the votes that a majority tells of for a slot, a new leader takes that of the highest ballot. Else it replaces
     * a value that was chosen (Lamport 2001 §2.2, phase 2a).
     */
    TAKE_HIGHEST_BALLOT,
    /**
     * A new leader lets no view open until the leases that its predecessors may have granted are over. Else who was
     * left out answers reads beside the new view (T25; Gray and Cheriton 1989).
     */
    WAIT_OUT_FORMER_LEADERS,

    // ---- exactly once

    /**
     * The primary remembers the completion records of what it has ordered. Else a retry executes twice (T26; RIFL, Lee
     * et al. 2015 §3).
     */
    REMEMBER_COMPLETIONS,
    /**
     * A new view starts with the completion records of the table. Else a retry executes twice if a view change comes
     * between (T27).
     */
    INHERIT_COMPLETIONS,
    /**
     * An operation that could have had an effect leaves a record even if it had none. Else a late duplicate finds
     * another state, and has one (T69).
     */
    RECORD_WITHOUT_EFFECT,
    /**
     * An answer ends the attempt whose ticket it carries. Else one that comes out of turn passes for the answer to
     * another request (T12).
     */
    MATCH_TICKETS,
    /**
     * A client counts an attempt that was lost with its link as one that may yet be executed. Else it tells "did not
     * happen" of what then does (T57).
     */
    COUNT_LOST_ATTEMPTS,
    /**
     * What lies below its session's low-water mark is not executed, though nobody has a record of it any more. Else a
     * duplicate that comes very late executes twice (T26, T57).
     */
    REFUSE_FORGOTTEN,

    /**
     * No operation of a session that is over is executed: its completion records are gone. Else a client that wakes up
     * late has a write done twice (T29).
     */
    REFUSE_EXPIRED,

    /**
     * A session is forgotten only in the newest view. Else a later view, which has not heard of the end, executes what
     * was forgotten (T29).
     */
    FORGET_IN_NEWEST_VIEW,
    /** A brick takes nothing of a session that it has not learned of. Else it may be one that is over. */
    KNOW_SESSION,

    // ---- reads

    /**
     * A member that meets a dirty record asks the primary. Else it returns the old value after another returned the new
     * one (T9; Terrace and Freedman 2009 §2.3).
     */
    ASK_ABOUT_DIRTY,
    /**
     * A read sees nothing that is not committed. Else it returns a value that a crash makes never to have been (T2).
     */
    READ_ONLY_COMMITTED,
    /** A replica answers reads only in an open view. Else one that lost its latest entries answers without them. */
    READ_IN_OPEN_VIEW,
    /**
     * A snapshot of the table is renewed with each turn, and when entries leave the overlay. Else they are in neither
     * of the two that a read searches (T59).
     */
    RENEW_SNAPSHOT,
    /**
     * A member without a lease asks the others whether its view is still the newest. Else one that is cut off answers
     * with what was (T10; Gray and Cheriton 1989).
     */
    READ_UNDER_LEASE,

    /**
     * A view opens only when nobody whom it leaves out can hold a lease. Else that one answers reads as if it were a
     * member (T10, T25).
     */
    WAIT_OUT_LEASES,

    // ---- views

    /**
     * A view is served only once the metadata log records that it is open. Else it may be replaced by one that does not
     * know what was committed in it (T23, T49).
     */
    SERVE_WHAT_IS_RECORDED,
    /**
     * What counts as all that anyone was told is what a view has that was opened, with {@code minInSync} members. Else
     * one that was only decided stands for the group, and whoever was promoted in it, without the rest (T49, T77).
     */
    BASE_WAS_OPENED,
    /**
     * A member says what it has when its promise is synced. Else after a loss of power it takes entries of the view
     * that it had promised to leave (T71).
     */
    REPORT_WHEN_PROMISE_SYNCED,
    /**
     * A member that has cut its log says how far it has stored when the cut is synced. Else a crash brings back what
     * counted as replaced.
     */
    ANSWER_WHEN_CUT_SYNCED,
    /**
     * Each start of a brick is another incarnation, which no earlier view names. Else a primary gives numbers again
     * that it has used, and what a member has forgotten counts as stored (T50).
     */
    COUNT_STARTS,
    /** A promise is written anew before its segment is given up. Else it is forgotten at the next start (T71). */
    RENEW_PROMISES,
    /**
     * The level of a view is the greatest report. Else what the primary has lost is cut from those who have it (T22;
     * Liskov and Cowling 2012 §4.2).
     */
    TAKE_GREATEST_REPORT,
    /**
     * A view opens when all members are level. Else the primary serves, and a member never gets the entries that it
     * lacks (T22).
     */
    OPEN_WHEN_ALL_ARE_LEVEL,
    /**
     * A view with fewer members than {@code minInSync} commits nothing. Else what it acknowledges has one copy, and is
     * gone with one disk (T14, T54).
     */
    COMMIT_WITH_MIN_IN_SYNC,
    /**
     * A member that the primary does not reach is left out, though the leader of the metadata log hears it. Else
     * nothing is ever written again (T24).
     */
    LEAVE_OUT_THE_SILENT,
    /**
     * A brick whose disk does not know of its latest start joins as new. Else an old image votes as if it had what it
     * acknowledged since (T20).
     */
    JOIN_AS_NEW,

    // ---- recovery

    /**
     * A learner says in each epoch what it has, and cuts what the group has not. Else entries that only a dead primary
     * knew are taken for the group's (T21, T67).
     */
    LEARNER_SHAKES_HANDS,
    /** A copy counts when its last chunk is in. Else what has holes is promoted (T64, T73). */
    COPY_COUNTS_WHEN_WHOLE,
    /**
     * A copy is followed up from where its first chunk was, not its last. Else what changed in the earlier chunks
     * meanwhile is missing (T15, T73).
     */
    FOLLOW_FROM_FIRST_CHUNK,

    /** A learner becomes a member when it has what the members have. Else the view counts a copy that is none. */
    PROMOTE_WHEN_LEVEL,
    /** The log is kept as far back as a learner needs it. Else the learner never gets level, or has a hole. */
    KEEP_LOG_FOR_LEARNERS,

    // ---- split

    /**
     * A partition serves nothing of what it has given away from the moment at which the split is stored. Else a key is
     * in two partitions, the old one and the new (T31, T32).
     */
    SPLIT_WHEN_STORED,
    /**
     * The child has the completion records of its parent. Else a retry executes twice if a split comes between (T27).
     */
    SPLIT_WITH_COMPLETIONS,
    /**
     * Nobody has a replica of the child who has yet to carry out the split of the parent. Else an empty one stands for
     * all that the parent had (T32).
     */
    SPLIT_BEFORE_CHILD,
    /**
     * A partition that is to be merged into another serves nothing from the moment at which it has given up everything.
     * Else a key is in two partitions (T32).
     */
    MERGE_WHEN_CLOSED,
    /**
     * What is merged into a partition is of lower epochs than all that is written there afterwards. Else a record's
     * version goes back, and a transaction that compared it takes a change for none.
     */
    MERGE_INTO_HIGHER_EPOCH,
    /**
     * What is merged into a partition is put into a table when nothing of the other one is there any more. Else it is
     * removed together with that (T32).
     */
    MERGE_WHEN_GONE,

    // ---- transactions

    /**
     * What a transaction has locked is not written by others, nor is what it has compared. Else two that compare what
     * the other writes both commit, or a range gets a record that was seen not to be there (T34, T55).
     */
    WRITE_WHAT_IS_FREE,
    /**
     * Who reads what a transaction is about to write waits for its outcome. Else it sees half of one that is committed
     * (T13).
     */
    READ_WHAT_IS_FREE,
    /** A transaction waits for younger ones alone. Else two wait for each other (T8, T61; Rosenkrantz et al. 1978). */
    WAIT_FOR_YOUNGER_ALONE,
    /**
     * Who has held a lock for long finds the outcome out by itself. Else what a client has begun that died stays locked
     * (T5, T74).
     */
    RESOLVE_WHAT_IS_LOCKED,
    /**
     * Who is asked for a vote that it has not given puts a no on record. Else it says yes to the client later, and one
     * has aborted what another commits (T56).
     */
    REFUSE_WHAT_IS_ASKED_FOR,
    /** A commit is forgotten when all participants have it. Else one that still asks takes it for an abort (T7). */
    KEEP_COMMITS,
    /**
     * A vote that saw a range empty locks the range, not only the records in it. Else a record is put there before the
     * outcome, and two transactions commit that do not see each other (T55).
     */
    LOCK_RANGES,
    /**
     * Who asks for the outcome of a yes waits until all participants have answered. Else it commits what one of them
     * has refused (Gray 1978).
     */
    ASK_ALL_PARTICIPANTS,
    /** A participant tells where it stands in the newest view alone. Else it has forgotten what its successor knows. */
    TELL_IN_NEWEST_VIEW,
    /**
     * A vote or an outcome counts as stored when it is synced, even where entries need not be. Else power takes back a
     * yes that another participant has committed (T56).
     */
    SYNC_VOTES,
    /**
     * A partition is split or given up when it waits for no outcome. Else its heirs hold the same yes, and what each
     * has of it is done twice or not at all (T33, T58).
     */
    DRAIN_BEFORE_SPLIT,

    // ---- disk

    /**
     * The table never gets ahead of what is synced in the brick's own log. Else after a loss of power the table has
     * entries that the log has not (T70).
     */
    APPLY_ONLY_SYNCED,
    /**
     * A segment is given up only when all members have synced its entries. Else a member that loses them cannot be
     * brought level.
     */
    TRIM_WHAT_ALL_HAVE_SYNCED,
    /**
     * A brick halts when a sync fails. Else it tries again, is told that all is well, and what the system has dropped
     * counts as synced (T35). A rule of the shell that writes the log.
     */
    HALT_ON_FAILED_SYNC,
}
