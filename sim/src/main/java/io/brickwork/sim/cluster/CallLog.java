package io.brickwork.sim.cluster;

import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.sim.kernel.Trace;
import io.brickwork.sim.report.Recording;
import io.brickwork.sim.report.UserCall;
import io.brickwork.sim.report.UserCode;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what user code asks and what it is told, if the run is recorded, and costs nothing else. For whoever has
 * the turn.
 */
final class CallLog {
    private final Trace trace;
    private final @Nullable Recording recording;
    private final CallWords words = new CallWords();

    /** @param recording takes the calls; null if nobody wants them */
    CallLog(Trace trace, @Nullable Recording recording) {
        this.trace = trace;
        this.recording = recording;
    }

    void onOpened(StructureInfo structure, Codec<?> keys, Codec<?> values) {
        if (recording != null) {
            words.onOpened(structure, keys, values);
        }
    }

    /** The calling thread asks for an operation. */
    Entry begin(SimThread caller, Operation<?> operation) {
        return begin(caller, () -> words.request(operation), operation);
    }

    /** The calling thread asks for a transaction to be committed. */
    Entry begin(SimThread caller, Minitransaction transaction) {
        return begin(caller, () -> words.request(transaction), null);
    }

    /** The calling thread asks for something else. */
    Entry begin(SimThread caller, String request) {
        return begin(caller, () -> new UserCall.Request(List.of(), request, UserCall.Effect.READ), null);
    }

    private Entry begin(SimThread caller, Supplier<UserCall.Request> request, @Nullable Operation<?> operation) {
        if (recording == null) {
            return new Entry(null, 0, null);
        }
        List<StackTraceElement> code = UserCode.here();
        UserCall.Request asked = request.get();
        trace.line(() -> caller.getName() + " asks " + asked.words() + at(code));
        int number = recording.called(caller.node().number(), caller.getName(), asked, code);
        return new Entry(recording, number, operation);
    }

    private static String at(List<StackTraceElement> code) {
        return code.isEmpty() ? "" : "   at " + UserCode.words(code.getFirst());
    }

    /** One call, until its caller is told how it ended. */
    final class Entry {
        private final @Nullable Recording recording;
        private final int number;
        private final @Nullable Operation<?> operation;

        private Entry(@Nullable Recording recording, int number, @Nullable Operation<?> operation) {
            this.recording = recording;
            this.number = number;
            this.operation = operation;
        }

        void done(@Nullable Object value) {
            if (recording != null) {
                recording.answered(
                        number, UserCall.Ending.DONE, operation == null ? "done" : words.answer(operation, value));
            }
        }

        void failed(DdsException failure) {
            if (recording != null) {
                UserCall.Ending ending = switch (failure.happened()) {
                    case NOTHING -> UserCall.Ending.DID_NOT_HAPPEN;
                    case EVERYTHING -> UserCall.Ending.DONE;
                    case A_PART, UNKNOWN -> UserCall.Ending.UNKNOWN;
                };
                recording.answered(number, ending, failure.getClass().getSimpleName() + ": " + failure.getMessage());
            }
        }
    }
}
