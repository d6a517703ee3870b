package io.brickwork.sim.scenario;

import io.brickwork.core.defence.Defences;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.workload.CallCodec;
import io.brickwork.sim.world.SimFailure;
import java.util.function.Function;

/**
 * A named way to make a run from a seed. May be used by many threads at once: whatever a run changes is its own.
 *
 * @param name such as {@code "register/swarm"}; what a replay asks for
 * @param text what it is about, one line
 * @param draw what a run is made of
 * @param codec how callers ask the structure
 * @param types that bricks and clients know
 * @param withTransactions whether other callers make transactions over the structure and another one
 * @param defences the rules that bricks and clients keep
 */
public record Scenario(
        String name,
        String text,
        Function<SimRandom, RunOptions> draw,
        CallCodec codec,
        StructureTypes types,
        boolean withTransactions,
        Defences defences) {
    /** A scenario whose bricks and clients keep all rules. */
    public Scenario(
            String name,
            String text,
            Function<SimRandom, RunOptions> draw,
            CallCodec codec,
            StructureTypes types,
            boolean withTransactions) {
        this(name, text, draw, codec, types, withTransactions, Defences.ALL);
    }

    /** The same with rules left out. */
    public Scenario with(Defences newDefences) {
        return new Scenario(name, text, draw, codec, types, withTransactions, newDefences);
    }

    /**
     * Makes a run without carrying it out.
     *
     * @param keptLines how many of the last lines of the trace are kept; 0 for none
     */
    public SimRun prepare(long seed, Reduction reduction, int keptLines, Recorder recorder) {
        RunOptions options = reduction.apply(draw.apply(new SimRandom(seed)));
        SimRun run = new SimRun(
                name,
                seed,
                options.withWorld(options.world().withKeptLines(keptLines)),
                codec,
                types,
                withTransactions,
                reduction,
                defences);
        run.world().trace().setRecorder(recorder);
        return run;
    }

    /**
     * Carries out one run.
     *
     * @param keptLines how many of the last lines of the trace a failure shows
     * @throws SimFailure if something breaks
     */
    public SimRun.Report run(long seed, int keptLines) {
        return prepare(seed, Reduction.NONE, keptLines, Recorder.NONE).run();
    }
}
