package io.brickwork.map.transaction;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.ReadMode;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.RecordAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A transaction while its function runs: what it reads is remembered with its version, what it writes stays here. When
 * the function returns, all that was read is compared and all that was written is done, at one moment; if something
 * that was read has changed by then, nothing is done, and the function runs again, in another transaction.
 *
 * <p>{@link #on} shows a structure as the transaction sees it: with its own writes, and with all methods that the
 * structure has. The structure itself, used in the function, is outside of the transaction.
 *
 * <p>Each value that is read was committed, and reading a key or range again gives the same; but two keys may be of
 * different moments. A function that could not bear that throws, or loops, for no good reason: what it throws is told
 * to the caller only if all that it had read was so at one moment, else it runs again.
 *
 * <p>Used by the thread that runs the function; of no use once that has returned.
 */
public final class Transaction {
    private final Invoker outside;
    private final StructureTypes types;
    private final CallOptions options;
    private final long deadlineNanos;
    private final TreeMap<Integer, View> views = new TreeMap<>();
    private final Inside inside = new Inside();
    private int items;
    private long bytes;
    private long readBytes;
    private boolean isOver;

    /** What the transaction has done with one structure. */
    private record View(StructureInfo structure, TransactionRecords records) {}

    Transaction(Invoker outside, StructureTypes types, CallOptions options, long deadlineNanos) {
        this.outside = outside;
        this.types = types;
        this.options = options;
        this.deadlineNanos = deadlineNanos;
    }

    /** The structure as the transaction sees it. */
    public <S> S on(Transactional<S> structure) {
        checkOpen();
        return structure.over(inside);
    }

    /** Nothing more is done in it. */
    void end() {
        isOver = true;
    }

    private void checkOpen() {
        Check.state(
                !isOver, "the function of this transaction has returned: what it got from on(…) is of no use any more");
    }

    /** All that was read. */
    List<Minitransaction.Item> expectations() {
        List<Minitransaction.Item> all = new ArrayList<>();
        views.values()
                .forEach(view -> view.records
                        .compares()
                        .forEach(compare -> all.add(new Minitransaction.Expect(view.structure, compare))));
        return all;
    }

    /** All that was read and written, by a function that took so long. */
    Minitransaction minitransaction(long tookNanos) {
        List<Minitransaction.Item> all = expectations();
        views.values()
                .forEach(view -> view.records
                        .written()
                        .forEach((key, value) -> all.add(
                                new Minitransaction.Write(view.structure, new Effect(key, value.orElse(null))))));
        return new Minitransaction(all, tookNanos);
    }

    /** What is left of the caller's time. */
    CallOptions optionsLeft() {
        long leftNanos = deadlineNanos - outside.nanoTime();
        if (leftNanos <= 0) {
            throw new DdsException.Conflict("a transaction was not done within " + options.timeout()
                    + ", and changed nothing: its function took too long");
        }
        return options.withReads(ReadMode.LINEARIZABLE).withTimeout(Duration.ofNanos(leftNanos));
    }

    /** Counts something more that the transaction is about. */
    void count(int moreItems, long moreBytes) {
        checkFits(items + moreItems, bytes + moreBytes);
        items += moreItems;
        bytes += moreBytes;
    }

    private static void checkFits(int items, long bytes) {
        Check.argument(
                items <= Limits.TRANSACTION_ITEMS,
                "a transaction that reads and writes more than %d records and ranges; make several of it",
                Limits.TRANSACTION_ITEMS);
        if (bytes > Limits.TRANSACTION_BYTES) {
            throw new DdsException.TooLarge("what a transaction compares and writes", bytes, Limits.TRANSACTION_BYTES);
        }
    }

    /** Counts what was read, which is kept. */
    void countRead(long moreBytes) {
        readBytes += moreBytes;
        if (readBytes > Limits.TRANSACTION_READ_BYTES) {
            throw new DdsException.TooLarge("what a transaction reads", readBytes, Limits.TRANSACTION_READ_BYTES);
        }
    }

    private TransactionRecords records(StructureInfo structure) {
        return views.computeIfAbsent(
                        structure.id(), id -> new View(structure, new TransactionRecords(this, structure, this::fetch)))
                .records;
    }

    private <R> R fetch(Operation<R> operation) {
        return outside.invoke(operation, optionsLeft()).await();
    }

    /**
     * What structures stand on in the transaction: each operation is evaluated here, as a replica would, on the records
     * that it needs.
     */
    private final class Inside implements Invoker {
        @Override
        public <R> Pending<R> invoke(Operation<R> operation, CallOptions how) {
            checkOpen();
            StructureInfo structure = operation.structure();
            if (structure.id() == Catalog.STRUCTURE.id()) {
                return outside.invoke(operation, how);
            }
            TransactionRecords records = records(structure);
            List<Effect> effects = new ArrayList<>();
            Bytes result = types.get(structure.spec().type()).evaluate(operation.body(), records, new Changes() {
                @Override
                public void put(Bytes recordKey, Bytes value) {
                    if (value.length() > Limits.VALUE_BYTES) {
                        throw new DdsException.TooLarge("a value", value.length(), Limits.VALUE_BYTES);
                    }
                    effects.add(new Effect(recordKey, value));
                }

                @Override
                public void delete(Bytes recordKey) {
                    effects.add(new Effect(recordKey, null));
                }
            });
            R answer = decoded(operation, result);
            records.write(effects);
            return new Ready<>(answer);
        }

        /**
         * Decodes before anything is written: an operation whose answer cannot be told is not part of the transaction.
         */
        private <R> R decoded(Operation<R> operation, Bytes result) {
            try {
                return operation.decoder().apply(result);
            } catch (DdsException.UnreadableAnswer unreadable) {
                Throwable cause = unreadable.getCause();
                throw new DdsException.Corrupted(
                        "'%s' on '%s' is not part of the transaction, since its answer cannot be read: %s"
                                .formatted(
                                        operation.name(),
                                        operation.structure().name(),
                                        cause instanceof DdsException told ? told.getMessage() : cause),
                        cause == null ? unreadable : cause);
            }
        }

        @Override
        public Pending<@Nullable Void> commit(Minitransaction transaction, int age, CallOptions how) {
            checkOpen();
            for (Minitransaction.Item item : transaction.items()) {
                if (item instanceof Minitransaction.Expect(StructureInfo structure, Compare compare)
                        && !compare.holds(records(structure))) {
                    throw new DdsException.Conflict("in '" + structure.name() + "' " + RecordAccess.describe(compare));
                }
            }
            LinkedHashMap<TransactionRecords, List<Effect>> writes = new LinkedHashMap<>();
            for (Minitransaction.Item item : transaction.items()) {
                if (item instanceof Minitransaction.Write write) {
                    writes.computeIfAbsent(records(write.structure()), of -> new ArrayList<>())
                            .add(write.effect());
                }
            }
            writes.forEach(TransactionRecords::write);
            return new Done();
        }

        @Override
        public boolean isProvisional() {
            return true;
        }

        @Override
        public long nanoTime() {
            return outside.nanoTime();
        }
    }

    /** Nothing is to be told but that. */
    private record Done() implements Pending<@Nullable Void> {
        @Override
        @SuppressWarnings("NullAway") // there is nothing to give
        public @Nullable Void await() {
            return null;
        }

        @Override
        public CompletionStage<@Nullable Void> stage() {
            return CompletableFuture.completedStage(null);
        }
    }

    private record Ready<R extends @Nullable Object>(R result) implements Pending<R> {
        @Override
        public R await() {
            return result;
        }

        @Override
        public CompletionStage<R> stage() {
            return CompletableFuture.completedStage(result);
        }
    }
}
