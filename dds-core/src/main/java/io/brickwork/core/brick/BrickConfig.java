package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.Limits;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.paxos.PaxosConfig;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a brick must be told before it starts.
 *
 * @param host where its data port is, for others; with {@code port}
 * @param founders who founds the cluster and keeps the metadata log at first: the same list, in the same order, at each
 *     of them
 * @param contacts bricks to ask about the cluster as long as this one knows nothing of it
 * @param drawn what the shell drew at random for it, or found out
 * @param overlayBytes entries that are stored but not yet in the table, in all partitions together; above it writes are
 *     refused as overloaded
 * @param windowBytes entries of one partition that are not yet committed; above it writes are refused as overloaded
 * @param uncommittedBytes the same of all partitions together
 * @param waitingBytes requests that wait for locks, in all partitions together; above it they are refused as overloaded
 * @param copyChunkBytes how much of a partition comes in one message when it is copied, unless a single record is
 *     larger
 * @param leaseTermNanos how long leases last, if this brick founds the cluster. What tells that somebody is gone
 *     depends on it too, so it should be the same at all bricks
 * @param sessionTimeoutNanos a client's session ends when nothing was heard of it for so long; the same at all bricks
 * @param fullPermille from which fill level of the fullest member on puts are refused, in thousandths
 * @param growth when partitions are split
 * @param defences {@link Defences#ALL} but in simulations that leave a rule out
 */
public record BrickConfig(
        BrickId self,
        String host,
        int port,
        List<BrickId> founders,
        List<BrickId> contacts,
        Drawn drawn,
        long overlayBytes,
        long windowBytes,
        long uncommittedBytes,
        long waitingBytes,
        int copyChunkBytes,
        int fullPermille,
        long leaseTermNanos,
        long sessionTimeoutNanos,
        GrowthLimits growth,
        Defences defences) {
    public static final long OVERLAY_BYTES = 64L << 20;
    public static final long WINDOW_BYTES = 8L << 20;
    public static final long UNCOMMITTED_BYTES = 128L << 20;
    public static final long WAITING_BYTES = 64L << 20;
    public static final int FULL_PERMILLE = 850;
    public static final long SESSION_TIMEOUT_NANOS = 60_000_000_000L;
    /** How many bricks keep the metadata log, if there are as many. */
    public static final int FOUNDERS = 3;

    /**
     * @param disk the identity of the brick's disk, if it is found empty
     * @param clusterId the identity of the cluster, if this brick founds it
     * @param boot which boot of the machine this is: what was written in an earlier one is lost unless it was synced.
     *     Also another after a failed sync
     * @param luck for pauses before elections
     */
    public record Drawn(DiskId disk, Bytes clusterId, String boot, RandomGenerator luck) {}

    public BrickConfig {
        founders = List.copyOf(founders);
        contacts = List.copyOf(contacts);
        Check.argument(
                founders.stream().distinct().count() == founders.size(), "a brick is listed twice: %s", founders);
        Check.argument(
                founders.contains(self) || !contacts.isEmpty(),
                "brick %s is not one of the founders %s, and knows nobody to ask about the cluster",
                self,
                founders);
        Check.argument(
                overlayBytes > 0 && windowBytes > 0 && uncommittedBytes > 0 && waitingBytes > 0 && copyChunkBytes > 0,
                "overlay of %d, window of %d, all windows of %d, waiting %d, chunks of %d bytes",
                overlayBytes,
                windowBytes,
                uncommittedBytes,
                waitingBytes,
                copyChunkBytes);
        Check.argument(
                leaseTermNanos >= Limits.SHORTEST_LEASE_TERM_NANOS && leaseTermNanos <= Limits.LONGEST_LEASE_TERM_NANOS,
                "a lease term of %d ns",
                leaseTermNanos);
        Check.argument(
                sessionTimeoutNanos >= 1_000_000_000L, "a session timeout of %d ns; at least 1 s", sessionTimeoutNanos);
        Check.argument(fullPermille > 0 && fullPermille <= 1000, "full at %d ‰", fullPermille);
    }

    /**
     * A brick of a cluster that begins with these bricks.
     *
     * @param members in the same order everywhere
     */
    public static BrickConfig of(BrickId self, String host, int port, List<BrickId> members, Drawn drawn) {
        return new BrickConfig(
                self,
                host,
                port,
                founders(members),
                members.stream().filter(member -> !member.equals(self)).toList(),
                drawn,
                OVERLAY_BYTES,
                WINDOW_BYTES,
                UNCOMMITTED_BYTES,
                WAITING_BYTES,
                TableChunk.BYTES,
                FULL_PERMILLE,
                MetadataState.LEASE_TERM_NANOS,
                SESSION_TIMEOUT_NANOS,
                GrowthLimits.DEFAULT,
                Defences.ALL);
    }

    /** The same for another life of the brick, which draws anew. */
    public BrickConfig withDrawn(Drawn another) {
        return new BrickConfig(
                self,
                host,
                port,
                founders,
                contacts,
                another,
                overlayBytes,
                windowBytes,
                uncommittedBytes,
                waitingBytes,
                copyChunkBytes,
                fullPermille,
                leaseTermNanos,
                sessionTimeoutNanos,
                growth,
                defences);
    }

    /** The same with other limits of what it holds in memory. */
    public BrickConfig withBudget(MemoryBudget budget) {
        return new BrickConfig(
                self,
                host,
                port,
                founders,
                contacts,
                drawn,
                budget.overlayBytes(),
                budget.windowBytes(),
                budget.uncommittedBytes(),
                budget.waitingBytes(),
                copyChunkBytes,
                fullPermille,
                leaseTermNanos,
                sessionTimeoutNanos,
                growth,
                defences);
    }

    /** How long a keeper of the metadata waits for a sign of its leader. */
    long electionNanos() {
        return Math.clamp(leaseTermNanos * 3 / 10, PaxosConfig.ELECTION_NANOS / 2, PaxosConfig.ELECTION_NANOS);
    }

    /** Which of them found the cluster: an odd number, since two are no safer than one. */
    public static List<BrickId> founders(List<BrickId> members) {
        return List.copyOf(members.subList(0, members.size() >= FOUNDERS ? FOUNDERS : Math.min(1, members.size())));
    }
}
