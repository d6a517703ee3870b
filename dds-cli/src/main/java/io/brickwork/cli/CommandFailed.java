package io.brickwork.cli;

/** A command could not do what it was asked for; the message is one line for people. */
public final class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public CommandFailed(String message) {
        super(message);
        exitCode = ExitCodes.NO;
    }

    CommandFailed(String message, Throwable cause) {
        super(message, cause);
        exitCode = ExitCodes.NO;
    }

    /** @param exitCode one of {@link ExitCodes} */
    CommandFailed(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
