package io.brickwork.demo;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells what happens, with the seconds since it began. Used by one thread. */
final class TimeLine {
    private final long beganNanos = System.nanoTime();
    private final Printer printer;

    /** Prints one line. */
    @FunctionalInterface
    interface Printer {
        void print(String line);
    }

    /** Begins now. */
    TimeLine(Printer printer) {
        this.printer = printer;
    }

    /** Gives the seconds that it has printed. */
    double tell(String text, Object... values) {
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        printer.print(String.format(Locale.ROOT, "  %5.1f s  ", seconds) + String.format(Locale.ROOT, text, values));
        return seconds;
    }

    /** Returns so long after it began. */
    void awaitNanos(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, beganNanos + nanos - System.nanoTime()));
    }
}
