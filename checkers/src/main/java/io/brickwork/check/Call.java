package io.brickwork.check;

import io.brickwork.core.Check;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks of one key, in the words of a map from text to text.
 *
 * @param argument the value to write; null for operations that bring none
 * @param expected the value that must be there for {@link Kind#REPLACE_IF} and {@link Kind#REMOVE_IF}; null for all
 *     others
 */
public record Call(
        Kind kind,
        String key,
        @Nullable String argument,
        @Nullable String expected) {
    /**
     * The operations of the map. The result of a {@code boolean} operation is {@code "true"} or {@code "false"}; a
     * result of null is "absent".
     */
    public enum Kind {
        /** Gives the value. */
        GET(false, false, true),
        /** Writes, gives the value before. */
        PUT(true, false, true),
        /** Writes, gives nothing. */
        SET(true, false, false),
        /** Removes, gives the value before. */
        REMOVE(false, false, true),
        /** Removes, gives nothing. */
        DELETE(false, false, false),
        /** Writes if nothing is there, gives the value before. */
        PUT_IF_ABSENT(true, false, true),
        /** Writes if something is there, gives the value before. */
        REPLACE(true, false, true),
        /** Writes if the expected value is there, says whether it did. */
        REPLACE_IF(true, true, true),
        /** Removes if the expected value is there, says whether it did. */
        REMOVE_IF(false, true, true),
        /** Adds {@code ",argument"} to what is there (nothing counts as empty text), gives nothing. */
        APPEND(true, false, false);

        private final boolean takesArgument;
        private final boolean takesExpected;
        private final boolean givesResult;

        Kind(boolean takesArgument, boolean takesExpected, boolean givesResult) {
            this.takesArgument = takesArgument;
            this.takesExpected = takesExpected;
            this.givesResult = givesResult;
        }

        public boolean givesResult() {
            return givesResult;
        }

        /** As it stands in histories: {@code replace_if}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it may leave the key without a value. */
        public boolean mayRemove() {
            return this == REMOVE || this == DELETE || this == REMOVE_IF;
        }
    }

    public Call {
        Check.argument(kind.takesArgument == (argument != null), "%s with argument %s", kind, argument);
        Check.argument(kind.takesExpected == (expected != null), "%s with expected %s", kind, expected);
    }

    public static Call of(Kind kind, String key) {
        return new Call(kind, key, null, null);
    }

    public static Call of(Kind kind, String key, String argument) {
        return new Call(kind, key, argument, null);
    }

    /** A call of this kind; of the two values it takes those that it needs. */
    public static Call ofKind(Kind kind, String key, String argument, String expected) {
        return new Call(kind, key, kind.takesArgument ? argument : null, kind.takesExpected ? expected : null);
    }

    public boolean isRead() {
        return kind == Kind.GET;
    }

    /** The value under the key after the operation, if {@code state} was there before. */
    public @Nullable String stateAfter(@Nullable String state) {
        return switch (kind) {
            case GET -> state;
            case PUT, SET -> argument;
            case REMOVE, DELETE -> null;
            case PUT_IF_ABSENT -> state == null ? argument : state;
            case REPLACE -> state == null ? null : argument;
            case REPLACE_IF -> state != null && state.equals(expected) ? argument : state;
            case REMOVE_IF -> state != null && state.equals(expected) ? null : state;
            case APPEND -> (state == null ? "" : state) + "," + argument;
        };
    }

    /** What the caller must be given, if {@code state} was there before. */
    public @Nullable String resultFor(@Nullable String state) {
        return switch (kind) {
            case GET, PUT, REMOVE, PUT_IF_ABSENT, REPLACE -> state;
            case SET, DELETE, APPEND -> null;
            case REPLACE_IF, REMOVE_IF -> Boolean.toString(state != null && state.equals(expected));
        };
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind.toString()).append('(').append(key);
        if (expected != null) {
            text.append(", expected ").append(expected);
        }
        if (argument != null) {
            text.append(", ").append(argument);
        }
        return text.append(')').toString();
    }
}
