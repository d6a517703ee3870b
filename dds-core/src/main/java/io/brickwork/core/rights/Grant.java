package io.brickwork.core.rights;

import io.brickwork.core.Check;

/**
 * A right on all structures whose names fit a pattern.
 *
 * @param pattern a structure's name; or the beginning of names, followed by {@code *}; {@code *} alone is every name
 */
public record Grant(Right right, String pattern) {
    public Grant {
        Check.argument(!pattern.isBlank(), "an empty pattern fits no structure; every structure is '*'");
        int star = pattern.indexOf('*');
        Check.argument(
                star < 0 || star == pattern.length() - 1,
                "in the pattern '%s' something follows the star; write a whole name, or the beginning of names and a star, such as orders-*",
                pattern);
    }

    boolean isOnAll() {
        return pattern.equals("*");
    }

    boolean covers(String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}
