package io.brickwork.sim.cli;

import io.brickwork.core.Check;
import io.brickwork.sim.report.Attempt;
import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.workload.CallTally;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Many runs by several threads, each of which carries out whole runs: run number i is of scenario i, in turn, with the
 * base seed plus i.
 *
 * <p>Ends when all are done, when the time is over, when it is told to, or at the first failure unless it keeps going;
 * runs that have begun are finished. Which runs there are does not depend on how many threads there are.
 */
final class Hunt {
    /** Tries after which a kind of call that was never done is refused for ever: faults alone do not last so long. */
    private static final long ENOUGH_TRIES = 200;

    private final Plan plan;
    private final Listener listener;
    private final long startedNanos = System.nanoTime();
    // ---- guarded by this
    private Figures figures = Figures.NOTHING;
    /** What became of the calls of each scenario, by its name. */
    private final TreeMap<String, CallTally> tallies = new TreeMap<>();

    private long next;
    private boolean isStopped;

    /**
     * What to run.
     *
     * @param seeds how many runs; {@link Long#MAX_VALUE} for as many as there is time for
     * @param maxNanos after which no run is begun any more
     * @param jobs how many threads
     */
    record Plan(List<Scenario> scenarios, long baseSeed, long seeds, long maxNanos, int jobs, boolean keepsGoing) {
        Plan {
            Check.argument(!scenarios.isEmpty(), "no scenarios");
            Check.argument(seeds >= 1, "--seeds is %d; it must be at least 1", seeds);
            Check.argument(jobs >= 1 && jobs <= 1024, "--jobs is %d; it must be from 1 to 1024", jobs);
            scenarios = List.copyOf(scenarios);
        }
    }

    /** Told of each run, by one thread at a time. */
    @FunctionalInterface
    interface Listener {
        void onRun(Scenario scenario, Attempt attempt);
    }

    private record Turn(Scenario scenario, long seed) {}

    Hunt(Plan plan, Listener listener) {
        this.plan = plan;
        this.listener = listener;
    }

    /** Carries everything out. Called once. */
    void run() {
        try (ExecutorService workers = Executors.newFixedThreadPool(
                plan.jobs(), Thread.ofPlatform().daemon().name("sim-", 1).factory())) {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < plan.jobs(); i++) {
                futures.add(workers.submit(this::work));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a run could not be carried out: " + failed.getCause(), failed.getCause());
        } catch (InterruptedException interrupted) {
            stop();
            Thread.currentThread().interrupt();
        }
    }

    /** Begins no more runs. */
    synchronized void stop() {
        isStopped = true;
    }

    synchronized Figures figures() {
        return figures;
    }

    /**
     * Every kind of call that was tried in runs of a scenario, often enough to be sure, and never done: one sentence
     * each.
     */
    synchronized List<String> neverDone() {
        return tallies.entrySet().stream()
                .flatMap(of -> of.getValue().neverDone(ENOUGH_TRIES).stream()
                        .map(sentence -> "in all runs of " + of.getKey() + ", " + sentence))
                .toList();
    }

    double seconds() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    private void work() {
        try {
            for (Turn turn = next(); turn != null; turn = next()) {
                add(turn.scenario(), Attempt.plain(turn.scenario(), turn.seed(), Reduction.NONE));
            }
        } finally {
            stop(); // whatever has ended one ends all
        }
    }

    private synchronized @Nullable Turn next() {
        if (isStopped || next >= plan.seeds() || System.nanoTime() - startedNanos >= plan.maxNanos()) {
            return null;
        }
        long number = next++;
        return new Turn(plan.scenarios().get((int) (number % plan.scenarios().size())), plan.baseSeed() + number);
    }

    private synchronized void add(Scenario scenario, Attempt attempt) {
        figures = figures.with(attempt);
        tallies.computeIfAbsent(scenario.name(), name -> new CallTally())
                .add(attempt.run().tally());
        if (attempt.failure() != null && !plan.keepsGoing()) {
            isStopped = true;
        }
        listener.onRun(scenario, attempt);
    }
}
