package io.brickwork.sim.cli;

import io.brickwork.sim.scenario.Scenario;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which seeds of which scenarios a command runs; the text of a {@link Hunt.Plan}. */
final class HuntOptions {
    private static final long DEFAULT_SEEDS = 500;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "How many runs; " + DEFAULT_SEEDS + " unless --minutes is given.")
    private @Nullable Long seeds;

    @Option(
            names = "--base-seed",
            paramLabel = "S",
            converter = SeedConverter.class,
            description = "The seed of the first run, those of the others follow it; otherwise a fresh one.")
    private @Nullable Long baseSeed;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            split = ",",
            description = "Only these scenarios; otherwise all of them, in turn.")
    private List<Scenario> only = new ArrayList<>();

    @Option(names = "--minutes", paramLabel = "M", description = "Begin no run after so many minutes.")
    private @Nullable Double minutes;

    @Option(
            names = "--jobs",
            paramLabel = "J",
            description = "How many runs at a time; as many as there are processors if not given.")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /**
     * What is asked for.
     *
     * @param all the scenarios that there are
     * @throws CommandLine.ParameterException if a value is out of range
     */
    Hunt.Plan plan(List<Scenario> all, boolean keepsGoing) {
        if (minutes != null && !(minutes > 0)) {
            throw misuse("--minutes " + minutes + ": must be more than 0");
        }
        try {
            return new Hunt.Plan(
                    only.isEmpty() ? all : only,
                    baseSeed != null ? baseSeed : new SecureRandom().nextLong(),
                    seeds != null ? seeds : minutes != null ? Long.MAX_VALUE : DEFAULT_SEEDS,
                    minutes != null ? (long) (minutes * 60e9) : Long.MAX_VALUE,
                    jobs,
                    keepsGoing);
        } catch (IllegalArgumentException wrong) {
            throw misuse(String.valueOf(wrong.getMessage()));
        }
    }

    private CommandLine.ParameterException misuse(String text) {
        return new CommandLine.ParameterException(spec.commandLine(), text);
    }
}
