package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Some conditions and some writes on any maps, sent in one round: if all conditions hold, all writes are done, at one
 * moment.
 *
 * <pre>{@code
 * boolean moved = dds.miniTransaction()
 *         .ifValue(places, "piece-7", "a1")
 *         .set(places, "piece-7", "a2")
 *         .ifAbsent(board, "a2")
 *         .set(board, "a2", "piece-7")
 *         .delete(board, "a1")
 *         .commit();
 * }</pre>
 *
 * <p>What a condition is about is compared as it was before any of the writes. For one thread; used once.
 */
public final class MiniTransaction {
    private record Place(int structure, Bytes key) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return structure != other.structure
                    ? Integer.compare(structure, other.structure)
                    : key.compareTo(other.key);
        }
    }

    private final Invoker invoker;
    private final CallOptions options;
    private final List<Minitransaction.Item> items = new ArrayList<>();
    private final TreeSet<Place> written = new TreeSet<>();
    private long bytes;
    private boolean isSent;

    public MiniTransaction(Invoker invoker, CallOptions options) {
        this.invoker = invoker;
        this.options = options;
    }

    /** Only if the map has no such key. */
    public <K, V> MiniTransaction ifAbsent(DdsMap<K, V> map, K key) {
        return expect(map.info(), new Compare.Absent(map.recordKey(key)), 0);
    }

    /** Only if the key has this value, as encoded. */
    public <K, V> MiniTransaction ifValue(DdsMap<K, V> map, K key, V value) {
        Bytes stored = map.storedValue(value);
        return expect(map.info(), new Compare.HasValue(map.recordKey(key), stored), stored.length());
    }

    /** Puts the value under the key. */
    public <K, V> MiniTransaction set(DdsMap<K, V> map, K key, V value) {
        Bytes stored = map.storedValue(value);
        return write(map.info(), new Effect(map.recordKey(key), stored), stored.length());
    }

    /** Removes the key, if it is there. */
    public <K, V> MiniTransaction delete(DdsMap<K, V> map, K key) {
        return write(map.info(), new Effect(map.recordKey(key), null), 0);
    }

    private MiniTransaction expect(StructureInfo structure, Compare compare, int valueBytes) {
        return add(new Minitransaction.Expect(structure, compare), valueBytes);
    }

    private MiniTransaction write(StructureInfo structure, Effect effect, int valueBytes) {
        Check.argument(
                written.add(new Place(structure.id(), effect.recordKey())),
                "a transaction that writes a key of '%s' twice",
                structure.name());
        return add(new Minitransaction.Write(structure, effect), valueBytes);
    }

    private MiniTransaction add(Minitransaction.Item item, int valueBytes) {
        Check.state(!isSent, "this transaction has been sent");
        items.add(item);
        bytes += 48L + item.key().length() + valueBytes;
        Check.argument(
                items.size() <= Limits.TRANSACTION_ITEMS,
                "a transaction of more than %d conditions and writes; make several of it",
                Limits.TRANSACTION_ITEMS);
        if (bytes > Limits.TRANSACTION_BYTES) {
            throw new DdsException.TooLarge("what a transaction compares and writes", bytes, Limits.TRANSACTION_BYTES);
        }
        return this;
    }

    /**
     * Sends it.
     *
     * @return whether it was done; if not, nothing was: a condition did not hold, or another transaction was in the way
     */
    public boolean commit() {
        Check.state(!isSent, "this transaction has been sent");
        invoker.checkMayBlock();
        isSent = true;
        try {
            invoker.commit(new Minitransaction(items), 0, options).await();
            return true;
        } catch (DdsException.Conflict conflict) {
            return false;
        }
    }

    /** Sends it, and again while others are in the way; for one without conditions. */
    void commitOrThrow() {
        invoker.checkMayBlock();
        isSent = true;
        long deadlineNanos = invoker.nanoTime() + options.timeout().toNanos();
        for (int age = 0; ; age++) {
            try {
                long leftNanos = Math.max(1, deadlineNanos - invoker.nanoTime());
                invoker.commit(new Minitransaction(items), age, options.withTimeout(Duration.ofNanos(leftNanos)))
                        .await();
                return;
            } catch (DdsException.Conflict conflict) {
                if (deadlineNanos - invoker.nanoTime() <= 0) {
                    throw conflict;
                }
            }
        }
    }
}
