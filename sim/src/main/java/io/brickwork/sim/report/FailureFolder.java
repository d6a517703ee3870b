package io.brickwork.sim.report;

import io.brickwork.check.Observation;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.world.SimFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The folder that a failed run leaves.
 *
 * <ul>
 *   <li>{@code failure.txt}: what broke, and where it was thrown
 *   <li>{@code options.txt}: everything that the seed has drawn
 *   <li>{@code history.txt}: every operation as its caller saw it, those at fault marked
 *   <li>{@code trace.txt}: the last steps, in words
 *   <li>{@code timeline.html}: all of it, to look at
 * </ul>
 */
public final class FailureFolder {
    private FailureFolder() {}

    /** Where a failure of this scenario and seed belongs. */
    public static Path in(Path parent, String scenario, long seed) {
        return parent.resolve(String.format(Locale.ROOT, "%s-0x%016x", scenario.replace('/', '-'), seed));
    }

    /**
     * Writes the files, over those of an earlier run.
     *
     * @param run that failed, and was recorded
     */
    public static void write(Path folder, SimRun run, Recording recording, SimFailure failure) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("failure.txt"), failureText(failure));
        Files.writeString(folder.resolve("options.txt"), optionsText(run));
        Files.writeString(folder.resolve("history.txt"), historyText(run, failure));
        Files.write(folder.resolve("trace.txt"), run.world().trace().lines());
        Files.writeString(folder.resolve("timeline.html"), Timeline.page(run, recording, failure));
    }

    private static String failureText(SimFailure failure) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        out.println(failure.block());
        out.println("verdict: " + failure.kind());
        Throwable cause = failure.getCause();
        if (cause != null) {
            out.println();
            // The message of a failure is the block above, once more.
            cause.printStackTrace(out);
        }
        out.flush();
        return text.toString();
    }

    private static String optionsText(SimRun run) {
        StringBuilder text = new StringBuilder();
        text.append("scenario: ").append(run.scenario()).append('\n');
        text.append(String.format(Locale.ROOT, "seed: 0x%016x%n", run.world().seed()));
        append(text, "", run.options());
        text.append("faults that happened: ").append(run.nemesis().counts()).append('\n');
        return text.toString();
    }

    /** One component a line, those of nested records below it. */
    private static void append(StringBuilder text, String indent, Record options) {
        for (RecordComponent component : options.getClass().getRecordComponents()) {
            Object value = value(options, component);
            text.append(indent).append(component.getName()).append(':');
            if (value instanceof Record nested) {
                text.append('\n');
                append(text, indent + "  ", nested);
            } else {
                text.append(' ').append(value).append('\n');
            }
        }
    }

    private static Object value(Record options, RecordComponent component) {
        try {
            return component.getAccessor().invoke(options);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("options are public records, yet " + component + " is not", impossible);
        }
    }

    private static String historyText(SimRun run, SimFailure failure) {
        List<Observation> offenders = Timeline.offenders(run, failure);
        StringBuilder text = new StringBuilder(
                "number client [invoked, answered] in virtual seconds, call -> result (epoch, seq)\n");
        for (Observation observation : run.history().all()) {
            text.append(offenders.contains(observation) ? ">>> " : "    ")
                    .append(observation)
                    .append('\n');
        }
        return text.toString();
    }
}
