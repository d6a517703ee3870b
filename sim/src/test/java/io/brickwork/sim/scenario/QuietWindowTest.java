package io.brickwork.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.btree.TreeType;
import io.brickwork.core.Durability;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.sim.workload.MapCalls;
import io.brickwork.sim.workload.RegisterType;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.FaultOptions;
import io.brickwork.sim.world.FaultOptions.Fault;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.WorldOptions;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** In the middle of a run, whoever has a majority and no fault must serve: without anybody who heals. */
class QuietWindowTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    /** A run with a window and a client that dies before it, while it has something locked. */
    private static final long LOCKED_SEED = 0;

    private static final StructureTypes REGISTERS = new StructureTypes(List.of(RegisterType.TYPE));

    /** Callers are at work for longer than any window lasts. */
    private static RunOptions options(Map<Fault, Integer> faults) {
        return new RunOptions(
                WorldOptions.CALM,
                new WorkloadOptions(2, 60, 1, 4, 400 * MS, SECOND, 30, 30),
                new FaultOptions(50 * MS, faults, 500 * MS, 500 * MS),
                4,
                3,
                Durability.SYNC);
    }

    private static SimRun run(long seed, Map<Fault, Integer> faults) {
        return new SimRun("quiet", seed, options(faults), RegisterType.TYPE, REGISTERS);
    }

    /** One run in four has a window. */
    private static long seedWithWindow() {
        return LongStream.range(0, 100)
                .filter(seed -> {
                    SimRun run = run(seed, Map.of());
                    run.run();
                    return run.answeredUndisturbed() > 0;
                })
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyKeyIsAnsweredForWhileNothingStrikes() {
        SimRun run = run(seedWithWindow(), Map.of(Fault.KILL, 1, Fault.CUT, 1, Fault.PAUSE, 1));
        run.run();
        assertThat(run.answeredUndisturbed()).isEqualTo(4);
        assertThat(run.nemesis().total()).isGreaterThan(10);
    }

    /** Bricks that are up, hear each other and their clients, and nevertheless take no write. */
    @Test
    void partitionThatDoesNotAnswerIsFound() {
        SimRun run = run(seedWithWindow(), Map.of());
        run.world()
                .queue()
                .after(
                        SECOND,
                        () -> run.world()
                                .network()
                                .setFilter((from, to, message) -> !(message instanceof CallMessage.Write)));
        assertThatThrownBy(run::run).isInstanceOfSatisfying(SimFailure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(SimFailure.Kind.LIVENESS);
            assertThat(failure.what()).startsWith("serves-undisturbed: key k");
        });
    }

    /** Participants that do not ask each other for an outcome keep locked what a dead client has locked. */
    @Test
    void locksOfADeadClientThatNobodyFreesAreFound() {
        Scenario scenario = new Scenario(
                "quiet/transactions",
                "clients die all the time",
                random -> options(Map.of(Fault.CLIENT_CRASH, 1)),
                MapCalls.HASH_TABLE,
                new StructureTypes(List.of(HashTableType.INSTANCE, TreeType.INSTANCE)),
                true);
        assertThatCode(() -> scenario.run(LOCKED_SEED, 0)).doesNotThrowAnyException();
        assertThatThrownBy(() -> scenario.with(Defences.without(Defence.RESOLVE_WHAT_IS_LOCKED))
                        .run(LOCKED_SEED, 0))
                .isInstanceOfSatisfying(
                        SimFailure.class, failure -> assertThat(failure.what()).startsWith("locks-freed: partition "));
    }
}
