package io.brickwork.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.check.Observation;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.disk.DiskOptions;
import io.brickwork.sim.scenario.RunOptions;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.workload.RegisterType;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.FaultOptions.Fault;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** All power is lost, all processes are killed, disks run full: one partition of a register map on three bricks. */
class DiskScenariosTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final PartitionId P = new PartitionId(1, 0);
    private static final WorkloadOptions TWO_CALLERS = new WorkloadOptions(2, 1, 1, 1, 0, 10 * SECOND, 0, 0);

    private final StructureTypes types = new StructureTypes(List.of(RegisterType.TYPE));

    private static RunOptions options(Durability durability) {
        return new RunOptions(WorldOptions.CALM, TWO_CALLERS, FaultOptions.NONE, 1, 3, durability);
    }

    private SimRun begun(String name, Durability durability) {
        return begun(name, durability, 1);
    }

    private SimRun begun(String name, Durability durability, long seed) {
        SimRun run = new SimRun(name, seed, options(durability), RegisterType.TYPE, types);
        run.begin();
        run.world().run(200 * MS);
        return run;
    }

    private static Caller caller(SimRun run, int number) {
        return run.callers().get(number - 1);
    }

    private static AtomicReference<@Nullable Outcome> begin(Caller caller, Call call) {
        AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
        caller.call(call, 10 * SECOND, outcome::set);
        return outcome;
    }

    private static Outcome await(SimRun run, AtomicReference<@Nullable Outcome> outcome) {
        assertThat(run.world().runUntil(() -> outcome.get() != null, 12 * SECOND))
                .isTrue();
        Outcome told = outcome.get();
        assertThat(told).isNotNull();
        return told;
    }

    private static Observation observe(SimRun run, Caller caller, Call call) {
        int number = run.history().size();
        await(run, begin(caller, call));
        return run.history().get(number);
    }

    private static @Nullable String get(SimRun run, Caller caller, String key) {
        Observation read = observe(run, caller, Call.of(Call.Kind.GET, key));
        assertThat(read.isDone()).as("%s", read).isTrue();
        return read.result();
    }

    private static void set(SimRun run, String key, String value) {
        assertThat(observe(run, caller(run, 1), Call.of(Call.Kind.SET, key, value))
                        .isDone())
                .isTrue();
    }

    private static Caller readerAt(SimRun run, int brick) {
        return new Caller(
                run.world(),
                run.world().addClient("at-" + brick, run.world().brick(brick).id()),
                RegisterType.TYPE,
                run.structure(),
                run.history(),
                TWO_CALLERS);
    }

    /** Heals, and lets every checker look at it. The caller's one planned operation each is counted out by hand. */
    private static void assertAllHolds(SimRun run) {
        run.guarded(run::finish);
    }

    // ---- everything goes down

    @Test
    void nothingAcknowledgedIsLostWhenAllBricksLosePowerWithSync() {
        RunOptions options = new RunOptions(
                WorldOptions.CALM.withDisk(
                        new DiskOptions(100_000, 2 * MS, 5 * MS, 5 * MS, 4_096, DiskOptions.DEFAULT.capacityBytes())),
                new WorkloadOptions(4, 60, 2, 3, MS, 10 * SECOND, 20, 30),
                new FaultOptions(60 * MS, Map.of(Fault.POWER_ALL, 1), 50 * MS, MS),
                2,
                3,
                Durability.SYNC);
        assertHoldsForSeeds("trap/power-all-sync", options, 10);
    }

    @Test
    void nothingAcknowledgedIsLostWhenAllProcessesAreKilledWithoutSync() {
        RunOptions options = new RunOptions(
                WorldOptions.CALM.withDisk(
                        new DiskOptions(MS, 20 * MS, 20 * MS, 20 * MS, 4_096, DiskOptions.DEFAULT.capacityBytes())),
                new WorkloadOptions(4, 60, 2, 3, MS, 10 * SECOND, 20, 30),
                new FaultOptions(60 * MS, Map.of(Fault.KILL_ALL, 1), 50 * MS, MS),
                2,
                3,
                Durability.REPLICATED);
        assertHoldsForSeeds("trap/kill-all-replicated", options, 10);
    }

    private void assertHoldsForSeeds(String name, RunOptions options, int seeds) {
        long crashes = 0;
        for (int seed = 0; seed < seeds; seed++) {
            SimRun.Report report = new SimRun(name, seed, options, RegisterType.TYPE, types).run();
            assertThat(report.done()).as("%s", report).isGreaterThan(50);
            crashes += report.crashes();
        }
        assertThat(crashes).isGreaterThan(3L * seeds);
    }

    /**
     * The checkers do find it when what the system does not promise is asked of it: without syncs, losing all power
     * loses acknowledged writes.
     */
    @Test
    void losingAllPowerWithoutSyncIsNoticed() {
        int noticed = 0;
        for (int seed = 1; seed <= 20; seed++) {
            SimRun run = begun("trap/power-all-replicated", Durability.REPLICATED, seed);
            run.world()
                    .bricks()
                    .forEach(
                            brick -> brick.disk().stallUntil(run.world().queue().nowNanos() + SECOND));
            set(run, "k", "acknowledged and never synced");
            run.world().bricks().forEach(brick -> brick.crash(SimBrick.Crash.POWER));
            try {
                assertAllHolds(run);
            } catch (SimFailure failure) {
                noticed++;
                assertThat(failure.kind()).isEqualTo(SimFailure.Kind.SAFETY);
                assertThat(failure)
                        .hasMessageContaining("SIM FAILURE  acked-never-lost")
                        .hasMessageContaining("scenario trap/power-all-replicated")
                        .hasMessageContaining("replay:");
            }
        }
        // Each disk keeps what was written and not synced by luck; now and then all three do not.
        assertThat(noticed).isBetween(1, 19);
    }

    // ---- storage

    /** A full disk: puts are refused in time, deletes are not, what was acknowledged is readable. */
    @Test
    void aFullDiskRefusesPutsInTimeAndDeletesNever() {
        RunOptions options = new RunOptions(
                WorldOptions.CALM.withDisk(
                        DiskOptions.DEFAULT.withSegmentBytes(2_048).withCapacityBytes(64 << 10)),
                TWO_CALLERS,
                FaultOptions.NONE,
                1,
                3,
                Durability.REPLICATED);
        SimRun run = new SimRun("trap/full-disk", 1, options, RegisterType.TYPE, types);
        run.begin();
        World world = run.world();
        String value = "x".repeat(1_000);
        int stored = 0;
        Observation last;
        do {
            last = observe(run, caller(run, 1), Call.of(Call.Kind.SET, "k" + stored, value + stored));
            stored += last.isDone() ? 1 : 0;
            world.run(100 * MS);
        } while (last.isDone() && stored < 200);
        assertThat(last.ending()).isEqualTo(Observation.Ending.DID_NOT_HAPPEN);
        assertThat(stored).isBetween(10, 60);
        assertThat(world.crashes()).as("no disk ran full").isZero();
        for (int i = 0; i < stored; i++) {
            assertThat(get(run, caller(run, 2), "k" + i)).isEqualTo(value + i);
        }
        for (int i = 0; i < stored; i++) {
            assertThat(observe(run, caller(run, 1), Call.of(Call.Kind.DELETE, "k" + i))
                            .isDone())
                    .isTrue();
            world.run(100 * MS);
        }
        world.run(3 * SECOND);
        set(run, "k", "there is room again");
        assertAllHolds(run);
    }

    /**
     * A member tells once that its disk has room again. If that is lost, and nothing else is going on, puts must not be
     * refused for ever.
     */
    @Test
    void theNewsThatThereIsRoomAgainMayBeLost() {
        SimRun run = begun("trap/room-again", Durability.SYNC);
        World world = run.world();
        set(run, "k", "v0");
        world.brick(1).disk().fillUpTo(900);
        world.run(SECOND);
        assertThat(observe(run, caller(run, 1), Call.of(Call.Kind.SET, "k", "v1"))
                        .ending())
                .isEqualTo(Observation.Ending.DID_NOT_HAPPEN);

        AtomicInteger lost = new AtomicInteger();
        world.network()
                .setFilter((from, to, message) -> !(message instanceof ReplicaMessage.Stored stored
                        && stored.partition().equals(P)
                        && from == world.brick(1).node()
                        && stored.fillPermille() < 850
                        && lost.getAndIncrement() == 0));
        world.brick(1).disk().fillUpTo(0);
        world.run(SECOND);
        assertThat(lost.get()).isGreaterThanOrEqualTo(1);
        set(run, "k", "v2");
        assertAllHolds(run);
    }
}
