package io.brickwork.bricks.settings;

import io.brickwork.core.BrickId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A brick of the cluster and where it listens.
 *
 * @param host name or address
 * @param dataPort for clients and bricks
 * @param controlPort for the Pekko cluster
 */
public record MemberAddress(BrickId brick, String host, int dataPort, int controlPort) {
    /** How far above the data port the control plane listens unless it is told. */
    public static final int CONTROL_OFFSET = 100;

    private static final Pattern FORM = Pattern.compile("([^=]+)=(.+):(\\d{1,5})(?:/(\\d{1,5}))?");

    public MemberAddress {
        checkPort(brick, dataPort);
        checkPort(brick, controlPort);
    }

    /**
     * Reads {@code name=host:port} or {@code name=host:port/control}.
     *
     * @throws BrickStartException if the text is neither
     */
    public static MemberAddress parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new BrickStartException(
                    "member '%s' is not of the form name=host:port or name=host:port/control".formatted(text));
        }
        try {
            int dataPort = Integer.parseInt(matcher.group(3));
            String control = matcher.group(4);
            return new MemberAddress(
                    new BrickId(matcher.group(1).strip()),
                    unbracketed(matcher.group(2)),
                    dataPort,
                    control == null ? dataPort + CONTROL_OFFSET : Integer.parseInt(control));
        } catch (IllegalArgumentException bad) {
            throw new BrickStartException("member '%s': %s".formatted(text, bad.getMessage()), bad);
        }
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return "%s=%s:%d/%d".formatted(brick, host.contains(":") ? "[" + host + "]" : host, dataPort, controlPort);
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static void checkPort(BrickId brick, int port) {
        if (port < 1 || port > 65_535) {
            throw new BrickStartException(
                    "member %s has the port %d, which is not from 1 to 65535".formatted(brick, port));
        }
    }
}
