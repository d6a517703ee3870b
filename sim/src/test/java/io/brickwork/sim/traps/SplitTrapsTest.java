package io.brickwork.sim.traps;

import static io.brickwork.sim.traps.Scene.MS;
import static io.brickwork.sim.traps.Scene.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.btree.TreeOperations;
import io.brickwork.btree.TreeOperations.Part;
import io.brickwork.btree.TreeType;
import io.brickwork.check.Call;
import io.brickwork.check.Observation;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.map.MapOperations.Row;
import io.brickwork.sim.scenario.RunOptions;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.workload.MapCalls;
import io.brickwork.sim.workload.RegisterType;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.FaultOptions;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.WorldOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Partitions that are split while somebody is at work in them. */
class SplitTrapsTest {
    /** The operation was done in the parent, its answer lost: its record is in the child, which has the key. */
    @Trap(value = 27, without = Defence.SPLIT_WITH_COMPLETIONS)
    void aRetryFindsItsRecordInTheChild(Stage stage) {
        Scene scene = stage.scene();
        scene.hold(held -> held.message() instanceof CallMessage.Answer);
        Scene.Begun append = scene.begin(scene.caller(1), Call.of(Call.Kind.APPEND, "a", "1"));
        scene.pass(100 * MS);
        assertThat(scene.world.overseer().commits()).isPositive();
        splitAt(scene, "a");
        scene.pass(SECOND);
        assertThat(owner(scene, "a").partition()).isNotEqualTo(scene.partition);
        scene.heal();
        scene.awaitDone(append);
        assertThat(scene.get(scene.caller(2), "a")).isEqualTo(",1");
        scene.finish();
    }

    /** A member of the parent hears no more of the metadata log once the split is done; the child opens without it. */
    @Trap(
            value = {31, 32},
            without = Defence.SPLIT_WHEN_STORED)
    void whatAPartitionHasGivenAwayItDoesNotServe(Stage stage) {
        Scene scene = stage.scene();
        for (int seed = 2; scene.backups().getLast() == scene.leader(); seed++) {
            scene = stage.scene(seed); // one who has nothing to decide
        }
        whatAPartitionHasGivenAwayItDoesNotServe(scene, scene.backups().getLast());
    }

    /** @param member not the first backup, who will be the child's primary */
    private static void whatAPartitionHasGivenAwayItDoesNotServe(Scene scene, SimBrick member) {
        Caller reader = scene.onlyAt(member);
        scene.set("k1", "old");
        int at = member.node();
        scene.hold(held -> held.to() == at
                && owner(scene, "k1").partition() != scene.partition
                && (held.message() instanceof PaxosMessage || held.message() instanceof LeaseMessage));
        splitAt(scene, "k1");
        scene.pass(15 * SECOND);
        Group child = owner(scene, "k1");
        assertThat(child.partition()).isNotEqualTo(scene.partition);
        assertThat(child.isOpen()).isTrue();
        scene.set("k1", "new");
        Observation read = scene.tryGet(reader, "k1");
        assertThat(read.isDone() && "old".equals(read.result())).as("%s", read).isFalse();
        scene.finish();
    }

    /**
     * A member has stored the split and does not know that it is committed; it knows the child from the metadata log.
     */
    @Trap(32)
    void nobodyHasTheChildBeforeTheParentIsSplit(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k1", "there");
        scene.pass(SECOND);
        int at = scene.backups().getFirst().node();
        scene.hold(held -> held.to() == at && held.message() instanceof ReplicaMessage.Commit);
        splitAt(scene, "k1");
        scene.pass(SECOND);
        assertThat(owner(scene, "k1").partition()).isNotEqualTo(scene.partition);
        assertThat(scene.get(scene.caller(2), "k1")).isEqualTo("there");
        scene.finish();
    }

    /** What a partition had is on its way into another, and somebody writes to it. */
    @Trap(value = 32, without = Defence.MERGE_WHEN_CLOSED)
    void nobodyWritesToAPartitionThatHasGivenUpEverything(Stage stage) {
        Scene scene = stage.partitions(2).scene();
        PartitionId into = scene.partition;
        PartitionId from = new PartitionId(into.structure(), 1);
        String key = scene.keyIn(from);
        scene.set(key, "old");
        List<Scene.Held> content = scene.hold(held -> held.message() instanceof ReplicaMessage.MergePart);
        scene.world.brick(0).instruct(new MetadataCommand.MergePartitions(into, from));
        scene.pass(SECOND);
        assertThat(content).isNotEmpty();
        Scene.Begun set = scene.beginSet(key, "new");
        scene.pass(SECOND);
        scene.release(content);
        scene.pass(SECOND);
        scene.awaitDone(set);
        assertThat(owner(scene, key).partition()).isEqualTo(into);
        assertThat(scene.get(scene.caller(2), key)).isEqualTo("new");
        scene.finish();
    }

    /** Between any two pages of a scan the partition that comes next is split, in the middle of what is left. */
    @Test
    @SuppressWarnings("NullAway")
    void aScanGoesOnByKeyWhenWhatIsLeftIsSplit() {
        for (boolean backward : List.of(false, true)) {
            TreeScene tree = new TreeScene(backward);
            List<String> scanned = new ArrayList<>();
            KeyRange rest = KeyRange.ALL;
            while (rest != null) {
                Part<List<Row>> part = tree.ask(tree.ranges.page(rest, backward, true, 2));
                part.result().forEach(row -> scanned.add(tree.key(row)));
                rest = part.rest().orElse(null);
                if (rest != null) {
                    tree.splitWithin(rest);
                }
            }
            List<String> inOrder = tree.inOrder();
            assertThat(scanned).isEqualTo(backward ? inOrder.reversed() : inOrder);
            assertThat(tree.splits()).isGreaterThanOrEqualTo(3);
            tree.run.guarded(tree.run::finish);
        }
    }

    /** A tree of ten keys. */
    private static final class TreeScene {
        private static final int KEYS = 10;
        final SimRun run;
        final TreeOperations ranges;
        private final SimClient client;

        TreeScene(boolean backward) {
            WorkloadOptions callers = new WorkloadOptions(1, 1, 1, 1, 0, 10 * SECOND, 0, 0);
            RunOptions options = new RunOptions(
                    WorldOptions.CALM.withKeptLines(2_000), callers, FaultOptions.NONE, 1, 3, Durability.SYNC);
            run = new SimRun(
                    "SplitTrapsTest.scan" + backward,
                    1,
                    options,
                    MapCalls.TREE,
                    new StructureTypes(List.of(TreeType.INSTANCE)));
            run.guarded(() -> {
                run.begin();
                return null;
            });
            ranges = Objects.requireNonNull(MapCalls.TREE.ranges(run.structure()));
            client = run.world().addClient("reader");
            for (int i = 0; i < KEYS; i++) {
                AtomicReference<@Nullable Outcome> told = new AtomicReference<>();
                run.callers().getFirst().call(Call.of(Call.Kind.SET, "k" + i, "v"), 10 * SECOND, told::set);
                run.world().runUntil(() -> told.get() != null, 20 * SECOND);
            }
        }

        <T> T ask(Operation<T> operation) {
            AtomicReference<@Nullable Outcome> told = new AtomicReference<>();
            client.submit(operation, ReadMode.LINEARIZABLE, 10 * SECOND, told::set);
            assertThat(run.world().runUntil(() -> told.get() != null, 20 * SECOND))
                    .isTrue();
            assertThat(told.get()).isInstanceOf(Outcome.Done.class);
            return operation.decoder().apply(((Outcome.Done) Objects.requireNonNull(told.get())).result());
        }

        String key(Row row) {
            return MapCalls.TREE.key(row.key());
        }

        List<String> inOrder() {
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                keys.add("k" + i);
            }
            keys.sort((one, other) -> recordKey(one).compareTo(recordKey(other)));
            return keys;
        }

        private Bytes recordKey(String key) {
            return MapCalls.TREE.recordKey(run.structure(), key);
        }

        /** At the middle key of the range, if it has three. */
        void splitWithin(KeyRange range) {
            List<String> left = inOrder().stream()
                    .filter(key -> range.contains(recordKey(key)))
                    .toList();
            if (left.size() >= 3) {
                Bytes middle = recordKey(left.get(left.size() / 2));
                split(run, middle);
                run.world().run(SECOND);
            }
        }

        long splits() {
            return run.world().metadata().groupsOf(run.structure().id()).size() - 1;
        }
    }

    private static void splitAt(Scene scene, String key) {
        split(scene.run, RegisterType.TYPE.recordKey(scene.run.structure(), key));
    }

    private static void split(SimRun run, Bytes key) {
        Group group = Objects.requireNonNull(Objects.requireNonNull(run.world().metadata())
                .locate(run.structure().id(), key));
        run.world().brick(0).instruct(new MetadataCommand.SplitPartition(group.partition(), key, false));
    }

    private static Group owner(Scene scene, String key) {
        return Objects.requireNonNull(scene.metadata()
                .locate(scene.run.structure().id(), RegisterType.TYPE.recordKey(scene.run.structure(), key)));
    }
}
