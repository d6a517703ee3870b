package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of what all bricks agree on. Each says what it takes to be so, and has no effect if that is no longer so;
 * each may come twice.
 */
public sealed interface MetadataCommand {
    /**
     * A brick begins a life. Answered {@link MetadataAnswer.Registered} with whatever is registered afterwards.
     *
     * @param expected what is registered so far; null for nothing
     * @param next the next start on the same disk, or the first on another
     * @param isIntact whether the disk has all that was written in the life before: not if its machine has gone down
     *     since, which takes what was not synced
     */
    record RegisterBrick(
            BrickId brick, @Nullable Incarnation expected, Incarnation next, String host, int port, boolean isIntact)
            implements MetadataCommand {
        /** Asks what is registered, and changes nothing: what it expects is never what comes before what it wants. */
        public static RegisterBrick question(BrickId brick, DiskId disk) {
            Incarnation any = new Incarnation(disk, 1);
            return new RegisterBrick(brick, any, any, "", 0, false);
        }
    }

    /** What an operator may ask for. */
    sealed interface OfOperator extends MetadataCommand {}

    /** A brick is to be emptied, or no more. */
    record SetLeaving(BrickId brick, boolean isLeaving) implements OfOperator {}

    /** A brick that was emptied is not known any more. No effect while it is not leaving, or a group may need it. */
    record ForgetBrick(BrickId brick) implements MetadataCommand {}

    /**
     * Creates the structure if no other has its name. Answered with what exists under the name afterwards, which may
     * have another spec.
     *
     * @param lows where each partition begins, by number: all different, one of them the empty key
     */
    record CreateStructure(String name, StructureSpec spec, List<Bytes> lows) implements MetadataCommand {
        public CreateStructure {
            Catalog.checkedName(name);
            lows = List.copyOf(lows);
            Check.argument(
                    lows.size() == spec.partitions()
                            && lows.contains(Bytes.EMPTY)
                            && lows.stream().distinct().count() == lows.size(),
                    "%d partitions that do not begin at as many different keys, the empty one among them",
                    spec.partitions());
        }
    }

    record DropStructure(int structure) implements OfOperator {
        public DropStructure {
            Check.argument(structure >= 1, "structure %d cannot be dropped", structure);
        }
    }

    /**
     * The next view of a group. No effect if another view was decided or opened since it was computed: the epochs are
     * those it was computed from.
     *
     * @param openedEpoch 0 if none was opened
     */
    record ChangeView(
            PartitionId partition,
            long newestEpoch,
            long openedEpoch,
            BrickId primary,
            List<Member> members,
            List<Member> learners)
            implements MetadataCommand {
        public ChangeView {
            members = List.copyOf(members);
            learners = List.copyOf(learners);
        }
    }

    /**
     * The primary has brought every member of this view level.
     *
     * @param fenced who is in the last opened view and not in this one, and has said that it serves no more
     */
    record OpenView(PartitionId partition, long epoch, List<BrickId> fenced) implements MetadataCommand {
        public OpenView {
            fenced = List.copyOf(fenced);
        }
    }

    /**
     * The partition is to give some of its keys to a new one. No effect unless its last view is open and has no
     * learners, and the key lies within it.
     *
     * @param key the lowest one of the upper part
     * @param givesLower whether the new partition has the lower part
     */
    record SplitPartition(PartitionId partition, Bytes key, boolean givesLower) implements OfOperator {
        public SplitPartition {
            Check.argument(key.length() <= Limits.RECORD_KEY_BYTES, "a key of %d bytes", key.length());
        }
    }

    /**
     * The entry that splits the partition is committed, and its primary has carried it out: the child is there.
     *
     * @param version of that entry
     */
    record FinishSplit(PartitionId partition, PartitionId child, Version version) implements MetadataCommand {}

    /**
     * A partition is to take in a neighbour, which is gone afterwards. No effect unless the last views of both are open
     * and have no learners, and neither is being split or merged. The one that stays goes on in an epoch above those of
     * both, so that whatever is written from then on is newer than all that was.
     */
    record MergePartitions(PartitionId into, PartitionId from) implements OfOperator {}

    /** The entry by which one has taken in the other is committed. */
    record FinishMerge(PartitionId into, PartitionId from, Version version) implements MetadataCommand {}

    /**
     * The one that was to be taken in has grown too large for it, and has not given up anything. No effect if its last
     * view is another by now.
     *
     * @param epoch of its last view
     */
    record CancelMerge(PartitionId into, PartitionId from, long epoch) implements MetadataCommand {}

    /** An operator gives up what only lost bricks had: the group goes on with what this member holds. */
    record FoundLineage(PartitionId partition, long newestEpoch, long openedEpoch, Member founder)
            implements OfOperator {}

    /**
     * A client wants a session: the slot of this command and what the client has drawn are its name. Repeated, it opens
     * another.
     */
    record OpenSession(long drawn) implements MetadataCommand {}

    /** The session's client was silent for too long, or needs it no more. */
    record ExpireSession(SessionId session) implements MetadataCommand {}

    /** Leases given from here on last this long, in nanoseconds. */
    record SetLeaseTerm(long termNanos) implements OfOperator {
        public SetLeaseTerm {
            Check.argument(
                    termNanos >= Limits.SHORTEST_LEASE_TERM_NANOS && termNanos <= Limits.LONGEST_LEASE_TERM_NANOS,
                    "lease term of %d ns; from 0.1 s to 60 s",
                    termNanos);
        }
    }
}
