package io.brickwork.sim.traps;

import static io.brickwork.sim.traps.Scene.MS;
import static io.brickwork.sim.traps.Scene.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.check.Call;
import io.brickwork.core.BrickId;
import io.brickwork.core.Durability;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.ChainRules;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.sim.network.SimNetwork;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A chain that loses a member, or gets one, at every message boundary of a write in flight.
 *
 * <p>The boundaries are generated. The write is played once without a fault, and its messages are counted: the request,
 * each {@code Store}, {@code Passed} and {@code Commit}, the answer. Then it is played again for every boundary, with
 * the fault as soon as a message has been sent, or as soon as it has arrived. Readers at all members read meanwhile. In
 * the end all checkers look at what was seen: an acknowledged write is at all members; one that was not is at all or
 * none, and its retry takes effect once; no reader sees an older value than another has seen before; and every member
 * answers reads and writes again.
 *
 * <p>Source: van Renesse and Schneider 2004 §3 ("Failure of the Head", "Failure of the Tail", "Failure of Other
 * Servers", "Extending a Chain").
 */
class ChainBoundariesTest {
    /** Longer than it takes until nothing more is to be told about the write. */
    private static final long WRITE_NANOS = 300 * MS;
    /** Until a view without a brick that is gone is open. */
    private static final long PATIENCE_NANOS = 20 * SECOND;
    /** A request, two {@code Store}, two {@code Passed}, an answer; each is sent and arrives. */
    private static final int LEAST_BOUNDARIES = 12;

    enum Place {
        HEAD,
        MIDDLE,
        TAIL
    }

    enum Fault {
        KILL {
            @Override
            void strike(Scene scene, SimBrick victim) {
                victim.crash(SimBrick.Crash.KILL);
            }
        },
        LOSS_OF_POWER {
            @Override
            void strike(Scene scene, SimBrick victim) {
                victim.crash(SimBrick.Crash.POWER);
            }
        },
        CUT {
            @Override
            void strike(Scene scene, SimBrick victim) {
                scene.isolate(victim);
            }
        };

        abstract void strike(Scene scene, SimBrick victim);
    }

    /** Counts the boundaries of one write, until the one at which something is to happen. */
    private static final class Boundaries implements SimNetwork.Filter {
        private final Scene scene;
        private final int client;
        private final int wanted;
        private final Predicate<Scene.Held> isHeld;
        private int passed;

        /**
         * @param wanted the boundary, from 1; 0 for none
         * @param isHeld what is lost, and counts for nothing
         */
        Boundaries(Scene scene, int wanted, Predicate<Scene.Held> isHeld) {
            this.scene = scene;
            this.client = scene.client(1).node();
            this.wanted = wanted;
            this.isHeld = isHeld;
        }

        @Override
        public boolean passes(int from, int to, Message message) {
            if (isHeld.test(new Scene.Held(from, to, message))) {
                return false;
            }
            count(from, to, message);
            return true;
        }

        @Override
        public void arrives(int from, int to, Message message) {
            count(from, to, message);
        }

        private void count(int from, int to, Message message) {
            if (from == client || to == client || isOfChain(scene, message)) {
                passed++;
            }
        }

        boolean isReached() {
            return wanted > 0 && passed >= wanted;
        }
    }

    private static boolean isOfChain(Scene scene, Message message) {
        return switch (message) {
            case ReplicaMessage.Store store -> store.entry().partition().equals(scene.partition);
            case ReplicaMessage.Passed passed -> passed.partition().equals(scene.partition);
            case ReplicaMessage.Commit commit -> commit.partition().equals(scene.partition);
            default -> false;
        };
    }

    /** The members of the newest view, from head to tail. */
    private static List<BrickId> order(Scene scene) {
        GroupView view = scene.group().newest();
        List<BrickId> order = new ArrayList<>();
        for (BrickId next = view.primary(); next != null; next = ChainRules.INSTANCE.after(view, next)) {
            order.add(next);
        }
        return order;
    }

    // ---- a member is lost

    @ParameterizedTest
    @EnumSource(Place.class)
    void aMemberMayBeKilledAtAnyBoundary(Place place) {
        playAll(place, Fault.KILL, Durability.SYNC);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void aMemberMayLosePowerAtAnyBoundary(Place place) {
        playAll(place, Fault.LOSS_OF_POWER, Durability.SYNC);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void aMemberMayLosePowerAtAnyBoundaryWhereNothingIsSynced(Place place) {
        playAll(place, Fault.LOSS_OF_POWER, Durability.REPLICATED);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void aMemberMayBeCutOffAtAnyBoundary(Place place) {
        playAll(place, Fault.CUT, Durability.SYNC);
    }

    private static void playAll(Place place, Fault fault, Durability durability) {
        int boundaries = play(place, fault, durability, 0);
        assertThat(boundaries).isGreaterThanOrEqualTo(LEAST_BOUNDARIES);
        int cases = 0;
        for (int boundary = 1; boundary <= boundaries; boundary++) {
            play(place, fault, durability, boundary);
            cases++;
        }
        assertThat(cases).isEqualTo(boundaries);
    }

    /**
     * @param boundary at which the fault strikes; 0 for none
     * @return how many boundaries the write has
     */
    private static int play(Place place, Fault fault, Durability durability, int boundary) {
        Scene scene = stage(durability, fault + " of " + place + " at boundary " + boundary)
                .scene();
        scene.set("k", "v0");
        SimBrick victim = scene.brick(order(scene).get(place.ordinal()));
        Map<SimBrick, Caller> readers = readers(scene);
        Boundaries boundaries = new Boundaries(scene, boundary, held -> false);
        scene.world.network().setFilter(boundaries);
        Scene.Begun write = scene.beginSet("k", "v1");
        boolean isReached = scene.world.runUntil(boundaries::isReached, WRITE_NANOS);
        assertThat(isReached).isEqualTo(boundary > 0);
        scene.world.network().clearFilter();
        if (boundary > 0) {
            fault.strike(scene, victim);
            readUntil(scene, readers, () -> write.isEnded() && !order(scene).contains(victim.id()));
        }
        assertWritten(scene, readers, write);
        scene.finish();
        assertThat(order(scene)).as("it has come back").contains(victim.id());
        return boundaries.passed;
    }

    /** With the member goes the caller, so that nobody tries again. */
    @ParameterizedTest
    @EnumSource(Place.class)
    void aWriteThatNobodyRetriesIsAtAllMembersOrAtNone(Place place) {
        int boundaries = play(place, Fault.KILL, Durability.SYNC, 0);
        TreeSet<String> outcomes = new TreeSet<>();
        for (int boundary = 1; boundary <= boundaries; boundary++) {
            outcomes.add(abandon(place, boundary));
        }
        assertThat(outcomes).as("both ways of ending were met").containsExactly("v0", "v1");
    }

    /** Returns the value that all members show in the end. */
    private static String abandon(Place place, int boundary) {
        Scene scene = stage(Durability.SYNC, "nobody retries, " + place + " at boundary " + boundary)
                .scene();
        scene.set("k", "v0");
        SimBrick victim = scene.brick(order(scene).get(place.ordinal()));
        Map<SimBrick, Caller> readers = readers(scene);
        Boundaries boundaries = new Boundaries(scene, boundary, held -> false);
        scene.world.network().setFilter(boundaries);
        scene.beginSet("k", "v1");
        assertThat(scene.world.runUntil(boundaries::isReached, WRITE_NANOS)).isTrue();
        scene.world.network().clearFilter();
        scene.client(1).crash();
        victim.crash(SimBrick.Crash.KILL);
        readUntil(scene, readers, () -> isOpenWith(scene, 2));
        TreeSet<String> shown = new TreeSet<>();
        readers.forEach((brick, reader) -> {
            if (brick != victim) {
                shown.add(String.valueOf(scene.get(reader, "k")));
            }
        });
        assertThat(shown).as("what members show").hasSize(1);
        scene.finish();
        return shown.first();
    }

    // ---- a member joins

    /**
     * The view that makes a third brick the tail of a chain of two comes while the write stands still at the boundary.
     */
    @Test
    void aChainMayBeExtendedAtAnyBoundary() {
        int boundaries = extend(0);
        assertThat(boundaries).isGreaterThanOrEqualTo(8); // a request, a Store, a Passed, an answer
        int cases = 0;
        for (int boundary = 1; boundary <= boundaries; boundary++) {
            extend(boundary);
            cases++;
        }
        assertThat(cases).isEqualTo(boundaries);
    }

    private static int extend(int boundary) {
        Scene scene =
                stage(Durability.SYNC, "extension at boundary " + boundary).scene();
        scene.set("k", "v0");
        SimBrick joining = scene.brick(order(scene).getLast());
        joining.crash(SimBrick.Crash.KILL);
        assertThat(scene.world.runUntil(() -> isOpenWith(scene, 2), PATIENCE_NANOS))
                .isTrue();
        // It becomes a learner, and is not heard to be level.
        Predicate<Scene.Held> isLevelWord =
                held -> held.message() instanceof ReplicaMessage.Stored && held.from() == joining.node();
        scene.hold(isLevelWord);
        joining.start();
        assertThat(scene.world.runUntil(
                        () -> scene.group().isOpen() && scene.group().newest().learner(joining.id()) != null,
                        PATIENCE_NANOS))
                .isTrue();
        scene.pass(SECOND);
        Map<SimBrick, Caller> readers = readers(scene);
        long epoch = scene.group().newest().epoch();
        // What the head sends to the learner is no boundary of the write.
        Boundaries boundaries = new Boundaries(scene, boundary, isLevelWord);
        scene.world.network().setFilter(boundaries);
        Scene.Begun write = scene.beginSet("k", "v1");
        boolean isReached = scene.world.runUntil(boundaries::isReached, WRITE_NANOS);
        assertThat(isReached).isEqualTo(boundary > 0);
        if (boundary > 0) {
            // Nothing more of the old view arrives between its members.
            scene.hold(held -> held.to() != joining.node()
                    && isOfChain(scene, held.message())
                    && held.message() instanceof ReplicaMessage old
                    && old.epoch() == epoch);
        } else {
            scene.world.network().clearFilter();
        }
        assertThat(scene.world.runUntil(() -> isOpenWith(scene, 3), PATIENCE_NANOS))
                .isTrue();
        scene.world.network().clearFilter();
        readUntil(scene, readers, write::isEnded);
        assertThat(order(scene).getLast()).as("who joins becomes the tail").isEqualTo(joining.id());
        assertWritten(scene, readers, write);
        scene.finish();
        return boundaries.passed;
    }

    private static boolean isOpenWith(Scene scene, int members) {
        Group group = scene.group();
        return group.isOpen()
                && group.newest().equals(group.base())
                && group.newest().members().size() == members;
    }

    // ---- what is noticed

    /** The invariants of the chain see one write without either rule, whatever becomes of it. */
    @Test
    void aChainThatLacksARuleIsNoticedAtTheFirstWrite() {
        assertNoticed(Defence.FORWARD_ONLY_STORED, "update-propagation");
        assertNoticed(Defence.PASS_BACK_WHAT_ALL_HAVE, "in-process-requests");
    }

    private static void assertNoticed(Defence missing, String invariant) {
        Scene scene = new Stage("chain/without " + missing, Defences.without(missing))
                .chain()
                .scene();
        assertThatThrownBy(() -> scene.set("k", "v0"))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining(invariant);
    }

    // ---- both

    private static Stage stage(Durability durability, String name) {
        Stage stage = new Stage("chain/" + name, Defences.ALL).chain();
        return durability == Durability.SYNC ? stage : stage.replicated();
    }

    private static Map<SimBrick, Caller> readers(Scene scene) {
        Map<SimBrick, Caller> readers = new TreeMap<>((one, other) -> one.id().compareTo(other.id()));
        scene.world.bricks().forEach(brick -> readers.put(brick, scene.readerAt(brick)));
        readers.values().forEach(reader -> scene.tryGet(reader, "k"));
        scene.pass(WRITE_NANOS);
        return readers;
    }

    /** All read, again and again, until the chain has come that far. */
    private static void readUntil(Scene scene, Map<SimBrick, Caller> readers, BooleanSupplier isReached) {
        long until = scene.world.queue().nowNanos() + PATIENCE_NANOS;
        while (!isReached.getAsBoolean()) {
            assertThat(scene.world.queue().nowNanos()).as("the chain goes on").isLessThan(until);
            readers.values().forEach(reader -> scene.begin(reader, Call.of(Call.Kind.GET, "k")));
            scene.pass(200 * MS);
        }
    }

    /** The write is acknowledged, and each member of the chain shows it. */
    private static void assertWritten(Scene scene, Map<SimBrick, Caller> readers, Scene.Begun write) {
        scene.awaitDone(write);
        readers.forEach((brick, reader) -> {
            if (order(scene).contains(brick.id())) {
                assertThat(scene.get(reader, "k"))
                        .as("read at %s", brick.name())
                        .isEqualTo("v1");
            }
        });
    }
}
