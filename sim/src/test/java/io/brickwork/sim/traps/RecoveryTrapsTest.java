package io.brickwork.sim.traps;

import static io.brickwork.sim.traps.Scene.MS;
import static io.brickwork.sim.traps.Scene.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.check.Observation;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.table.Snapshot;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.world.SimBrick;
import java.util.concurrent.atomic.AtomicInteger;

/** Copies, divergent logs, tables and logs that must not get ahead of each other. */
class RecoveryTrapsTest {
    private static final int MANY = 40;
    /** Until tables have what is committed, and questions are put again. */
    private static final long SETTLED = SECOND;

    @Trap(
            value = {21, 67},
            without = Defence.LEARNER_SHAKES_HANDS)
    void whatAnExcludedPrimaryAloneHasIsCut(Stage stage) {
        Scene scene = stage.scene(2);
        scene.set("k", "v0");
        SimBrick excluded = scene.primary();
        Caller stray = scene.onlyAt(excluded);
        scene.isolate(excluded);
        Scene.Begun lost = scene.begin(stray, Call.of(Call.Kind.SET, "k9", "only here"));
        scene.pass(20 * MS);
        assertThat(excluded.disk().holds(scene.partition, new Version(1, 2), true))
                .isTrue();
        scene.set("k", "v1");
        scene.set("k", "v2");
        scene.heal();
        // It hears of the views only when it is back in one: else it would have thrown away what it has. And it is a
        // learner for a while, since what it says of itself comes late.
        scene.hold(held -> (held.to() == excluded.node()
                        && (held.message() instanceof PaxosMessage.Learn
                                || held.message() instanceof PaxosMessage.Accept))
                || (held.from() == excluded.node() && held.message() instanceof ReplicaMessage.Stored));
        assertThat(scene.world.runUntil(() -> scene.group().newest().learner(excluded.id()) != null, 10 * SECOND))
                .isTrue();
        scene.pass(2 * SECOND);
        scene.heal();
        scene.await(lost);
        scene.finish();
    }

    /** Two chunks at least, with writes between them to what the first one held. */
    @Trap(
            value = {15, 73},
            without = Defence.FOLLOW_FROM_FIRST_CHUNK)
    void whatChangesWhileACopyIsTakenIsInIt(Stage stage) {
        Scene scene = stage.segmentBytes(4_096).scene();
        fill(scene);
        SimBrick copier = emptied(scene);
        AtomicInteger parts = countParts(scene, copier, 1);
        copier.start();
        assertThat(scene.world.runUntil(() -> parts.get() > 1, 20 * SECOND)).isTrue();
        for (int i = 0; i < MANY; i++) {
            scene.set("k" + i, "changed");
        }
        scene.pass(SETTLED);
        scene.finish();
    }

    @Trap(
            value = {64, 73},
            without = Defence.COPY_COUNTS_WHEN_WHOLE)
    void halfACopyIsNoReplica(Stage stage) {
        Scene scene = stage.segmentBytes(4_096).scene();
        fill(scene);
        SimBrick copier = emptied(scene);
        copier.start();
        assertThat(scene.world.runUntil(
                        () -> scene.group().isOpen()
                                && scene.group().newest().members().size() == 3,
                        20 * SECOND))
                .isTrue();
        Caller reader = scene.readerAt(copier);
        for (int i = 0; i < MANY; i++) {
            assertThat(scene.get(reader, "k" + i)).startsWith(Integer.toString(i));
        }
        scene.finish();
    }

    @Trap(value = {16, 65})
    void whatIsDeletedWhileACopyIsTakenStaysDeleted(Stage stage) {
        Scene scene = stage.segmentBytes(4_096).scene();
        fill(scene);
        SimBrick copier = emptied(scene);
        AtomicInteger parts = countParts(scene, copier, 1);
        copier.start();
        assertThat(scene.world.runUntil(() -> parts.get() > 1, 20 * SECOND)).isTrue();
        for (int i = 0; i < MANY; i++) {
            scene.awaitDone(scene.begin(scene.caller(1), Call.of(Call.Kind.DELETE, "k" + i)));
        }
        scene.pass(SETTLED);
        scene.world.network().clearFilter();
        assertThat(scene.get(scene.readerAt(copier), "k1")).isNull();
        scene.finish();
    }

    @Trap(value = {18, 64})
    void aLearnerThatDiesInTheMiddleOfACopyBeginsAnew(Stage stage) {
        Scene scene = stage.segmentBytes(4_096).scene();
        fill(scene);
        SimBrick copier = emptied(scene);
        AtomicInteger parts = countParts(scene, copier, Integer.MAX_VALUE);
        copier.start();
        assertThat(scene.world.runUntil(() -> parts.get() == 2, 20 * SECOND)).isTrue();
        copier.crash(SimBrick.Crash.KILL);
        scene.set("k0", "meanwhile");
        copier.start();
        assertThat(scene.world.runUntil(() -> parts.get() > 4, 20 * SECOND))
                .as("from the first chunk on")
                .isTrue();
        scene.finish();
    }

    /** Counts what comes of copies, and lets no more of it through than so many parts. */
    private static AtomicInteger countParts(Scene scene, SimBrick copier, int most) {
        AtomicInteger parts = new AtomicInteger();
        scene.hold(held -> held.message() instanceof ReplicaMessage.CopyPart
                && held.to() == copier.node()
                && parts.incrementAndGet() > most);
        return parts;
    }

    /** More than two chunks of records, and logs that no longer reach back to them. */
    private static void fill(Scene scene) {
        String much = "x".repeat(16 << 10);
        for (int i = 0; i < MANY; i++) {
            scene.set("k" + i, i + much);
        }
        scene.pass(10 * SECOND);
    }

    private static SimBrick emptied(Scene scene) {
        SimBrick copier = scene.backups().get(scene.backups().get(0) == scene.leader() ? 1 : 0);
        copier.crash(SimBrick.Crash.POWER);
        copier.emptyDisk();
        return copier;
    }

    @Trap(value = 70, without = Defence.APPLY_ONLY_SYNCED)
    void theTableNeverGetsAheadOfTheLog(Stage stage) {
        Scene scene = stage.replicated().scene();
        scene.pass(SECOND);
        SimBrick backup = scene.backups().get(0);
        backup.disk().stallUntil(scene.world.queue().nowNanos() + 5 * SECOND);
        for (int i = 0; i < 20; i++) {
            scene.set("k", "v" + i); // acknowledged without a sync
        }
        scene.pass(2 * SECOND);
        try (Snapshot snapshot = backup.disk().look()) {
            assertThat(snapshot.applied(scene.partition).version()).isEqualTo(Version.NONE);
        }
        backup.crash(SimBrick.Crash.POWER);
        scene.pass(100 * MS);
        backup.start();
        assertThat(scene.get(scene.readerAt(backup), "k")).isEqualTo("v19");
        scene.finish();
    }

    @Trap(value = 35)
    void aBrickWhoseSyncFailsHaltsAndComesBack(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        SimBrick backup = scene.backups().get(0);
        backup.failNextSync();
        Scene.Begun write = scene.beginSet("k", "v1");
        assertThat(scene.world.runUntil(() -> !backup.isUp(), SECOND)).isTrue();
        scene.awaitDone(write);
        assertThat(backup.isUp()).isTrue();
        Observation read = scene.tryGet(scene.readerAt(backup), "k");
        assertThat(read.result()).isEqualTo("v1");
        scene.finish();
    }
}
