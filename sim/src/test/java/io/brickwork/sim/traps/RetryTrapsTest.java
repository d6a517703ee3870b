package io.brickwork.sim.traps;

import static io.brickwork.sim.traps.Scene.MS;
import static io.brickwork.sim.traps.Scene.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.check.Observation;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.message.CallMessage;
import io.brickwork.sim.world.SimBrick;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests that come twice, late, or never. */
class RetryTrapsTest {
    /** The first attempt had committed, its answer was lost. */
    @Trap(value = 26, without = Defence.REMEMBER_COMPLETIONS)
    void aRetriedAppendTakesEffectOnce(Stage stage) {
        Scene scene = stage.scene();
        loseFirstAnswer(scene);
        scene.awaitDone(scene.begin(scene.caller(1), Call.of(Call.Kind.APPEND, "a", "1")));
        scene.heal();
        assertThat(scene.get(scene.caller(2), "a")).isEqualTo(",1");
        scene.finish();
    }

    /** The completion record is where the entry is, also in the next view. */
    @Trap(
            value = {26, 27},
            without = Defence.INHERIT_COMPLETIONS)
    void aRetryFindsItsRecordInTheNextView(Stage stage) {
        Scene scene = stage.scene();
        scene.hold(held -> held.message() instanceof CallMessage.Answer);
        Scene.Begun append = scene.begin(scene.caller(1), Call.of(Call.Kind.APPEND, "a", "1"));
        scene.pass(100 * MS);
        assertThat(scene.world.overseer().commits()).isPositive();
        scene.pass(SECOND); // until the tables have it
        scene.world.bricks().forEach(brick -> brick.crash(SimBrick.Crash.POWER));
        scene.heal();
        scene.world.bricks().forEach(SimBrick::start);
        scene.awaitDone(append);
        assertThat(scene.get(scene.caller(2), "a")).isEqualTo(",1");
        scene.finish();
    }

    /** A request that comes when its caller has long been answered, and nobody has a record of it any more. */
    @Trap(
            value = {26, 57},
            without = Defence.REFUSE_FORGOTTEN)
    void aDuplicateThatComesVeryLateIsNotExecuted(Stage stage) {
        Scene scene = stage.scene();
        AtomicInteger seen = new AtomicInteger();
        List<Scene.Held> first =
                scene.hold(held -> held.message() instanceof CallMessage.Write && seen.getAndIncrement() == 0);
        scene.awaitDone(scene.begin(scene.caller(1), Call.of(Call.Kind.APPEND, "a", "1")));
        scene.world.network().clearFilter();
        for (int i = 2; i < 6; i++) {
            scene.awaitDone(scene.begin(scene.caller(1), Call.of(Call.Kind.APPEND, "a", "" + i)));
        }
        scene.pass(SECOND);
        assertThat(first).hasSize(1);
        scene.release(first);
        scene.pass(SECOND);
        assertThat(scene.get(scene.caller(2), "a")).isEqualTo(",1,2,3,4,5");
        scene.finish();
    }

    /**
     * The first attempt had committed; its caller slept until its session was over and its record gone, and sends it
     * again.
     */
    @Trap(value = 29, without = Defence.REFUSE_EXPIRED)
    void aClientThatWakesAfterItsSessionHasExpiredDoesNothingTwice(Stage stage) {
        Scene scene = stage.sessionTimeout(2 * SECOND).scene();
        scene.hold(held -> held.message() instanceof CallMessage.Answer);
        Scene.Begun append = scene.begin(scene.caller(1), Call.of(Call.Kind.APPEND, "a", "1"));
        scene.pass(500 * MS);
        scene.client(1).pause();
        scene.pass(5 * SECOND);
        assertThat(scene.rememberedSessions()).containsExactly(0, 0, 0);
        scene.heal();
        scene.client(1).resume();
        assertThat(scene.await(append).isDone()).isFalse();
        assertThat(scene.get(scene.caller(2), "a")).isEqualTo(",1");
        scene.awaitDone(scene.begin(scene.caller(1), Call.of(Call.Kind.APPEND, "a", "2")));
        assertThat(scene.get(scene.caller(2), "a")).isEqualTo(",1,2");
        scene.finish();
    }

    /** What is remembered of sessions that are over is forgotten by every member. */
    @Trap(29)
    void nothingIsLeftOfSessionsThatAreOver(Stage stage) {
        Scene scene = stage.sessionTimeout(2 * SECOND).scene();
        scene.set("k", "v");
        scene.pass(SECOND); // until the tables have it
        assertThat(scene.rememberedSessions()).containsExactly(1, 1, 1);
        scene.client(1).crash();
        scene.pass(5 * SECOND);
        assertThat(scene.rememberedSessions()).containsExactly(0, 0, 0);
        scene.finish();
    }

    /** What fails for ever is told in time, and as what it is. */
    @Trap(28)
    void aFaultThatLastsIsTold(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        scene.world.bricks().forEach(brick -> scene.world.network().setFilter((from, to, message) -> false));
        long beganNanos = scene.world.queue().nowNanos();
        Observation write = scene.observe(scene.caller(1), Call.of(Call.Kind.SET, "k", "v1"));
        assertThat(write.isDone()).isFalse();
        assertThat(scene.world.queue().nowNanos() - beganNanos).isLessThan(11 * SECOND);
        scene.finish();
    }

    /**
     * A conditional write that found no match has its record too: the retry gets the answer of then, although now it
     * would match.
     */
    @Trap(value = 69, without = Defence.RECORD_WITHOUT_EFFECT)
    void aReplaceThatFoundNoMatchDoesNotRunLater(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "other");
        loseFirstAnswer(scene);
        Scene.Begun replace = scene.begin(scene.caller(1), new Call(Call.Kind.REPLACE_IF, "k", "replaced", "expected"));
        scene.pass(100 * MS);
        assertThat(replace.isEnded()).isFalse();
        scene.awaitDone(scene.begin(scene.caller(2), Call.of(Call.Kind.SET, "k", "expected")));
        assertThat(scene.await(replace).result()).isEqualTo("false");
        assertThat(scene.get(scene.caller(2), "k")).isEqualTo("expected");
        scene.finish();
    }

    private static void loseFirstAnswer(Scene scene) {
        AtomicInteger lost = new AtomicInteger();
        scene.hold(held -> held.message() instanceof CallMessage.Answer && lost.getAndIncrement() == 0);
    }
}
