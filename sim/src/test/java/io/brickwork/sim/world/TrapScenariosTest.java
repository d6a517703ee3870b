package io.brickwork.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.table.Snapshot;
import io.brickwork.sim.check.Call;
import io.brickwork.sim.check.Observation;
import io.brickwork.sim.disk.DiskOptions;
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

/** Named schedules of TRAPS.md, without luck where that is possible: one partition of a register map on three bricks, the first of which is its primary. */
class TrapScenariosTest {
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

    /** The checkers do find it when what the system does not promise is asked of it: without syncs, losing all power loses acknowledged writes. */
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

    // ---- views

    /** T50: the others have an entry that the primary, which made it, has forgotten. */
    @Test
    void aPrimaryThatForgotWhatItSentTakesItBackFromTheOthers() {
        SimRun run = begun("trap/t50", Durability.SYNC);
        World world = run.world();
        set(run, "k", "v0");
        world.brick(0).disk().stallUntil(world.queue().nowNanos() + 5 * SECOND);
        AtomicReference<@Nullable Outcome> x = begin(caller(run, 1), Call.of(Call.Kind.SET, "k", "x"));
        world.run(50 * MS);
        assertThat(x.get()).as("the primary's own sync is missing").isNull();
        assertThat(world.brick(1).disk().holds(P, new Version(1, 2), true)).isTrue();
        assertThat(world.brick(2).disk().holds(P, new Version(1, 2), true)).isTrue();

        world.brick(0).crash(SimBrick.Crash.POWER);
        world.run(10 * MS);
        world.brick(0).start();
        assertThat(await(run, x)).isInstanceOf(Outcome.Done.class);
        set(run, "k", "y");
        for (int brick = 0; brick < 3; brick++) {
            assertThat(get(run, readerAt(run, brick), "k")).isEqualTo("y");
        }
        assertThat(world.overseer().newestEpoch(P)).isGreaterThan(1);
        assertAllHolds(run);
    }

    /** T52: a hole is not acknowledged over. */
    @Test
    void anEntryThatOvertakesALostOneIsNotStored() {
        SimRun run = begun("trap/t52", Durability.SYNC);
        World world = run.world();
        set(run, "k", "v0");
        AtomicInteger dropped = new AtomicInteger();
        world.network()
                .setFilter((from, to, message) -> !(message instanceof ReplicaMessage.Store store
                        && to == world.brick(1).node()
                        && store.entry().partition().equals(P)
                        && store.entry().seq() == 2
                        && dropped.getAndIncrement() == 0));
        AtomicReference<@Nullable Outcome> second = begin(caller(run, 1), Call.of(Call.Kind.SET, "k", "v1"));
        world.run(5 * MS);
        AtomicReference<@Nullable Outcome> third = begin(caller(run, 2), Call.of(Call.Kind.SET, "k", "v2"));
        world.run(50 * MS);
        assertThat(dropped.get()).isEqualTo(1);
        assertThat(second.get()).isNull();
        assertThat(third.get()).as("what stands on the lost one waits for it").isNull();
        assertThat(world.brick(1).disk().holds(P, new Version(1, 3), false)).isFalse();
        assertThat(world.brick(2).disk().holds(P, new Version(1, 3), false)).isTrue();

        assertThat(await(run, second)).isInstanceOf(Outcome.Done.class);
        assertThat(await(run, third)).isInstanceOf(Outcome.Done.class);
        assertThat(get(run, readerAt(run, 1), "k")).isEqualTo("v2");
        assertAllHolds(run);
    }

    @Test
    void aRestartedBackupEndsItsEpoch() {
        SimRun run = begun("trap/restarted-backup", Durability.REPLICATED);
        World world = run.world();
        set(run, "k", "v0");
        assertThat(world.overseer().newestEpoch(P)).isEqualTo(1);
        world.brick(2).crash(SimBrick.Crash.KILL);
        AtomicReference<@Nullable Outcome> meanwhile = begin(caller(run, 1), Call.of(Call.Kind.SET, "k", "v1"));
        world.run(100 * MS);
        assertThat(meanwhile.get()).as("not all members can store").isNull();
        world.brick(2).start();
        assertThat(await(run, meanwhile)).isInstanceOf(Outcome.Done.class);
        assertThat(world.overseer().newestEpoch(P)).isEqualTo(2);
        assertThat(get(run, readerAt(run, 2), "k")).isEqualTo("v1");
        assertAllHolds(run);
    }

    /** A member restarted after it reported, or while it is levelled, must not leave the group without a view. */
    @Test
    void aMemberMayBeRestartedAtAnyPointOfAViewChange() {
        for (int delayMicros = 0; delayMicros < 3_000; delayMicros += 200) {
            SimRun run = begun("trap/restart-in-view-change", Durability.SYNC);
            World world = run.world();
            set(run, "k", "v0");
            world.brick(0).crash(SimBrick.Crash.KILL);
            world.run(50 * MS);
            world.brick(0).start();
            world.run(30 * MS + delayMicros * 1_000L);
            world.brick(1).crash(SimBrick.Crash.KILL);
            world.brick(1).start();
            set(run, "k", "v1");
            assertAllHolds(run);
        }
    }

    // ---- reads

    /** T9: once one reader has seen a value, no later reader at another member sees an older one; and what is not committed is seen by nobody. */
    @Test
    void aDirtyRecordIsReadAsThePrimaryDecides() {
        SimRun run = begun("trap/t9", Durability.SYNC);
        World world = run.world();
        set(run, "k", "v0");
        world.run(100 * MS);
        Caller atPrimary = readerAt(run, 0);
        Caller atB = readerAt(run, 1);
        Caller atC = readerAt(run, 2);
        world.run(100 * MS);

        // C's acknowledgement does not get through: stored everywhere, committed nowhere.
        world.network()
                .setFilter((from, to, message) -> !(message instanceof ReplicaMessage.Stored
                        && from == world.brick(2).node()));
        AtomicReference<@Nullable Outcome> write = begin(caller(run, 1), Call.of(Call.Kind.SET, "k", "v1"));
        world.run(20 * MS);
        assertThat(world.brick(1).disk().holds(P, new Version(1, 2), true)).isTrue();
        for (Caller reader : List.of(atPrimary, atB, atC)) {
            assertThat(get(run, reader, "k")).isEqualTo("v0");
        }
        assertThat(write.get()).isNull();

        // Now it is committed, and nobody tells B and C.
        world.network().setFilter((from, to, message) -> switch (message) {
            case ReplicaMessage.Commit commit -> commit.committedSeq() < 2;
            case ReplicaMessage.Store store -> store.committedSeq() < 2;
            default -> true;
        });
        assertThat(await(run, write)).isInstanceOf(Outcome.Done.class);
        for (Caller reader : List.of(atPrimary, atB, atC)) {
            assertThat(get(run, reader, "k")).isEqualTo("v1");
        }
        assertAllHolds(run);
    }

    // ---- retries

    /** Loses the first answer to a client that this test passes. */
    private static AtomicInteger loseFirstAnswer(World world) {
        AtomicInteger lost = new AtomicInteger();
        world.network()
                .setFilter(
                        (from, to, message) -> !(message instanceof CallMessage.Answer && lost.getAndIncrement() == 0));
        return lost;
    }

    /** T26: the first attempt had committed, its answer was lost. */
    @Test
    void aRetriedAppendTakesEffectOnce() {
        SimRun run = begun("trap/t26", Durability.SYNC);
        AtomicInteger lost = loseFirstAnswer(run.world());
        assertThat(observe(run, caller(run, 1), Call.of(Call.Kind.APPEND, "a", "1"))
                        .isDone())
                .isTrue();
        assertThat(lost.get()).isGreaterThanOrEqualTo(2);
        run.world().network().clearFilter();
        assertThat(get(run, caller(run, 2), "a")).isEqualTo(",1");
        assertAllHolds(run);
    }

    /** T26 across a view change: the completion record is where the entry is. */
    @Test
    void aRetryFindsItsRecordInTheNextEpoch() {
        SimRun run = begun("trap/t26-next-epoch", Durability.SYNC);
        World world = run.world();
        world.network().setFilter((from, to, message) -> !(message instanceof CallMessage.Answer));
        AtomicReference<@Nullable Outcome> append = begin(caller(run, 1), Call.of(Call.Kind.APPEND, "a", "1"));
        world.run(100 * MS);
        assertThat(world.overseer().commits()).isPositive();
        world.bricks().forEach(brick -> brick.crash(SimBrick.Crash.POWER));
        world.network().clearFilter();
        world.bricks().forEach(SimBrick::start);
        assertThat(await(run, append)).isInstanceOf(Outcome.Done.class);
        assertThat(get(run, caller(run, 2), "a")).isEqualTo(",1");
        assertAllHolds(run);
    }

    /** T69: a conditional write that found no match has its record too; the retry gets the answer of then, although now it would match. */
    @Test
    void aRetriedReplaceThatFoundNoMatchDoesNotRunLater() {
        SimRun run = begun("trap/t69", Durability.SYNC);
        World world = run.world();
        set(run, "k", "other");
        AtomicInteger lost = loseFirstAnswer(world);
        int number = run.history().size();
        AtomicReference<@Nullable Outcome> replace =
                begin(caller(run, 1), new Call(Call.Kind.REPLACE_IF, "k", "replaced", "expected"));
        world.run(100 * MS);
        assertThat(lost.get()).isEqualTo(1);
        assertThat(replace.get()).isNull();
        assertThat(observe(run, caller(run, 2), Call.of(Call.Kind.SET, "k", "expected"))
                        .isDone())
                .isTrue();
        await(run, replace);
        assertThat(run.history().get(number).result()).isEqualTo("false");
        assertThat(get(run, caller(run, 2), "k")).isEqualTo("expected");
        assertAllHolds(run);
    }

    // ---- storage

    /** T70: what is committed and not synced here stays out of the table, so that losing power cannot leave a table that is ahead of its log. */
    @Test
    void theTableNeverGetsAheadOfTheLog() {
        SimRun run = begun("trap/t70", Durability.REPLICATED);
        World world = run.world();
        world.run(SECOND);
        SimBrick backup = world.brick(1);
        backup.disk().stallUntil(world.queue().nowNanos() + 5 * SECOND);
        for (int i = 0; i < 20; i++) {
            set(run, "k", "v" + i); // acknowledged without a sync
        }
        world.run(2 * SECOND);
        assertThat(world.overseer().commits()).isGreaterThanOrEqualTo(20);
        try (Snapshot snapshot = backup.disk().look()) {
            assertThat(snapshot.applied(P).version()).isEqualTo(Version.NONE);
        }
        backup.crash(SimBrick.Crash.POWER);
        world.run(100 * MS);
        backup.start();
        assertThat(get(run, readerAt(run, 1), "k")).isEqualTo("v19");
        assertAllHolds(run);
    }

    /** A failed sync halts the brick, which comes back with what its disk has kept and is levelled. */
    @Test
    void aBrickWhoseSyncFailsHaltsAndComesBack() {
        SimRun run = begun("trap/sync-error", Durability.SYNC);
        World world = run.world();
        set(run, "k", "v0");
        world.brick(1).failNextSync();
        AtomicReference<@Nullable Outcome> write = begin(caller(run, 1), Call.of(Call.Kind.SET, "k", "v1"));
        assertThat(world.runUntil(() -> !world.brick(1).isUp(), SECOND)).isTrue();
        assertThat(await(run, write)).isInstanceOf(Outcome.Done.class);
        assertThat(world.brick(1).isUp()).isTrue();
        assertAllHolds(run);
    }

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

    /** A member tells once that its disk has room again. If that is lost, and nothing else is going on, puts must not be refused for ever. */
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
