package io.brickwork.core.brick;

import static io.brickwork.core.brick.ScriptedBrick.A;
import static io.brickwork.core.brick.ScriptedBrick.B;
import static io.brickwork.core.brick.ScriptedBrick.C;
import static io.brickwork.core.brick.ScriptedBrick.REGISTERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureSpec;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Starts of brick B; the script keeps the metadata log. */
class RegistrarTest {
    private static final List<BrickId> ABC = List.of(A, B, C);
    private static final DiskId DISK = new DiskId('B', 0);

    private final ScriptedBrick brick = new ScriptedBrick(B, ABC);

    private BrickInfo registered() {
        return Objects.requireNonNull(brick.metadata.state().brick(B));
    }

    private long registeredStart() {
        BrickInfo info = brick.metadata.state().brick(B);
        return info == null ? 0 : info.incarnation().start();
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            brick.round();
        }
    }

    /** Lets the start be registered, without the brick hearing of it. */
    private void registerUnheard() {
        long before = registeredStart();
        brick.metadata.isMute = true;
        for (int i = 0; registeredStart() == before; i++) {
            assertThat(i).as("rounds until the start is registered").isLessThan(100);
            brick.round();
        }
        brick.metadata.isMute = false;
        assertThat(brick.machine().member()).isNull();
    }

    private List<Event> joinsAsNew() {
        return brick.events.stream()
                .filter(Event.MustJoinAsNew.class::isInstance)
                .toList();
    }

    @Test
    void aStartIsRegisteredOnceItIsForcedAndCountsOnceThatIsForcedToo() {
        brick.learn();
        brick.pass(100);
        assertThat(registeredStart()).as("what is tried is not synced").isZero();
        brick.sync();
        assertThat(registeredStart()).isEqualTo(1);
        assertThat(brick.machine().member())
                .as("what is confirmed is not synced")
                .isNull();
        brick.sync();
        assertThat(brick.member()).isEqualTo(new Member(B, new Incarnation(DISK, 1)));
        assertThat(brick.events).contains(new Event.Registered(B, new Incarnation(DISK, 1)));
    }

    @Test
    void everyStartIsAnother() {
        for (int start = 1; start <= 4; start++) {
            brick.register();
            assertThat(brick.member().incarnation()).isEqualTo(new Incarnation(DISK, start));
            brick.kill();
        }
    }

    @Test
    void beforeItIsRegisteredABrickTakesPartInNoGroup() {
        brick.register();
        brick.create(Durability.SYNC);
        GroupView view = brick.newest();
        brick.metadata.loses = ScriptedMetadata.EVERYTHING;
        brick.kill();
        brick.sent.clear();
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, view));
        brick.from(A, new ReplicaMessage.Fence(REGISTERS, brick.decide(A, ABC, List.of())));
        rounds(10);
        assertThat(brick.sent).isEmpty();
    }

    /**
     * T75: it finds its own try registered, and goes on from there; but what the life before was registered as is not
     * its own.
     */
    @Test
    void aStartThatDiedBeforeItWasConfirmedLeavesTheDiskTheBricksOwn() {
        brick.register();
        brick.kill();
        registerUnheard();
        assertThat(registeredStart()).isEqualTo(2);
        brick.kill();
        brick.register();
        assertThat(brick.member().incarnation()).isEqualTo(new Incarnation(DISK, 3));
        assertThat(joinsAsNew()).isEmpty();
    }

    /** The life before was registered while all that it wrote was still there; then the power went. */
    @Test
    void whatWasLostBetweenTwoStartsIsKnownAlsoIfTheFirstOfThemDied() {
        brick.register();
        brick.kill();
        registerUnheard();
        assertThat(registered().intactSince()).as("only killed").isEqualTo(1);
        brick.losePower();
        brick.register();
        assertThat(registered().intactSince())
                .as("the power was lost after start 1")
                .isEqualTo(brick.member().incarnation().start());
    }

    /** The same, with what the dead life proposed coming in late. */
    @Test
    void aLateProposalOfADeadLifeDoesNotSpeakForTheNextOne() {
        brick.register();
        brick.kill();
        brick.metadata.loses = RegistrarTest::changesSomething;
        for (int i = 0; brick.metadata.late.isEmpty(); i++) {
            assertThat(i).as("rounds until the start is proposed").isLessThan(100);
            brick.round();
        }
        MetadataCommand late = brick.metadata.late.removeFirst();
        brick.losePower();
        rounds(10);
        assertThat(brick.metadata.late).as("what the next life proposes").isNotEmpty();
        brick.metadata.apply(late);
        brick.metadata.loses = ScriptedMetadata.NOTHING;
        brick.register();
        assertThat(registered().intactSince())
                .as("the power was lost after start 1")
                .isEqualTo(brick.member().incarnation().start());
    }

    private static boolean changesSomething(MetadataCommand command) {
        return !(command instanceof MetadataCommand.RegisterBrick register
                && register.next().equals(register.expected()));
    }

    /** T20 */
    @Test
    void anEmptiedDiskIsAnother() {
        brick.register();
        Member before = brick.member();
        brick.loseDisk();
        brick.register();
        assertThat(brick.member()).isEqualTo(new Member(B, new Incarnation(new DiskId('B', 1), 1)));
        assertThat(brick.member().standsFor(before)).isFalse();
        assertThat(registered().incarnation().disk()).isEqualTo(new DiskId('B', 1));
    }

    /** T20: one start older is the hardest to tell, since what it would register is registered. */
    @Test
    void anImageOfAnEarlierLifeJoinsAsNew() {
        for (int older = 1; older <= 3; older++) {
            anImageJoinsAsNew(older);
        }
    }

    private static void anImageJoinsAsNew(int older) {
        RegistrarTest test = new RegistrarTest();
        test.brick.register();
        MemoryLog image = test.brick.log.copy();
        for (int i = 0; i < older; i++) {
            test.brick.kill();
            test.brick.register();
        }
        test.brick.putBack(image);
        for (int start = 0; start < 3; start++) {
            test.brick.events.clear();
            test.rounds(50);
            assertThat(test.brick.machine().member())
                    .as("%d starts older, tried %d times", older, start)
                    .isNull();
            assertThat(test.joinsAsNew()).hasSize(1);
            test.brick.kill(); // as often as it is started
        }
        assertThat(test.registeredStart()).isEqualTo(1L + older);
    }

    /** T75: whatever is lost, and however often, the disk stays the brick's own, and no two lives are the same. */
    @Test
    void startsThatDieAtAnyMomentNeverMakeTheDiskAStranger() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            RegistrarTest test = new RegistrarTest();
            long lastStart = 0;
            for (int life = 0; life < 12; life++) {
                int moments = random.nextInt(60);
                for (int moment = 0; moment < moments; moment++) {
                    test.brick.metadata.loses =
                            random.nextInt(4) == 0 ? ScriptedMetadata.EVERYTHING : ScriptedMetadata.NOTHING;
                    test.brick.metadata.isMute = random.nextInt(4) == 0;
                    test.brick.learn();
                    test.brick.pass(10);
                    if (random.nextInt(3) == 0) {
                        test.brick.sync();
                    }
                }
                Member member = test.brick.machine().member();
                if (member != null) {
                    assertThat(member.incarnation()).isEqualTo(test.registered().incarnation());
                    assertThat(member.incarnation().start())
                            .as("seed %d, life %d", seed, life)
                            .isGreaterThan(lastStart);
                    lastStart = member.incarnation().start();
                }
                if (random.nextBoolean()) {
                    test.brick.kill();
                } else {
                    test.brick.losePower();
                }
            }
            test.brick.metadata.loses = ScriptedMetadata.NOTHING;
            test.brick.metadata.isMute = false;
            test.brick.register();
            assertThat(test.joinsAsNew()).as("seed %d", seed).isEmpty();
            assertThat(test.brick.member().incarnation().start()).isGreaterThan(lastStart);
        }
    }

    /** Clients may ask for more than can be under way; the brick still finds its place in the cluster. */
    @Test
    void aBrickIsRegisteredThoughManyChangesOfMetadataWait() {
        for (boolean hasAsked : List.of(false, true)) {
            RegistrarTest test = new RegistrarTest();
            test.brick.learn();
            test.brick.pass(hasAsked ? 10 : 0);
            test.brick.metadata.loses = ScriptedMetadata.EVERYTHING;
            for (int i = 0; i < 3000; i++) {
                test.brick.request(creation(i));
            }
            test.rounds(20);
            assertThat(test.registeredStart()).isZero();
            test.brick.metadata.loses = ScriptedMetadata.NOTHING;
            test.brick.register();
            assertThat(test.brick.member().incarnation().start()).isEqualTo(1);
        }
    }

    private static CallMessage.Write creation(int number) {
        StructureSpec spec = new StructureSpec("register", "k", "v", 1, 3, Durability.SYNC, Replication.TWO_PHASE);
        return new CallMessage.Write(
                number,
                new PartitionId(0, 0),
                0,
                new OperationId(ScriptedBrick.SESSION, number + 1),
                1,
                1,
                Bytes.EMPTY,
                Catalog.create("t" + number, spec).body());
    }
}
