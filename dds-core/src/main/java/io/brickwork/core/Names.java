package io.brickwork.core;

/**
 * What people may call things: structures, clusters, clients. A name stands in logs, messages and command lines, and
 * must look the same and be the same in all of them.
 */
public final class Names {
    private Names() {}

    /**
     * Refuses a name that cannot be told from another or breaks a line. Only for new names: what exists under an odd
     * one stays reachable.
     *
     * @param what is named, such as "structure"
     * @throws IllegalArgumentException that shows the name, what is wrong with it and what is allowed
     */
    public static String checkNew(String what, String name) {
        String wrong = wrong(name);
        Check.argument(
                wrong.isEmpty(),
                "%s name '%s' %s; allowed are 1 to %d characters, no control characters, no blanks at either end",
                what,
                shown(name),
                wrong,
                Limits.NAME_CHARS);
        return name;
    }

    private static String wrong(String name) {
        if (name.isEmpty()) {
            return "is empty";
        }
        if (name.length() > Limits.NAME_CHARS) {
            return "is " + name.length() + " characters long";
        }
        if (isBlank(name.codePointAt(0)) || isBlank(name.codePointBefore(name.length()))) {
            return "begins or ends with a blank";
        }
        for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
            int c = name.codePointAt(i);
            if (isUnprintable(c)) {
                return "has the character U+%04X at place %d".formatted(c, i + 1);
            }
        }
        return "";
    }

    private static boolean isBlank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /**
     * Control and format characters, ends of lines, half characters, and the one that stands for what could not be
     * read.
     */
    private static boolean isUnprintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> true;
            default -> c == 0xfffd;
        };
    }

    private static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        name.codePoints().limit(Limits.NAME_CHARS).forEach(c -> shown.appendCodePoint(isUnprintable(c) ? '?' : c));
        return shown.toString();
    }
}
