package io.brickwork.sim.cli;

import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.world.FaultOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What is taken away from a run; the text of a {@link Reduction}. */
final class ReductionOptions {
    @Option(
            names = "--drop-faults",
            split = ",",
            paramLabel = "KIND",
            description = "Kinds of faults that do not happen, such as KILL,CUT; see './dds sim list'.")
    private List<FaultOptions.Fault> faults = new ArrayList<>();

    @Option(
            names = "--drop-strikes",
            paramLabel = "NUMBERS",
            converter = Numbers.class,
            description = "Single faults that do not happen, by number as in the timeline, such as 3-9,12.")
    private SortedSet<Integer> strikes = new TreeSet<>();

    @Option(names = "--clients", paramLabel = "N", description = "At most so many callers.")
    private int clients;

    @Option(names = "--operations", paramLabel = "N", description = "At most so many operations of each caller.")
    private int operations;

    @Option(names = "--bricks", paramLabel = "N", description = "At most so many bricks.")
    private int bricks;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee;

    Reduction reduction() {
        try {
            return new Reduction(faults, strikes, clients, operations, bricks);
        } catch (IllegalArgumentException misuse) {
            throw new CommandLine.ParameterException(mixee.commandLine(), String.valueOf(misuse.getMessage()), misuse);
        }
    }

    private static final class Numbers implements ITypeConverter<SortedSet<Integer>> {
        @Override
        public SortedSet<Integer> convert(String text) {
            try {
                return Reduction.parseNumbers(text);
            } catch (IllegalArgumentException misuse) {
                throw new TypeConversionException(String.valueOf(misuse.getMessage()));
            }
        }
    }
}
