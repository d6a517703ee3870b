package io.brickwork.torture.net;

import io.brickwork.core.Check;
import java.io.IOException;
import java.util.TreeMap;

/**
 * The network between processes of this machine, each known by a name: a proxy for each that dials another, and for
 * each ordered pair a way that bytes take, whoever dialled. Any thread, once all proxies are there.
 */
public final class Network implements AutoCloseable {
    private final TreeMap<Pair, Proxy> proxies = new TreeMap<>();
    private final TreeMap<Pair, Direction> directions = new TreeMap<>();

    /** The way from one end to another. */
    public record Pair(String from, String to) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int compared = from.compareTo(other.from);
            return compared != 0 ? compared : to.compareTo(other.to);
        }

        public Pair reversed() {
            return new Pair(to, from);
        }

        @Override
        public String toString() {
            return from + ">" + to;
        }
    }

    /**
     * Opens a port of this process that stands for the other's.
     *
     * @return the port for {@code from} to dial
     */
    public synchronized int open(Pair pair, int targetPort) throws IOException {
        Proxy proxy = new Proxy(pair.toString(), targetPort, way(pair), way(pair.reversed()));
        Check.state(proxies.put(pair, proxy) == null, "there is a proxy for %s", pair);
        return proxy.port();
    }

    private synchronized Direction way(Pair pair) {
        return directions.computeIfAbsent(pair, ignored -> new Direction());
    }

    private Direction existing(Pair pair) {
        synchronized (this) {
            Direction direction = directions.get(pair);
            Check.argument(direction != null, "nothing goes from %s to %s", pair.from(), pair.to());
            return Check.present(direction, "checked");
        }
    }

    /** What goes this way waits until {@link #release}; as often as it was held. */
    public void hold(Pair pair) {
        existing(pair).hold();
    }

    public void release(Pair pair) {
        existing(pair).release();
    }

    /** What goes this way from here on takes so long; 0 for no time. */
    public void delay(Pair pair, long nanos) {
        existing(pair).delay(nanos);
    }

    /** Resets all connections between the two, whoever dialled. Gives how many there were. */
    public int reset(Pair pair) {
        int count = 0;
        for (Pair either : new Pair[] {pair, pair.reversed()}) {
            Proxy proxy;
            synchronized (this) {
                proxy = proxies.get(either);
            }
            count += proxy == null ? 0 : proxy.reset();
        }
        return count;
    }

    /** Whatever was done to any way is over. */
    public synchronized void heal() {
        directions.values().forEach(Direction::heal);
    }

    @Override
    public synchronized void close() {
        proxies.values().forEach(Proxy::close);
        directions.values().forEach(Direction::heal);
    }
}
