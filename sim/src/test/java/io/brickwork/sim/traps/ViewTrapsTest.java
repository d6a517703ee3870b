package io.brickwork.sim.traps;

import static io.brickwork.sim.traps.Scene.MS;
import static io.brickwork.sim.traps.Scene.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.check.Observation;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.world.SimBrick;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Groups that shrink, that are cut, and whose bricks come back with what they had long ago. */
class ViewTrapsTest {
    @Trap(
            value = {14, 54, 77},
            without = {Defence.COMMIT_WITH_MIN_IN_SYNC, Defence.BASE_WAS_OPENED})
    void aMemberThatIsLeftAloneAcknowledgesNothing(Stage stage) {
        Scene scene = stage.bricks(5).partitions(8).scene();
        Group group = scene.groupWithTwoOutsiders();
        String key = scene.keyIn(group.partition());
        List<SimBrick> outsiders = scene.outsiders(group);
        SimBrick last = scene.brick(group.newest().members().stream()
                .filter(member -> !outsiders.contains(scene.brick(member.brick())))
                .findFirst()
                .orElseThrow()
                .brick());
        scene.set(key, "v0");
        outsiders.forEach(brick -> brick.crash(SimBrick.Crash.POWER));
        // Nobody else can be brought level by it meanwhile.
        scene.hold(held -> held.message() instanceof ReplicaMessage && held.from() == last.node());
        assertThat(scene.world.runUntil(() -> isAloneIn(scene, group, last), 10 * SECOND))
                .isTrue();
        Scene.Begun write = scene.beginSet(key, "v1");
        scene.pass(3 * SECOND);
        assertThat(write.isEnded()).isFalse();

        last.crash(SimBrick.Crash.POWER);
        last.emptyDisk();
        outsiders.forEach(SimBrick::start);
        scene.heal();
        last.start();
        scene.finish();
    }

    private static boolean isAloneIn(Scene scene, Group group, SimBrick last) {
        Group now = scene.group(group.partition());
        return now.isOpen()
                && now.newest().members().size() == 1
                && scene.brick(now.newest().primary()) == last;
    }

    /**
     * Two members have all that was acknowledged; a third is promoted without the last of it, and the two are gone
     * before they have brought it level.
     */
    @Trap(value = 49, without = Defence.BASE_WAS_OPENED)
    void aViewThatNeverOpenedIsNoBase(Stage stage) {
        Scene scene = stage.bricks(5).partitions(8).scene();
        Group group = scene.groupWithTwoOutsiders();
        PartitionId partition = group.partition();
        String key = scene.keyIn(partition);
        List<SimBrick> two = scene.outsiders(group);
        SimBrick third = group.newest().members().stream()
                .map(member -> scene.brick(member.brick()))
                .filter(brick -> !two.contains(brick))
                .findFirst()
                .orElseThrow();
        scene.set(key, "v0");
        third.crash(SimBrick.Crash.POWER);
        // The learner gets what there was when it came, and nothing that follows.
        AtomicBoolean isHeard = new AtomicBoolean();
        AtomicLong levelledIn = new AtomicLong(Long.MAX_VALUE);
        scene.hold(held -> held.message() instanceof ReplicaMessage message
                && message.partition().equals(partition)
                && switch (message) {
                    case ReplicaMessage.Levelled levelled -> !isHeard.get() && isLearner(scene, partition, held.from());
                    case ReplicaMessage.Store store -> isLearner(scene, partition, held.to());
                    case ReplicaMessage.Level level -> level.epoch() > levelledIn.get();
                    default -> false;
                });
        assertThat(scene.world.runUntil(() -> isWithLearner(scene, partition), 10 * SECOND))
                .isTrue();
        levelledIn.set(scene.group(partition).newest().epoch());
        scene.pass(SECOND);
        scene.set(key, "v1");
        isHeard.set(true);
        assertThat(scene.world.runUntil(
                        () -> scene.group(partition).newest().members().size() == 3, 10 * SECOND))
                .isTrue();
        assertThat(scene.group(partition).isOpen()).isFalse();
        SimBrick promoted = scene.group(partition).newest().members().stream()
                .map(member -> scene.brick(member.brick()))
                .filter(brick -> !two.contains(brick))
                .findFirst()
                .orElseThrow();
        scene.heal();
        two.forEach(scene::isolate);
        scene.pass(10 * SECOND);
        assertThat(scene.tryGet(scene.readerAt(promoted), key).result()).isNotEqualTo("v0");
        scene.finish();
    }

    private static boolean isWithLearner(Scene scene, PartitionId partition) {
        Group group = scene.group(partition);
        return group.isOpen() && !group.newest().learners().isEmpty();
    }

    private static boolean isLearner(Scene scene, PartitionId partition, int node) {
        return scene.group(partition).newest().learners().stream()
                .anyMatch(learner -> scene.brick(learner.brick()).node() == node);
    }

    @Trap(value = 20, without = Defence.JOIN_AS_NEW)
    void oldImagesDoNotSpeakForTheGroup(Stage stage) {
        Scene scene = stage.bricks(5).partitions(8).scene();
        Group group = scene.groupWithTwoOutsiders();
        String key = scene.keyIn(group.partition());
        List<SimBrick> outsiders = scene.outsiders(group);
        SimBrick third = group.newest().members().stream()
                .map(member -> scene.brick(member.brick()))
                .filter(brick -> !outsiders.contains(brick))
                .findFirst()
                .orElseThrow();
        scene.set(key, "v0");
        scene.pass(SECOND);
        List<SimDisk.Image> images =
                outsiders.stream().map(brick -> brick.disk().image()).toList();
        outsiders.forEach(brick -> brick.crash(SimBrick.Crash.POWER)); // another start, so that the image is old
        outsiders.forEach(SimBrick::start);
        scene.set(key, "v1");
        outsiders.forEach(brick -> brick.crash(SimBrick.Crash.POWER));
        third.crash(SimBrick.Crash.POWER);
        for (int i = 0; i < outsiders.size(); i++) {
            outsiders.get(i).restoreDisk(images.get(i));
            outsiders.get(i).start();
        }
        scene.pass(8 * SECOND);
        Observation read = scene.tryGet(scene.caller(2), key);
        assertThat(read.isDone() ? read.result() : "v1").isEqualTo("v1");
        third.start();
        scene.finish();
    }

    /**
     * The last opened view is what counts: what was acknowledged in one that nobody recorded would be unknown to the
     * next.
     */
    @Trap(
            value = {23, 49},
            without = Defence.SERVE_WHAT_IS_RECORDED)
    void aViewThatIsNotRecordedAcknowledgesNothing(Stage stage) {
        Scene scene = stage.bricks(5).partitions(8).scene();
        Group group = scene.groupWithTwoOutsiders();
        String key = scene.keyIn(group.partition());
        scene.set(key, "v0");
        SimBrick gone = scene.outsiders(group).stream()
                .filter(brick -> !brick.id().equals(group.newest().primary()))
                .findFirst()
                .orElseThrow();
        scene.hold(held -> held.message() instanceof PaxosMessage.Propose propose && isOpening(propose, group));
        gone.crash(SimBrick.Crash.POWER);
        Scene.Begun write = scene.beginSet(key, "v1");
        scene.pass(5 * SECOND);
        assertThat(write.isEnded() && !isOpenAtLeader(scene, group)).isFalse();
        gone.start();
        scene.heal();
        scene.awaitDone(write);
        scene.finish();
    }

    private static boolean isOpening(PaxosMessage.Propose propose, Group group) {
        try {
            return MetadataCodec.decodeCommand(propose.command()) instanceof MetadataCommand.OpenView open
                    && open.partition().equals(group.partition());
        } catch (MalformedException e) {
            return false;
        }
    }

    private static boolean isOpenAtLeader(Scene scene, Group group) {
        return scene.group(group.partition()).isOpen();
    }

    @Trap(
            value = {24, 41},
            without = Defence.LEAVE_OUT_THE_SILENT)
    void aMemberThatOnlyThePrimaryCannotReachIsLeftOut(Stage stage) {
        Scene scene = sceneWithPlainPrimary(stage);
        scene.set("k", "v0");
        SimBrick deaf = scene.backups().get(scene.backups().get(0) == scene.leader() ? 1 : 0);
        scene.cut(scene.primary(), deaf);
        scene.set("k", "v1");
        assertThat(scene.group().newest().member(deaf.id())).isNull();
        scene.finish();
    }

    /** The same while a view is pending: the primary waits for the report of a member that it does not reach. */
    @Trap(value = 24, without = Defence.LEAVE_OUT_THE_SILENT)
    void aViewDoesNotWaitForAMemberThatItsPrimaryCannotReach(Stage stage) {
        Scene scene = sceneWithPlainPrimary(stage);
        scene.set("k", "v0");
        SimBrick deaf = scene.backups().get(scene.backups().get(0) == scene.leader() ? 1 : 0);
        SimBrick primary = scene.primary();
        deaf.crash(SimBrick.Crash.KILL);
        scene.cut(primary, deaf);
        deaf.start();
        scene.set("k", "v1");
        scene.finish();
    }

    @Trap(value = 24, without = Defence.LEAVE_OUT_THE_SILENT)
    void aMemberThatHearsAndIsNotHeardIsLeftOut(Stage stage) {
        Scene scene = sceneWithPlainPrimary(stage);
        scene.set("k", "v0");
        SimBrick mute = scene.backups().get(scene.backups().get(0) == scene.leader() ? 1 : 0);
        scene.cutOneWay(mute, scene.primary());
        scene.set("k", "v1");
        scene.finish();
    }

    /** A primary that does not lead the metadata log: its silence towards a member is its own. */
    private static Scene sceneWithPlainPrimary(Stage stage) {
        for (long seed = 1; ; seed++) {
            Scene scene = stage.scene(seed);
            if (scene.primary() != scene.leader()) {
                return scene;
            }
        }
    }

    @Trap(value = 75)
    void restartsOneByOneWithoutAQuorumCostNobodyItsDisk(Stage stage) {
        Scene scene = stage.scene();
        scene.set("k", "v0");
        scene.world.bricks().forEach(brick -> brick.crash(SimBrick.Crash.POWER));
        for (SimBrick brick : scene.world.bricks()) {
            for (int i = 0; i < 2; i++) {
                brick.start();
                scene.pass(500 * MS);
                brick.crash(SimBrick.Crash.POWER);
            }
        }
        scene.world.bricks().forEach(SimBrick::start);
        assertThat(scene.get(scene.caller(1), "k")).isEqualTo("v0");
        assertThat(scene.world.trace().lines()).noneMatch(line -> line.contains("MustJoinAsNew"));
        scene.finish();
    }

    @Trap(value = {22, 51})
    void aMemberMayBeRestartedAtAnyPointOfAViewChange(Stage stage) {
        for (int delayMicros = 0; delayMicros < 3_000; delayMicros += 300) {
            Scene scene = stage.scene();
            scene.set("k", "v0");
            SimBrick primary = scene.primary();
            SimBrick backup = scene.backups().get(0);
            primary.crash(SimBrick.Crash.KILL);
            scene.pass(50 * MS);
            primary.start();
            scene.pass(30 * MS + delayMicros * 1_000L);
            backup.crash(SimBrick.Crash.KILL);
            backup.start();
            scene.awaitDone(scene.begin(scene.caller(1), Call.of(Call.Kind.SET, "k", "v1")));
            scene.finish();
        }
    }
}
