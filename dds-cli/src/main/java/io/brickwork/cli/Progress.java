package io.brickwork.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars, on the standard error. */
public final class Progress {
    private static final int WIDTH = 100;

    private Progress() {}

    /** @param most how many steps there will be; -1 if nobody knows; 0 for no bar at all */
    public static ProgressBar bar(String task, long most) {
        // A terminal gets a bar that moves; a file gets a line now and then. The launcher tells which it is.
        boolean isTerminal = Boolean.getBoolean("dds.terminal");
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(most)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(" entries", 1)
                .showSpeed()
                .setUpdateIntervalMillis(isTerminal ? 200 : 2_000)
                .setMaxRenderedLength(WIDTH)
                .setConsumer(
                        most == 0
                                ? new Silent()
                                : new ConsoleProgressBarConsumer(new PrintStream(System.err, true), WIDTH))
                .build();
    }

    /** Shows nothing. */
    private static final class Silent extends ConsoleProgressBarConsumer {
        Silent() {
            super(System.err, WIDTH);
        }

        @Override
        public void accept(String rendered) {}

        @Override
        public void clear() {}

        @Override
        public void close() {}
    }
}
