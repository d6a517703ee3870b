package io.brickwork.map;

import io.brickwork.core.DdsException;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.structure.Operation;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.function.Consumer;

/**
 * Operations sent one after the other without waiting for each: at most {@value #OPERATIONS} and about {@value #BYTES}
 * bytes are on their way. They may take effect in any order. One thread.
 */
public final class Pipeline {
    static final int OPERATIONS = 128;
    static final int BYTES = 4 << 20;

    private final Invoker invoker;
    private final CallOptions options;
    private final ArrayDeque<Sent<?>> sent = new ArrayDeque<>();
    private final Progress progress;
    /** The bodies of what is in {@link #sent}. */
    private long sentBytes;
    /** The weights of what is in {@link #sent}. */
    private int sentWeight;

    private record Sent<R>(Pending<R> pending, Consumer<R> onResult, int bytes, int weight) {
        void await(Progress progress) {
            R result = pending.await();
            if (!Boolean.FALSE.equals(result)) { // else its condition did not hold
                progress.countDone(1);
            }
            onResult.accept(result);
        }
    }

    private Pipeline(Invoker invoker, CallOptions options, Progress progress) {
        this.invoker = invoker;
        this.options = options;
        this.progress = progress;
    }

    /**
     * Runs what sends operations, then waits for all of them, also if it or one of them fails. The first failure is
     * thrown, with the first of each other kind suppressed; if it is one of the world, it says what was done of all.
     *
     * @param progress counts the operations that have changed something: those that do not answer {@code false}
     */
    @SuppressWarnings("CatchingUnchecked") // what the sender throws belongs to the user, after all is answered
    public static void run(Invoker invoker, CallOptions options, Progress progress, Consumer<Pipeline> sender) {
        invoker.checkMayBlock();
        Pipeline pipeline = new Pipeline(invoker, options, progress);
        Throwable failure = null;
        HashSet<Class<?>> kinds = new HashSet<>();
        try {
            sender.accept(pipeline);
        } catch (RuntimeException | Error e) {
            failure = e;
            kinds.add(e.getClass());
        }
        while (!pipeline.sent.isEmpty()) {
            try {
                pipeline.awaitOldest();
            } catch (RuntimeException | Error e) {
                if (failure == null) {
                    failure = e;
                    kinds.add(e.getClass());
                } else {
                    progress.countFailure(e);
                    if (kinds.add(e.getClass())) {
                        failure.addSuppressed(e);
                    }
                }
            }
        }
        switch (failure) {
            case null -> {}
            case DdsException told -> throw progress.told(told);
            case Error error -> throw error;
            default -> throw (RuntimeException) failure;
        }
    }

    /**
     * Sends the operation, after waiting for the oldest ones if too much is on its way; the result is handed over on
     * this thread later.
     */
    public <R> void send(Operation<R> operation, Consumer<R> onResult) {
        send(operation, 1, onResult);
    }

    /**
     * The same for an operation that is as much work as several: fewer of them are on their way at once, so that none
     * waits long behind the others.
     *
     * @param weight how many ordinary operations it counts as; at least 1
     */
    public <R> void send(Operation<R> operation, int weight, Consumer<R> onResult) {
        int bytes = operation.body().length();
        while (!sent.isEmpty() && (sentWeight + weight > OPERATIONS || sentBytes + bytes > BYTES)) {
            awaitOldest();
        }
        sent.add(new Sent<>(invoker.invoke(operation, options), onResult, bytes, weight));
        sentBytes += bytes;
        sentWeight += weight;
    }

    private void awaitOldest() {
        Sent<?> oldest = sent.remove();
        sentBytes -= oldest.bytes();
        sentWeight -= oldest.weight();
        oldest.await(progress);
    }
}
