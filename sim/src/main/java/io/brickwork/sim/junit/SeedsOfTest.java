package io.brickwork.sim.junit;

import io.brickwork.sim.cluster.Simulation;
import io.brickwork.sim.report.FailureFolder;
import io.brickwork.sim.report.TraceDifference;
import io.brickwork.sim.world.SimFailure;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * Decides which run comes next in a test method, from what the runs before have come to; and what is told of a seed
 * that fails.
 *
 * <pre>
 * plain ── passes ──> the next seed
 *   └───── fails ───> recorded ── the same run ──> the failure, with its folder and its story
 *                        └─────── another run ───> recorded again ──> not deterministic, and where the two recorded runs part
 * </pre>
 *
 * <p>So seeds that pass cost no recording. A run that only leads to the next one is aborted for JUnit, neither passed
 * nor failed; the last one fails. With {@link SimTest#twice} a seed that passes runs plainly a second time, and is
 * recorded if that is another run. A seed that is replayed is recorded at once.
 */
final class SeedsOfTest implements Iterator<TestTemplateInvocationContext> {
    private static final int MOST_CHARS = 120;

    private final TestRuns runs;
    private final PrimitiveIterator.OfLong seeds;
    private final boolean isReplay;
    /** What the runs of the seed under way have come to. */
    private final List<Outcome> outcomes = new ArrayList<>();

    private long seed;
    /** The next run of the seed under way; null if there is none. */
    private @Nullable Step next;
    /** A failure that the next run is to tell of. */
    private @Nullable SimFailure untold;
    /** Whether the run that is to tell of it was handed to JUnit. */
    private boolean isHandedOut;

    private List<String> recordedTrace = List.of();
    private boolean isOver;

    /** A run of a seed. */
    enum Step {
        PLAIN(""),
        AGAIN(", again"),
        RECORDED(", recorded"),
        RECORDED_AGAIN(", recorded again");

        private final String suffix;

        Step(String suffix) {
            this.suffix = suffix;
        }

        boolean isRecorded() {
            return this == RECORDED || this == RECORDED_AGAIN;
        }

        String displayName(long seed) {
            return String.format(Locale.ROOT, "seed 0x%016x%s", seed, suffix);
        }
    }

    /**
     * What a run has come to.
     *
     * @param hash of its trace at its end
     */
    private record Outcome(long hash, @Nullable SimFailure failure) {
        boolean isLike(Outcome other) {
            return hash == other.hash && (failure == null) == (other.failure == null);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "trace %016x, %s", hash, failure == null ? "passed" : "failed: " + inALine(failure));
        }

        private static String inALine(SimFailure failure) {
            String line = failure.what().strip().replaceAll("\\s*\\n\\s*", " ");
            return line.substring(0, Math.min(line.length(), MOST_CHARS));
        }
    }

    SeedsOfTest(TestRuns runs, LongStream seeds, boolean isReplay) {
        this.runs = runs;
        this.seeds = seeds.iterator();
        this.isReplay = isReplay;
    }

    /**
     * @throws SimFailure if a run has failed, and the one that was to tell of it did not run: JUnit was told to run
     *     only some
     */
    @Override
    public boolean hasNext() {
        if (untold != null && isHandedOut) {
            isOver = true;
            throw untold;
        }
        return !isOver && (next != null || seeds.hasNext());
    }

    @Override
    public TestTemplateInvocationContext next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Step step = next;
        if (step == null) {
            seed = seeds.nextLong();
            outcomes.clear();
            step = isReplay ? Step.RECORDED : Step.PLAIN;
        }
        next = null;
        isHandedOut = true;
        return new OneRun(this, runs, seed, step);
    }

    // ---- told by the runs

    void onBegin() {
        untold = null;
    }

    /** Something outside of the simulation has failed the run, and JUnit tells what. */
    void onFailedElsewhere() {
        isOver = true;
    }

    /**
     * A run has ended.
     *
     * @throws SimFailure if the seed fails
     * @throws TestAbortedException if its next run is to tell what it has come to, or the seed does not suit the test
     */
    void onEnd(Step step, Simulation simulation, @Nullable SimFailure failure) {
        if (outcomes.isEmpty() && failure != null && failure.getCause() instanceof TestAbortedException assumption) {
            throw assumption;
        }
        Outcome outcome = new Outcome(simulation.hash(), failure);
        outcomes.add(outcome);
        switch (step) {
            case PLAIN -> {
                if (failure != null) {
                    goOn(Step.RECORDED, failure);
                } else if (runs.twice()) {
                    next = Step.AGAIN;
                }
            }
            case AGAIN -> {
                if (!outcome.isLike(outcomes.getFirst())) {
                    goOn(Step.RECORDED, notDeterministic(simulation, ""));
                }
            }
            case RECORDED -> onRecorded(simulation, outcome);
            case RECORDED_AGAIN -> {
                isOver = true;
                String difference = TraceDifference.between(recordedTrace, simulation.trace());
                throw recorded(
                        simulation,
                        notDeterministic(
                                simulation,
                                difference == null
                                        ? "\nThe last two runs were recorded, and were the same. So what differs is something that an earlier run has left behind, such as a static field or a cache."
                                        : "\nThe last two runs were recorded. " + difference));
            }
        }
    }

    private void onRecorded(Simulation simulation, Outcome outcome) {
        if (isReplay) {
            onReplayed(simulation, outcome);
        } else if (saysItself(outcome) || outcomes.stream().allMatch(outcome::isLike)) {
            isOver = true;
            throw recorded(simulation, failureOf(outcome));
        } else {
            recordedTrace = simulation.trace();
            goOn(Step.RECORDED_AGAIN, notDeterministic(simulation, ""));
        }
    }

    /**
     * Whether the failure is that something which no seed decides has reached in: then it says what, and need not come
     * at the same moment twice.
     */
    private static boolean saysItself(Outcome outcome) {
        return outcome.failure() != null && outcome.failure().kind() == SimFailure.Kind.NOT_DETERMINISTIC;
    }

    private void onReplayed(Simulation simulation, Outcome outcome) {
        isOver = true;
        String remark = remark(simulation, outcome);
        if (outcome.failure() != null) {
            SimFailure told = recorded(simulation, outcome.failure());
            throw remark.isEmpty()
                    ? told
                    : new SimFailure(
                            told.kind(), told.what(), "\n" + told.block(), told.tail() + remark, told.getCause());
        }
        if (!remark.isEmpty()) {
            System.out.println(remark); // a test that passes has no other way to say something
        }
    }

    /** How the replay differs from the run that it replays; empty if it does not, or nobody knows. */
    private String remark(Simulation simulation, Outcome outcome) {
        Long expected = runs.expectedHash();
        if (expected == null || expected == outcome.hash()) {
            return "";
        }
        String head = String.format(
                Locale.ROOT,
                "%nThis is not the run that was to be replayed: its trace is %016x, not %016x. Either the code has changed since, or something decides that is not the seed's: a real clock, luck of its own, hash order, or state that outlives a seed.%n",
                outcome.hash(),
                expected);
        List<String> before = FailureFolder.trace(runs.folder(seed), expected);
        if (before.isEmpty()) {
            return head + "Where the two part cannot be said, since the folder of that run is not there any more: "
                    + runs.folder(seed).toAbsolutePath();
        }
        String difference = TraceDifference.between(before, simulation.trace());
        return head + (difference == null ? "The steps that both have kept do not differ." : difference);
    }

    private void goOn(Step step, SimFailure failure) {
        next = step;
        untold = failure;
        isHandedOut = false;
        throw new TestAbortedException(
                "%s tells what has happened here: %s".formatted(step.displayName(seed), failure.what()));
    }

    private SimFailure recorded(Simulation simulation, SimFailure failure) {
        return simulation.record(failure, runs.folder(seed));
    }

    private static SimFailure failureOf(Outcome outcome) {
        SimFailure failure = outcome.failure();
        if (failure == null) {
            throw new IllegalStateException("a run is recorded because it passed");
        }
        return failure;
    }

    /** The runs of the seed are not all the same. */
    private SimFailure notDeterministic(Simulation simulation, String difference) {
        StringBuilder what = new StringBuilder(
                "same-seed-same-run: the same seed gave another run. Look for real clocks, luck of its own, hash order, or state that outlives a seed");
        for (int i = 0; i < outcomes.size(); i++) {
            what.append("\n  run ").append(i + 1).append("  ").append(outcomes.get(i));
        }
        what.append(difference);
        SimFailure last = outcomes.getLast().failure();
        return simulation.failed(
                new SimFailure(SimFailure.Kind.NOT_DETERMINISTIC, what.toString()),
                last == null ? null : last.getCause());
    }
}
