package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.RecordAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An invoker without bricks: evaluates each operation at once, by the real structure types on real partitions held in
 * memory, and is strict about what facades do. For tests of facades; also of other modules.
 *
 * <p>Safe for use from any thread; one operation at a time. Its clock stands still unless it is {@linkplain #pass told}
 * to move.
 */
public final class InMemoryInvoker implements Invoker {
    private final StructureTypes types;
    private final TreeMap<PartitionId, TreeMap<Bytes, Bytes>> partitions = new TreeMap<>();
    private final Map<Integer, PartitionMap> maps = new TreeMap<>();
    private final List<Operation<?>> invoked = new ArrayList<>();
    private final AtomicBoolean keepsOperations = new AtomicBoolean();
    private long nowNanos;
    private boolean mayNotWait;
    private Consumer<Operation<?>> before = operation -> {};
    private Consumer<Operation<?>> after = operation -> {};

    public InMemoryInvoker(StructureType... types) {
        this.types = new StructureTypes(List.of(types));
    }

    @Override
    public synchronized <R> Pending<R> invoke(Operation<R> operation, CallOptions options) {
        if (keepsOperations.get()) {
            invoked.add(operation);
        }
        try {
            before.accept(operation);
            Bytes answer = evaluate(operation);
            after.accept(operation);
            return new Answered<>(operation, answer, null);
        } catch (DdsException e) {
            return new Answered<>(operation, null, e);
        }
    }

    /** Compares and writes at once: nobody comes in between. */
    @Override
    public synchronized Pending<@Nullable Void> commit(Minitransaction transaction, int age, CallOptions options) {
        for (Minitransaction.Item item : transaction.items()) {
            if (item instanceof Minitransaction.Expect(StructureInfo structure, Compare compare)
                    && !compare.holds(new Partition(records(structure), KeyRange.ALL))) {
                return new Failed<>(new DdsException.Conflict(RecordAccess.describe(compare)));
            }
        }
        for (Minitransaction.Item item : transaction.items()) {
            if (item instanceof Minitransaction.Write(StructureInfo structure, Effect effect)) {
                TreeMap<Bytes, Bytes> records =
                        partition(structure, map(structure).locate(effect.recordKey()));
                Bytes value = effect.value();
                if (value == null) {
                    records.remove(effect.recordKey());
                } else {
                    records.put(effect.recordKey().compact(), value.compact());
                }
            }
        }
        return new Failed<>(null);
    }

    /** Nothing, or a failure. */
    private record Failed<R extends @Nullable Object>(
            @Nullable DdsException failure) implements Pending<R> {
        @Override
        @SuppressWarnings("NullAway") // there is nothing to give
        public R await() {
            if (failure != null) {
                throw failure;
            }
            return null;
        }

        @Override
        public CompletionStage<R> stage() {
            return failure == null ? CompletableFuture.completedStage(await()) : CompletableFuture.failedStage(failure);
        }
    }

    @Override
    public synchronized long nanoTime() {
        return nowNanos;
    }

    /** Moves the clock. */
    public synchronized void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    /**
     * Runs before each operation is evaluated: to let another caller get in first, or to throw a {@link DdsException}
     * that the operation then fails with.
     */
    public synchronized void before(Consumer<Operation<?>> action) {
        before = action;
    }

    /** Runs when each operation has taken effect: to throw a {@link DdsException} in place of its answer. */
    public synchronized void after(Consumer<Operation<?>> action) {
        after = action;
    }

    /** Whether this thread is one that must not wait; see {@link #checkMayBlock}. */
    public synchronized void forbidWaiting(boolean isForbidden) {
        mayNotWait = isForbidden;
    }

    @Override
    public synchronized void checkMayBlock() {
        Check.state(!mayNotWait, "a blocking call on a thread that must never block");
    }

    /** From now on remembers the operations. */
    public void keepOperations() {
        keepsOperations.set(true);
    }

    /** What was invoked since it was last asked. */
    public synchronized List<Operation<?>> operations() {
        List<Operation<?>> all = List.copyOf(invoked);
        invoked.clear();
        return all;
    }

    /** The records of one structure, by record key, of all partitions. */
    public synchronized TreeMap<Bytes, Bytes> records(StructureInfo structure) {
        TreeMap<Bytes, Bytes> all = new TreeMap<>();
        partitions.forEach((id, records) -> {
            if (id.structure() == structure.id()) {
                all.putAll(records);
            }
        });
        return all;
    }

    /** Puts a record where it belongs, as another client would: also from within {@link #before}. */
    public synchronized void store(StructureInfo structure, Bytes recordKey, Bytes value) {
        partition(structure, map(structure).locate(recordKey)).put(recordKey, value);
    }

    /** Changes how a structure is partitioned, as splits and merges would; the records move to where they belong. */
    public synchronized void repartition(StructureInfo structure, PartitionMap map) {
        TreeMap<Bytes, Bytes> all = records(structure);
        partitions.keySet().removeIf(id -> id.structure() == structure.id());
        maps.put(structure.id(), map);
        all.forEach((key, value) -> partition(structure, map.locate(key)).put(key, value));
    }

    private Bytes evaluate(Operation<?> operation) {
        StructureInfo structure = operation.structure();
        StructureType type = new RecordAccess(types.get(structure.spec().type()));
        Check.argument(
                operation.routingKey().length() <= Limits.RECORD_KEY_BYTES,
                "routing key of %d bytes",
                operation.routingKey().length());
        Check.argument(
                operation.body().length() <= Limits.BODY_BYTES,
                "body of %d bytes",
                operation.body().length());
        Check.argument(type.isRead(operation.body()) == operation.read(), "%s is read or is not", operation.name());
        PartitionMap map = map(structure);
        int number = map.locate(operation.routingKey());
        TreeMap<Bytes, Bytes> records = partition(structure, number);
        Staged changes = new Staged(operation.read());
        // A copy, as over a connection, so that nobody gets away with sharing an array.
        Bytes result = type.evaluate(
                        Bytes.wrap(operation.body().toArray()), new Partition(records, map.range(number)), changes)
                .compact();
        changes.puts.forEach((key, value) -> records.put(key.compact(), value.compact()));
        changes.deletes.forEach(records::remove);
        return result;
    }

    private PartitionMap map(StructureInfo structure) {
        return maps.computeIfAbsent(
                structure.id(), id -> types.get(structure.spec().type()).initialPartitions(structure.spec()));
    }

    private TreeMap<Bytes, Bytes> partition(StructureInfo structure, int number) {
        return partitions.computeIfAbsent(new PartitionId(structure.id(), number), id -> new TreeMap<>());
    }

    private static final class Staged implements Changes {
        private final TreeMap<Bytes, Bytes> puts = new TreeMap<>();
        private final List<Bytes> deletes = new ArrayList<>();
        private final boolean forbidden;

        private Staged(boolean forbidden) {
            this.forbidden = forbidden;
        }

        @Override
        public void put(Bytes recordKey, Bytes value) {
            Check.invariant(!forbidden, "a read changes %s", recordKey);
            puts.put(recordKey, value);
        }

        @Override
        public void delete(Bytes recordKey) {
            Check.invariant(!forbidden, "a read deletes %s", recordKey);
            deletes.add(recordKey);
        }
    }

    /** One partition as an evaluation sees it. */
    public static class Partition implements Records {
        private static final Version FIRST = new Version(1, 1);

        private final TreeMap<Bytes, Bytes> records;
        private final KeyRange range;

        public Partition(TreeMap<Bytes, Bytes> records, KeyRange range) {
            this.records = records;
            this.range = range;
        }

        @Override
        public KeyRange range() {
            return range;
        }

        @Override
        public @Nullable Bytes get(Bytes recordKey) {
            Check.invariant(range.contains(recordKey), "%s is read outside %s", recordKey, range);
            return records.get(recordKey);
        }

        /** It counts no versions: everything is of the first one. */
        @Override
        public @Nullable Version version(Bytes recordKey) {
            return records.containsKey(recordKey) ? FIRST : null;
        }

        @Override
        public void scanVersions(KeyRange within, boolean backward, VersionVisitor visitor) {
            NavigableMap<Bytes, Bytes> all = within(within);
            for (Map.Entry<Bytes, Bytes> entry : (backward ? all.descendingMap() : all).entrySet()) {
                if (!visitor.visit(entry.getKey(), FIRST, entry.getValue())) {
                    return;
                }
            }
        }

        private NavigableMap<Bytes, Bytes> within(KeyRange within) {
            KeyRange both = range.intersection(within);
            if (both == null) {
                return new TreeMap<>();
            }
            Bytes high = both.high();
            return high == null ? records.tailMap(both.low(), true) : records.subMap(both.low(), true, high, false);
        }

        @Override
        public long count() {
            return records.size();
        }
    }

    private final class Answered<R> implements Pending<R> {
        private final Operation<R> operation;
        private final @Nullable Bytes result;
        private final @Nullable DdsException failure;
        private final AtomicBoolean taken = new AtomicBoolean();

        private Answered(Operation<R> operation, @Nullable Bytes result, @Nullable DdsException failure) {
            this.operation = operation;
            this.result = result;
            this.failure = failure;
        }

        @Override
        public R await() {
            checkMayBlock();
            return result();
        }

        private R result() {
            Check.state(taken.compareAndSet(false, true), "%s is taken twice", operation.name());
            if (result == null) {
                throw Check.present(failure, "no result and no failure");
            }
            return operation.decoder().apply(result);
        }

        @Override
        public CompletionStage<R> stage() {
            try {
                return CompletableFuture.completedStage(result());
            } catch (DdsException e) {
                return CompletableFuture.failedStage(e);
            }
        }
    }
}
