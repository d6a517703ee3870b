package io.brickwork.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;

/** The standard output and what is written to it: UTF-8, whatever the locale, and never lost without a word. */
final class Output {
    private static final int CHECKED_EVERY = 1024;

    private final PrintWriter out;
    private int unchecked;

    Output(CommandSpec spec) {
        out = spec.commandLine().getOut();
    }

    /**
     * Makes the standard output and the standard error of this process UTF-8. Before anything is written.
     *
     * @return the standard output, which unlike {@link System#out} tells of failures
     */
    static PrintWriter toUtf8() {
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        return new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    }

    /**
     * Prints a text at once.
     *
     * @throws CommandFailed if it could not be written
     */
    static void print(CommandSpec spec, String text) {
        Output output = new Output(spec);
        output.print(text);
        output.end();
    }

    /**
     * Prints a text, sooner or later.
     *
     * @throws CommandFailed if something could not be written
     */
    void print(String text) {
        out.print(text);
        if (++unchecked == CHECKED_EVERY) {
            end();
        }
    }

    /**
     * Writes what was printed.
     *
     * @throws CommandFailed if something could not be written
     */
    void end() {
        unchecked = 0;
        if (out.checkError()) {
            throw new CommandFailed(
                    ExitCodes.OUTPUT_LOST,
                    "the output could not be written: the disk is full, or the program that reads it has ended",
                    new IOException("write failed"));
        }
    }
}
