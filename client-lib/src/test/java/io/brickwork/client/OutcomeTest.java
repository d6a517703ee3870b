package io.brickwork.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.client.spi.ClientSession;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.transaction.Minitransaction;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of an operation's outcome when the question itself fails. */
class OutcomeTest {
    private static final OperationId ID = new OperationId(new SessionId(1, 1), 1);

    static Stream<DdsException> failures() {
        return Stream.of(
                new DdsException.Overloaded("too many calls are open"),
                new DdsException.Unavailable("nobody answers"),
                new DdsException.Closed("the client is closed"),
                new DdsException.Corrupted("a record", new IllegalStateException("is gone")));
    }

    /** That the question certainly was not asked must not be taken for news of the operation. */
    @ParameterizedTest
    @MethodSource("failures")
    void aQuestionThatFailsLeavesTheOutcomeUnknown(DdsException failure) {
        try (Dds dds = Dds.over(settings -> new FailingSession(failure), options -> {})) {
            assertThat(dds.outcome(ID)).isEqualTo(new OperationOutcome.Unknown(ID, failure.getMessage()));
        }
    }

    private record FailingSession(DdsException failure) implements ClientSession {
        @Override
        public Pending<Bytes> inquire(OperationId operation, CallOptions options) {
            return failed();
        }

        @Override
        public <R> Pending<R> invoke(Operation<R> operation, CallOptions options) {
            return failed();
        }

        @Override
        public Pending<@Nullable Void> commit(Minitransaction transaction, int age, CallOptions options) {
            return failed();
        }

        private <R extends @Nullable Object> Pending<R> failed() {
            return new Pending<>() {
                @Override
                public R await() {
                    throw failure;
                }

                @Override
                public CompletionStage<R> stage() {
                    return CompletableFuture.failedStage(failure);
                }
            };
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void checkMayBlock() {}

        @Override
        public void close() {}
    }
}
