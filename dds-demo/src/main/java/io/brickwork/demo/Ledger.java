package io.brickwork.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * What was written, what of it was acknowledged, and what each replica turned out to hold.
 *
 * <p>Marks may come from any thread; the judgement is one thread's, when all writes are over.
 */
final class Ledger {
    /** What a replica holds under a key, if it is none of the editions that were ever written. */
    static final int FOREIGN = -1;

    private final List<String> keys;
    private final Map<String, Integer> indexes = new HashMap<>();
    /** The greatest edition of each key that was handed to the client; 0 for none. */
    private final AtomicIntegerArray sent;
    /** The greatest edition of each key that was acknowledged; 0 for none. */
    private final AtomicIntegerArray acknowledged;
    /** The edition of each key at each replica; 0 where the key is absent. */
    private final Map<String, int[]> found = new TreeMap<>();

    private final LongAdder acknowledgements = new LongAdder();
    private int foreignKeys;

    Ledger(List<String> keys) {
        this.keys = List.copyOf(keys);
        sent = new AtomicIntegerArray(keys.size());
        acknowledged = new AtomicIntegerArray(keys.size());
        for (int i = 0; i < this.keys.size(); i++) {
            indexes.put(this.keys.get(i), i);
        }
    }

    /** The verdict on all keys and replicas. */
    record Verdict(long checked, long lost, long divergent, long foreign, long unknown, List<String> examples) {
        boolean isGood() {
            return lost == 0 && divergent == 0 && foreign == 0;
        }
    }

    void isSent(int key, int edition) {
        sent.set(key, edition);
    }

    void isAcknowledged(int key, int edition) {
        acknowledged.accumulateAndGet(key, edition, Math::max);
        acknowledgements.increment();
    }

    /** How many editions of keys were acknowledged in all. */
    long acknowledgements() {
        return acknowledgements.sum();
    }

    /** How many keys have an acknowledged edition of at least this number. */
    long acknowledged(int edition) {
        long count = 0;
        for (int i = 0; i < keys.size(); i++) {
            count += acknowledged.get(i) >= edition ? 1 : 0;
        }
        return count;
    }

    /** Notes what a replica holds. */
    void isFound(String replica, String key, int edition) {
        Integer index = indexes.get(key);
        if (index == null) {
            foreignKeys++;
        } else {
            found.computeIfAbsent(replica, name -> new int[keys.size()])[index] = edition;
        }
    }

    /** Forgets what the replica was found to hold, before it is read again. */
    void forget(String replica) {
        found.put(replica, new int[keys.size()]);
    }

    /**
     * What was acknowledged must be there at every replica, or what was sent after it; and all replicas must hold the
     * same.
     */
    Verdict judge() {
        long checked = 0;
        long lost = 0;
        long divergent = 0;
        long foreign = foreignKeys;
        long unknown = 0;
        List<String> examples = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            int owed = acknowledged.get(i);
            int most = sent.get(i);
            unknown += most > owed ? 1 : 0;
            int first = FOREIGN - 1;
            boolean isDivergent = false;
            for (Map.Entry<String, int[]> replica : found.entrySet()) {
                int has = replica.getValue()[i];
                checked++;
                String problem = null;
                if (has == FOREIGN || has > most) {
                    foreign++;
                    problem = "something that was never written";
                } else if (has < owed) {
                    lost++;
                    problem = has == 0 ? "nothing" : "edition " + has;
                }
                if (problem != null && examples.size() < 5) {
                    examples.add("'%s' at brick %s: edition %d was acknowledged, found %s"
                            .formatted(keys.get(i), replica.getKey(), owed, problem));
                }
                isDivergent |= first >= FOREIGN && has != first;
                first = has;
            }
            if (isDivergent) {
                divergent++;
                if (examples.size() < 5) {
                    examples.add("the replicas do not agree on '%s'".formatted(keys.get(i)));
                }
            }
        }
        return new Verdict(checked, lost, divergent, foreign, unknown, List.copyOf(examples));
    }
}
