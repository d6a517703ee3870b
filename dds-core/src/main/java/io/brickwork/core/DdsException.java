package io.brickwork.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the world did to an operation, as its caller sees it. Misuse is {@link IllegalArgumentException} or
 * {@link IllegalStateException}; our own bugs halt the brick.
 *
 * <p>{@link #certainlyDidNotHappen()} is the question to ask before trying again: if it is false, the operation has
 * taken effect, wholly or in part, or may have, or may yet. {@link #happened()} tells these apart.
 */
public abstract sealed class DdsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Happened happened;

    /** What an operation that failed has changed. */
    public enum Happened {
        /** It changed nothing and never will. */
        NOTHING,
        /** It took effect, once; only its answer is missing. */
        EVERYTHING,
        /** It consists of several operations, of which some took effect, or may have, and others did not. */
        A_PART,
        /** It may have taken effect, or may yet. */
        UNKNOWN
    }

    private DdsException(String message, Happened happened) {
        this(message, happened, null);
    }

    private DdsException(String message, Happened happened, @Nullable Throwable cause) {
        super(message, cause);
        this.happened = happened;
    }

    /** What is known of the operation's effect. */
    public Happened happened() {
        return happened;
    }

    /** True if the operation had no effect and never will. Reads never have one. */
    public boolean certainlyDidNotHappen() {
        return happened == Happened.NOTHING;
    }

    /**
     * No replica that may answer could be reached within the deadline; every attempt that was sent was refused before
     * being taken.
     */
    public static final class Unavailable extends DdsException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message) {
            super(message, Happened.NOTHING);
        }

        public Unavailable(String message, Throwable cause) {
            super(message, Happened.NOTHING, cause);
        }
    }

    /** Too much is under way, here or at the brick, or the disk of a member is too full to take more. */
    public static final class Overloaded extends DdsException {
        private static final long serialVersionUID = 1L;

        public Overloaded(String message) {
            super(message, Happened.NOTHING);
        }
    }

    /** The deadline passed, or the caller was interrupted, with an attempt unanswered. */
    public static final class UnknownOutcome extends DdsException {
        private static final long serialVersionUID = 1L;

        private final transient Optional<OperationId> id;

        public UnknownOutcome(String message, OperationId id) {
            super(message, Happened.UNKNOWN);
            this.id = Optional.of(id);
        }

        /** The operation's name; empty only in an exception that was serialized. */
        @SuppressWarnings("NullAway") // transient: null after deserialization
        public Optional<OperationId> id() {
            return id == null ? Optional.empty() : id;
        }
    }

    /** The operation was evaluated and refused, and that refusal is stored. */
    public static final class Conflict extends DdsException {
        private static final long serialVersionUID = 1L;

        public Conflict(String message) {
            super(message, Happened.NOTHING);
        }
    }

    /** A key or a value over its limit after encoding. */
    public static final class TooLarge extends DdsException {
        private static final long serialVersionUID = 1L;

        private final long actualBytes;
        private final long limitBytes;
        /** Whether encoding came to its end, so that the size is known. */
        private final boolean isExact;

        public TooLarge(String what, long actualBytes, long limitBytes) {
            this(what, actualBytes, limitBytes, true);
        }

        private TooLarge(String what, long actualBytes, long limitBytes, boolean isExact) {
            super(
                    (isExact
                                    ? "%s takes %,d bytes after encoding; the limit is %,d"
                                    : "%s takes at least %,d bytes after encoding, which stopped there; the limit is %,d")
                            .formatted(what, actualBytes, limitBytes),
                    Happened.NOTHING);
            this.actualBytes = actualBytes;
            this.limitBytes = limitBytes;
            this.isExact = isExact;
        }

        /** Encoding was stopped when it had come to so many bytes: nobody knows how much it would have been. */
        public static TooLarge atLeast(String what, long bytes, long limitBytes) {
            return new TooLarge(what, bytes, limitBytes, false);
        }

        /** The same of what the caller knows by another name, and with the limit that holds there. */
        public TooLarge of(String what, long limitBytes) {
            return new TooLarge(what, actualBytes, limitBytes, isExact);
        }

        /** The size after encoding; the least that it can be if encoding was stopped at the limit. */
        public long actualBytes() {
            return actualBytes;
        }

        public long limitBytes() {
            return limitBytes;
        }
    }

    /** The structure exists with other types than it is opened with. */
    public static final class WrongType extends DdsException {
        private static final long serialVersionUID = 1L;

        public WrongType(String message) {
            super(message, Happened.NOTHING);
        }
    }

    /**
     * Whoever shows this client's token has no right to do this, or nobody may show that token any more. The message
     * names the token, the right that is missing, and the structure.
     */
    public static final class Forbidden extends DdsException {
        private static final long serialVersionUID = 1L;

        public Forbidden(String message) {
            super(message, Happened.NOTHING);
        }
    }

    /** A class that no codec is registered for. The message names the line to add. */
    public static final class Unregistered extends DdsException {
        private static final long serialVersionUID = 1L;

        public Unregistered(String message) {
            super(message, Happened.NOTHING);
        }
    }

    /** The operation lies below its session's low-water mark: it was answered long ago, and the answer is gone. */
    public static final class Forgotten extends DdsException {
        private static final long serialVersionUID = 1L;

        public Forgotten(String message) {
            super(message, Happened.UNKNOWN);
        }
    }

    /**
     * A record whose checksum is wrong, or whose bytes the map's codec does not read: what it held is unknown, which is
     * not the same as absent. Nothing was changed.
     */
    public static final class Corrupted extends DdsException {
        private static final long serialVersionUID = 1L;

        public Corrupted(String message, Throwable cause) {
            super(message, Happened.NOTHING, cause);
        }

        public Corrupted(String message) {
            super(message, Happened.NOTHING);
        }
    }

    /**
     * The operation was carried out, but its answer cannot be read: such as the old value of a {@code put} whose class
     * has changed since. Trying again would do it twice.
     *
     * <p>Where the operation took a record out of the map ({@code remove}, {@code pollFirstEntry}) or put another value
     * in its place, what was there is lost to the map; its bytes are here.
     */
    public static final class UnreadableAnswer extends DdsException {
        private static final long serialVersionUID = 1L;

        private final byte @Nullable [] key;
        private final byte @Nullable [] value;

        /**
         * @param happened {@link Happened#EVERYTHING}, or {@link Happened#UNKNOWN} if only the answer tells
         * @param key of the record that the answer is about, encoded; null if there is none
         * @param value that it had before, encoded; null if it is not known
         */
        public UnreadableAnswer(
                String message, Happened happened, Throwable cause, @Nullable Bytes key, @Nullable Bytes value) {
            super(message, happened, cause);
            this.key = key == null ? null : key.toArray();
            this.value = value == null ? null : value.toArray();
        }

        /** The record's key, as its codec has encoded it; empty if the answer is about no single record. */
        public Optional<byte[]> keyBytes() {
            return Optional.ofNullable(key).map(byte[]::clone);
        }

        /**
         * The value that the record had before the operation, as it was stored; empty if not even that could be told
         * from the answer.
         */
        public Optional<byte[]> valueBytes() {
            return Optional.ofNullable(value).map(byte[]::clone);
        }
    }

    /**
     * Something that takes several operations, such as {@code putAll} or {@code clear}, failed when some of them had
     * been done, or may have been. The {@linkplain #getCause() cause} is the first failure, which says of one operation
     * alone whether it happened.
     */
    public static final class PartlyDone extends DdsException {
        private static final long serialVersionUID = 1L;

        private final long operationsDone;
        private final boolean isProvisional;

        /**
         * @param operationsDone how many operations are known to have taken effect
         * @param isProvisional whether they have taken effect only within a transaction that is not committed
         */
        public PartlyDone(String message, long operationsDone, boolean isProvisional, Throwable cause) {
            super(message, Happened.A_PART, cause);
            this.operationsDone = operationsDone;
            this.isProvisional = isProvisional;
        }

        /** Whether it was done only within a transaction: nothing of it lasts unless that is committed. */
        public boolean isProvisional() {
            return isProvisional;
        }

        /** How many of the operations are known to have taken effect; one may concern many keys. */
        public long operationsDone() {
            return operationsDone;
        }
    }

    /** The {@code Dds} was closed before the operation was sent. */
    public static final class Closed extends DdsException {
        private static final long serialVersionUID = 1L;

        public Closed(String message) {
            super(message, Happened.NOTHING);
        }
    }
}
