package io.brickwork.core;

import org.jspecify.annotations.Nullable;

/**
 * The checks that are always on.
 *
 * <p>A broken {@link #invariant} is our bug: it throws {@link InvariantBroken}, and whoever runs the machine halts the
 * brick. A failed {@link #argument} or {@link #state} is misuse by the caller. What the world does (lost links, full
 * disks) is neither and never comes through here.
 */
public final class Check {
    private Check() {}

    /** A broken promise of our own code. */
    public static final class InvariantBroken extends AssertionError {
        private static final long serialVersionUID = 1L;

        public InvariantBroken(String message) {
            super(message);
        }
    }

    public static void invariant(boolean holds, String text) {
        if (!holds) {
            throw new InvariantBroken(text);
        }
    }

    public static void invariant(boolean holds, String text, @Nullable Object... values) {
        if (!holds) {
            throw new InvariantBroken(String.format(text, values));
        }
    }

    /** Two numbers, which are not boxed as long as it holds: for hot paths. */
    public static void invariant(boolean holds, String text, long first, long second) {
        if (!holds) {
            throw new InvariantBroken(String.format(text, first, second));
        }
    }

    /** The value, which our own code promises is there. */
    public static <T> T present(@Nullable T value, String text, @Nullable Object... values) {
        if (value == null) {
            throw new InvariantBroken(String.format(text, values));
        }
        return value;
    }

    public static void argument(boolean holds, String text) {
        if (!holds) {
            throw new IllegalArgumentException(text);
        }
    }

    public static void argument(boolean holds, String text, @Nullable Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(text, values));
        }
    }

    /** Two numbers, which are not boxed as long as it holds: for hot paths. */
    public static void argument(boolean holds, String text, long first, long second) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(text, first, second));
        }
    }

    /** One number, which is not boxed as long as it holds: for hot paths. */
    public static void argument(boolean holds, String text, long value) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(text, value));
        }
    }

    public static void state(boolean holds, String text, @Nullable Object... values) {
        if (!holds) {
            throw new IllegalStateException(String.format(text, values));
        }
    }
}
