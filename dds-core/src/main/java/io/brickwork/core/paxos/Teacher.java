package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.message.PaxosMessage;
import java.util.List;
import java.util.TreeMap;

/**
 * Tells others what is chosen, as they ask. A leader keeps the question of one who has everything until there is news.
 */
final class Teacher {
    private final PaxosNode node;
    private final PaxosOutbox outbox;
    private final SlotLog log;
    /** Who is so many slots behind at most has the rest as soon as it votes. */
    private static final int CLOSE_SLOTS = 64;

    /** By brick, the slot it waits for. */
    private final TreeMap<BrickId, Long> parked = new TreeMap<>();
    /** By brick, the slot it asked for last; everything below it is known there. */
    private final TreeMap<BrickId, Long> asked = new TreeMap<>();

    Teacher(PaxosNode node, PaxosOutbox outbox, SlotLog log) {
        this.node = node;
        this.outbox = outbox;
        this.log = log;
    }

    void onAsk(BrickId from, PaxosMessage.Ask ask) {
        SlotLog.Snapshot snapshot = log.snapshot();
        if (snapshot == null) {
            return; // an empty node has nothing to tell
        }
        asked.put(from, ask.nextSlot());
        if (ask.nextSlot() > log.chosen()) {
            if (node.leads()) {
                parked.put(from, ask.nextSlot());
            }
            outbox.send(from, new PaxosMessage.Learn(node.knownLeader(), log.chosen(), ask.nextSlot(), List.of()));
            return;
        }
        List<PaxosValue> values = log.read(ask.nextSlot());
        if (values != null) {
            outbox.send(from, new PaxosMessage.Learn(node.knownLeader(), log.chosen(), ask.nextSlot(), values));
            return;
        }
        int total = snapshot.bytes().length();
        long offset = ask.snapshotSlot() == snapshot.slot() && ask.offsetBytes() <= total ? ask.offsetBytes() : 0;
        int end = (int) Math.min(total, offset + node.config().chunkBytes());
        Bytes part = snapshot.bytes().slice((int) offset, end);
        outbox.send(
                from,
                new PaxosMessage.LearnSnapshot(
                        node.knownLeader(), snapshot.slot(), snapshot.members(), offset, total, part));
    }

    /** More is chosen than before. */
    void onAdvanced() {
        for (var entry : List.copyOf(parked.entrySet())) {
            if (entry.getValue() <= log.chosen()) { // else it waits for something further on
                parked.remove(entry.getKey());
                onAsk(entry.getKey(), new PaxosMessage.Ask(entry.getValue(), -1, 0));
            }
        }
    }

    /** Whether the brick has learned nearly all that is chosen: while much is, nobody ever has all of it. */
    boolean isCloseBehind(BrickId brick) {
        Long next = asked.get(brick);
        return next != null && next + CLOSE_SLOTS > log.chosen();
    }

    void onDeposed() {
        parked.clear();
        asked.clear();
    }
}
