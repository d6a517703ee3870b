package io.brickwork.bricks.settings;

/**
 * Where a brick of the cluster to be joined listens for data.
 *
 * @param host name or address
 */
public record SeedAddress(String host, int port) {
    /**
     * Reads {@code host:port}.
     *
     * @throws BrickStartException if the text is not one
     */
    public static SeedAddress parse(String text) {
        String stripped = text.strip();
        int colon = stripped.lastIndexOf(':');
        try {
            int port = Integer.parseInt(stripped.substring(colon + 1));
            if (colon > 0 && port >= 1 && port <= 65_535) {
                String host = stripped.substring(0, colon);
                return new SeedAddress(
                        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host, port);
            }
        } catch (NumberFormatException notANumber) {
            throw new BrickStartException("seed '%s' is not of the form host:port".formatted(text), notANumber);
        }
        throw new BrickStartException(
                "seed '%s' is not of the form host:port, with a port from 1 to 65535".formatted(text));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
