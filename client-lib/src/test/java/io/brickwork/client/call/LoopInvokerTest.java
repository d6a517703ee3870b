package io.brickwork.client.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.brickwork.client.Sessions;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion.Status;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Member;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureTypes;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoopInvokerTest {
    private static final BrickId BRICK = new BrickId("a");
    private static final CallOptions SHORT = CallOptions.DEFAULT.withTimeout(Duration.ofMillis(50));

    private final EventLoop loop = new DefaultEventLoop();
    private final FakeAccess access = new FakeAccess();
    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("callers-executor").daemon().factory());
    private LoopInvoker invoker = start(4);

    private LoopInvoker start(int openCalls) {
        return LoopInvoker.start(
                loop, new LoopInvoker.Settings(new StructureTypes(List.of()), null, executor, openCalls), access);
    }

    @AfterEach
    void stop() {
        invoker.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        executor.shutdownNow();
    }

    private static Operation<String> write(String body) {
        return new Operation<>(Catalog.STRUCTURE, Bytes.EMPTY, false, Bytes.utf8(body), Bytes::toUtf8, "put");
    }

    private static Operation<String> read(String body) {
        return new Operation<>(Catalog.STRUCTURE, Bytes.EMPTY, true, Bytes.utf8(body), Bytes::toUtf8, "get");
    }

    private <R> Pending<R> invoke(Operation<R> operation) {
        return invoker.invoke(operation, CallOptions.DEFAULT);
    }

    @Test
    void aBlockingCallReturnsItsDecodedResult() {
        access.echoes = true;
        assertThat(invoke(write("hello")).await()).isEqualTo("hello");
    }

    @Test
    void callsAreOnTheirWayBeforeAnyoneWaitsForThem() {
        Pending<String> first = invoke(write("1"));
        Pending<String> second = invoke(write("2"));
        access.answer(access.next());
        access.answer(access.next());
        assertThat(second.await()).isEqualTo("2");
        assertThat(first.await()).isEqualTo("1");
    }

    @Test
    void manyVirtualThreadsMayCallAtOnce() throws Exception {
        access.echoes = true;
        AtomicInteger right = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String text = "call " + i;
            threads.add(Thread.startVirtualThread(() -> {
                for (int j = 0; j < 10; j++) {
                    if (invoke(write(text + "/" + j)).await().equals(text + "/" + j)) {
                        right.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(right).hasValue(5000);
    }

    @Test
    void aBurstCostsFewFlushes() throws Exception {
        invoker.close();
        LoopInvoker wide = start(4096);
        access.echoes = true;
        CountDownLatch loopIsBusy = new CountDownLatch(1);
        loop.execute(() -> awaitUnchecked(loopIsBusy));
        List<CompletableFuture<String>> stages = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            stages.add(wide.invoke(write("x"), CallOptions.DEFAULT).stage().toCompletableFuture());
        }
        int before = access.flushes.get();
        loopIsBusy.countDown();
        CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new)).join();
        loop.submit(() -> {}).get();
        assertThat(access.flushes.get() - before).isLessThan(10);
        wide.close();
    }

    @Test
    void stagesAreCompletedOnTheCallersExecutor() {
        CompletableFuture<String> thread = invoke(write("x"))
                .stage()
                .thenApply(result -> Thread.currentThread().getName())
                .toCompletableFuture();
        access.answer(access.next());
        assertThat(thread.join()).isEqualTo("callers-executor");
    }

    @Test
    void stagesAreCompletedEvenIfTheCallersExecutorIsGone() {
        CompletableFuture<String> stage = invoke(write("x")).stage().toCompletableFuture();
        CallMessage request = access.next();
        executor.shutdown();
        access.answer(request);
        assertThat(stage.join()).isEqualTo("x");
    }

    @Test
    void whatADecoderThrowsGoesToItsCaller() {
        access.echoes = true;
        Operation<String> operation = new Operation<>(
                Catalog.STRUCTURE,
                Bytes.EMPTY,
                false,
                Bytes.utf8("x"),
                result -> {
                    throw new UnsupportedOperationException("by the decoder");
                },
                "put");
        assertThatExceptionOfType(DdsException.UnreadableAnswer.class)
                .isThrownBy(() -> invoke(operation).await())
                .withCauseInstanceOf(UnsupportedOperationException.class)
                .satisfies(told -> assertThat(told.certainlyDidNotHappen()).isFalse());
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(
                        () -> invoke(operation).stage().toCompletableFuture().join())
                .withCauseInstanceOf(DdsException.UnreadableAnswer.class)
                .withRootCauseInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void anUnansweredWriteIsUnknownAtItsDeadlineAndItsTraceNamesTheCaller() {
        assertThatExceptionOfType(DdsException.UnknownOutcome.class)
                .isThrownBy(() -> invoker.invoke(write("x"), SHORT).await())
                .withMessageContaining("put")
                .satisfies(unknown -> assertThat(unknown.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(LoopInvokerTest.class.getName())));
    }

    @Test
    void anUnknownOutcomeCanBeAskedFor() {
        DdsException.UnknownOutcome unknown = (DdsException.UnknownOutcome)
                catchThrowable(() -> invoker.invoke(write("x"), SHORT).await());
        access.next();
        Pending<Bytes> asked = invoker.inquire(unknown.id().orElseThrow(), CallOptions.DEFAULT);
        CallMessage question = access.next();
        assertThat(question).isInstanceOf(CallMessage.Inquire.class);
        access.answer(question);
        assertThat(asked.await()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void anInterruptedCallerKeepsItsFlagAndIsToldThatTheOutcomeIsUnknown() throws Exception {
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform().start(() -> {
            failure.complete(catchThrowable(() -> invoke(write("x")).await()));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        access.next();
        caller.interrupt();
        assertThat(failure.get()).isInstanceOf(DdsException.UnknownOutcome.class);
        assertThat(flag.get()).isTrue();
    }

    @Test
    void aCallerInterruptedWhileItWaitsForRoomWasCertainlyNotHeard() throws Exception {
        for (int i = 0; i < 4; i++) {
            invoke(write("x"));
        }
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual()
                .start(() -> failure.complete(
                        catchThrowable(() -> invoke(write("fifth")).await())));
        caller.interrupt();
        assertThat(failure.get())
                .isInstanceOfSatisfying(
                        DdsException.class,
                        told -> assertThat(told.certainlyDidNotHappen()).isTrue());
    }

    @Test
    void blockingOnAnEventLoopIsRefused() throws Exception {
        assertThat(loop.submit(() -> catchThrowable(() -> invoke(write("x")).await()))
                        .get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must never block");
        EventLoop another = new DefaultEventLoop();
        try {
            assertThat(another.submit(() ->
                                    catchThrowable(() -> invoke(write("x")).await()))
                            .get())
                    .isInstanceOf(IllegalStateException.class);
        } finally {
            another.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void aboveTheLimitOfOpenCallsStagesFailAndBlockingCallsWait() throws Exception {
        for (int i = 0; i < 4; i++) {
            invoke(write("x"));
        }
        Throwable overloaded = catchThrowable(
                () -> invoke(write("async")).stage().toCompletableFuture().join());
        assertThat(overloaded).hasCauseInstanceOf(DdsException.Overloaded.class).hasMessageContaining("at most 4");
        CompletableFuture<String> waiting = new CompletableFuture<>();
        Thread.startVirtualThread(() -> waiting.complete(invoke(write("fifth")).await()));
        access.answer(access.next());
        List<CallMessage> rest = List.of(access.next(), access.next(), access.next());
        CallMessage fifth = access.next();
        assertThat(((CallMessage.Write) fifth).body().toUtf8()).isEqualTo("fifth");
        access.answer(fifth);
        assertThat(waiting.get()).isEqualTo("fifth");
        rest.forEach(access::answer);
    }

    @Test
    void aBlockingCallThatFindsNoRoomInTimeIsOverloaded() {
        for (int i = 0; i < 4; i++) {
            invoke(write("x"));
        }
        assertThatExceptionOfType(DdsException.Overloaded.class)
                .isThrownBy(() -> invoker.invoke(write("fifth"), SHORT).await());
    }

    @Test
    void callsThatEndInAnyWayGiveTheirRoomBack() {
        for (int i = 0; i < 20; i++) {
            assertThatExceptionOfType(DdsException.UnknownOutcome.class)
                    .isThrownBy(() -> invoker.invoke(write("x"), CallOptions.DEFAULT.withTimeout(Duration.ofMillis(1)))
                            .await());
        }
    }

    @Test
    void closingEndsOpenCallsAndRefusesLaterOnes() {
        Pending<String> open = invoke(write("x"));
        access.next();
        invoker.close();
        assertThatExceptionOfType(DdsException.UnknownOutcome.class).isThrownBy(open::await);
        assertThatExceptionOfType(DdsException.Closed.class)
                .isThrownBy(() -> invoke(write("late")).await());
        assertThat(access.isClosed).isTrue();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        assertThatExceptionOfType(DdsException.Closed.class)
                .isThrownBy(() -> invoke(write("later")).await());
        invoker.close();
    }

    @Test
    void aBugInAStepFailsAllCallsInsteadOfLettingThemWaitForEver() {
        Pending<String> open = invoke(write("x"));
        access.next();
        access.bug = new IllegalArgumentException("a bug");
        assertThatIllegalStateException()
                .isThrownBy(() -> invoke(write("y")).await())
                .withCauseInstanceOf(IllegalArgumentException.class);
        assertThatIllegalStateException().isThrownBy(open::await).withMessageContaining("may or may not");
        assertThatIllegalStateException().isThrownBy(() -> invoke(write("z")).await());
    }

    @Test
    void readsAreAnsweredOnTheCallersThreadWhereThatIsPossible() {
        access.local = Bytes.utf8("local");
        assertThat(invoke(read("x")).await()).isEqualTo("local");
        assertThat(invoke(read("x")).stage().toCompletableFuture().join()).isEqualTo("local");
        assertThat(access.requests).isEmpty();
        access.local = null;
        access.echoes = true;
        assertThat(invoke(read("x")).await()).isEqualTo("x");
    }

    @Test
    void nothingIsReadLocallyOnceTheClientIsClosed() {
        access.local = Bytes.utf8("local");
        invoker.close();
        assertThatExceptionOfType(DdsException.Closed.class)
                .isThrownBy(() -> invoke(read("x")).await());
    }

    @Test
    @SuppressWarnings("NullAway") // on purpose
    void aNullIsRefusedAtOnceAndTheClientGoesOn() {
        assertThatNullPointerException()
                .isThrownBy(() -> invoker.inquire(null, CallOptions.DEFAULT))
                .withMessage("operation");
        assertThatNullPointerException()
                .isThrownBy(() -> CallOptions.DEFAULT.withReads(null))
                .withMessage("reads");
        access.echoes = true;
        assertThat(invoke(write("x")).await()).isEqualTo("x");
    }

    @Test
    void writesAreNeverReadLocally() {
        access.local = Bytes.utf8("local");
        access.echoes = true;
        assertThat(invoke(write("x")).await()).isEqualTo("x");
    }

    @Test
    void whatIsTooLargeOrOfAnUnknownTypeIsRefusedBeforeItIsSent() {
        Operation<String> large = new Operation<>(
                Catalog.STRUCTURE,
                Bytes.EMPTY,
                false,
                Bytes.wrap(new byte[Limits.BODY_BYTES + 1]),
                Bytes::toUtf8,
                "put");
        assertThatExceptionOfType(DdsException.TooLarge.class).isThrownBy(() -> invoke(large));
        StructureInfo strange = new StructureInfo(
                3, "graph", new StructureSpec("graph", "k", "v", 1, 1, Durability.SYNC, Replication.TWO_PHASE));
        assertThatExceptionOfType(DdsException.WrongType.class)
                .isThrownBy(
                        () -> invoke(new Operation<>(strange, Bytes.EMPTY, false, Bytes.EMPTY, Bytes::toUtf8, "put")))
                .withMessageContaining("graph");
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One brick that is always there and does what the test says. */
    private final class FakeAccess implements BrickAccess {
        final BlockingQueue<CallMessage> requests = new LinkedBlockingQueue<>();
        final AtomicInteger flushes = new AtomicInteger();
        volatile boolean echoes;
        volatile boolean isClosed;
        volatile @Nullable RuntimeException bug;
        volatile @Nullable Bytes local;
        private volatile @Nullable Listener listener;

        @Override
        public void begin(Listener told) {
            listener = told;
            told.up(BRICK, List.of(new Member(BRICK, "", 0)), 4096);
        }

        @Override
        public void send(BrickId to, CallMessage request) {
            if (bug != null) {
                throw bug;
            }
            CallMessage.SessionState session = Sessions.answer(request);
            if (session != null) {
                loop.execute(() -> Objects.requireNonNull(listener).received(BRICK, session));
            } else if (echoes) {
                loop.execute(() -> tell(request));
            } else {
                requests.add(request);
            }
        }

        CallMessage next() {
            try {
                CallMessage request = requests.poll(30, TimeUnit.SECONDS);
                assertThat(request).as("a request").isNotNull();
                return request;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void answer(CallMessage request) {
            loop.execute(() -> tell(request));
        }

        private void tell(CallMessage request) {
            Bytes result = switch (request) {
                case CallMessage.Write write -> write.body();
                case CallMessage.Read read -> read.body();
                default -> Bytes.EMPTY;
            };
            Objects.requireNonNull(listener)
                    .received(
                            BRICK,
                            new CallMessage.Answer(
                                    request.ticket(), new PartitionId(0, 0), Status.DONE, new Version(1, 1), result));
        }

        @Override
        public boolean takesMore(BrickId to) {
            return true;
        }

        @Override
        public void flush() {
            flushes.incrementAndGet();
        }

        @Override
        public void close() {
            isClosed = true;
        }

        @Override
        public @Nullable Bytes tryRead(int structure, Bytes routingKey, Bytes body) {
            return local;
        }
    }
}
