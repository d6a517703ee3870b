package io.brickwork.core;

/** The name of a brick, unique in its cluster: 1 to 64 letters, digits, dots, dashes or underscores. */
public record BrickId(String name) implements Comparable<BrickId> {
    public static final int MAX_LENGTH = 64;

    public BrickId {
        Check.argument(
                isName(name), "brick name '%s' is not 1 to %d letters, digits, '.', '-' or '_'", name, MAX_LENGTH);
    }

    private static boolean isName(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return false;
        }
        // A loop, because every message that names a brick comes through here.
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 128 || !(Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_')) {
                return false;
            }
        }
        return true;
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
