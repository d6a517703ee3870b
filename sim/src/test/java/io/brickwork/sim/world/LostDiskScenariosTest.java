package io.brickwork.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.check.Observation;
import io.brickwork.core.Durability;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.disk.DiskOptions;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.scenario.RunOptions;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.workload.RegisterType;
import io.brickwork.sim.workload.WorkloadOptions;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Disks that hold less than their brick has acknowledged, and bricks that never come back. Others take their place; a
 * group may stand still until then, and never answers wrongly.
 */
class LostDiskScenariosTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final WorkloadOptions ONE_CALLER = new WorkloadOptions(1, 1, 1, 1, 0, 10 * SECOND, 0, 0);

    private final StructureTypes types = new StructureTypes(List.of(RegisterType.TYPE));

    private SimRun begun(String name, int segmentBytes) {
        WorldOptions options = WorldOptions.CALM
                .withDisk(DiskOptions.DEFAULT.withSegmentBytes(segmentBytes))
                .withKeptLines(20_000);
        SimRun run = new SimRun(
                name,
                1,
                new RunOptions(options, ONE_CALLER, FaultOptions.NONE, 1, 3, Durability.SYNC),
                RegisterType.TYPE,
                types);
        run.begin();
        run.world().run(200 * MS);
        return run;
    }

    private static Observation observe(SimRun run, Call call, long timeoutNanos) {
        int number = run.history().size();
        AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
        run.callers().getFirst().call(call, timeoutNanos, outcome::set);
        assertThat(run.world().runUntil(() -> outcome.get() != null, timeoutNanos + 2 * SECOND))
                .isTrue();
        return run.history().get(number);
    }

    private static void set(SimRun run, String value) {
        assertThat(observe(run, Call.of(Call.Kind.SET, "k", value), 10 * SECOND).isDone())
                .isTrue();
    }

    private static Observation get(SimRun run) {
        return observe(run, Call.of(Call.Kind.GET, "k"), 2 * SECOND);
    }

    private static String trace(SimRun run) {
        return String.join("\n", run.world().trace().lines());
    }

    /**
     * T20: a member that lost its disk says that it has nothing; the greatest report counts, and it gets everything
     * again, as long as the others' logs reach back.
     */
    @Test
    void anEmptyDiskIsFilledFromTheOthersWhileTheirLogsReachBack() {
        SimRun run = begun("lost-disk/empty", 1 << 20);
        set(run, "v1");
        SimBrick backup = run.world().brick(1);
        backup.crash(SimBrick.Crash.POWER);
        backup.emptyDisk();
        backup.start();
        set(run, "v2");
        run.guarded(run::finish);
        assertThat(run.world().harms().of(Harm.DISK_REPLACED)).isEqualTo(1);
    }

    /**
     * The primary's epochs are lost with its disk: nobody follows it into one that is over, so the group stands still
     * until a view without it is decided; the other members go on answering reads, rightly.
     */
    @Test
    void aPrimaryWithAnEmptyDiskIsNotFollowed() {
        SimRun run = begun("lost-disk/empty-primary", 1 << 20);
        set(run, "v1");
        SimBrick primary = run.world().brick(0);
        primary.crash(SimBrick.Crash.POWER);
        primary.emptyDisk();
        primary.start();
        Observation write = observe(run, Call.of(Call.Kind.SET, "k", "v2"), 2 * SECOND);
        assertThat(write.isDone()).isFalse();
        Observation read = get(run);
        assertThat(read.isDone() ? read.result() : "v1").isEqualTo("v1");
    }

    /** What the others have trimmed nobody can send: the brick takes a copy of the table, while writes go on. */
    @Test
    void anEmptyDiskBehindTrimmedLogsIsFilledWithACopy() {
        SimRun run = begun("lost-disk/trimmed", 512);
        for (int i = 0; i < 60; i++) {
            set(run, "v" + i);
        }
        run.world().run(10 * SECOND);
        SimBrick backup = run.world().brick(1);
        backup.crash(SimBrick.Crash.POWER);
        backup.emptyDisk();
        backup.start();
        Observation write = observe(run, Call.of(Call.Kind.SET, "k", "later"), 10 * SECOND);
        assertThat(write.isDone()).as("%s: two of three are enough", write).isTrue();
        run.guarded(run::finish);
        assertThat(trace(run)).contains("CopyBegan").contains("CopyEnded");
    }

    /** An image that is older than what was acknowledged: its brick is brought level like any other that is behind. */
    @Test
    void anOldImageIsBroughtLevel() {
        SimRun run = begun("lost-disk/old-image", 1 << 20);
        set(run, "v1");
        run.world().run(SECOND);
        SimBrick backup = run.world().brick(1);
        SimDisk.Image old = backup.disk().image();
        set(run, "v2");
        backup.crash(SimBrick.Crash.KILL);
        backup.restoreDisk(old);
        backup.start();
        set(run, "v3");
        run.guarded(run::finish);
    }

    /** A group goes on without a member that never comes back, once its lease has ended. */
    @Test
    void aBrickThatNeverReturnsIsLeftOut() {
        SimRun run = begun("lost-disk/retired", 1 << 20);
        set(run, "v1");
        run.world().brick(2).retire();
        Observation write = observe(run, Call.of(Call.Kind.SET, "k", "v2"), 10 * SECOND);
        assertThat(write.isDone()).as("%s", write).isTrue();
        run.world().heal();
        run.world().run(SECOND);
        assertThat(run.world().brick(2).isUp())
                .as("healing does not bring it back")
                .isFalse();
        assertThat(get(run).result()).isEqualTo("v2");
    }

    /**
     * T39: a rotten record is unknown, not absent: where nobody can read it, it is neither read nor written over by
     * whoever takes it for absent.
     */
    @Test
    void aRottenRecordIsUnknownAndNeverAbsent() {
        SimRun run = begun("lost-disk/rotten-table", 1 << 20);
        set(run, "v1");
        run.world().run(2 * SECOND);
        for (int brick = 0; brick < 3; brick++) {
            assertThat(rotK(run, brick)).isTrue();
        }
        Observation read = get(run);
        assertThat(read.ending()).as("%s: nobody can read it", read).isEqualTo(Observation.Ending.DID_NOT_HAPPEN);
        assertThat(run.world().harms().of(Harm.ROT_FOUND)).isPositive();
        Observation swap = observe(run, Call.of(Call.Kind.PUT_IF_ABSENT, "k", "v2"), 2 * SECOND);
        assertThat(swap.isDone()).as("%s: it is not absent", swap).isFalse();
    }

    /** A member that can read the record answers for it, and gives it to those who cannot. */
    @Test
    void aRottenRecordIsRepairedFromAMemberThatCanReadIt() {
        SimRun run = begun("lost-disk/repair", 1 << 20);
        set(run, "v1");
        run.world().run(2 * SECOND);
        assertThat(rotK(run, 0)).isTrue();
        assertThat(rotK(run, 1)).isTrue();
        assertThat(get(run).result()).isEqualTo("v1");
        run.world().run(30 * SECOND); // whoever was not asked finds it by scrubbing
        assertThat(trace(run)).contains("RecordRepaired");
        assertThat(rotK(run, 2)).isTrue();
        assertThat(get(run).result()).as("the two others can read it again").isEqualTo("v1");
        run.world().run(30 * SECOND);
        run.guarded(run::finish);
    }

    /** A copy is never taken around a rotten record: it waits until the record is repaired. */
    @Test
    void aCopyWaitsForTheRepairOfItsSource() {
        SimRun run = begun("lost-disk/rotten-source", 512);
        for (int i = 0; i < 60; i++) {
            set(run, "v" + i);
        }
        run.world().run(4 * SECOND);
        SimBrick third = run.world().brick(2);
        third.crash(SimBrick.Crash.POWER);
        third.emptyDisk();
        assertThat(rotK(run, 0)).isTrue();
        third.start();
        run.guarded(run::finish);
        assertThat(trace(run)).contains("CopyEnded").contains("RecordRepaired");
        assertThat(get(run).result()).isEqualTo("v59");
    }

    private static boolean rotK(SimRun run, int brick) {
        SimBrick of = run.world().brick(brick);
        return of.rotRecord(
                run.structure().id(),
                RegisterType.TYPE
                        .operation(run.structure(), Call.of(Call.Kind.GET, "k"))
                        .routingKey());
    }

    /**
     * A brick whose log is rotten does not go on with what is left of it: it gives it up, says why, and joins as new.
     */
    @Test
    void aBrickWithARottenLogJoinsAsNew() {
        SimRun run = begun("lost-disk/rotten-log", 1 << 20);
        set(run, "v1");
        SimBrick backup = run.world().brick(1);
        assertThat(backup.rotLog()).isTrue();
        backup.crash(SimBrick.Crash.KILL);
        backup.start();
        assertThat(run.world().harms().of(Harm.ROT_FOUND)).isEqualTo(1);
        run.guarded(run::finish);
        assertThat(trace(run)).contains("joins as new").contains("wrong checksum");
        assertThat(get(run).isDone()).isTrue();
    }

    /**
     * A client that dies leaves its calls open for ever; its successor has another session, and what the dead one sent
     * takes effect once or not at all.
     */
    @Test
    void aClientThatDiesLeavesItsCallUnknownAndItsSuccessorGoesOn() {
        SimRun run = begun("lost-disk/client", 1 << 20);
        World world = run.world();
        Caller caller = run.callers().getFirst();
        SimClient first = world.clients().stream()
                .filter(client -> client.name().equals("c1"))
                .findFirst()
                .orElseThrow();
        AtomicReference<@Nullable Outcome> told = new AtomicReference<>();
        int number = run.history().size();
        caller.call(Call.of(Call.Kind.APPEND, "a0", "x"), 10 * SECOND, told::set);
        world.crashAndReplace(first, 10 * MS);
        world.run(5 * SECOND);
        assertThat(told.get()).as("nobody is told").isNull();
        assertThat(run.history().get(number).ending()).isEqualTo(Observation.Ending.UNKNOWN);
        assertThat(run.history().get(number).endedAt()).isEqualTo(Long.MAX_VALUE);
        assertThat(first.isUp()).isFalse();
        Observation next = observe(run, Call.of(Call.Kind.SET, "k", "v2"), 10 * SECOND);
        assertThat(next.isDone()).isTrue();
        assertThat(next.client()).isEqualTo("c1+");
        run.guarded(run::finish);
    }
}
