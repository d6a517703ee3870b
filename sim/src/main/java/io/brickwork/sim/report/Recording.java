package io.brickwork.sim.report;

import io.brickwork.sim.kernel.Recorder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Keeps what a {@link Recorder} hears, to be drawn afterwards. Holds references only; words are made when it is drawn.
 * One thread.
 */
public final class Recording implements Recorder {
    /** Messages beyond these are counted, not kept, so that a page stays one that a browser can show. */
    private static final int MAX_MESSAGES = 200_000;

    private LongSupplier clock = () -> 0;
    private final List<Flight> flights = new ArrayList<>();
    private final IdentityHashMap<Object, Flight> underWay = new IdentityHashMap<>();
    private final List<Mark> marks = new ArrayList<>();
    private final List<Band> bands = new ArrayList<>();
    private final TreeMap<Key, Long> open = new TreeMap<>();
    private final List<UserCall> calls = new ArrayList<>();
    private long omitted;

    /** One message; one that was doubled is two. {@code arrivedNanos} is -1 if it never arrived. */
    static final class Flight {
        final int from;
        final int to;
        final Object message;
        final long sentNanos;
        long arrivedNanos = -1;

        Flight(int from, int to, Object message, long sentNanos) {
            this.from = from;
            this.to = to;
            this.message = message;
            this.sentNanos = sentNanos;
        }
    }

    /** Something that happened at a moment. */
    record Mark(int node, long nanos, Object what) {}

    /** A fault of the nemesis, by its number. */
    record Strike(int number, String fault) {}

    /** Something that was wrong for a while. */
    record Band(int node, String what, int peer, long fromNanos, long toNanos) {}

    private record Key(int node, String what, int peer) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byNode = Integer.compare(node, other.node);
            int byPeer = byNode != 0 ? byNode : Integer.compare(peer, other.peer);
            return byPeer != 0 ? byPeer : what.compareTo(other.what);
        }
    }

    @Override
    public void begins(LongSupplier nowNanos) {
        clock = nowNanos;
    }

    @Override
    public void sent(int from, int to, Object message, Object wire) {
        if (flights.size() >= MAX_MESSAGES) {
            omitted++;
            return;
        }
        Flight flight = new Flight(from, to, message, clock.getAsLong());
        flights.add(flight);
        underWay.put(wire, flight);
    }

    @Override
    public void arrived(int to, Object wire) {
        Flight flight = underWay.get(wire);
        if (flight == null) {
            return;
        }
        if (flight.arrivedNanos >= 0) {
            flight = new Flight(flight.from, flight.to, flight.message, flight.sentNanos);
            flights.add(flight);
        }
        flight.arrivedNanos = clock.getAsLong();
    }

    @Override
    public void noted(int node, String text) {
        marks.add(new Mark(node, clock.getAsLong(), text));
    }

    @Override
    public void told(int node, Object event) {
        marks.add(new Mark(node, clock.getAsLong(), event));
    }

    @Override
    public void struck(int number, String fault) {
        marks.add(new Mark(WORLD, clock.getAsLong(), new Strike(number, fault)));
    }

    @Override
    public void began(int node, String what, int peer) {
        open.putIfAbsent(new Key(node, what, peer), clock.getAsLong());
    }

    @Override
    public void ended(int node, String what, int peer) {
        Long since = open.remove(new Key(node, what, peer));
        if (since != null) {
            bands.add(new Band(node, what, peer, since, clock.getAsLong()));
        }
    }

    @Override
    public void lasts(int node, String what, long nanos) {
        long now = clock.getAsLong();
        bands.add(new Band(node, what, WORLD, now, now + nanos));
    }

    // ---- calls of a user's code

    /**
     * Code of a user asks its {@code Dds} for something.
     *
     * @param service the node that the code runs on
     * @return the number of the call
     */
    public int called(int service, String thread, UserCall.Request request, List<StackTraceElement> code) {
        int number = calls.size();
        calls.add(
                new UserCall(number, service, thread, request, code, clock.getAsLong(), -1, UserCall.Ending.OPEN, ""));
        return number;
    }

    /** The code was told how a call ended. */
    public void answered(int number, UserCall.Ending ending, String answer) {
        calls.set(number, calls.get(number).ended(clock.getAsLong(), ending, answer));
    }

    /** By their beginnings. */
    List<UserCall> calls() {
        return calls;
    }

    List<Flight> flights() {
        return flights;
    }

    List<Mark> marks() {
        return marks;
    }

    /** Those that are not over end at the end of the run. */
    List<Band> bands() {
        List<Band> all = new ArrayList<>(bands);
        open.forEach((key, since) -> all.add(new Band(key.node(), key.what(), key.peer(), since, clock.getAsLong())));
        return all;
    }

    /** How many messages are not kept because there were too many. */
    long omitted() {
        return omitted;
    }
}
