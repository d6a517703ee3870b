package io.brickwork.sim.network;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.message.Message;
import io.brickwork.core.wire.WireCodec;
import io.brickwork.sim.kernel.EventQueue;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.kernel.Harms;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.kernel.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Links between nodes.
 *
 * <p>A link is two connections, urgent and bulk, each way. What is sent over a connection arrives once and in order
 * until the link breaks; then some of what was under way is lost, each end finds out in its own time, and a new link
 * comes up as soon as both ends live and nothing is cut between them. A cut does not break a link by itself: what is
 * sent waits, and arrives late if the cut heals before an end gives up, as with real sockets.
 * {@linkplain NetworkOptions#isHarsh In a harsh network}, and where {@link #disturb} says so, single messages are lost,
 * doubled and overtaken besides.
 *
 * <p>Faults add up: what was cut twice must be healed twice.
 *
 * <p>Every message is encoded when it is sent and decoded when it arrives. One thread, the world's.
 */
public final class SimNetwork {
    private static final long REDIAL_MEAN_NANOS = 20_000_000;
    /** How much later what outlives its link arrives: as long as a caller may take for its next calls. */
    private static final long LATE_LEAST_NANOS = 100_000;

    private static final long LATE_MOST_NANOS = 2_000_000_000;
    private static final int LATE_TRIES = 4;

    /** However slow a link is made, one message does not take longer for it. */
    private static final long SLOWEST_NANOS = 2_000_000_000;

    private final EventQueue queue;
    private final SimRandom random;
    private final Trace trace;
    private final Harms harms;
    private final List<End> ends = new ArrayList<>();
    /** By the numbers of the two nodes, the smaller one first. */
    private final TreeMap<Long, Link> links = new TreeMap<>();

    private NetworkOptions options;
    /** What befalls all messages. */
    private Disturbance everywhere;

    private Filter filter = (from, to, message) -> true;
    private long delivered;
    /** Messages that may still arrive, those that have outlived their links among them. */
    private int underWay;

    /** What hangs on the network. It is called once at a time, and must not send before its own turn. */
    public interface Node {
        void linkUp(int peer);

        void linkDown(int peer);

        void deliver(int peer, Message message);
    }

    /** Decides for single messages, by hand, whether they get through: for scenarios that need one certain loss. */
    @FunctionalInterface
    public interface Filter {
        /** Asked when the message is sent. */
        boolean passes(int from, int to, Message message);

        /** Told when a message arrives, before its receiver has it. Must only take note. */
        default void arrives(int from, int to, Message message) {}
    }

    public SimNetwork(EventQueue queue, SimRandom random, Trace trace, Harms harms, NetworkOptions options) {
        this.queue = queue;
        this.random = random;
        this.trace = trace;
        this.harms = harms;
        this.options = options;
        this.everywhere = Disturbance.of(options);
    }

    /** Adds a node, which is not there yet, and returns its number. */
    public int add(Node node) {
        ends.add(new End(node));
        return ends.size() - 1;
    }

    /**
     * From here on the first of the two dials the other whenever it can.
     *
     * @param mayRepeat whether a harsh network may double what is sent between the two. Replicas bear it; a client's
     *     attempt is one frame on one connection, and a refusal says that this attempt will never be taken, so a
     *     doubled request would make an honest brick a liar
     */
    public void connect(int dialler, int listener, boolean mayRepeat) {
        Link link = new Link(dialler, listener, mayRepeat);
        Link other = links.put(key(dialler, listener), link);
        Check.argument(other == null, "nodes %d and %d are connected already", dialler, listener);
        dial(link);
    }

    public void setOptions(NetworkOptions newOptions) {
        options = newOptions;
        everywhere = Disturbance.of(newOptions);
    }

    /** From here on messages that do not pass are lost. */
    public void setFilter(Filter newFilter) {
        filter = newFilter;
    }

    /** From here on all messages pass. */
    public void clearFilter() {
        filter = (from, to, message) -> true;
    }

    /** How many messages have arrived. */
    public long delivered() {
        return delivered;
    }

    /** Whether some message may still arrive, over a slow link or after its own link is gone. */
    public boolean isBusy() {
        return underWay > 0;
    }

    // ---- nodes

    /** The node has started. */
    public void nodeUp(int node) {
        ends.get(node).isAlive = true;
        for (Link link : linksOf(node)) {
            dial(link);
        }
    }

    /**
     * The node is gone, and so are its ends of links.
     *
     * @param isSilent whether nobody tells its peers, as when a machine loses power; else they learn at once
     */
    public void nodeDown(int node, boolean isSilent) {
        ends.get(node).isAlive = false;
        for (Link link : linksOf(node)) {
            link.from(node).isUp = false;
            sever(link, isSilent ? options.detectNanos() : 0);
        }
    }

    // ---- faults

    /** Nothing gets from one node to the other any more; whoever notices gives up the link. */
    public void cut(int from, int to) {
        if (ends.get(from).cutTo.merge(to, 1, Integer::sum) > 1) {
            return;
        }
        trace.recorder().began(from, "cut", to);
        Link link = links.get(key(from, to));
        if (link != null && link.isWhole) {
            int generation = link.generation;
            queue.after(random.tailed(options.detectNanos() / 2, options.detectNanos()), () -> {
                if (link.generation == generation && link.isWhole && isCut(link)) {
                    harms.count(Harm.CUT_OFF);
                    sever(link, 0);
                }
            });
        }
    }

    /** Takes one {@link #cut} back, if there is one. */
    public void heal(int from, int to) {
        Integer times = ends.get(from).cutTo.get(to);
        if (times == null) {
            return;
        }
        if (times > 1) {
            ends.get(from).cutTo.put(to, times - 1);
            return;
        }
        ends.get(from).cutTo.remove(to);
        trace.recorder().ended(from, "cut", to);
        Link link = links.get(key(from, to));
        if (link != null) {
            release(link, from);
            dial(link);
        }
    }

    /** Takes back all cuts, and makes all links as quick and as faithful as the options say. */
    public void healAll() {
        for (int from = 0; from < ends.size(); from++) {
            for (int to : List.copyOf(ends.get(from).cutTo.keySet())) {
                ends.get(from).cutTo.put(to, 1);
                heal(from, to);
            }
        }
        for (Link link : links.values()) {
            for (int from : List.of(link.dialler, link.listener)) {
                slowDown(from, link.other(from), 1);
                disturb(from, link.other(from), Disturbance.NONE);
            }
        }
    }

    /**
     * From here on messages from one node to the other take so many times as long, though not more than two seconds
     * longer.
     *
     * @param times at least 1; 1 makes the link as quick as the options say
     */
    public void slowDown(int from, int to, int times) {
        Check.argument(times >= 1, "a link that is %d times slower", times);
        link(from, to).from(from).slowness = times;
        tell(times > 1, from, "slow link", to);
    }

    /**
     * From here on messages from one node to the other fare like this, or as the whole network does if that is worse.
     */
    public void disturb(int from, int to, Disturbance disturbance) {
        link(from, to).from(from).disturbance = disturbance;
        tell(!disturbance.equals(Disturbance.NONE), from, "disturbed", to);
    }

    private void tell(boolean begins, int from, String what, int to) {
        if (begins) {
            trace.recorder().began(from, what, to);
        } else {
            trace.recorder().ended(from, what, to);
        }
    }

    /** The link between the two breaks, if there is one; another comes up soon. */
    public void breakLink(int one, int other) {
        Link link = links.get(key(one, other));
        if (link != null && link.isWhole) {
            harms.count(Harm.LINK_BROKEN);
            sever(link, 0);
        }
    }

    /** All links of a node break, because it gives no sign of life. */
    public void breakLinks(int node) {
        linksOf(node).forEach(link -> sever(link, 0));
    }

    // ---- messages

    /** Sends a message, if the sender takes the link for up. */
    public void send(int from, int to, Message message) {
        Link link = link(from, to);
        Link.Side side = link.from(from);
        if (!side.isUp) {
            return;
        }
        Bytes bytes = WireCodec.encode(message);
        trace.mix(((long) from << 32) | to, bytes.backingArray(), bytes.length());
        trace.recorder().sent(from, to, message, bytes);
        if (!link.isWhole || !filter.passes(from, to, message)) {
            return; // if the link is broken, the sender has not noticed yet
        }
        Disturbance disturbance = everywhere.and(side.disturbance);
        if (random.chance(disturbance.lossPerMillion())) {
            harms.count(Harm.MESSAGE_LOST);
            return;
        }
        if (link.mayRepeat && random.chance(disturbance.duplicatePerMillion())) {
            harms.count(Harm.MESSAGE_DOUBLED);
            arriveAlone(link, from, bytes);
        }
        if (random.chance(disturbance.reorderPerMillion())) {
            harms.count(Harm.OUT_OF_TURN);
            arriveAlone(link, from, bytes);
            return;
        }
        Link.Stream stream = side.streams.get(message.isUrgent() ? 0 : 1);
        stream.underWay.add(bytes);
        arriveInOrder(link, from, stream);
    }

    /** Lets a message arrive regardless of all others. */
    private void arriveAlone(Link link, int from, Bytes bytes) {
        int generation = link.generation;
        int to = link.other(from);
        underWay++;
        queue.after(latency(link.from(from)), () -> {
            underWay--;
            if (link.generation != generation || !link.isWhole) {
                return;
            }
            if (isCut(from, to)) {
                harms.count(Harm.CUT_OFF);
            } else {
                deliver(from, to, bytes);
            }
        });
    }

    /** Lets the oldest message of a stream arrive, not before what was sent earlier. */
    private void arriveInOrder(Link link, int from, Link.Stream stream) {
        int generation = link.generation;
        int to = link.other(from);
        stream.lastArrivalNanos = Math.max(stream.lastArrivalNanos, queue.nowNanos() + latency(link.from(from)));
        underWay++;
        queue.at(stream.lastArrivalNanos, () -> {
            underWay--;
            if (link.generation != generation || !link.isWhole || stream.underWay.isEmpty()) {
                return; // lost with its link
            }
            if (isCut(from, to)) {
                harms.count(Harm.CUT_OFF);
                stream.overdue++;
            } else {
                deliver(from, to, stream.underWay.removeFirst());
            }
        });
    }

    private void deliver(int from, int to, Bytes bytes) {
        delivered++;
        trace.mix(to, from);
        trace.recorder().arrived(to, bytes);
        Message message = WireCodec.decode(bytes);
        filter.arrives(from, to, message);
        ends.get(to).node.deliver(from, message);
    }

    /** A cut has healed: what waited arrives. */
    private void release(Link link, int from) {
        for (Link.Stream stream : link.from(from).streams) {
            int released = stream.overdue;
            stream.overdue = 0;
            for (int i = 0; i < released; i++) {
                arriveInOrder(link, from, stream);
            }
        }
    }

    /** The link has broken: what was under way is lost, or arrives late, even in the time of the next link. */
    private void strand(Link link, int from) {
        for (Link.Stream stream : link.from(from).streams) {
            for (Bytes bytes : stream.underWay) {
                if (random.chance(options.latePerMillion())) {
                    arriveLate(link, from, bytes, LATE_TRIES);
                }
            }
            stream.underWay.clear();
        }
    }

    /** Lets a message arrive that has outlived its link: when the receiver has another, if that is soon. */
    private void arriveLate(Link link, int from, Bytes bytes, int tries) {
        int to = link.other(from);
        underWay++;
        queue.after(latency() + random.scaled(LATE_LEAST_NANOS, LATE_MOST_NANOS), () -> {
            underWay--;
            if (ends.get(to).isAlive && link.from(to).isUp) {
                deliver(from, to, bytes);
            } else if (ends.get(to).isAlive && tries > 1) {
                arriveLate(link, from, bytes, tries - 1);
            }
        });
    }

    private long latency() {
        long nanos = random.tailed(options.minLatencyNanos(), options.meanLatencyNanos());
        return random.chance(options.spikePerMillion()) ? nanos + options.spikeNanos() : nanos;
    }

    private long latency(Link.Side side) {
        long nanos = latency();
        if (side.slowness == 1) {
            return nanos;
        }
        harms.count(Harm.DELAYED);
        return nanos + Math.min(SLOWEST_NANOS, nanos * (side.slowness - 1));
    }

    // ---- links

    private void dial(Link link) {
        if (!link.isWhole && isCut(link)) {
            harms.count(Harm.CUT_OFF);
        }
        if (!link.isWhole && !link.isDialling && canConnect(link)) {
            link.isDialling = true;
            queue.after(random.tailed(options.minLatencyNanos(), REDIAL_MEAN_NANOS), () -> {
                link.isDialling = false;
                if (!link.isWhole && canConnect(link)) {
                    establish(link);
                }
            });
        }
    }

    private boolean canConnect(Link link) {
        return ends.get(link.dialler).isAlive && ends.get(link.listener).isAlive && !isCut(link);
    }

    private boolean isCut(Link link) {
        return isCut(link.dialler, link.listener) || isCut(link.listener, link.dialler);
    }

    private boolean isCut(int from, int to) {
        TreeMap<Integer, Integer> cutTo = ends.get(from).cutTo;
        return !cutTo.isEmpty() && cutTo.containsKey(to);
    }

    /** The listener takes the link first; the dialler hears of it a message later, before anything else on it. */
    private void establish(Link link) {
        int generation = ++link.generation;
        link.isWhole = true;
        for (Link.Side side : List.of(link.fromDialler, link.fromListener)) {
            side.streams.forEach(stream -> stream.restart(queue.nowNanos()));
        }
        takeUp(link, link.listener);
        long welcome = queue.nowNanos() + latency(link.fromListener);
        link.fromListener.streams.forEach(stream -> stream.lastArrivalNanos = welcome);
        queue.at(welcome, () -> {
            if (link.generation == generation && link.isWhole) {
                takeUp(link, link.dialler);
            }
        });
    }

    private void takeUp(Link link, int node) {
        int peer = link.other(node);
        takeDown(link, node); // an end that never noticed the break does so by the new link
        link.from(node).isUp = true;
        trace.mix(1_000 + node, peer);
        ends.get(node).node.linkUp(peer);
    }

    private void takeDown(Link link, int node) {
        Link.Side side = link.from(node);
        if (side.isUp) {
            side.isUp = false;
            trace.mix(2_000 + node, link.other(node));
            ends.get(node).node.linkDown(link.other(node));
        }
    }

    private void sever(Link link, long silenceNanos) {
        if (!link.isWhole) {
            return;
        }
        link.isWhole = false;
        strand(link, link.dialler);
        strand(link, link.listener);
        int generation = link.generation;
        for (int node : List.of(link.dialler, link.listener)) {
            queue.after(random.tailed(silenceNanos / 2, silenceNanos + options.meanLatencyNanos()), () -> {
                if (link.generation == generation && ends.get(node).isAlive) {
                    takeDown(link, node);
                    dial(link);
                }
            });
        }
    }

    private List<Link> linksOf(int node) {
        List<Link> of = new ArrayList<>();
        for (Link link : links.values()) {
            if (link.dialler == node || link.listener == node) {
                of.add(link);
            }
        }
        return of;
    }

    private Link link(int one, int other) {
        Link link = links.get(key(one, other));
        if (link == null) {
            throw new IllegalArgumentException("nodes " + one + " and " + other + " are not connected");
        }
        return link;
    }

    private static long key(int one, int other) {
        return ((long) Math.min(one, other) << 32) | Math.max(one, other);
    }

    /** Whether nothing is cut between the two, and messages are as quick and as faithful as the options say. */
    public boolean isFaultless(int one, int other) {
        Link link = link(one, other);
        return !isCut(link) && link.fromDialler.isFaultless() && link.fromListener.isFaultless();
    }

    /** Whether the node takes its link to the peer for up. */
    public boolean isUp(int node, int peer) {
        @Nullable Link link = links.get(key(node, peer));
        return link != null && link.from(node).isUp;
    }
}
