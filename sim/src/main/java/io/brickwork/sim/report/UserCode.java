package io.brickwork.sim.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds the lines of the user's own code on a stack: those that are neither Brickwork's nor the JDK's nor of a test
 * library. Innermost first.
 */
public final class UserCode {
    private static final int MOST_LINES = 6;

    private static final List<String> OTHERS = List.of(
            "io.brickwork.client.",
            "io.brickwork.map.",
            "io.brickwork.hashtable.",
            "io.brickwork.btree.",
            "io.brickwork.core.",
            "io.brickwork.check.",
            "io.brickwork.sim.cluster.",
            "io.brickwork.sim.junit.",
            "io.brickwork.sim.kernel.",
            "io.brickwork.sim.network.",
            "io.brickwork.sim.report.",
            "io.brickwork.sim.scenario.",
            "io.brickwork.sim.world.",
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "org.junit.",
            "org.opentest4j.",
            "org.assertj.",
            "org.hamcrest.",
            "com.google.common.truth.");

    private UserCode() {}

    /** The user's lines that the calling thread is at. */
    public static List<StackTraceElement> here() {
        return StackWalker.getInstance()
                .walk(frames -> lines(frames.filter(frame -> isOfUser(frame.getClassName()))
                        .map(StackWalker.StackFrame::toStackTraceElement)));
    }

    /** The user's lines at which something was thrown. */
    static List<StackTraceElement> of(Throwable thrown) {
        return lines(Arrays.stream(thrown.getStackTrace()).filter(line -> isOfUser(line.getClassName())));
    }

    private static List<StackTraceElement> lines(Stream<StackTraceElement> lines) {
        return lines.limit(MOST_LINES).toList();
    }

    private static boolean isOfUser(String className) {
        return OTHERS.stream().noneMatch(className::startsWith);
    }

    /** File and line, such as {@code Shop.java:31}; empty if there is no line. */
    static String place(List<StackTraceElement> lines) {
        return lines.isEmpty()
                ? ""
                : lines.getFirst().getFileName() + ":" + lines.getFirst().getLineNumber();
    }

    /** Class, method, file and line, without packages and class loaders: {@code Shop.sell(Shop.java:31)}. */
    public static String words(StackTraceElement line) {
        String type = line.getClassName().substring(line.getClassName().lastIndexOf('.') + 1);
        return "%s.%s(%s:%d)".formatted(type, line.getMethodName(), line.getFileName(), line.getLineNumber());
    }
}
