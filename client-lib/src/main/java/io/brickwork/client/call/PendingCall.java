package io.brickwork.client.call;

import io.brickwork.core.DdsException;
import io.brickwork.core.client.ClientInput;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way through a {@link LoopInvoker}.
 *
 * <p>The loop ends it once, by {@link #complete} or {@link #crash}. Its caller either parks until then, holding no
 * lock, or has a stage completed by its executor. The outcome is written before the loop looks for someone to tell, and
 * whoever wants to be told says so before looking for the outcome, so one of the two always sees the other.
 */
final class PendingCall<R> extends Inbox.Node implements Pending<R> {
    private final LoopInvoker invoker;
    private final Function<Outcome.Done, R> decoder;
    private final Failures.Subject subject;
    private final long startedNanos;
    private final long deadlineNanos;
    private final Input input;
    /** Drawn by the loop when it takes the call. Loop only. */
    long id;
    /** Whether it has room among the open calls and is with the loop. Caller only. */
    private boolean isSubmitted;

    private volatile @Nullable Outcome outcome;
    /** A bug of the client: nobody knows anything about the operation. */
    private volatile @Nullable Throwable crash;

    private volatile @Nullable Thread waiter;
    private volatile @Nullable CompletableFuture<R> stage;
    private final AtomicBoolean stageTold = new AtomicBoolean();

    /** Makes the machine's input once the call has its number. */
    interface Input {
        ClientInput of(long call, long deadlineNanos);
    }

    PendingCall(
            LoopInvoker invoker,
            Failures.Subject subject,
            Input input,
            Function<Outcome.Done, R> decoder,
            long startedNanos,
            long timeoutNanos) {
        this.invoker = invoker;
        this.subject = subject;
        this.input = input;
        this.decoder = decoder;
        this.startedNanos = startedNanos;
        deadlineNanos = startedNanos + timeoutNanos;
    }

    /** Hands the call to the loop if there is room for it. */
    void trySubmit() {
        if (!isSubmitted && invoker.openCalls().tryEnter()) {
            submit();
        }
    }

    private void submit() {
        isSubmitted = true;
        invoker.submit(this);
    }

    /** What the machine is told of it. Loop only. */
    ClientInput input() {
        return input.of(id, deadlineNanos);
    }

    Failures.Subject subject() {
        return subject;
    }

    @Override
    public R await() {
        invoker.checkMayBlock();
        if (!isSubmitted) {
            waitForRoom();
        }
        waiter = Thread.currentThread();
        boolean isInterrupted = false;
        while (!isOver()) {
            if (Thread.interrupted()) {
                if (!isInterrupted) {
                    isInterrupted = true;
                    invoker.abandon(this); // the loop tells at once what is certain
                }
            } else {
                LockSupport.park(this);
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            return result();
        } catch (DdsException failure) {
            failure.fillInStackTrace(); // it was made on the loop; where it was called is of more use
            throw failure;
        }
    }

    private void waitForRoom() {
        OpenCalls open = invoker.openCalls();
        try {
            if (!open.enter(deadlineNanos - invoker.nanoTime())) {
                throw noRoom();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.unavailable(subject, "the caller was interrupted before it was sent", waitedNanos());
        }
        submit();
    }

    private DdsException noRoom() {
        return Failures.overloaded(
                subject,
                "too many calls of this client are open",
                invoker.openCalls().limit(),
                waitedNanos());
    }

    private long waitedNanos() {
        return invoker.nanoTime() - startedNanos;
    }

    @Override
    public CompletionStage<R> stage() {
        trySubmit();
        if (!isSubmitted) {
            return CompletableFuture.failedStage(noRoom());
        }
        CompletableFuture<R> future = new CompletableFuture<>();
        stage = future;
        if (isOver() && stageTold.compareAndSet(false, true)) {
            tell(future);
        }
        return future.minimalCompletionStage();
    }

    /** How it ended. Loop only. */
    void complete(Outcome told) {
        outcome = told;
        wake();
    }

    /** The client is broken. Loop only. */
    void crash(Throwable bug) {
        crash = bug;
        wake();
    }

    private void wake() {
        if (isSubmitted) {
            invoker.openCalls().leave();
        }
        LockSupport.unpark(waiter);
        CompletableFuture<R> future = stage;
        if (future != null && stageTold.compareAndSet(false, true)) {
            try {
                invoker.executor().execute(() -> tell(future));
            } catch (RuntimeException | OutOfMemoryError e) {
                // A caller waits, whatever became of its executor, and others wait behind it.
                ForkJoinPool.commonPool().execute(() -> tell(future));
            }
        }
    }

    @SuppressWarnings("CatchingUnchecked") // whatever a user's decoder throws belongs to the user
    private void tell(CompletableFuture<R> future) {
        R value;
        try {
            value = result();
        } catch (Throwable failure) {
            future.completeExceptionally(failure);
            return;
        }
        future.complete(value);
    }

    private boolean isOver() {
        return outcome != null || crash != null;
    }

    private R result() {
        return switch (outcome) {
            case Outcome.Done done -> decoder.apply(done);
            case Outcome.Failed failed -> throw failed.failure();
            case null ->
                throw new IllegalStateException(
                        subject + " may or may not have been done: the client is broken, which is a bug", crash);
        };
    }
}
