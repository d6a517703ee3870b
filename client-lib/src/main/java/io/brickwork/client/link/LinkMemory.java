package io.brickwork.client.link;

import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all links of one event loop may hold in memory together: bytes that wait to be sent, to clients and to bricks,
 * and frames of clients that are coming in.
 *
 * <p>Sending: when more waits than may, the slowest reader is dropped first: the link whose bytes have waited longest
 * without the other end taking any. Clients' links and bricks' have limits of their own, so that no number of clients
 * that do not read costs the bricks of a group their links. A brick's link is dropped only while more than one frame
 * waits on it.
 *
 * <p>Receiving: memory for a client's frame is taken only when it fits; until then nothing more is read from that
 * connection, first come, first served. A frame of at most {@link #SMALL_FRAME_BYTES} never waits, nor does a frame
 * when no other is coming in, nor any frame of a brick: those are few. A frame counts until what it held has been
 * looked at.
 *
 * <p>On the event loop only.
 */
public final class LinkMemory {
    /** Frames up to this never wait for memory, so that requests get through beside megabyte values. */
    static final int SMALL_FRAME_BYTES = 8 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(LinkMemory.class);

    private final long toClientsBytes;
    private final long toBricksBytes;
    private final long receiveBytes;
    private final Complaints complaints = new Complaints(LOG);
    private final Outgoing toClients;
    private final Outgoing toBricks;

    /** Bytes of clients' frames that are coming in, or whose messages have not been looked at. */
    private long incoming;
    /** Of these, frames whose messages have been handed over in this run of the loop. */
    private int delivered;

    private boolean isGivingBack;
    /** Connections that read nothing until there is memory for their next frame. */
    private final ArrayDeque<FrameAssembler> waiting = new ArrayDeque<>();

    /**
     * @param toClientsBytes that wait for clients
     * @param toBricksBytes that wait for other bricks
     * @param receiveBytes of clients' frames that are coming in
     */
    public LinkMemory(long toClientsBytes, long toBricksBytes, long receiveBytes) {
        Check.argument(
                toClientsBytes > 0 && toBricksBytes > 0 && receiveBytes > 0,
                "links without memory: %d, %d, %d bytes",
                toClientsBytes,
                toBricksBytes,
                receiveBytes);
        this.toClientsBytes = toClientsBytes;
        this.toBricksBytes = toBricksBytes;
        this.receiveBytes = receiveBytes;
        toClients = new Outgoing("clients", toClientsBytes, 0);
        toBricks = new Outgoing("other bricks", toBricksBytes, Limits.FRAME_BYTES);
    }

    /** For clients and tests: nothing but each link's own limits. */
    public static LinkMemory unlimited() {
        return new LinkMemory(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** How much may wait for one client before its further requests do. */
    public long holdBackBytes(long usualBytes) {
        return Math.min(usualBytes, Math.max(toClientsBytes / 8, 64 << 10));
    }

    Outgoing outgoing(boolean isToBrick) {
        return isToBrick ? toBricks : toClients;
    }

    @Override
    public String toString() {
        return "LinkMemory[%d to clients, %d to bricks, %d incoming]"
                .formatted(toClientsBytes, toBricksBytes, receiveBytes);
    }

    // ── what waits to be sent ──

    /** The bytes that wait on links of one kind. */
    final class Outgoing {
        private final String who;
        private final long limitBytes;
        /** A link on which no more than this waits is kept. */
        private final long keptBytes;

        private final Set<Link> links = new LinkedHashSet<>();
        private long pending;

        Outgoing(String who, long limitBytes, long keptBytes) {
            this.who = who;
            this.limitBytes = limitBytes;
            this.keptBytes = keptBytes;
        }

        void add(Link link) {
            links.add(link);
        }

        void remove(Link link) {
            links.remove(link);
        }

        /** What waits on one of the links has changed. */
        void changed(long byBytes) {
            pending += byBytes;
        }

        long pending() {
            return pending;
        }

        /** Drops the slowest readers until what is left may wait. */
        void check() {
            while (pending > limitBytes) {
                Link slowest = slowest(System.nanoTime());
                if (slowest == null) {
                    return;
                }
                long all = pending;
                String reason =
                        "%,d bytes wait to be sent to it, %,d to all %s, where %,d may: the slowest reader is dropped first"
                                .formatted(slowest.costBytes(), all, who, limitBytes);
                complaints.log("Dropped {}: {}", slowest, reason);
                slowest.drop(reason);
            }
        }

        private @Nullable Link slowest(long nowNanos) {
            Link slowest = null;
            double worst = -1;
            for (Link link : links) {
                long bytes = link.costBytes();
                if (bytes > keptBytes && link.isUp()) {
                    // A nanosecond more, so that of those who all have just begun to wait the one with most bytes goes.
                    double score = (double) bytes * (link.stalledNanos(nowNanos) + 1.0);
                    if (score > worst) {
                        worst = score;
                        slowest = link;
                    }
                }
            }
            return slowest;
        }
    }

    // ── what comes in ──

    /**
     * Takes memory for a client's frame, if there is some; else it waits, and is told by {@link FrameAssembler#resume}.
     */
    boolean tryTake(FrameAssembler frames, int frameBytes) {
        boolean fits = frameBytes <= SMALL_FRAME_BYTES
                || incoming == 0
                || (waiting.isEmpty() && incoming + frameBytes <= receiveBytes);
        if (fits) {
            incoming += frameBytes;
        } else {
            waiting.addLast(frames);
        }
        return fits;
    }

    /** Gives back what a frame took. */
    void giveBack(int frameBytes) {
        incoming -= frameBytes;
        while (!waiting.isEmpty()) {
            FrameAssembler first = waiting.getFirst();
            int next = first.waitingFrameBytes();
            if (incoming > 0 && incoming + next > receiveBytes) {
                return;
            }
            waiting.removeFirst();
            incoming += next;
            first.resume();
        }
    }

    /**
     * Gives it back once everything that is ready on the loop has run, and with it whatever looks at the frame's
     * messages.
     */
    void giveBackSoon(EventLoop loop, int frameBytes) {
        delivered += frameBytes;
        if (!isGivingBack) {
            isGivingBack = true;
            loop.execute(() -> {
                isGivingBack = false;
                int bytes = delivered;
                delivered = 0;
                giveBack(bytes);
            });
        }
    }

    /** A connection that waits is closed. */
    void forget(FrameAssembler frames) {
        waiting.remove(frames);
    }

    /** Whether somebody waits for the memory that slow senders hold. */
    boolean isShort() {
        return !waiting.isEmpty();
    }

    long incoming() {
        return incoming;
    }
}
