package io.brickwork.core.paxos;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosCodec;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.ballot.Replicated;
import io.brickwork.core.message.PaxosMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the slots: a snapshot, the chosen values after it, and votes above those. Chosen values are carried
 * out at once and in order.
 */
final class SlotLog {
    /** Told of each slot that has been carried out, in order. */
    interface Listener {
        /** @param answers one for each command */
        void applied(long slot, PaxosValue value, List<Bytes> answers);
    }

    /** @param ballot in which this node voted for the value; null if it was told that the value is chosen */
    private record Held(@Nullable Ballot ballot, PaxosValue value) {}

    record Snapshot(long slot, Membership members, Bytes bytes) {}

    private final PaxosConfig config;
    private final Replicated state;
    private final Listener listener;
    private final TreeMap<Long, Held> slots = new TreeMap<>();
    private @Nullable Snapshot snapshot;
    /** Who votes on the slots above {@code chosen}; null before the founding. */
    private @Nullable Membership members;
    /** Everything up to here is chosen and carried out; -1 before the founding. */
    private long chosen = -1;

    private long bytesSinceSnapshot;

    SlotLog(PaxosConfig config, Replicated state, Listener listener) {
        this.config = config;
        this.state = state;
        this.listener = listener;
    }

    long chosen() {
        return chosen;
    }

    @Nullable
    Membership members() {
        return members;
    }

    @Nullable
    Snapshot snapshot() {
        return snapshot;
    }

    // ---- votes

    void accept(long slot, Ballot ballot, PaxosValue value) {
        Held held = slots.get(slot);
        if (held != null && ballot.equals(held.ballot)) {
            Check.invariant(held.value.equals(value), "two values for slot %d in ballot %s", slot, ballot);
        }
        slots.put(slot, new Held(ballot, value));
    }

    /** Whether this node has voted for another value in the same ballot. */
    boolean contradicts(long slot, Ballot ballot, PaxosValue value) {
        Held held = slots.get(slot);
        return held != null && ballot.equals(held.ballot) && !held.value.equals(value);
    }

    /** This node's votes above a slot. */
    List<PaxosMessage.Vote> votesAbove(long slot) {
        List<PaxosMessage.Vote> votes = new ArrayList<>();
        slots.tailMap(slot, false).forEach((at, held) -> {
            if (held.ballot != null) {
                votes.add(new PaxosMessage.Vote(at, held.ballot, held.value));
            }
        });
        return votes;
    }

    // ---- chosen values

    /**
     * The leader of this ballot says that everything up to {@code upTo} is chosen: what this node accepted from it is.
     * Stops at the first slot that it did not.
     */
    void choose(long upTo, Ballot ballot) {
        while (chosen >= 0 && chosen < upTo) {
            Held held = slots.get(chosen + 1);
            if (held == null || !ballot.equals(held.ballot)) {
                return;
            }
            applyNext(held.value);
        }
    }

    /**
     * Takes in chosen values, the first of them for a slot that is not above the next one. Returns those that are new.
     */
    List<PaxosRecord> learn(long firstSlot, List<PaxosValue> values) {
        List<PaxosRecord> records = new ArrayList<>();
        long slot = firstSlot;
        for (PaxosValue value : values) {
            if (slot == chosen + 1) {
                slots.put(slot, new Held(null, value));
                records.add(new PaxosRecord.Learned(slot, value));
                applyNext(value);
            }
            slot++;
        }
        return records;
    }

    private void applyNext(PaxosValue value) {
        chosen++;
        bytesSinceSnapshot += PaxosCodec.bytesOf(value);
        List<Bytes> answers = new ArrayList<>();
        switch (value) {
            case PaxosValue.Commands commands ->
                commands.commands().forEach(command -> answers.add(state.apply(chosen, command)));
            case PaxosValue.ChangeMembers change -> members = change.next();
            case PaxosValue.NoOp noOp -> {
                // Nothing is carried out.
            }
        }
        listener.applied(chosen, value, answers);
    }

    /** Chosen values from a slot on, about {@code chunkBytes} of them; null if they are no longer kept. */
    @Nullable
    List<PaxosValue> read(long fromSlot) {
        if (slots.isEmpty() || slots.firstKey() > fromSlot || fromSlot < 1) {
            return null;
        }
        List<PaxosValue> values = new ArrayList<>();
        int bytes = 0;
        for (var entry : slots.subMap(fromSlot, true, chosen, true).entrySet()) {
            bytes += PaxosCodec.bytesOf(entry.getValue().value);
            if (!values.isEmpty() && bytes > config.chunkBytes()) {
                break;
            }
            values.add(entry.getValue().value);
        }
        return values;
    }

    // ---- snapshots

    boolean isSnapshotDue() {
        return bytesSinceSnapshot >= config.snapshotBytes();
    }

    /** Makes the state of this moment the snapshot, and drops what lies far enough below it. */
    void takeSnapshot() {
        snapshot = new Snapshot(chosen, Check.present(members, "a snapshot without members"), state.snapshot());
        bytesSinceSnapshot = 0;
        slots.headMap(chosen - config.keptSlots(), true).clear();
    }

    /** Takes a snapshot of somebody else's in place of all that lies up to its slot. */
    void install(Snapshot taken) {
        Check.invariant(taken.slot > chosen, "a snapshot of slot %d, at slot %d already", taken.slot, chosen);
        state.restore(taken.bytes);
        snapshot = taken;
        members = taken.members;
        chosen = taken.slot;
        bytesSinceSnapshot = 0;
        slots.headMap(chosen, true).clear();
    }

    /** All that must be kept, but for the promise: the snapshot, and what stands above it. */
    List<PaxosRecord> renewal() {
        List<PaxosRecord> records = new ArrayList<>();
        Snapshot kept = snapshot;
        if (kept == null) {
            return records;
        }
        int size = kept.bytes.length();
        int parts = Math.max(1, Math.ceilDiv(size, PaxosCodec.PART_BYTES));
        for (int part = 0; part < parts; part++) {
            int from = part * PaxosCodec.PART_BYTES;
            Bytes bytes = kept.bytes.slice(from, Math.min(size, from + PaxosCodec.PART_BYTES));
            records.add(new PaxosRecord.SnapshotPart(kept.slot, kept.members, part, parts, bytes));
        }
        slots.tailMap(kept.slot, false)
                .forEach((slot, held) -> records.add(
                        held.ballot == null
                                ? new PaxosRecord.Learned(slot, held.value)
                                : new PaxosRecord.Accepted(slot, held.ballot, held.value)));
        records.add(new PaxosRecord.Chosen(chosen));
        return records;
    }

    // ---- replay

    /** Puts a value that was learned before a restart back into its place. */
    void replayLearned(long slot, PaxosValue value) {
        slots.put(slot, new Held(null, value));
    }

    /** Drops votes and values that a snapshot stands for, read back before anything is carried out. */
    void replaySnapshot(Snapshot read) {
        if (read.slot > chosen) {
            install(read);
        }
    }

    /**
     * Drops votes above what is chosen in ballots that nobody can have led in.
     *
     * @return how many
     */
    int dropImpossibleVotes() {
        int before = slots.size();
        slots.tailMap(chosen, false).values().removeIf(held -> held.ballot != null && !Claims.isPossible(held.ballot));
        return before - slots.size();
    }

    /** Carries out again what was known to be chosen. */
    void endReplay(long upTo) {
        while (chosen >= 0 && chosen < upTo) {
            Held held = slots.get(chosen + 1);
            if (held == null) {
                return; // its record was not synced; it is learned again
            }
            applyNext(held.value);
        }
    }
}
