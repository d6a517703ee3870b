package io.brickwork.sim.scenario;

import io.brickwork.check.Call;
import io.brickwork.check.History;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.sim.workload.CallCodec;
import io.brickwork.sim.workload.CallTally;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a run after everything has healed: every key is read at every brick, every partition is written, and
 * each kind of call is made on each key.
 *
 * <p>Nothing stands in the way of these calls, so each of them must be done. A kind of call that can never be done,
 * because it is sent to the wrong partition or is refused wherever it arrives, passes all checkers of histories; it
 * ends the run here as {@code each-kind-served}.
 */
final class FinalCalls {
    private static final String HEALS = "heals";
    private static final String EACH_KIND = "each-kind-served";

    /** On keys that see nothing but appends. */
    private static final List<Call.Kind> OF_APPENDED = List.of(Call.Kind.APPEND, Call.Kind.GET);
    /** On all other keys, in this order: a conditional call finds what the one before has left. */
    private static final List<Call.Kind> OF_WRITTEN = List.of(
            Call.Kind.GET,
            Call.Kind.PUT,
            Call.Kind.REPLACE,
            Call.Kind.REPLACE_IF,
            Call.Kind.REMOVE_IF,
            Call.Kind.PUT_IF_ABSENT,
            Call.Kind.REMOVE,
            Call.Kind.SET,
            Call.Kind.DELETE,
            Call.Kind.SET);

    private final World world;
    private final CallCodec codec;
    private final StructureInfo structure;
    private final History history;
    private final WorkloadOptions options;
    private final long livenessNanos;
    private final CallTally tally;
    private final Supplier<String> clusterState;

    /**
     * @param livenessNanos within which each call must be done
     * @param tally what became of the calls of the run so far; what becomes of these is added
     * @param clusterState describes what is not whole, for a failure
     */
    FinalCalls(
            World world,
            CallCodec codec,
            StructureInfo structure,
            History history,
            WorkloadOptions options,
            long livenessNanos,
            CallTally tally,
            Supplier<String> clusterState) {
        this.world = world;
        this.codec = codec;
        this.structure = structure;
        this.history = history;
        this.options = options;
        this.livenessNanos = livenessNanos;
        this.tally = tally;
        this.clusterState = clusterState;
    }

    /** Makes all of them, one after the other. */
    void make() {
        TreeSet<String> keys = new TreeSet<>(history.byKey().keySet());
        for (SimBrick brick : world.bricks()) {
            Caller reader = caller(world.addClient("reader-" + brick.name(), brick.id()));
            for (String key : keys) {
                insist(HEALS, reader, ReadMode.LINEARIZABLE, attempt -> Call.of(Call.Kind.GET, key));
            }
            // A write in every partition shows that views are open everywhere, not only readable.
            for (int i = 0; i < options.keys(); i++) {
                String key = Caller.WRITTEN + i;
                String value = "last-" + brick.name() + "-" + i;
                insist(
                        HEALS,
                        reader,
                        ReadMode.LINEARIZABLE,
                        attempt -> Call.of(Call.Kind.SET, key, repeated(value, attempt)));
            }
        }
        Caller each = caller(world.addClient("each-kind"));
        for (int i = 0; i < options.keys(); i++) {
            makeEachKind(each, OF_WRITTEN, Caller.WRITTEN + i);
            makeEachKind(each, OF_APPENDED, Caller.APPENDED + i);
        }
    }

    private Caller caller(SimClient client) {
        return new Caller(world, client, codec, structure, history, options);
    }

    private void makeEachKind(Caller caller, List<Call.Kind> kinds, String key) {
        String held = "none";
        int number = 0;
        for (Call.Kind kind : kinds) {
            if (codec.supports(kind)) {
                String expected = held;
                String value = "each-" + key + "-" + number++;
                insist(
                        EACH_KIND,
                        caller,
                        ReadMode.LINEARIZABLE,
                        attempt -> Call.ofKind(kind, key, repeated(value, attempt), expected));
                held = value;
            }
        }
        for (ReadMode reads : List.of(ReadMode.CONFIRMED, ReadMode.STALE)) {
            insist(EACH_KIND, caller, reads, attempt -> Call.of(Call.Kind.GET, key));
        }
    }

    /** No value is written twice. */
    private static String repeated(String value, int attempt) {
        return value + (attempt == 0 ? "" : "-" + attempt);
    }

    /** What is refused since a disk was full a moment ago is tried again for as long as anything may take. */
    private void insist(String promise, Caller caller, ReadMode reads, IntFunction<Call> attempts) {
        long until = world.queue().nowNanos() + livenessNanos;
        for (int attempt = 0; ; attempt++) {
            AtomicReference<@Nullable Outcome> told = new AtomicReference<>();
            Call call = attempts.apply(attempt);
            caller.call(call, reads, livenessNanos, told::set);
            world.runUntil(() -> told.get() != null, 2 * livenessNanos);
            Outcome outcome = told.get();
            if (outcome instanceof Outcome.Done) {
                return;
            }
            boolean isOverloaded = outcome instanceof Outcome.Failed(DdsException failure)
                    && failure instanceof DdsException.Overloaded;
            if (!isOverloaded || world.queue().nowNanos() >= until) {
                throw new SimFailure(
                        SimFailure.Kind.LIVENESS,
                        "%s: %s after everything has healed ended as %s; %s"
                                .formatted(
                                        promise,
                                        call,
                                        outcome,
                                        promise.equals(EACH_KIND) ? ofKind(caller, call, reads) : clusterState.get()));
            }
            world.run(100_000_000);
        }
    }

    private String ofKind(Caller caller, Call call, ReadMode reads) {
        tally.add(caller.tally());
        CallTally.Count count = tally.of(Caller.kind(call, reads));
        return "of %d calls of this kind in the run %d were done".formatted(count.tried(), count.done());
    }
}
