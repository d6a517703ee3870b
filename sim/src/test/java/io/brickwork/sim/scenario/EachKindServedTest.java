package io.brickwork.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.btree.TreeType;
import io.brickwork.check.Call;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.workload.CallCodec;
import io.brickwork.sim.workload.CallTally;
import io.brickwork.sim.workload.MapCalls;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.FaultOptions;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.WorldOptions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A kind of call that is never answered shows no checker of histories anything wrong; it is a violation of its own. */
class EachKindServedTest {
    private static final long MS = 1_000_000;
    private static final int SEEDS_OF_MIX = 48;
    private static final StructureTypes TYPES = new StructureTypes(List.of(TreeType.INSTANCE));
    private static final RunOptions OPTIONS = new RunOptions(
            WorldOptions.CALM,
            new WorkloadOptions(2, 40, 1, 4, MS, 50 * MS, 30, 0),
            FaultOptions.NONE,
            8,
            3,
            Durability.SYNC);

    /** Sends one kind of call to a partition that has none of the keys. */
    private record Misrouting(Call.Kind kind) implements CallCodec {
        @Override
        public Operation<Optional<String>> operation(StructureInfo structure, Call call) {
            Operation<Optional<String>> right = MapCalls.TREE.operation(structure, call);
            return call.kind() != kind
                    ? right
                    : new Operation<>(
                            right.structure(), Bytes.EMPTY, right.read(), right.body(), right.decoder(), right.name());
        }

        @Override
        public StructureSpec spec(int partitions, int replicas, Durability durability) {
            return MapCalls.TREE.spec(partitions, replicas, durability);
        }

        @Override
        public boolean supports(Call.Kind other) {
            return MapCalls.TREE.supports(other);
        }

        @Override
        public Bytes recordKey(StructureInfo structure, String key) {
            return MapCalls.TREE.recordKey(structure, key);
        }

        @Override
        public String key(Bytes recordKey) {
            return MapCalls.TREE.key(recordKey);
        }

        @Override
        public String value(Bytes value) {
            return MapCalls.TREE.value(value);
        }
    }

    @Test
    void kindOfCallThatIsSentToTheWrongPartitionIsFound() {
        SimRun run = new SimRun("broken/misrouting", 1, OPTIONS, new Misrouting(Call.Kind.REPLACE_IF), TYPES);
        assertThatThrownBy(run::run).isInstanceOfSatisfying(SimFailure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(SimFailure.Kind.LIVENESS);
            assertThat(failure.what())
                    .startsWith("each-kind-served: replace_if(k")
                    .contains("is outside the partition")
                    .contains(" calls of this kind in the run ");
        });
    }

    @Test
    void kindOfCallThatIsNeverDoneIsCountedOverManyRuns() {
        CallTally hunt = new CallTally();
        for (int seed = 1; seed <= 3; seed++) {
            SimRun run = new SimRun("broken/misrouting", seed, OPTIONS, new Misrouting(Call.Kind.REPLACE), TYPES);
            assertThatThrownBy(run::run).isInstanceOf(SimFailure.class);
            hunt.add(run.tally());
        }
        long tried = hunt.of("replace").tried();
        assertThat(hunt.neverDone(tried))
                .singleElement()
                .asString()
                .startsWith("replace failed each of the " + tried + " times that it was tried, at last with ");
        assertThat(hunt.neverDone(tried + 1)).isEmpty();
    }

    @Test
    void callsThatAreSentWhereTheyBelongAreAllDone() {
        SimRun run = new SimRun("calm/tree", 1, OPTIONS, MapCalls.TREE, TYPES);
        run.run();
        assertThat(run.tally().neverDone(1)).isEmpty();
        assertThat(run.tally().of("replace_if").done()).isPositive();
    }

    /** What was not tried proves nothing. */
    @Test
    void defaultMixMakesEveryKindOfCallAndAsksInQuietWindows() {
        CallTally mix = new CallTally();
        int answered = 0;
        for (int seed = 0; seed < SEEDS_OF_MIX; seed++) {
            Scenario scenario = Scenarios.all().get(seed % Scenarios.all().size());
            SimRun run = scenario.prepare(0x5e4ed000L + seed, Reduction.NONE, 0, Recorder.NONE);
            run.run();
            mix.add(run.tally());
            answered += run.answeredUndisturbed();
        }
        for (Call.Kind kind : Call.Kind.values()) {
            assertThat(mix.of(kind.toString()).done()).as("%s in %s", kind, mix).isPositive();
        }
        for (String kind : List.of(
                "get confirmed",
                "get stale",
                "inquiry",
                "page forward",
                "page backward",
                "transaction that reads",
                "transaction that reads, also by range",
                "transaction that writes",
                "transaction that writes, also by range",
                "get beside transactions",
                "put_if_absent beside transactions",
                "replace_if beside transactions")) {
            assertThat(mix.of(kind).done()).as("%s in %s", kind, mix).isPositive();
        }
        assertThat(answered).as("keys answered for in quiet windows").isGreaterThan(SEEDS_OF_MIX / 10);
    }
}
