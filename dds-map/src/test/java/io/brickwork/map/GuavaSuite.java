package io.brickwork.map;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import junit.framework.Test;
import junit.framework.TestCase;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;

/** Runs the cases of one of guava-testlib's suites, thousands of them, as one test. Nothing is suppressed. */
public final class GuavaSuite {
    /**
     * Which cases to run: all, or every n-th in an order that does not change; of those that split a stream into as
     * many parts as it has, each of which is a call or more, fewer still.
     */
    public enum Portion {
        ALL(1),
        TENTH(10),
        FIFTIETH(50);

        private final int step;

        Portion(int step) {
            this.step = step;
        }
    }

    /** What was run. */
    public record Report(int cases, Duration time) {}

    private GuavaSuite() {}

    /**
     * Runs the cases on this thread and some others, each of which takes the next case that nobody has taken. Where
     * most of a case is waiting for answers, several threads are as many times as fast.
     *
     * @param name of the maps, for messages
     * @param suite all of the cases; a case has its maps made on the thread that runs it
     * @param threads how many, this one included; with 1 all cases run on this thread
     * @throws AssertionError that names the cases which failed
     */
    public static Report run(String name, TestSuite suite, Portion portion, int threads) {
        List<TestCase> cases = chosen(suite, portion);
        TestResult result = new TestResult();
        AtomicInteger next = new AtomicInteger();
        Runnable takesCases = () -> {
            for (int i = next.getAndIncrement(); i < cases.size(); i = next.getAndIncrement()) {
                cases.get(i).run(result);
            }
        };
        long startNanos = System.nanoTime();
        try (ExecutorService others = Executors.newCachedThreadPool()) {
            for (int thread = 1; thread < threads; thread++) {
                others.execute(takesCases);
            }
            takesCases.run(); // on this thread, too: what is simulated belongs to the thread that made it
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

    private static List<TestCase> chosen(TestSuite suite, Portion portion) {
        List<TestCase> cases = new ArrayList<>();
        collect(suite, cases);
        List<TestCase> chosen = new ArrayList<>();
        int splitting = 0;
        List<TestCase> ordered = ordered(cases);
        for (int i = 0; i < ordered.size(); i += portion.step) {
            boolean splits = ordered.get(i).getClass().getSimpleName().contains("Spliterator");
            if (!splits || splitting++ % portion.step == 0) {
                chosen.add(ordered.get(i));
            }
        }
        return chosen;
    }

    /** Suites list some of their cases in the order of a hash set. */
    private static List<TestCase> ordered(List<TestCase> cases) {
        record Named(String type, String name, TestCase test) {}
        return cases.stream()
                .map(test -> new Named(test.getClass().getName(), test.toString(), test))
                .sorted(Comparator.comparing(Named::type).thenComparing(Named::name))
                .map(Named::test)
                .toList();
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
