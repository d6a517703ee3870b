package io.brickwork.core.message;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replicas of one partition among themselves. Every message names its partition and epoch; one of another epoch is
 * answered {@code WrongEpoch} and is otherwise ignored, fences and reports excepted. Each may be lost, repeated or
 * overtaken.
 *
 * <pre>
 * View change                                    primary                                      each member, learner, and whoever the view leaves out
 *   1 fence                                        Fence(view)                      ───▶      forces its promise
 *                                                                                   ◀───      FenceReport(last version, runs)
 *   2 level: if a member has more than it,         Fetch(from, to)                  ───▶      the fullest member
 *            the primary catches up first                                           ◀───      Fetched(entries)
 *                                                  Level(base, to, entries)…        ───▶      cuts above base, stores
 *                                                                                   ◀───      Levelled(seq)
 *   3 open: once the metadata log has it           Open(level)                      ───▶      committed up to level
 *                                                                                   ◀───      Stored(seq)
 * Write (two phases)
 *   1 store                                        Store(entry, committed)          ───▶      stores seq after seq - 1
 *                                                                                   ◀───      Stored(seq), cumulative
 *   2 commit: all have stored                      Store | Commit(committed)        ───▶      committed is known here
 * Learner: Fence, FenceReport, Level…, Levelled; then Store like a member. If the log does not reach back:
 *                                                  CopyOffer                        ───▶      forgets what it has
 *                                                                                   ◀───      CopyAsk(cursor)
 *                                                  CopyPart(cursor, chunk)          ───▶      puts it into its table; asks on
 *                                                                                   ◀───      FenceReport, as of the first chunk
 * Read of a dirty record at a member               AskCommitted(ticket)             ◀───
 *                                                  Committed(ticket, committed)     ───▶
 * Scrubbing                                        Compare(range, digest)           ◀───      compares with its own
 * A rotten record, among any two members           RepairAsk(key)                   ◀───
 *                                                  RepairPart(key, record)          ───▶      puts it in the place of what it cannot read
 * </pre>
 */
public sealed interface ReplicaMessage extends Message {
    PartitionId partition();

    long epoch();

    /** "Refuse everything below this view's epoch, and tell me what you have." */
    record Fence(PartitionId partition, GroupView view) implements ReplicaMessage {
        @Override
        public long epoch() {
            return view.epoch();
        }

        @Override
        public boolean isUrgent() {
            return true;
        }
    }

    /**
     * "I have promised, synced; this is what I have stored, synced."
     *
     * @param last the version of the last entry, {@link Version#NONE} without any
     * @param runs the epochs of the entries that are still known, ascending
     * @param isIncomplete what is here is half a copy, and counts for nothing
     */
    record FenceReport(PartitionId partition, long epoch, Version last, List<EpochRun> runs, boolean isIncomplete)
            implements ReplicaMessage {
        public FenceReport {
            runs = List.copyOf(runs);
        }

        @Override
        public boolean isUrgent() {
            return true;
        }
    }

    /** "Send me your entries from {@code fromSeq} to {@code toSeq}", both inclusive; the answer may stop earlier. */
    record Fetch(PartitionId partition, long epoch, long fromSeq, long toSeq) implements ReplicaMessage {
        public Fetch {
            Check.argument(fromSeq >= 1 && fromSeq <= toSeq, "fetch of [%d, %d]", fromSeq, toSeq);
        }
    }

    /** Entries without gaps, in their own epochs; empty if the log no longer reaches back to what was asked for. */
    record Fetched(PartitionId partition, long epoch, List<Entry> entries) implements ReplicaMessage {
        public Fetched {
            entries = List.copyOf(entries);
        }
    }

    /**
     * "Cut what you have above {@code baseSeq} if it is not what follows; store what follows."
     *
     * @param baseSeq the sequence number up to which sender and receiver have the same; the entries begin right after
     *     it
     * @param cut whether what the receiver has above {@code baseSeq} differs, and must go
     * @param levelSeq where the level lies; reached when an entry with this number is stored
     */
    record Level(PartitionId partition, long epoch, long baseSeq, boolean cut, long levelSeq, List<Entry> entries)
            implements ReplicaMessage {
        public Level {
            Check.argument(baseSeq >= 0 && baseSeq <= levelSeq, "base %d, level %d", baseSeq, levelSeq);
            entries = List.copyOf(entries);
        }
    }

    /** "I have stored everything up to {@code seq} of what you level me to", as durably as the structure asks. */
    record Levelled(PartitionId partition, long epoch, long seq) implements ReplicaMessage {}

    /** "The view is open; everything up to {@code levelSeq} is committed." */
    record Open(PartitionId partition, long epoch, long levelSeq) implements ReplicaMessage {
        @Override
        public boolean isUrgent() {
            return true;
        }
    }

    /**
     * Phase one: "store this entry". Carries how far the partition is committed, and how far it is synced at every
     * member.
     */
    record Store(long committedSeq, long syncedEverywhereSeq, Entry entry) implements ReplicaMessage {
        @Override
        public PartitionId partition() {
            return entry.partition();
        }

        @Override
        public long epoch() {
            return entry.epoch();
        }
    }

    /**
     * "I have stored all entries up to {@code storedSeq}", as durably as the structure asks.
     *
     * @param syncedSeq up to which they are synced, at most {@code storedSeq}
     * @param committedSeq up to which the member knows them to be committed: what it has not heard is told again
     * @param fillPermille how full the member's disk is, in thousandths
     */
    record Stored(
            PartitionId partition, long epoch, long storedSeq, long syncedSeq, long committedSeq, int fillPermille)
            implements ReplicaMessage {}

    /** Phase two, when no {@link Store} is at hand to carry it. Answered with {@link Stored}. */
    record Commit(PartitionId partition, long epoch, long committedSeq, long syncedEverywhereSeq)
            implements ReplicaMessage {}

    /**
     * Along a chain, from each member to the one before it: "I have stored all entries up to {@code storedSeq}", as
     * durably as the structure asks.
     *
     * @param passedSeq up to which all members behind the sender have stored them too, at most {@code storedSeq}: that
     *     is committed
     * @param syncedSeq up to which the sender and all members behind it have synced them
     * @param fillPermille how full the fullest of their disks is, in thousandths
     */
    record Passed(PartitionId partition, long epoch, long storedSeq, long passedSeq, long syncedSeq, int fillPermille)
            implements ReplicaMessage {}

    /** "I have promised {@code promisedEpoch}, which is above yours." */
    record WrongEpoch(PartitionId partition, long epoch, long promisedEpoch) implements ReplicaMessage {
        @Override
        public boolean isUrgent() {
            return true;
        }
    }

    /** "A reader meets a dirty record here: how far is the partition committed?" */
    record AskCommitted(PartitionId partition, long epoch, long ticket) implements ReplicaMessage {
        @Override
        public boolean isUrgent() {
            return true;
        }
    }

    /** "At a moment after you asked, the partition was committed up to {@code committedSeq}." */
    record Committed(PartitionId partition, long epoch, long ticket, long committedSeq) implements ReplicaMessage {
        @Override
        public boolean isUrgent() {
            return true;
        }
    }

    /** To a learner: "my log does not reach back to where yours ends; take a copy of the table". */
    record CopyOffer(PartitionId partition, long epoch) implements ReplicaMessage {}

    /** "Send me what follows the cursor": the first time what follows {@link TableChunk.Cursor#START}. */
    record CopyAsk(PartitionId partition, long epoch, TableChunk.Cursor from) implements ReplicaMessage {}

    /**
     * A piece of the table.
     *
     * @param from the cursor that it was asked with
     * @param chunk as {@link io.brickwork.core.entry.CopyCodec} encodes it
     */
    record CopyPart(PartitionId partition, long epoch, TableChunk.Cursor from, Bytes chunk) implements ReplicaMessage {}

    /**
     * "I cannot read this record: what do you have?" Not answered by one whose table is behind.
     *
     * @param appliedSeq what the asker's table has applied
     */
    record RepairAsk(PartitionId partition, long epoch, Bytes recordKey, long appliedSeq) implements ReplicaMessage {
        public RepairAsk {
            checkKey(recordKey);
        }
    }

    /**
     * A record as the sender's table has it, which has applied at least what the asker's had.
     *
     * @param record null if there is none
     */
    record RepairPart(
            PartitionId partition,
            long epoch,
            Bytes recordKey,
            @Nullable TableRecord record) implements ReplicaMessage {
        public RepairPart {
            checkKey(recordKey);
        }
    }

    /**
     * To the primary: "this is what my table holds of these keys". Means something only while both have applied the
     * same.
     *
     * @param applied by the sender's table
     * @param digest as {@link io.brickwork.core.table.RecordsDigest} makes it
     */
    record Compare(PartitionId partition, long epoch, KeyRange range, Version applied, Bytes digest)
            implements ReplicaMessage {}

    /**
     * To the primary of a partition that is to be merged into another: "tell me all that it had". Answered once it has
     * given up everything.
     *
     * @param epoch of the asker's own view
     * @param into the asker's partition
     */
    record MergeAsk(PartitionId partition, long epoch, PartitionId into) implements ReplicaMessage {}

    /** The answer to {@link MergeAsk}, to the partition that stays. */
    record MergePart(PartitionId partition, long epoch, Absorption absorption) implements ReplicaMessage {}

    /**
     * To the primary of another participant, from one that has waited for a transaction's outcome for too long: "where
     * do you stand?" If nothing is on record there, a no is put on record.
     *
     * @param epoch of the asker's own view
     * @param participant as whom the other was asked; the partition may be its heir
     * @param asker the partition that asks, maybe of another structure
     */
    record AskStand(
            PartitionId partition, long epoch, OperationId transaction, PartitionId participant, PartitionId asker)
            implements ReplicaMessage {}

    /**
     * The answer to {@link AskStand}.
     *
     * @param epoch of the asker's view
     * @param state null if there is no vote and never will be, or all participants have long known the outcome
     */
    record TellStand(
            PartitionId partition,
            long epoch,
            OperationId transaction,
            PartitionId participant,
            TransactionRecord.@Nullable State state)
            implements ReplicaMessage {}

    private static void checkKey(Bytes recordKey) {
        Check.argument(
                recordKey.length() <= Limits.RECORD_KEY_BYTES,
                "record key of %d bytes; the limit is %d",
                recordKey.length(),
                Limits.RECORD_KEY_BYTES);
    }
}
