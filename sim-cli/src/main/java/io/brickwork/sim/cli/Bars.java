package io.brickwork.sim.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars, on the standard error. */
final class Bars {
    private static final int WIDTH = 100;

    private Bars() {}

    /** @param most how many steps there will be; -1 if nobody knows; 0 for no bar at all */
    static ProgressBar seeds(String task, long most) {
        // A terminal gets a bar that moves; a file gets a line now and then. The launcher tells which it is.
        boolean isTerminal = Boolean.getBoolean("dds.terminal");
        PrintStream where = most == 0
                ? new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)
                : System.err;
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(most)
                .setStyle(ProgressBarStyle.ASCII)
                .showSpeed()
                .setUpdateIntervalMillis(isTerminal ? 200 : 5_000)
                .setMaxRenderedLength(WIDTH)
                .setConsumer(new ConsoleProgressBarConsumer(where, WIDTH))
                .build();
    }
}
