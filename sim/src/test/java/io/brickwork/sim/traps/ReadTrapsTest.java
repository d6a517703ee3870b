package io.brickwork.sim.traps;

import static io.brickwork.sim.traps.Scene.MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.check.Observation;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.world.SimBrick;
import java.util.ArrayList;
import java.util.List;

/** Reads at members that do not know everything. */
class ReadTrapsTest {
    @Trap(value = 9, without = Defence.ASK_ABOUT_DIRTY)
    void onceOneReaderHasSeenAValueNobodySeesAnOlderOne(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        SimBrick primary = scene.primary();
        SimBrick b = scene.backups().get(0);
        SimBrick c = scene.backups().get(1);
        List<Caller> readers = List.of(scene.readerAt(primary), scene.readerAt(b), scene.readerAt(c));
        scene.pass(200 * MS);

        // C's acknowledgement does not get through: stored everywhere, committed nowhere.
        scene.hold(held -> held.message() instanceof ReplicaMessage.Stored && held.from() == c.node());
        Scene.Begun write = scene.beginSet("k", "v1");
        scene.pass(20 * MS);
        assertThat(b.disk().holds(scene.partition, new Version(1, 2), true)).isTrue();
        for (Caller reader : readers) {
            assertThat(scene.get(reader, "k")).isEqualTo("v0");
        }
        assertThat(write.isEnded()).isFalse();

        // Now it is committed, and nobody tells B and C.
        scene.hold(held -> switch (held.message()) {
            case ReplicaMessage.Commit commit -> commit.committedSeq() >= 2;
            case ReplicaMessage.Store store -> store.committedSeq() >= 2;
            default -> false;
        });
        scene.awaitDone(write);
        for (Caller reader : readers) {
            assertThat(scene.get(reader, "k")).isEqualTo("v1");
        }
        scene.finish();
    }

    @Trap(
            value = 10,
            without = {Defence.READ_UNDER_LEASE, Defence.WAIT_OUT_LEASES})
    void aMemberThatIsCutOffDoesNotTellWhatWas(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        SimBrick cutOff = scene.backups().get(scene.backups().get(0) == scene.leader() ? 1 : 0);
        Caller reader = scene.readerAt(cutOff);
        scene.pass(200 * MS);
        scene.isolate(cutOff);
        scene.set("k", "v1");
        for (int i = 0; i < 5; i++) {
            Observation read = scene.tryGet(reader, "k");
            assertThat(read.isDone() ? read.result() : "v1").isEqualTo("v1");
        }
        scene.finish();
    }

    @Trap(value = 12, without = Defence.MATCH_TICKETS)
    void anAnswerThatComesLateAnswersNobodyElse(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        Caller reader = scene.readerAt(scene.backups().get(0));
        scene.pass(100 * MS);
        scene.set("k2", "other");
        List<Scene.Held> first = new ArrayList<>();
        scene.hold(held -> held.message() instanceof CallMessage.Answer && first.isEmpty() && first.add(held));
        Scene.Begun one = scene.begin(reader, Call.of(Call.Kind.GET, "k"));
        scene.pass(MS);
        Scene.Begun two = scene.begin(reader, Call.of(Call.Kind.GET, "k2"));
        scene.pass(MS);
        assertThat(first).hasSize(1);
        scene.release(first);
        assertThat(scene.await(two).result()).isEqualTo("other");
        assertThat(scene.await(one).result()).isEqualTo("v0");
        scene.finish();
    }
}
