package io.brickwork.client;

import io.brickwork.client.call.LinkedBricks.Seed;
import java.util.ArrayList;
import java.util.List;

/** Reads what users write for the addresses of bricks. */
final class Addresses {
    private static final String EXPECTED = "expected \"host:port\", or several of them separated by commas";

    private Addresses() {}

    /**
     * @param text {@code "host:port,host:port"}; an IPv6 address in brackets
     * @throws IllegalArgumentException naming the part that is wrong
     */
    static List<Seed> parse(String text) {
        List<Seed> seeds = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Seed seed = parseOne(part.strip(), text);
            if (!seeds.contains(seed)) {
                seeds.add(seed);
            }
        }
        return seeds;
    }

    private static Seed parseOne(String part, String whole) {
        int colon = part.lastIndexOf(':');
        if (part.isEmpty()) {
            throw bad("an address is empty", whole);
        }
        if (colon < 0) {
            throw bad("'" + part + "' has no port", whole);
        }
        String host = part.substring(0, colon);
        boolean hasBrackets = host.startsWith("[") && host.endsWith("]");
        if (hasBrackets) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw bad("'" + part + "' is ambiguous: write an IPv6 address in brackets, as in [::1]:7400", whole);
        }
        if (host.isBlank() || host.contains("/") || host.contains(" ")) {
            throw bad("'" + part + "' names no host", whole);
        }
        return new Seed(host, port(part, colon, whole));
    }

    private static int port(String part, int colon, String whole) {
        String digits = part.substring(colon + 1);
        try {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw bad("port '" + digits + "' of '" + part + "' is not a number", whole);
        }
        throw bad("port " + digits + " of '" + part + "' is not from 1 to 65535", whole);
    }

    private static IllegalArgumentException bad(String what, String whole) {
        return new IllegalArgumentException(what + " in \"" + whole + "\"; " + EXPECTED);
    }
}
