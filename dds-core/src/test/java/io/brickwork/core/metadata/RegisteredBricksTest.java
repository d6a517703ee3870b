package io.brickwork.core.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.DiskId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RegisteredBricksTest {
    private static final BrickId A = new BrickId("a");
    private static final BrickId B = new BrickId("b");
    private static final DiskId DISK = new DiskId(1, 1);
    private static final DiskId OTHER = new DiskId(2, 2);
    private static final MetadataAnswer DONE = new MetadataAnswer.Done();

    private final RegisteredBricks bricks = new RegisteredBricks();

    private MetadataAnswer register(@Nullable Incarnation expected, Incarnation next, boolean isIntact) {
        return bricks.register(new MetadataCommand.RegisterBrick(A, expected, next, "host", 7000, isIntact), false);
    }

    /**
     * Registers A in its first start on the disk, and then in each one up to {@code start}, which may not be intact.
     */
    private void started(DiskId disk, int start, boolean isLastIntact) {
        Incarnation before = null;
        for (int number = 1; number <= start; number++) {
            Incarnation next = new Incarnation(disk, number);
            register(before, next, number < start || isLastIntact);
            before = next;
        }
    }

    private BrickInfo a() {
        return Objects.requireNonNull(bricks.get(A));
    }

    static Stream<Arguments> registrations() {
        Incarnation first = new Incarnation(DISK, 1);
        Incarnation second = new Incarnation(DISK, 2);
        Incarnation third = new Incarnation(DISK, 3);
        Incarnation elsewhere = new Incarnation(OTHER, 1);
        return Stream.of(
                Arguments.of("the first", 0, null, first, true),
                Arguments.of("not the first start", 0, null, second, false),
                Arguments.of("something else was expected", 0, first, second, false),
                Arguments.of("the next", 1, first, second, true),
                Arguments.of("the same once more", 2, first, second, false),
                Arguments.of("a start is left out", 1, first, third, false),
                Arguments.of("nothing was expected", 1, null, first, false),
                Arguments.of("another disk", 2, second, elsewhere, true),
                Arguments.of("another disk, not in its first start", 2, second, new Incarnation(OTHER, 3), false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("registrations")
    void brickIsRegisteredByCompareAndSet(
            String name, int starts, @Nullable Incarnation expected, Incarnation next, boolean isRegistered) {
        started(DISK, starts, true);
        Incarnation before = starts == 0 ? null : a().incarnation();

        assertThat(register(expected, next, true))
                .as(name)
                .isEqualTo(new MetadataAnswer.Registered(isRegistered ? next : before));
        assertThat(bricks.isRegistered(new Member(A, next))).isEqualTo(isRegistered || next.equals(before));
    }

    @Test
    void diskIsIntactSinceTheLastStartThatWasNot() {
        started(DISK, 2, false);
        register(new Incarnation(DISK, 2), new Incarnation(DISK, 3), true);

        assertThat(a().intactSince()).isEqualTo(2);
        assertThat(bricks.isIntact(new Member(A, new Incarnation(DISK, 1))))
                .as("its machine went down")
                .isFalse();
        assertThat(bricks.isIntact(new Member(A, new Incarnation(DISK, 2)))).isTrue();
        assertThat(bricks.isIntact(new Member(B, new Incarnation(DISK, 2))))
                .as("not registered")
                .isFalse();
    }

    @Test
    void anotherDiskIsIntactSinceItsOwnFirstStart() {
        started(DISK, 3, false);
        register(new Incarnation(DISK, 3), new Incarnation(OTHER, 1), true);

        assertThat(a().intactSince()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true"})
    void brickThatWasToLeaveIsWantedAgainOnceItIsEmptyAndStartsAgain(boolean isEmpty, boolean isStillLeaving) {
        started(DISK, 1, true);
        assertThat(bricks.setLeaving(new MetadataCommand.SetLeaving(A, true))).isEqualTo(DONE);
        assertThat(bricks.hosts()).isEmpty();

        Incarnation first = new Incarnation(DISK, 1);
        bricks.register(new MetadataCommand.RegisterBrick(A, first, first.next(), "host", 1, true), isEmpty);
        assertThat(a().isLeaving()).isEqualTo(isStillLeaving);
        assertThat(bricks.hosts()).hasSize(isStillLeaving ? 0 : 1);
    }

    @Test
    void brickThatIsNotRegisteredCannotLeave() {
        assertThat(bricks.setLeaving(new MetadataCommand.SetLeaving(B, true)))
                .isInstanceOf(MetadataAnswer.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({"true, true, true", "true, false, false", "false, true, false"})
    void brickIsForgottenWhenItLeavesAndIsEmpty(boolean isLeaving, boolean isEmpty, boolean isForgotten) {
        started(DISK, 1, true);
        bricks.setLeaving(new MetadataCommand.SetLeaving(A, isLeaving));

        assertThat(bricks.forget(A, isEmpty).equals(DONE)).isEqualTo(isForgotten);
        assertThat(bricks.get(A) == null).isEqualTo(isForgotten);
    }

    @Test
    void brickThatIsForgottenAlreadyMayBeForgottenAgain() {
        assertThat(bricks.forget(A, true)).isEqualTo(DONE);
    }

    @Test
    void whatIsReadTakesThePlaceOfWhatWasThere() {
        started(DISK, 2, false);
        bricks.setLeaving(new MetadataCommand.SetLeaving(A, true));
        ByteWriter writer = new ByteWriter(64);
        bricks.write(writer);
        RegisteredBricks read = new RegisteredBricks();
        read.register(new MetadataCommand.RegisterBrick(B, null, new Incarnation(OTHER, 1), "host", 1, true), false);

        read.read(new ByteReader(writer.toBytes()));
        assertThat(read.all()).containsExactly(a());
    }
}
