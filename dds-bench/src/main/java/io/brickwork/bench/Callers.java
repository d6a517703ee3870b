package io.brickwork.bench;

import io.brickwork.hashtable.DdsHashTable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A workload on a hash table: callers of one style, each with one operation under way, on random keys. */
final class Callers implements Workload {
    /** How a program calls. */
    enum Style {
        BLOCKING,
        VIRTUAL,
        ASYNC
    }

    /** What it calls. */
    enum Operation {
        SET,
        PUT,
        GET
    }

    /** How many operations of a caller may complete at once in a row before another caller goes on. */
    private static final int TURN = 64;

    private final DdsHashTable<String, byte[]> table;
    private final Operation operation;
    private final Style style;
    private final Entries entries;
    private final List<Caller> callers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch done;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean isRecording;
    private volatile boolean isStopped;
    private volatile boolean hasRecorded;

    Callers(DdsHashTable<String, byte[]> table, Operation operation, Style style, int outstanding, Entries entries) {
        this.table = table;
        this.operation = operation;
        this.style = style;
        this.entries = entries;
        done = new CountDownLatch(outstanding);
        for (int i = 0; i < outstanding; i++) {
            callers.add(new Caller(i));
        }
    }

    @Override
    public void start() {
        for (Caller caller : callers) {
            switch (style) {
                case BLOCKING ->
                    threads.add(Thread.ofPlatform().name("caller").daemon().start(caller::runBlocking));
                case VIRTUAL -> threads.add(Thread.ofVirtual().start(caller::runBlocking));
                case ASYNC -> ForkJoinPool.commonPool().execute(caller::goOn);
            }
        }
    }

    @Override
    public void record(boolean on) {
        isRecording = on;
    }

    @Override
    public boolean hasRecorded() {
        return hasRecorded || failure.get() != null;
    }

    @Override
    public Histogram stop() {
        isStopped = true;
        try {
            done.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
        check(failure.get());
        Histogram sum = Measured.newHistogram();
        for (Caller caller : callers) {
            sum.add(caller.latencies);
        }
        return sum;
    }

    /** Waits for a thread that is about to end. */
    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    static void check(@Nullable Throwable failure) {
        if (failure != null) {
            throw new IllegalStateException("an operation failed while it was measured: " + failure, failure);
        }
    }

    /** One caller. Its state belongs to whoever runs its operation: one thread, or one completion after another. */
    private final class Caller {
        private final SplittableRandom random;
        private final Histogram latencies = Measured.newHistogram();

        Caller(int number) {
            random = new SplittableRandom(number);
        }

        void runBlocking() {
            try {
                while (!isStopped) {
                    String key = entries.key(random);
                    long from = System.nanoTime();
                    switch (operation) {
                        case SET -> table.set(key, entries.value(random));
                        case PUT -> table.put(key, entries.value(random));
                        case GET -> checkFound(table.get(key));
                    }
                    recorded(from);
                }
            } catch (Throwable thrown) {
                fail(thrown);
            } finally {
                done.countDown();
            }
        }

        /**
         * In a loop while operations complete at once, as reads of an own replica do, so that the stack does not grow;
         * but the other callers have their turn.
         */
        void goOn() {
            try {
                for (int i = 0; !isStopped; i++) {
                    if (i == TURN) {
                        ForkJoinPool.commonPool().execute(this::goOn);
                        return;
                    }
                    long from = System.nanoTime();
                    CompletableFuture<?> call = begin().toCompletableFuture();
                    if (!call.isDone()) {
                        call.whenComplete((result, thrown) -> {
                            if (thrown != null) {
                                fail(thrown);
                                done.countDown();
                            } else {
                                recorded(from);
                                goOn();
                            }
                        });
                        return;
                    }
                    call.join();
                    recorded(from);
                }
            } catch (Throwable thrown) {
                fail(thrown);
            }
            done.countDown();
        }

        private CompletionStage<?> begin() {
            String key = entries.key(random);
            return switch (operation) {
                case SET -> table.async().set(key, entries.value(random));
                case PUT -> table.async().put(key, entries.value(random));
                case GET -> table.async().get(key).thenAccept(this::checkFound);
            };
        }

        private void recorded(long from) {
            if (isRecording) {
                latencies.recordValue(Math.min(System.nanoTime() - from, Measured.LONGEST_NANOS));
                if (!hasRecorded) {
                    hasRecorded = true;
                }
            }
        }

        private void checkFound(byte @Nullable [] value) {
            if (value == null) {
                throw new IllegalStateException("a value that was loaded before is not there");
            }
        }

        private void fail(Throwable thrown) {
            failure.compareAndSet(null, thrown);
            isStopped = true;
        }
    }
}
