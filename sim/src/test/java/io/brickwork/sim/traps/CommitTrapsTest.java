package io.brickwork.sim.traps;

import static io.brickwork.sim.traps.Scene.MS;
import static io.brickwork.sim.traps.Scene.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.world.SimBrick;
import java.util.concurrent.atomic.AtomicInteger;

/** What is stored at some of the members, and not, or not yet, at all. */
class CommitTrapsTest {
    @Trap(value = 1, without = Defence.COMMIT_WHEN_ALL_HAVE_STORED)
    void whatThePrimaryAloneHasIsNotAcknowledged(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        scene.isolate(scene.primary());
        Scene.Begun write = scene.beginSet("k", "v1");
        scene.pass(SECOND / 2);
        assertThat(write.isEnded()).isFalse();
        scene.pass(6 * SECOND); // the others have gone on without it
        scene.finish();
    }

    @Trap(value = 2, without = Defence.READ_ONLY_COMMITTED)
    void whatMayYetBeTakenBackIsReadByNobody(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        SimBrick b = scene.backups().get(0);
        SimBrick c = scene.backups().get(1);
        Caller reader = scene.readerAt(b);
        scene.pass(100 * MS);
        scene.hold(held -> held.message() instanceof ReplicaMessage.Store && held.to() == c.node());
        scene.beginSet("k", "v1");
        scene.pass(20 * MS);
        assertThat(b.disk().holds(scene.partition, new Version(1, 2), true)).isTrue();
        assertThat(scene.get(reader, "k")).isEqualTo("v0");
        scene.finish();
    }

    @Trap(
            value = {3, 6, 17},
            without = Defence.REFUSE_OTHER_EPOCHS)
    void aPrimaryThatWakesUpHasNoSayInTheNextView(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        SimBrick sleeper = scene.primary();
        Caller stray = scene.onlyAt(sleeper);
        Scene.Begun stored = scene.beginSet("k", "v1");
        scene.pass(MS);
        sleeper.pause();
        scene.begin(stray, Call.of(Call.Kind.SET, "k", "late")); // what it finds first when it wakes up
        scene.pass(6 * SECOND);
        assertThat(scene.primary()).isNotSameAs(sleeper);
        sleeper.resume();
        scene.awaitDone(stored);
        scene.pass(SECOND);
        scene.set("k", "v2");
        assertThat(scene.get(scene.readerAt(scene.primary()), "k")).isEqualTo("v2");
        scene.finish();
    }

    @Trap(value = 5)
    void whatADeadPrimaryHasBegunBlocksNobody(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        SimBrick dead = scene.primary();
        SimBrick c = scene.backups().get(1);
        scene.hold(held -> held.message() instanceof ReplicaMessage.Store && held.to() == c.node());
        Scene.Begun begun = scene.beginSet("k", "v1");
        scene.pass(20 * MS);
        dead.retire();
        dead.crash(SimBrick.Crash.POWER);
        scene.world.network().clearFilter();
        scene.awaitDone(scene.begin(scene.caller(2), Call.of(Call.Kind.SET, "k", "v2")));
        scene.await(begun);
    }

    @Trap(50)
    void aPrimaryThatForgotWhatItSentTakesItBackFromTheOthers(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        SimBrick primary = scene.primary();
        primary.disk().stallUntil(scene.world.queue().nowNanos() + 5 * SECOND);
        Scene.Begun write = scene.beginSet("k", "x");
        scene.pass(50 * MS);
        assertThat(write.isEnded()).as("the primary's own sync is missing").isFalse();
        for (SimBrick backup : scene.backups()) {
            assertThat(backup.disk().holds(scene.partition, new Version(1, 2), true))
                    .isTrue();
        }
        primary.crash(SimBrick.Crash.POWER);
        scene.pass(10 * MS);
        primary.start();
        scene.awaitDone(scene.begin(scene.caller(2), Call.of(Call.Kind.SET, "k", "y")));
        scene.awaitDone(write);
        for (SimBrick brick : scene.world.bricks()) {
            assertThat(scene.tryGet(scene.readerAt(brick), "k").isDone()).isTrue();
        }
        assertThat(scene.group().newest().epoch()).isGreaterThan(1);
        scene.finish();
    }

    @Trap(value = 50, without = Defence.COMMIT_WHEN_STORED_HERE)
    void thePrimaryWaitsForItsOwnDiskToo(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        scene.primary().disk().stallUntil(scene.world.queue().nowNanos() + SECOND);
        Scene.Begun write = scene.beginSet("k", "v1");
        scene.pass(100 * MS);
        assertThat(write.isEnded()).isFalse();
        scene.awaitDone(write);
        scene.finish();
    }

    @Trap(value = 52, without = Defence.STORE_WITHOUT_GAPS)
    void anEntryThatOvertakesALostOneIsNotStored(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        SimBrick b = scene.backups().get(0);
        SimBrick c = scene.backups().get(1);
        AtomicInteger lost = new AtomicInteger();
        scene.hold(held -> held.message() instanceof ReplicaMessage.Store store
                && held.to() == b.node()
                && store.entry().partition().equals(scene.partition)
                && store.entry().seq() == 2
                && lost.getAndIncrement() == 0);
        Scene.Begun second = scene.beginSet("k", "v1");
        scene.pass(5 * MS);
        Scene.Begun third = scene.begin(scene.caller(2), Call.of(Call.Kind.SET, "k", "v2"));
        scene.pass(50 * MS);
        assertThat(second.isEnded()).isFalse();
        assertThat(third.isEnded())
                .as("what stands on the lost one waits for it")
                .isFalse();
        assertThat(b.disk().holds(scene.partition, new Version(1, 3), false)).isFalse();
        assertThat(c.disk().holds(scene.partition, new Version(1, 3), false)).isTrue();
        scene.awaitDone(second);
        scene.awaitDone(third);
        assertThat(scene.get(scene.readerAt(b), "k")).isEqualTo("v2");
        scene.finish();
    }
}
