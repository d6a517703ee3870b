package io.brickwork.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.check.Call;
import io.brickwork.check.History;
import io.brickwork.check.Replica;
import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import io.brickwork.sim.world.SimFailure;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link Promises} needs no world: a history and replicas made by hand are enough. */
class PromisesTest {
    private static final Version WRITTEN = new Version(1, 1);

    private final History history = new History();
    private final Promises promises = new Promises(history, Bytes::utf8, key -> "p");

    @BeforeEach
    void writeOneValue() {
        int write = history.invoke("c1", "p", Call.of(Call.Kind.SET, "k", "a"), 1);
        history.done(write, null, WRITTEN, 2);
    }

    private static Replica replica(String name, String value) {
        TreeMap<String, Replica.Held> records = new TreeMap<>();
        if (!value.isEmpty()) {
            records.put("k", new Replica.Held(WRITTEN, value));
        }
        return new Replica(name, "p", WRITTEN, Bytes.utf8(records.toString()), records, List.of());
    }

    private static void assertBreaks(String promise, Runnable check) {
        assertThatThrownBy(check::run).isInstanceOfSatisfying(SimFailure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(SimFailure.Kind.SAFETY);
            assertThat(failure.what()).startsWith(promise + ":");
        });
    }

    @Test
    void replicasThatHoldWhatWasAcknowledgedBreakNothing() {
        List<Replica> replicas = List.of(replica("brick-1", "a"), replica("brick-2", "a"));
        assertThat(promises.areSettled(replicas)).isTrue();
        assertThat(promises.requireAll(replicas, List.of(), List.of())).isZero();
    }

    @Test
    void lostAcknowledgedWriteIsNamed() {
        List<Replica> replicas = List.of(replica("brick-1", ""), replica("brick-2", ""));
        assertThat(promises.areSettled(replicas)).isFalse();
        assertBreaks("acked-never-lost", () -> promises.requireAll(replicas, List.of(), List.of()));
    }

    @Test
    void differentReplicasAtOnePositionAreNamed() {
        List<Replica> replicas = List.of(replica("brick-1", "a"), replica("brick-2", "b"));
        assertThat(promises.areSettled(replicas)).isFalse();
        assertBreaks("convergence", () -> Promises.requireEqualPositions(replicas));
    }

    @Test
    void readThatNoOrderExplainsIsNamed() {
        int read = history.invoke("c1", "p", Call.of(Call.Kind.GET, "k"), 3);
        history.done(read, "never written", WRITTEN, 4);
        assertThatThrownBy(() -> promises.requireAll(List.of(replica("brick-1", "a")), List.of(), List.of()))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("linearizable: ");
    }
}
