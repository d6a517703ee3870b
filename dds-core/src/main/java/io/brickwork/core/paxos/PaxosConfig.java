package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.ballot.PaxosCodec;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.defence.Defences;
import java.util.List;

/**
 * How a {@link PaxosNode} behaves.
 *
 * @param founders who founds the cluster when all of them are empty, the same list at each of them; the first begins.
 *     Nobody founds if it is empty
 * @param contacts whom a node asks that knows no members yet
 * @param heartbeatNanos how often a leader says that it leads
 * @param electionNanos without a sign of a leader for this long, or up to twice as long, a member stands for election;
 *     a leader that no majority answered for this long steps down
 * @param retryNanos how long an answer is waited for before a question is put again
 * @param giveUpNanos how long a proposal is repeated
 * @param pipelineSlots how many slots are under way at a time
 * @param batchBytes about how many bytes of commands share a slot
 * @param chunkBytes about how many bytes of log or snapshot one message carries
 * @param snapshotBytes after about so many bytes of log the state is written anew
 * @param keptSlots how many slots below the snapshot are kept for those that lag
 * @param defences the rules that are kept
 */
public record PaxosConfig(
        List<BrickId> founders,
        List<BrickId> contacts,
        long heartbeatNanos,
        long electionNanos,
        long retryNanos,
        long giveUpNanos,
        int pipelineSlots,
        int batchBytes,
        int chunkBytes,
        long snapshotBytes,
        int keptSlots,
        Defences defences) {
    public PaxosConfig {
        founders = List.copyOf(founders);
        contacts = List.copyOf(contacts);
        Check.argument(
                heartbeatNanos > 0 && electionNanos >= 3 * heartbeatNanos && retryNanos > 0 && giveUpNanos > 0,
                "heartbeat %d, election %d (at least three times that), retry %d, give up %d ns",
                heartbeatNanos,
                electionNanos,
                retryNanos,
                giveUpNanos);
        Check.argument(
                pipelineSlots >= 1 && batchBytes >= 1 && (long) pipelineSlots * batchBytes <= 2 << 20,
                "%d slots of %d bytes under way; at most 2 MiB, so that a promise fits into a frame",
                pipelineSlots,
                batchBytes);
        Check.argument(
                2L * pipelineSlots * Math.max(batchBytes, PaxosValue.COMMAND_BYTES) <= Limits.FRAME_BYTES / 2,
                "%d slots of up to %d bytes under way; a promise tells of twice as many, and must fit into a frame",
                pipelineSlots,
                PaxosValue.COMMAND_BYTES);
        Check.argument(
                chunkBytes >= 1 && chunkBytes <= PaxosCodec.PART_BYTES,
                "chunks of %d bytes; at most %d",
                chunkBytes,
                PaxosCodec.PART_BYTES);
        Check.argument(snapshotBytes >= 1 && keptSlots >= 0, "snapshot %d, kept %d", snapshotBytes, keptSlots);
    }

    /** How long a member waits for a sign of its leader, unless it is told otherwise. */
    public static final long ELECTION_NANOS = 600_000_000;

    private static final int HEARTBEATS_PER_ELECTION = 6;

    /** What a brick uses. */
    public static PaxosConfig of(
            List<BrickId> founders, List<BrickId> contacts, long electionNanos, Defences defences) {
        return new PaxosConfig(
                founders,
                contacts,
                electionNanos / HEARTBEATS_PER_ELECTION,
                electionNanos,
                200_000_000,
                10_000_000_000L,
                16,
                64 << 10,
                256 << 10,
                1 << 20,
                256,
                defences);
    }

    /** How far above what it knows to be chosen a member accepts. */
    int windowSlots() {
        return 2 * pipelineSlots;
    }
}
