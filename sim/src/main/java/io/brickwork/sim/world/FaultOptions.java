package io.brickwork.sim.world;

import io.brickwork.core.Check;
import io.brickwork.sim.kernel.Harm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What befalls a world, and how often.
 *
 * @param periodNanos about how long it is from one fault to the next
 * @param weights how likely each kind of fault is, compared with the others; kinds that are missing do not happen
 * @param downNanos how long a crashed process stays down at most
 * @param spanNanos how long a pause, a cut or a stall lasts at most
 */
public record FaultOptions(long periodNanos, Map<Fault, Integer> weights, long downNanos, long spanNanos) {
    /** Nothing happens. */
    public static final FaultOptions NONE = new FaultOptions(1_000_000_000, Map.of(), 1_000_000, 1_000_000);

    /** A kind of fault: what it is, and by which harm it shows that it did something. */
    public enum Fault {
        KILL(Harm.PROCESS_KILLED, "the process of a brick is killed"),
        KILL_ALL(Harm.PROCESS_KILLED, "the processes of all bricks are killed, one shortly after the other"),
        POWER(Harm.POWER_LOST, "a machine loses power"),
        POWER_ALL(Harm.POWER_LOST, "all machines lose power, at once"),
        STRIKE(Harm.TURN_CUT_SHORT, "a brick crashes at a drawn moment of a turn"),
        PAUSE(Harm.HELD_BY_PAUSE, "a brick stops for a while"),
        SLOW(Harm.SLOWED, "a brick becomes slow for a while"),
        CLIENT_CRASH(Harm.CLIENT_LOST, "a client dies; another takes its place, with another session"),
        CLIENT_PAUSE(Harm.HELD_BY_PAUSE, "a client stops for a while"),
        CLIENT_SLOW(Harm.SLOWED, "a client becomes slow for a while"),
        CLOCK_JUMP(Harm.CLOCK_JUMPED, "somebody's time of day jumps forward or back"),
        CUT(Harm.CUT_OFF, "two nodes do not hear each other for a while"),
        CUT_ONE_WAY(Harm.CUT_OFF, "one node does not hear another for a while"),
        ISOLATE(Harm.CUT_OFF, "a brick hears no other brick for a while, nor they it"),
        PARTITION(Harm.CUT_OFF, "nodes fall into two sides for a while, clients too"),
        PARTIAL(Harm.CUT_OFF, "some pairs of bricks do not hear each other for a while, though others reach both"),
        FLAP(Harm.CUT_OFF, "two sides part and meet again, many times"),
        BREAK(Harm.LINK_BROKEN, "a link breaks"),
        SLOW_LINK(Harm.DELAYED, "messages take longer from one node to another for a while, perhaps both ways"),
        LOSE(Harm.MESSAGE_LOST, "single messages between two nodes are lost for a while"),
        DOUBLE(Harm.MESSAGE_DOUBLED, "single messages between two bricks arrive twice for a while"),
        REORDER(Harm.OUT_OF_TURN, "messages between two nodes overtake each other for a while"),
        STALL(Harm.STALLED, "a disk ends no sync and no batch for a while"),
        SLOW_DISK(Harm.DISK_SLOWED, "a disk becomes slow for a while"),
        SYNC_ERROR(Harm.SYNC_FAILED, "a sync fails: the brick halts and comes back with what its disk has kept"),
        WRITE_ERROR(Harm.WRITE_FAILED, "a write fails: likewise"),
        FILL_DISK(Harm.DISK_FULL, "a disk is full for a while"),
        EMPTY_DISK(Harm.DISK_REPLACED, "a brick comes back with an empty disk"),
        OLD_IMAGE(
                Harm.DISK_REPLACED,
                "a brick that keeps no metadata comes back with what its disk held in an earlier life"),
        ROT_LOG(Harm.ROT_FOUND, "a record of a log rots"),
        ROT_TABLE(Harm.ROT_FOUND, "a record of a table rots"),
        RETIRE(Harm.POWER_LOST, "a brick loses power and never comes back"),
        DEPART(Harm.PROCESS_KILLED, "a brick is stopped in good order, and started again"),
        LEAVE(Harm.EMPTIED, "an operator has a brick emptied, and later filled again"),
        SPLIT(Harm.SPLIT, "an operator has a partition split at some key"),
        MERGE(Harm.MERGED, "an operator has two neighbouring partitions merged"),

        // ---- faults with an aim; drawn apart from those above
        AMBUSH(
                Harm.AMBUSHED,
                "who sends and who gets a message of a drawn kind crash, or one of them, or bricks besides"),
        HOLD(Harm.CUT_OFF, "what a client sends is held until its session is over, and then arrives"),
        HOLD_AND_MOVE(
                Harm.CUT_OFF,
                "what a client sends to one brick is held for 8 to 20 s, while the brick is isolated for 4 to 6 s: others serve meanwhile"),
        SPARE_LEADER(
                Harm.CUT_OFF,
                "all bricks but the leader of the metadata log are cut off from each other for 4 to 10 s; it hears them all"),
        BLINK(Harm.CUT_OFF, "two sides are parted for long, and meet for 50 ms now and then"),
        GRAY(Harm.SLOWED, "a brick, its disk and its links are slow for minutes, and not dead"),
        RESTARTS(Harm.PROCESS_KILLED, "two bricks are killed and started again, together, many times"),
        ROT_NEWEST(
                Harm.ROT_FOUND,
                "the newest record of a log that is synced rots, while the disk of another brick stalls");

        /** The first of the faults with an aim. */
        static final Fault FIRST_WITH_AIM = AMBUSH;

        private final Harm harm;
        private final String description;

        Fault(Harm harm, String description) {
            this.harm = harm;
            this.description = description;
        }

        /** Whether it is aimed at a moment or a place where protocols are vulnerable. */
        public boolean hasAim() {
            return compareTo(FIRST_WITH_AIM) >= 0;
        }

        /** What it does when it does something. */
        public Harm harm() {
            return harm;
        }

        /** One line for people. */
        public String description() {
            return description;
        }
    }

    public FaultOptions {
        Check.argument(periodNanos >= 1 && downNanos >= 1_000_000 && spanNanos >= 1_000_000, "times must be positive");
        EnumMap<Fault, Integer> ordered = new EnumMap<>(Fault.class);
        ordered.putAll(weights);
        weights = Collections.unmodifiableMap(ordered);
    }

    /** Each kind as often as its weight, in order. */
    public List<Fault> wheel() {
        List<Fault> wheel = new ArrayList<>();
        weights.forEach((fault, weight) -> wheel.addAll(Collections.nCopies(weight, fault)));
        return wheel;
    }
}
