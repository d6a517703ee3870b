package io.brickwork.cli;

import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Refuses values of options that are out of range: as misuse, by a message that names the option, the value and the
 * limits.
 */
public final class OptionRange {
    private static final double NANOS_PER_SECOND = 1e9;

    private OptionRange() {}

    /** The value, if it lies from the least to the most. */
    public static int check(CommandSpec command, String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    command.commandLine(), "%s is %d; it must be from %d to %d".formatted(option, value, least, most));
        }
        return value;
    }

    /** The value, if it is at least the least. */
    public static long atLeast(CommandSpec command, String option, long value, long least) {
        if (value < least) {
            throw new ParameterException(
                    command.commandLine(), "%s is %d; it must be at least %d".formatted(option, value, least));
        }
        return value;
    }

    /** The value as a duration, if it lies above 0 and is at most the most. */
    public static Duration seconds(CommandSpec command, String option, double seconds, Duration most) {
        if (!(seconds > 0 && seconds * NANOS_PER_SECOND <= most.toNanos())) {
            throw new ParameterException(
                    command.commandLine(),
                    "%s is %s seconds; it must be above 0 and at most %d".formatted(option, seconds, most.toSeconds()));
        }
        return Duration.ofNanos((long) (seconds * NANOS_PER_SECOND));
    }
}
