package io.brickwork.core;

/**
 * The name of a brick, unique in its cluster: 1 to 64 letters, digits, dots, dashes or underscores.
 */
public record BrickId(String name) implements Comparable<BrickId> {
    public static final int MAX_LENGTH = 64;

    public BrickId {
        Check.argument(
                isName(name), "brick name '%s' is not 1 to %d letters, digits, '.', '-' or '_'", name, MAX_LENGTH);
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_LENGTH
                && name.chars()
                        .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_'));
    }

    @Override
    public int compareTo(BrickId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
