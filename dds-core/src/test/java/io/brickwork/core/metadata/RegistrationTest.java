package io.brickwork.core.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegistrationTest {
    private static final BrickId BRICK = new BrickId("a");
    private static final DiskId DISK = new DiskId(1, 2);

    @Test
    void freshDiskRegistersItsFirstStart() {
        assertThat(Registration.fresh(DISK).next(null))
                .isEqualTo(
                        new Registration.Step.Register(new Registration(DISK, 1, 0), null, new Incarnation(DISK, 1)));
    }

    @Test
    void freshDiskTakesThePlaceOfALostOne() {
        Incarnation lost = new Incarnation(new DiskId(9, 9), 7);
        assertThat(Registration.fresh(DISK).next(lost))
                .isEqualTo(
                        new Registration.Step.Register(new Registration(DISK, 1, 0), lost, new Incarnation(DISK, 1)));
    }

    @Test
    void diskOlderOrYoungerThanWhatIsRegisteredJoinsAsNew() {
        Registration disk = new Registration(DISK, 3, 3);
        for (Incarnation registered :
                List.of(new Incarnation(DISK, 2), new Incarnation(DISK, 4), new Incarnation(new DiskId(9, 9), 3))) {
            assertThat(disk.next(registered)).isInstanceOf(Registration.Step.JoinAsNew.class);
        }
        assertThat(disk.next(null)).isInstanceOf(Registration.Step.JoinAsNew.class);
    }

    /**
     * T75: whatever is interrupted, and however often, the disk stays the brick's own, and no start is registered
     * twice.
     */
    @Test
    void diskIsNeverDisownedByInterruptedStarts() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            MetadataState state = new MetadataState(Bytes.EMPTY);
            Registration disk = Registration.fresh(DISK);
            long slot = 0;
            long lastConfirmed = 0;
            for (int start = 0; start < 30; start++) {
                BrickInfo info = state.brick(BRICK);
                Registration.Step step = disk.next(info == null ? null : info.incarnation());
                assertThat(step).as("seed %d, start %d", seed, start).isInstanceOf(Registration.Step.Register.class);
                Registration.Step.Register register = (Registration.Step.Register) step;
                if (random.nextInt(4) == 0) {
                    continue; // it dies before anything is forced
                }
                disk = register.force();
                if (random.nextInt(3) == 0) {
                    continue; // it dies, or finds no quorum, before it is registered
                }
                MetadataAnswer answer = MetadataCodec.decodeAnswer(state.apply(
                        ++slot,
                        MetadataCodec.encode(new MetadataCommand.RegisterBrick(
                                BRICK, register.expected(), register.next(), "h", 1, true))));
                assertThat(answer).isEqualTo(new MetadataAnswer.Registered(register.next()));
                if (random.nextInt(3) == 0) {
                    continue; // it dies before it confirms
                }
                disk = disk.confirmed(register.next());
                assertThat(register.next().start()).isGreaterThan(lastConfirmed);
                lastConfirmed = register.next().start();
            }
            assertThat(Objects.requireNonNull(state.brick(BRICK)).incarnation().disk())
                    .isEqualTo(DISK);
        }
    }
}
