package io.brickwork.map;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import junit.framework.Test;
import junit.framework.TestCase;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;

/** Runs the cases of one of guava-testlib's suites, thousands of them, as one test. Nothing is suppressed. */
public final class GuavaSuite {
    /**
     * Which cases to run: all, or every n-th in an order that does not change; of those that split a stream into as many parts as it has, each of which is a call or more, fewer still.
     */
    public enum Portion {
        ALL(1),
        TENTH(10);

        private final int step;

        Portion(int step) {
            this.step = step;
        }
    }

    /** What was run. */
    public record Report(int cases, Duration time) {}

    private GuavaSuite() {}

    /**
     * Runs the cases on this thread.
     *
     * @param name of the maps, for messages
     * @param suite all of the cases
     * @throws AssertionError that names the cases which failed
     */
    public static Report run(String name, TestSuite suite, Portion portion) {
        List<TestCase> cases = new ArrayList<>();
        collect(suite, cases);
        // Suites list some of their cases in the order of a hash set.
        cases.sort(Comparator.comparing((TestCase test) -> test.getClass().getName())
                .thenComparing(TestCase::toString));
        TestResult result = new TestResult();
        long startNanos = System.nanoTime();
        int splitting = 0;
        for (int i = 0; i < cases.size(); i += portion.step) {
            TestCase one = cases.get(i);
            boolean splits = one.getClass().getSimpleName().contains("Spliterator");
            if (!splits || splitting++ % portion.step == 0) {
                one.run(result);
            }
        }
        Duration time = Duration.ofNanos(System.nanoTime() - startNanos);
        List<TestFailure> failures = new ArrayList<>(Collections.list(result.failures()));
        failures.addAll(Collections.list(result.errors()));
        if (!failures.isEmpty()) {
            throw new AssertionError(
                    describe(name, result.runCount(), failures),
                    failures.getFirst().thrownException());
        }
        return new Report(result.runCount(), time);
    }

    private static void collect(Test test, List<TestCase> cases) {
        switch (test) {
            case TestSuite suite -> Collections.list(suite.tests()).forEach(inner -> collect(inner, cases));
            case TestCase one -> cases.add(one);
            default -> throw new AssertionError("neither a suite nor a case: " + test.getClass());
        }
    }

    private static String describe(String name, int run, List<TestFailure> failures) {
        StringBuilder text = new StringBuilder("%d of %d cases failed on %s:".formatted(failures.size(), run, name));
        failures.stream()
                .limit(30)
                .forEach(failure -> text.append("\n  ")
                        .append(failure.failedTest())
                        .append(": ")
                        .append(failure.thrownException()));
        return failures.size() > 30 ? text.append("\n  …").toString() : text.toString();
    }
}
