package io.brickwork.core;

import java.util.Optional;

/**
 * What the world did to an operation, as its caller sees it. Misuse is {@link IllegalArgumentException} or {@link IllegalStateException}; our own bugs halt the brick.
 *
 * <p>{@link #certainlyDidNotHappen()} is the question to ask before trying again: if it is false, the operation may have taken effect, or may yet.
 */
public abstract sealed class DdsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean certainlyDidNotHappen;

    private DdsException(String message, boolean certainlyDidNotHappen) {
        super(message);
        this.certainlyDidNotHappen = certainlyDidNotHappen;
    }

    /** True if the operation had no effect and never will. Reads never have one. */
    public boolean certainlyDidNotHappen() {
        return certainlyDidNotHappen;
    }

    /** No replica that may answer could be reached within the deadline; every attempt that was sent was refused before being taken. */
    public static final class Unavailable extends DdsException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message) {
            super(message, true);
        }
    }

    /** Too much is under way, here or at the brick, or the disk of a member is too full to take more. */
    public static final class Overloaded extends DdsException {
        private static final long serialVersionUID = 1L;

        public Overloaded(String message) {
            super(message, true);
        }
    }

    /** The deadline passed, or the caller was interrupted, with an attempt unanswered. */
    public static final class UnknownOutcome extends DdsException {
        private static final long serialVersionUID = 1L;

        private final transient Optional<OperationId> id;

        public UnknownOutcome(String message, OperationId id) {
            super(message, false);
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
            super(message, true);
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
                    true);
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
            super(message, true);
        }
    }

    /** A class that no codec is registered for. The message names the line to add. */
    public static final class Unregistered extends DdsException {
        private static final long serialVersionUID = 1L;

        public Unregistered(String message) {
            super(message, true);
        }
    }

    /** The operation lies below its session's low-water mark: it was answered long ago, and the answer is gone. */
    public static final class Forgotten extends DdsException {
        private static final long serialVersionUID = 1L;

        public Forgotten(String message) {
            super(message, false);
        }
    }

    /** A record whose checksum is wrong: what it held is unknown, which is not the same as absent. */
    public static final class Corrupted extends DdsException {
        private static final long serialVersionUID = 1L;

        public Corrupted(String message) {
            super(message, true);
        }
    }

    /** The {@code Dds} was closed before the operation was sent. */
    public static final class Closed extends DdsException {
        private static final long serialVersionUID = 1L;

        public Closed(String message) {
            super(message, true);
        }
    }
}
