package io.brickwork.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out at once that nothing listens at an address, where dialling again and again would only find out when the
 * time is up: a program may wait for bricks that are being started, a person wants to know.
 */
final class Reachability {
    private static final int KNOCK_MILLIS = 500;

    private Reachability() {}

    /**
     * @param addresses {@code host:port,...}
     * @throws CommandFailed if nothing listens at any of them; says for each why
     */
    static void check(String addresses, String cluster) {
        List<String> refusals = new ArrayList<>();
        for (String part : addresses.split(",")) {
            String address = part.strip();
            int colon = address.lastIndexOf(':');
            String host = address.substring(0, Math.max(0, colon));
            String refusal;
            try {
                refusal = refusal(
                        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host,
                        Integer.parseInt(address.substring(colon + 1)));
            } catch (IllegalArgumentException notAnAddress) {
                return; // whoever dials says what is wrong with it
            }
            if (refusal == null) {
                return;
            }
            refusals.add(address + ": " + refusal);
        }
        throw new CommandFailed(
                ExitCodes.UNAVAILABLE,
                "no brick of cluster '%s' could be reached: %s".formatted(cluster, String.join("; ", refusals)),
                new ConnectException());
    }

    /** Why nothing can be there; null if something listens, or nobody can tell within half a second. */
    static @Nullable String refusal(String host, int port) {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException unknown) {
            return "the name " + host + " is not known";
        }
        String refusal = null;
        for (InetAddress address : addresses) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), KNOCK_MILLIS);
                return null;
            } catch (ConnectException refused) {
                refusal = "nothing listens there (" + refused.getMessage() + ")";
            } catch (IOException slow) {
                return null;
            }
        }
        return refusal;
    }
}
