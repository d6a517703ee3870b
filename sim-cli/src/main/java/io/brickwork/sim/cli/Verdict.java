package io.brickwork.sim.cli;

import io.brickwork.sim.world.SimFailure;

/** The exit codes. */
final class Verdict {
    static final int PASS = 0;
    static final int INTERRUPTED = 130;

    private Verdict() {}

    static int exitCode(SimFailure.Kind kind) {
        return switch (kind) {
            case SAFETY -> 10;
            case LIVENESS -> 11;
            case CRASH -> 12;
            case UNDECIDED -> 13;
            case NOT_DETERMINISTIC -> 14;
            case TOO_LITTLE -> 15;
        };
    }
}
