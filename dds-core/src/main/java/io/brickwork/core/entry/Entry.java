package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a partition: what changes, and the completion record of the operation that asked for it.
 *
 * <p>Made and encoded once, by the primary; the same bytes, checksum included, go into every log and every
 * {@code Store}. Equal (partition, version) means equal bytes.
 *
 * @param completion null only for entries that no client asked for
 * @param lowWater all operations of the completion's session below this number have been answered and are forgotten; 0
 *     without a completion or a transaction
 * @param effects at most one per record key
 * @param split of an entry that splits its partition, and of no other
 * @param absorption of an entry by which another partition is merged into this one, and of no other
 * @param transaction where the partition stands in a transaction, if {@linkplain Kind#isOfTransaction that is what it
 *     is about}
 * @param encoded all of the above, see {@link EntryCodec}
 */
public record Entry(
        Kind kind,
        PartitionId partition,
        Version version,
        @Nullable Completion completion,
        long lowWater,
        List<Effect> effects,
        @Nullable Split split,
        @Nullable Absorption absorption,
        @Nullable TransactionRecord transaction,
        Bytes encoded) {

    /** What an entry is. The number is what formats hold. */
    public enum Kind {
        /** The effects of one operation. */
        WRITE(1),
        /** The partition's yes in a transaction, with what is locked until its outcome is known. */
        VOTE(2),
        /** The partition's no. */
        REFUSE(3),
        /** The outcome of a transaction in which it had said yes; its effects, if it commits. */
        DECIDE(4),
        /**
         * A session is over: all that is remembered of it is forgotten. Its completion names the session, and
         * {@link OperationId#LAST_NUMBER}.
         */
        EXPIRE(5),
        /** The partition gives some of its keys to another one, see {@link Entry#split}. */
        SPLIT(6),
        /**
         * The partition gives up everything: it is about to be merged into another one, and serves nothing any more.
         */
        CLOSE(7),
        /** The partition takes in all that a neighbour had, see {@link Entry#absorption}. */
        ABSORB(8),
        /**
         * A transaction has been committed by all its participants, and its session is over: nobody will ask any more.
         */
        FORGET(9);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /** Whether it puts on record where the partition stands in a transaction. */
        public boolean isOfTransaction() {
            return this == VOTE || this == REFUSE || this == DECIDE || this == FORGET;
        }
    }

    public Entry {
        Check.argument(version.epoch() >= 1 && version.seq() >= 1, "entry version %s is below (1,1)", version);
        Check.argument((kind == Kind.SPLIT) == (split != null), "entry %s of kind %s, split %s", version, kind, split);
        Check.argument(
                (kind == Kind.ABSORB) == (absorption != null),
                "entry %s of kind %s absorbs %s",
                version,
                kind,
                absorption);
        Check.argument(
                kind.isOfTransaction() == (transaction != null),
                "entry %s of kind %s, transaction %s",
                version,
                kind,
                transaction);
        effects = List.copyOf(effects);
    }

    /** Whether it changes which keys the partition has. */
    public boolean reshapes() {
        return kind == Kind.SPLIT || kind == Kind.CLOSE || kind == Kind.ABSORB;
    }

    public long seq() {
        return version.seq();
    }

    public long epoch() {
        return version.epoch();
    }

    /** The same entry in memory of its own, so that it keeps no frame alive. */
    public Entry compact() {
        return encoded.isCompact() ? this : EntryCodec.decode(encoded.compact());
    }
}
