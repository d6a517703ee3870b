package io.brickwork.cli;

import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.core.DdsException;
import java.nio.file.FileSystemException;

/** What a command's exit code says; from 64 on as sysexits.h has it. */
final class ExitCodes {
    private ExitCodes() {}

    /** The answer is no: there is no such entry, table or file, an input is no entry, or not all is well. */
    static final int NO = 1;
    /** No brick could be reached, or none took the operation; it did not happen. */
    static final int UNAVAILABLE = 69;
    /** Something failed that should not: a bug, or a machine in a bad state. */
    static final int UNEXPECTED = 70;
    /** The output could not be written. */
    static final int OUTPUT_LOST = 74;
    /** Nobody can tell whether the operation was done. */
    static final int UNKNOWN = 75;
    /** The token has no right to the operation, or is not taken any more; it did not happen. */
    static final int FORBIDDEN = 77;

    static int of(Throwable failure) {
        return switch (failure) {
            case CommandFailed failed -> failed.exitCode();
            case DdsException.Unavailable unreachable -> UNAVAILABLE;
            case DdsException.Overloaded busy -> UNAVAILABLE;
            case DdsException.UnknownOutcome unknown -> UNKNOWN;
            case DdsException.Forgotten unknown -> UNKNOWN;
            case DdsException.Forbidden forbidden -> FORBIDDEN;
            case DdsException refused -> NO;
            case BrickStartException unfit -> NO;
            case IllegalArgumentException refused -> NO;
            case FileSystemException unusable -> NO;
            default -> UNEXPECTED;
        };
    }
}
