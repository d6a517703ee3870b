package io.brickwork.cli.transfer;

import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codecs;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Moves money between accounts in a hash table and savings in a tree, a transaction each, while somebody adds it all up
 * again and again. Money never comes or goes, whatever happens to the bricks.
 */
public final class Transfers {
    private static final int ACCOUNTS = 40;
    private static final long BALANCE = 1_000;
    private static final int TELLERS = 4;
    private static final int PARTITIONS = 4;
    /** Between two transfers of a teller, and between two audits: there is other work to be done. */
    private static final Duration TELLER_PAUSE = Duration.ofMillis(5);

    private static final Duration AUDIT_PAUSE = Duration.ofMillis(100);

    private final Dds dds;
    private final DdsHashTable<Integer, Long> accounts;
    private final DdsTree<Integer, Long> savings;
    private final LongAdder done = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder audits = new LongAdder();
    private final AtomicReference<@Nullable String> wrong = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isOver;

    /**
     * What came of it.
     *
     * @param unknown transfers of which nobody could tell: done whole or not at all
     * @param wrong a sum that was not right; null if all were
     */
    public record Result(
            long done, long unknown, long audits, @Nullable String wrong) {
        /** Whether something was done, and every sum was right. */
        public boolean isGood() {
            return wrong == null && done > 0 && audits > 0;
        }

        @Override
        public String toString() {
            return wrong != null
                    ? wrong
                    : "%,d transfers, %,d unknown, the sum right in %,d audits".formatted(done, unknown, audits);
        }
    }

    /** Opens the accounts, and gives each its money. */
    public Transfers(Dds dds) {
        this.dds = dds;
        accounts = dds.hashTable(
                TableSpec.of("accounts", Codecs.int32(), Codecs.int64()).partitions(PARTITIONS));
        savings = dds.tree("savings", Integer.class, Long.class);
        dds.transact(tx -> {
            for (int i = 0; i < ACCOUNTS; i++) {
                tx.on(accounts).set(i, BALANCE);
                tx.on(savings).set(i, BALANCE);
            }
        });
    }

    /** Begins, on threads of its own. */
    public void begin() {
        for (int i = 0; i < TELLERS; i++) {
            int teller = i;
            threads.add(Thread.ofVirtual().name("teller-" + i).start(() -> transfer(new SplittableRandom(teller))));
        }
        threads.add(Thread.ofVirtual().name("auditor").start(() -> {
            while (!isOver) {
                audit();
                pause(AUDIT_PAUSE);
            }
        }));
    }

    private void transfer(SplittableRandom random) {
        while (!isOver) {
            int from = random.nextInt(ACCOUNTS);
            int to = random.nextInt(ACCOUNTS);
            long amount = random.nextLong(1, 50);
            try {
                dds.transact(tx -> {
                    DdsHashTable<Integer, Long> current = tx.on(accounts);
                    DdsTree<Integer, Long> saved = tx.on(savings);
                    long available = current.getOrDefault(from, 0L);
                    if (available >= amount) {
                        current.set(from, available - amount);
                        saved.merge(to, amount, Long::sum);
                    } else { // some of the savings come back
                        long back = Math.min(saved.getOrDefault(to, 0L), BALANCE);
                        saved.set(to, saved.getOrDefault(to, 0L) - back);
                        current.set(from, available + back);
                    }
                });
                done.increment();
            } catch (DdsException.UnknownOutcome e) {
                unknown.increment();
            } catch (DdsException notDone) {
                // It changed nothing.
            }
            pause(TELLER_PAUSE);
        }
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            isOver = true;
        }
    }

    /** All of it, at one moment. */
    private void audit() {
        try {
            long sum = dds.transactAndGet(tx -> sum(tx.on(accounts)) + sum(tx.on(savings)));
            audits.increment();
            if (sum != 2 * ACCOUNTS * BALANCE) {
                wrong.compareAndSet(null, "an audit found %,d, not %,d".formatted(sum, 2 * ACCOUNTS * BALANCE));
            }
        } catch (DdsException notRead) {
            // Nobody was told anything.
        }
    }

    private static long sum(Map<Integer, Long> balances) {
        return balances.values().stream().mapToLong(balance -> balance).sum();
    }

    /** Ends it, and adds it all up once more. */
    public Result end() throws InterruptedException {
        isOver = true;
        for (Thread thread : threads) {
            thread.join();
        }
        long before = audits.sum();
        audit();
        if (audits.sum() == before) {
            wrong.compareAndSet(null, "the last audit came to no end");
        }
        return new Result(done.sum(), unknown.sum(), audits.sum(), wrong.get());
    }
}
