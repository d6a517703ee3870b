package io.brickwork.bricks.cli;

import picocli.CommandLine;

/** Subcommands that another part may bring. */
final class Hooks {
    private Hooks() {}

    /** Adds the subcommand if its class is there. */
    static void addOptional(CommandLine commandLine, String className) {
        try {
            commandLine.addSubcommand(Class.forName(className));
        } catch (ClassNotFoundException absent) {
            // Not part of this build; the command does without it.
            return;
        }
    }
}
