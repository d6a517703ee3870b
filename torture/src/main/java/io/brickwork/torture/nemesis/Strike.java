package io.brickwork.torture.nemesis;

import io.brickwork.torture.net.Network.Pair;
import java.util.List;

/**
 * One fault, what it strikes, and when.
 *
 * @param number from 1, in the order in which they begin
 * @param atMillis when it begins, counted from the beginning of the load
 * @param forMillis how long it lasts
 * @param victims the processes that it strikes, by name; none if it strikes ways
 * @param ways which ways between processes it strikes; for broken links, one of the two directions of each
 * @param delayMillis by which bytes are late; 0 for other faults
 */
public record Strike(
        int number,
        Fault fault,
        long atMillis,
        long forMillis,
        List<String> victims,
        List<Pair> ways,
        long delayMillis) {
    public Strike {
        victims = List.copyOf(victims);
        ways = List.copyOf(ways);
    }

    public long endMillis() {
        return atMillis + forMillis;
    }

    /** What is done, for people. */
    public String description() {
        String who = String.join(", ", victims);
        return switch (fault) {
            case KILL_BRICK, KILL_BRICKS -> "kill -9 " + who;
            case STOP_BRICK, STOP_CLIENT -> "kill -STOP " + who;
            case END_BRICK -> "kill -TERM " + who;
            case LOSE_DISK -> "kill -9 " + who + " and delete all that it has";
            case KILL_CLIENT -> "kill -9 " + who + " (a client)";
            case CUT, CUT_ONE_WAY -> "cut " + text(ways);
            case BREAK_LINKS -> "break " + text(ways);
            case DELAY -> "delay by %d ms %s".formatted(delayMillis, text(ways));
            case FILL_DISK -> "fill the disk of " + who;
        };
    }

    private static String text(List<Pair> ways) {
        return String.join(" ", ways.stream().map(Pair::toString).toList());
    }
}
