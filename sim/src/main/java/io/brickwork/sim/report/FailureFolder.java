package io.brickwork.sim.report;

import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    private static final String OPTIONS = "options.txt";
    private static final String TRACE = "trace.txt";

    private FailureFolder() {}

    /**
     * Where a failure of this seed belongs.
     *
     * @param name of the scenario or the test
     */
    public static Path in(Path parent, String name, long seed) {
        return parent.resolve(String.format(Locale.ROOT, "%s-0x%016x", name.replaceAll("[^A-Za-z0-9._-]", "-"), seed));
    }

    /**
     * Leaves the folder of a user's test that failed.
     *
     * @param services the nodes that ran code of the user, by number
     * @return the failure, with the way to the page and the story of the run at its end; what was found is told in any
     *     case, wherever the folder cannot be written
     */
    public static SimFailure leave(
            Path folder,
            String test,
            World world,
            Recording recording,
            SimFailure failure,
            Map<Integer, String> services) {
        FailedRun run = FailedRun.of(test, world, recording, failure, services);
        String lookAt;
        try {
            write(folder, run);
            lookAt = "look at: " + folder.resolve("timeline.html").toAbsolutePath();
        } catch (IOException e) {
            lookAt = "no folder was left, since %s cannot be written (%s); choose another with -Dsim.out="
                    .formatted(folder.toAbsolutePath(), e);
        }
        return new SimFailure(
                failure.kind(),
                failure.what(),
                "\n" + failure.block() + "\n" + lookAt,
                failure.tail() + "\n\n" + String.join("\n", run.story()) + "\n",
                failure.getCause());
    }

    /**
     * The trace of a run that was left in a folder, in words.
     *
     * @param hash of the whole trace
     * @return nothing if the folder has no such run, or it cannot be read
     */
    public static List<String> trace(Path folder, long hash) {
        try {
            boolean isThere = Files.exists(folder.resolve(OPTIONS))
                    && Files.readAllLines(folder.resolve(OPTIONS)).contains(FailedRun.traceLine(hash));
            return isThere ? Files.readAllLines(folder.resolve(TRACE)) : List.of();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    /** Writes the files, over those of an earlier run. */
    static void write(Path folder, FailedRun run) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("failure.txt"), failureText(run.failure(), run.story()));
        Files.writeString(folder.resolve(OPTIONS), run.options());
        Files.writeString(folder.resolve("history.txt"), run.history());
        Files.write(folder.resolve(TRACE), run.world().trace().lines());
        Files.writeString(folder.resolve("timeline.html"), Timeline.page(run));
    }

    private static String failureText(SimFailure failure, List<String> story) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        out.println(failure.block());
        out.println("verdict: " + failure.kind());
        if (!story.isEmpty()) {
            out.println();
            story.forEach(out::println);
        }
        Throwable cause = failure.getCause();
        if (cause != null) {
            out.println();
            // The message of a failure is the block above, once more.
            cause.printStackTrace(out);
        }
        out.flush();
        return text.toString();
    }
}
